"""A row of the audit log: its size is limited by us, not by the sender of the request."""

from __future__ import annotations

import json

from export_jobs.web.http.audit_log import AuditEntry


def test_w3_a_body_of_two_megabytes_makes_no_row_of_two_megabytes() -> None:
    entry = AuditEntry()
    entry.note(add_recipients=["x" * 2_000_000], after={"recipients": ("y" * 2_000_000,), "until": None})
    assert len(json.dumps(entry.extra)) < 2_000
    assert entry.extra["after"]["until"] is None


def test_all_jobs_that_one_request_can_name_stand_in_its_row() -> None:
    entry, names = AuditEntry(), [f"export__{number}" for number in range(500)]
    entry.note(done=names, not_done=[*names, "one", "two"])
    assert entry.extra["done"] == names
    assert entry.extra["not_done"] == [*names, "and 2 more"]
