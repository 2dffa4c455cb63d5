"""A test file of a job, for whoever asks: a run's own file, marked, and nothing of it anywhere else."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import JobSpec
from tests.integration.store.samples import Store
from tests.integration.store.test_store_keys import key
from tests.integration.web.samples import JOBS, body

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("connected")]

COLUMNS = ["purchase_id", {"column": "customer_id", "as": "Kunde"}, "amount_usd"]
SCHEDULE = {"frequency": "monthly", "execute_on": "last", "from": "1997-01-01", "until": "1997-03-31"}
LEDGER = ("execution", "execution_event", "delivery", "publication", "placement", "lease", "notification", "chain_head")


def create(store: Store, name: str = "monthly", **changes: Any) -> Any:
    wanted = body(name, schedule={**SCHEDULE, "time_zone": "UTC"}, **changes)
    wanted["templates"] = [{"template": "rows", "columns": COLUMNS, "subfolder": "in/here"}, {"template": "totals"}]
    return store.definitions.create(JobSpec.model_validate(wanted), "anna")


def tried(ask: Ask, job: Any, role: str = "admin", template: str = "rows", **more: Any) -> Any:
    return ask(role).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": template, **more})


def note(answer: Any) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(answer.headers["Export-Jobs-Test-File"])
    return said


def test_the_newest_days_with_rows_come_as_a_run_would_write_them(ask: Ask, web_store: Store) -> None:
    answer = tried(ask, create(web_store, file={"delimiter": ";"}), rows=3)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].endswith("''TEST-monthly__rows__1997-01-01_1997-01-31.zip")
    assert note(answer) == {"days": "1 to 31 January 1997", "rows": 3, "truncated": True, "masked": 0}
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (member,) = archive.namelist()
        assert member == "TEST-monthly__rows__1997-01-01_1997-01-31.csv"
        assert archive.read(member) == b"purchase_id;Kunde;amount_usd\r\n1;1;10\r\n2;2;10\r\n3;3;10\r\n"
    totals = tried(ask, create(web_store, "sums", file={"compression": "none"}), template="totals")
    assert note(totals)["truncated"] is False and totals.text.count("\r\n") == note(totals)["rows"] + 1


@pytest.mark.parametrize("format_", ["jsonl", "parquet", "xlsx", "fixed"])
def test_other_formats_are_written_as_theirs(ask: Ask, web_store: Store, format_: str) -> None:
    answer = tried(ask, create(web_store, file={"format": format_, "compression": "none"}), rows=2)
    assert answer.status_code == 200, answer.text
    starts = {"jsonl": b'{"purchase_id"', "parquet": b"PAR1", "xlsx": b"PK", "fixed": b"                   1"}
    assert answer.content.startswith(starts[format_]) and note(answer)["rows"] == 2


def test_nothing_is_delivered_recorded_or_counted(ask: Ask, web_store: Store, audit: Any) -> None:
    job = create(web_store)
    count = " UNION ALL ".join(f"SELECT count(*) FROM export_jobs.{table}" for table in LEDGER)
    before = web_store.hand(count)
    assert tried(ask, job, "user", rows=5).status_code == 200
    assert web_store.hand(count) == before
    windows = ask("viewer").get(f"{JOBS}/{job.dag_id}/windows").json()
    assert not windows["counts"].get("delivered") and ask("viewer").get(f"{JOBS}/{job.dag_id}").json()["version"] == 1
    ((event, user, dag_id, extra),) = audit()
    assert (event, user, dag_id, extra["status"]) == ("export_jobs.test_file", "user", job.dag_id, 200)
    assert (extra["masked"], extra["rows"], extra["template"]) == ([1], 5, "rows")
    assert extra["window"].startswith("1997-01-01") and extra["columns"][1] == "customer_id"
    assert {"kind", "fact", "kpis", "filters", "audience"} <= set(extra)


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_what_tells_of_a_person_is_left_empty_for_who_may_not_use_the_connection(
    ask: Ask, web_store: Store, format_: str
) -> None:
    job = create(web_store, file={"format": format_, "compression": "none"})
    masked, whole = (tried(ask, job, role, rows=2) for role in ("user", "op"))
    assert (note(masked)["masked"], note(whole)["masked"]) == (1, 0)
    if format_ == "csv":
        assert masked.text == "purchase_id,Kunde,amount_usd\r\n1,,10\r\n2,,10\r\n" and "1,1,10" in whole.text
    if format_ == "jsonl":
        assert '"Kunde":null' in masked.text.replace(" ", "") and '"Kunde":1' in whole.text.replace(" ", "")


def test_who_may_not_look_at_data_gets_no_file(ask: Ask, web_store: Store) -> None:
    job = create(web_store)
    assert tried(ask, job, "viewer").status_code == 403
    assert ask(None).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": "rows"}).status_code == 401
    refused = ask("admin", without=job.dag_id).post(f"{JOBS}/{job.dag_id}/test-file", json={"template": "rows"})
    assert refused.status_code == 403
    other = tried(ask, job, template="none")
    assert other.status_code == 422 and other.json()["errors"][0]["path"] == "template"
    assert tried(ask, job, rows=10_001).status_code == 422


def test_it_is_bounded(ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from export_jobs.web.catalogue import trial_file

    monkeypatch.setattr(trial_file, "MAX_TRIAL_BYTES", 100)
    answer = tried(ask, create(web_store))
    assert answer.status_code >= 400 and "Ask for fewer rows" in answer.text


def test_it_is_whole_and_readable_whatever_the_receiver_gets(ask: Ask, web_store: Store) -> None:
    web_store.definitions.save_key(key(), "anna")
    parts = create(web_store, file={"name": "N{sequence}_{template}", "split": {"rows": 10}, "compression": "none"})
    answer = tried(ask, parts, rows=50)
    assert answer.headers["Content-Disposition"].endswith("TEST-N1_rows__part-0001.csv"), answer.headers
    assert note(answer)["rows"] == 50, "one file, whatever the parts"
    secret = create(web_store, "secret", file={"encryption": {"keys": ["acme"]}, "compression": "none"})
    answer = tried(ask, secret, rows=1)
    assert answer.headers["Content-Disposition"].endswith("01-31.csv") and answer.text.startswith("purchase_id,")
