"""The client of Airflow's REST API, over httpx's own in-memory transport: what is sent, and how refusals read."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from export_jobs.errors import TerminalError, TransientError
from export_jobs.orchestration.airflow.api import AirflowApi

Answer = Callable[[httpx.Request], httpx.Response]
INTERVAL = {"data_interval_start": "2024-01-01T00:00:00Z", "data_interval_end": "2024-01-02T00:00:00+00:00"}


class Airflow:
    """Answers as Airflow does and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer
        self.api = AirflowApi("http://airflow/base/", "user", "pa55-canary", transport=httpx.MockTransport(self))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/base/auth/token":
            assert json.loads(request.content) == {"username": "user", "password": "pa55-canary"}
            return httpx.Response(201, json={"access_token": "jwt"})
        assert request.headers["Authorization"] == "Bearer jwt"
        self.asked.append(request)
        return self._answer(request)


def test_all_pages_of_runs_are_read() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        entries = [
            {"dag_run_id": f"r{n}", "run_type": "scheduled", "state": "success", **INTERVAL}
            for n in range(offset, min(offset + 100, 250))
        ]
        return httpx.Response(200, json={"dag_runs": entries, "total_entries": 250})

    airflow = Airflow(answer)
    runs = airflow.api.dag_runs("a job/x")
    assert [run.run_id for run in runs] == [f"r{n}" for n in range(250)]
    assert runs[0].data_interval_start == datetime(2024, 1, 1, tzinfo=UTC)
    assert len(airflow.asked) == 3
    assert airflow.asked[0].url.raw_path.startswith(b"/base/api/v2/dags/a%20job%2Fx/dagRuns?")


def test_a_dag_that_airflow_does_not_know_yet_has_no_runs() -> None:
    assert Airflow(lambda _: httpx.Response(404, json={"detail": "no"})).api.dag_runs("new") == []


def test_clear_is_never_a_dry_run() -> None:
    airflow = Airflow(lambda _: httpx.Response(200, json={}))
    airflow.api.clear_run("job", "scheduled__2024-01-01T00:00:00+00:00", only_failed=True)
    assert json.loads(airflow.asked[0].content) == {"dry_run": False, "only_failed": True}
    assert b"scheduled__2024-01-01T00%3A00%3A00%2B00%3A00/clear" in airflow.asked[0].url.raw_path


def test_trigger_never_takes_a_date_that_the_schedule_needs() -> None:
    airflow = Airflow(lambda _: httpx.Response(200, json={"dag_run_id": "manual__1"}))
    start, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, tzinfo=UTC)
    assert airflow.api.trigger("job", start, end) == "manual__1"
    body = json.loads(airflow.asked[0].content)
    assert datetime.fromisoformat(body["logical_date"]).microsecond != 0
    assert (body["data_interval_start"], body["data_interval_end"]) == (start.isoformat(), end.isoformat())


@pytest.mark.parametrize("code", [201, 409])
def test_parse_now_is_content_with_a_request_that_waits_already(code: int) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"file_token": "to/ken"}) if request.method == "GET" else httpx.Response(code)

    airflow = Airflow(answer)
    airflow.api.parse_now()
    assert airflow.asked[1].url.raw_path == b"/base/api/v2/parseDagFile/to%2Fken"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        (403, TerminalError, "does not allow clearing run 'run' of 'job'"),
        (404, TerminalError, "did not find what clearing run 'run' of 'job' needs"),
        (409, TerminalError, "refused clearing run .* with 409: it is running"),
        (503, TransientError, "answered 503 .* Try again soon"),
    ],
)
def test_refusals_are_sentences(code: int, kind: type[Exception], sentence: str) -> None:
    airflow = Airflow(lambda _: httpx.Response(code, json={"detail": "it is\nrunning"}))
    with pytest.raises(kind, match=sentence):
        airflow.api.clear_run("job", "run")


def test_a_refused_login_says_so_without_the_password() -> None:
    api = AirflowApi("http://a", "user", "pa55-canary", transport=httpx.MockTransport(lambda _: httpx.Response(401)))
    with pytest.raises(TerminalError, match="refuses the login") as caught:
        api.parse_now()
    assert "pa55-canary" not in str(caught.value)


def test_nobody_at_the_address() -> None:
    with pytest.raises(TransientError, match="does not answer"):
        AirflowApi("http://127.0.0.1:9", "user", "x").parse_now()


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", ""])
def test_something_else_at_the_address(content: str) -> None:
    page = httpx.MockTransport(lambda _: httpx.Response(200, text=content))
    with pytest.raises(TerminalError, match="does not answer as Airflow does"):
        AirflowApi("http://a", "user", "x", transport=page).parse_now()
    with pytest.raises(TerminalError, match="does not answer as Airflow does"):
        Airflow(lambda _: httpx.Response(200, text=content)).api.dag_runs("job")


@pytest.mark.parametrize(
    ("host", "port", "schema", "address"),
    [
        ("127.0.0.1", 8080, "http", "http://127.0.0.1:8080"),
        ("http://localhost", 8080, None, "http://localhost:8080"),
        ("https://airflow.example/team", None, None, "https://airflow.example/team"),
        ("https://airflow.example:8443", 1, None, "https://airflow.example:8443"),
        (None, None, "https", "https://localhost"),
    ],
)
def test_address_from_a_connection(host: str | None, port: int | None, schema: str | None, address: str) -> None:
    from airflow.sdk import Connection

    from export_jobs.orchestration.airflow.api import _base_url

    assert _base_url(Connection(conn_id="x", conn_type="http", host=host, port=port, schema=schema)) == address
