"""Every SQLSTATE of PostgreSQL's appendix, as the driver lists them: is it tried again, and what is said of it?"""

from __future__ import annotations

import pytest
from psycopg.errors import _sqlcodes

from export_jobs.streaming.postgres.sqlstates import OTHER, SQLSTATES, sqlstate_meaning

CODES = sorted(
    {code for code in _sqlcodes if len(code) == 5 and code[:2] not in {"UN", "FD"} and any(map(str.isdigit, code))}
)
TRIED_AGAIN = {
    *(code for code in CODES if code.startswith(("08", "40", "72", "HV"))),
    "25P03",
    *("53000", "53100", "53200", "53300"),
    "55006",
    *("57000", "57P01", "57P02", "57P03", "57P05"),
    *("58000", "58030", "58P02", "58P03"),
    "XX000",
}
# Of a session or statement that does not read, so a reading one never meets it; and what has a sentence of its own.
NEVER_MET = ("02", "03", "09", "0B", "0F", "0L", "0P", "0Z", "10", "20", "23", "24", "25", "27", "2B", "2D", "2F", "34",
             "3B", "44", "55", "F0")  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_only_what_can_pass_by_itself_is_tried_again(code: str) -> None:
    if code not in {"57014", "55P03"}:  # a cancel and a lock: errors.py asks the clock and the limits
        assert sqlstate_meaning(code).may_pass == (code in TRIED_AGAIN)


def test_only_classes_that_a_reader_never_meets_are_left_to_be_run_by_hand() -> None:
    classes = {code[:2] for code in CODES if sqlstate_meaning(code) is OTHER}
    of_newer_drivers = set(NEVER_MET) & {"10"}
    assert classes | of_newer_drivers == set(NEVER_MET)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("25P04", "transaction_timeout"),
        ("53400", "temp_file_limit"),
        ("57P04", "dropped"),
        ("26000", "pooler"),
        ("42P05", "pooler"),
        ("55000", "materialized view"),
        ("XX001", "damaged"),
        ("HV00N", "foreign table"),
    ],
)
def test_what_has_a_cause_of_its_own_is_called_by_its_name(code: str, words: str) -> None:
    answer = sqlstate_meaning(code)
    assert words in f"{answer.what}. {answer.remedy}"
    assert "by hand" not in answer.remedy


def test_every_entry_is_a_class_or_a_code_that_there_is() -> None:
    assert all(any(code.startswith(key) for code in CODES) for key in SQLSTATES)
