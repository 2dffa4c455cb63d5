"""What must not happen: writes from another site, internals in an answer, a store outage that breaks everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.conftest import STORE
from tests.integration.web.samples import JOBS, body, dag

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
SECRET = "pa55-canary-of-the-store"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://airflow.example", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Host": "pod-7:8080", "Origin": "http://airflow.example"}, 201),
        ({"Host": "pod-7:8080", "X-Forwarded-Host": "page.example", "Origin": "https://page.example"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://sibling.airflow.example", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://airflow.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 403),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 403),
    ],
)
def test_only_our_own_page_writes(ask: Ask, web_store: Store, headers: dict[str, str], status: int) -> None:
    answer = ask().post(JOBS, json=body(), headers=headers)
    assert answer.status_code == status, answer.text
    assert len(web_store.definitions.jobs()) == (status == 201)


def test_the_cookie_logs_in_as_the_header_does(ask: Ask, web_store: Store) -> None:
    client = ask("viewer")
    client.cookies["_token"] = client.headers.pop("Authorization").partition(" ")[2]
    assert client.get("/export-jobs/api/me").json()["name"] == "viewer"


def test_answers_carry_safe_headers(ask: Ask) -> None:
    for role, path in (("admin", "/api/me"), (None, "/api/me"), ("admin", "/api/docs"), ("admin", "/api/no/such")):
        headers = ask(role).get(f"/export-jobs{path}").headers
        assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


def test_a_body_and_a_query_cannot_name_another_job(ask: Ask, web_store: Store) -> None:
    ids = [ask().post(JOBS, json=body(name)).json()["dag_id"] for name in ("mine", "theirs")]
    answer = ask().patch(f"{JOBS}/{ids[0]}?dag_id={ids[1]}", json={"dag_id": ids[1], "description": "x"})
    assert answer.status_code == 422
    assert ask().delete(f"{JOBS}/{ids[0]}?dag_id={ids[1]}").status_code == 422
    assert [row.name for row in web_store.definitions.jobs()] == ["mine", "theirs"]


@pytest.mark.parametrize(
    ("asked", "name", "remedy"),
    [
        ("DELETE /{dag_id}?dry_run=true", "dry_run", "Use only stop"),
        ("POST /{dag_id}/rerun?dryrun=true", "dryrun", "Use only dry_run"),
        ("POST /{dag_id}/pause?dry_run=true", "dry_run", "Leave the query out"),
        ("GET /{dag_id}/windows?pas=3", "pas", "Use only future, past"),
        ("GET ?serach=x", "serach", "Use only destination, frequency, limit,"),
    ],
)
def test_a_query_that_the_route_does_not_know_is_refused_before_anything_is_done(
    ask: Ask, web_store: Store, asked: str, name: str, remedy: str
) -> None:
    dag_id = ask().post(JOBS, json=body()).json()["dag_id"]
    method, path = asked.format(dag_id=dag_id).split()
    answer = ask().request(method, JOBS + path, json=None if method == "GET" else {})
    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["path"], error["what"]) == (name, "this address has no such query parameter")
    assert error["remedy"].startswith(remedy)
    (row,) = web_store.definitions.jobs()
    assert row.version == 1


def test_unknown_parameters_are_not_revealed_to_strangers(ask: Ask) -> None:
    assert ask(None).get(f"{JOBS}?serach=x").status_code == 401
    assert ask("viewer").delete(f"{JOBS}/export__x?dry_run=true").status_code == 403


def test_permissions_are_checked_for_each_dag_if_some_are_denied(
    ask: Ask, web_store: Store, airflow_tables: Any
) -> None:
    ids = [ask().post(JOBS, json=body(name)).json()["dag_id"] for name in ("mine", "theirs", "new")]
    airflow_tables(dag(ids[0]))
    airflow_tables(dag(ids[1]))
    user = ask("user", without=ids[1])
    page = user.get(JOBS).json()
    assert {row["name"] for row in page["jobs"]} == {"mine", "new"}
    assert page["totals"]["active"] == 2
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/pause"), ("GET", "/duplicate")):
        assert user.request(method, f"{JOBS}/{ids[1]}{path}", content="{}").status_code == 403
    bulk = user.post(f"{JOBS}/pause", json={"dag_ids": ids[:2], "paused": True}).json()
    assert (bulk["done"], [one["dag_id"] for one in bulk["refused"]]) == ([ids[0]], [ids[1]])
    assert user.post(JOBS, json=body("theirs")).status_code in {403, 409}


@pytest.mark.parametrize(
    "address", [f"postgres://nobody:{SECRET}@127.0.0.1:1/none", f"postgres://nobody:{SECRET}@store.invalid/none", ""]
)
def test_a_store_out_of_reach_is_a_sentence(
    ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    from export_jobs.web.http import dependencies as state

    monkeypatch.setenv(STORE, address) if address else monkeypatch.delenv(STORE)
    state._engine_of.cache_clear()
    for method, path in (("GET", ""), ("GET", "/export__x"), ("POST", ""), ("DELETE", "/export__x")):
        answer = ask().request(method, f"{JOBS}{path}", json=body() if method != "GET" else None)
        assert answer.status_code == 503, answer.text
        (error,) = answer.json()["errors"]
        assert error["what"] and error["remedy"] and SECRET not in answer.text
    state._engine_of.cache_clear()


def test_what_nobody_expected_is_an_id(
    ask: Ask, web_store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from export_jobs.store.overview import JobOverview
    from export_jobs.web.jobs import rows as job_rows

    def broken(*_: Any) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(JobOverview, "sizes", broken)
    monkeypatch.setattr(job_rows, "_permissions", broken)
    ask().post(JOBS, json=body())
    answer = ask().get(JOBS)
    assert answer.status_code == 500
    (error,) = answer.json()["errors"]
    assert SECRET not in answer.text and "Traceback" not in answer.text
    assert error["what"].rpartition(" ")[2] in caplog.text


def test_no_customer_reaches_the_audit_log(ask: Ask, web_store: Store, audit: Any) -> None:
    uses = [{"template": "rows", "audience": ["48151623"]}]
    assert ask().post(JOBS, json=body(templates=uses)).status_code == 201
    ask().post(JOBS, json=body("b", templates=uses, owner="nobody"))
    assert len(audit()) == 2
    assert "48151623" not in str(audit())


def test_a_large_body_is_refused(ask: Ask, web_store: Store) -> None:
    assert ask().post(JOBS, content=b" " * (17 * 1024**2)).status_code == 413
    without_length = ask().post(JOBS, content=(b" " * 1024**2 for _ in range(17)))
    assert without_length.status_code == 413
    assert "larger than" in without_length.json()["errors"][0]["what"]
