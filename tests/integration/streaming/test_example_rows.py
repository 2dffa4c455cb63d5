"""What the page shows as an example is what the writers write; the page's own test reads the same file."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.definitions.cell_format import AS_STORED, column_format
from export_jobs.core.definitions.job import DateBasis, FileOptions
from export_jobs.core.definitions.presets import PRESETS
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.streaming.csv.text import RowWriter
from export_jobs.streaming.formats.fixed import write_fixed
from export_jobs.streaming.formats.staged_table import StagedTable, staged_dialect

REPOSITORY = Path(__file__).resolve().parents[3]
ROWS: dict[str, str] = json.loads((REPOSITORY / "tests" / "js" / "example_rows.json").read_text("utf-8"))
PAGE = REPOSITORY / "plugins" / "export_jobs" / "web" / "static" / "pages" / "create" / "presets.js"
KINDS: list[tuple[ColumnType, int | None]] = [
    ("text", None),
    ("date", None),
    ("timestamptz", None),
    ("number", 2),
    ("boolean", None),
    ("text", None),
]
ROW = ["Zoë\nSmith", date(2026, 1, 31), datetime(2026, 1, 31, 12, 5, 9, 250_000, UTC), Decimal("1234.5"), True, None]


@pytest.mark.parametrize("preset", ROWS)
def test_the_example_is_a_row_of_the_file(preset: str) -> None:
    options = FileOptions.model_validate({"preset": preset} if preset else {})
    columns = tuple(
        Column(kind, kind, places, column_format(kind, places, options, AS_STORED)) for kind, places in KINDS
    )
    export = CompiledExport("t", "c", "other", "", {}, columns, DateBasis.NONE)
    line = RowWriter(export, staged_dialect(options), "Europe/Berlin").lines([ROW])
    if options.format == "fixed":
        sink = io.BytesIO()
        write_fixed(StagedTable("t", columns, [line], options), sink)
        line = sink.getvalue()
    assert line.decode(options.encoding).rstrip() == ROWS[preset]


def test_the_page_sets_what_a_preset_sets() -> None:
    assert set(ROWS) == {"", *PRESETS}
    lines = []
    for name, (title, sets) in PRESETS.items():
        lines.append(
            f"  {json.dumps(name) if '-' in name else name}: {{\n    title: {json.dumps(title)},\n    sets: {{"
        )
        lines += [f"      {key}: {json.dumps(value, ensure_ascii=False)}," for key, value in sets.items()]
        lines.append("    },\n  },")
    said = PAGE.read_text("utf-8").partition("export const PRESETS = {\n")[2]
    assert said == "\n".join([*lines, "};\n"])
