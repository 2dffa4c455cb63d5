"""What was staged is read back cell by cell, whatever is in it and wherever the chunks end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.sql.compiled import Column
from export_jobs.errors import TerminalError
from export_jobs.streaming.formats import staged_table
from export_jobs.streaming.formats.staged_table import DELIMITER
from tests.unit.streaming.formats.staged import staged, staged_text

CELLS = (
    st.none()
    | st.sampled_from(["", "\\N", '"', '"\\N"', "\n", "\r\n", ",", DELIMITER, "a", "\\.", f'"",{DELIMITER}\n"'])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
)


@given(
    rows=st.integers(1, 3).flatmap(lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=12)),
    chunk=st.integers(1, 20),
    block=st.integers(1, 60),
)
def test_cells_come_back(rows: list[tuple[str | None, ...]], chunk: int, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staged_table, "PARSED_BYTES", block)
        table = staged([Column(str(number), "text") for number in range(len(rows[0]))], rows, chunk)
        found = [tuple(row) for batch in table.batches() for row in zip(*batch, strict=True)]
    assert found == rows


@given(chunk=st.integers(1, 400), block=st.integers(1, 200))
def test_blocks_end_where_the_text_says_and_not_where_chunks_do(chunk: int, block: int) -> None:
    rows = [(str(number), "a\n" * (number % 7), 'say "' * (number % 3)) for number in range(40)]
    columns = [Column(name, "text") for name in "abc"]
    blocks = list(staged(columns, rows, chunk).blocks(block))
    assert blocks == list(staged(columns, rows, 1 << 20).blocks(block))
    assert b"".join(blocks) == staged_text(rows)


def test_a_cell_may_be_longer_than_the_csv_module_wants_one_to_be() -> None:
    rows = [("x" * 500_000, "y")]
    [[first, second]] = staged([Column("a", "text"), Column("b", "text")], rows, 1000).batches()
    assert (first[0], second[0]) == rows[0]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("1", "2")], "1 staged rows have 2 cells"),
        ([("1", 'say "2"')], "each staged row has 2 cells"),
        ([("\\N", '"')], "each staged row has 2 cells"),
    ],
)
def test_rows_of_another_width_are_refused(rows: list[tuple[str, ...]], found: str) -> None:
    table = staged([Column("a", "text")], rows)
    with pytest.raises(TerminalError, match=f"{found}, but the file has 1 columns"):
        list(table.batches())
