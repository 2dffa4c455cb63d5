"""Airflow's public REST API, as the command line needs it: list runs, clear one, trigger one, parse now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from export_jobs import settings
from export_jobs.core.windows.rerun import DagRunSummary
from export_jobs.errors import TerminalError, TransientError

if TYPE_CHECKING:
    from airflow.sdk import Connection

PAGE_SIZE = 100
AUDITOR_DAG_ID = "export_jobs_auditor"
_TRANSIENT_STATUS = {408, 425, 429, 500, 502, 503, 504}


class AirflowRefusal(TerminalError):  # noqa: N818  Airflow's answer, not a fault of the call
    """Airflow has refused a call with ``status``."""

    def __init__(self, what: str, remedy: str, *, status: int) -> None:
        super().__init__(what, remedy)
        self.status = status


class AirflowApi:
    """A login to one Airflow. Every method raises ``TransientError`` while Airflow is out of reach or busy.

    ``TerminalError`` is raised for what it refuses: a wrong login, a missing permission, an unknown Dag or run;
    it is an ``AirflowRefusal`` where Airflow's own status says more.
    """

    def __init__(
        self, base_url: str, username: str, password: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._login = {"username": username, "password": password}
        self._client = httpx.Client(timeout=30, transport=transport, follow_redirects=True)
        self._token = ""
        user = f"the user of the connection {settings.API_CONNECTION!r}"
        self._permission_remedy = f"Give {user} the right to edit Dags and their runs"

    @classmethod
    def with_token(cls, base_url: str, token: str, *, transport: httpx.BaseTransport | None = None) -> AirflowApi:
        """The same for somebody who is logged in already: Airflow judges and records them, not us."""
        api = cls(base_url, "", "", transport=transport)
        api._token = token
        api._permission_remedy = "Ask an administrator of Airflow for the permission"
        return api

    @classmethod
    def from_connection(cls) -> AirflowApi:
        """The Airflow that the connection ``export_jobs_airflow_api`` names; raises ``UserError`` without it."""
        from export_jobs.orchestration.airflow.connections import airflow_connection  # noqa: PLC0415  loads Airflow

        found = airflow_connection(settings.API_CONNECTION, "asking Airflow to list, clear and parse")
        return cls(_base_url(found), found.login or "", found.password or "")

    def dag_runs(self, dag_id: str) -> list[DagRunSummary]:
        """Every run of a Dag, in the order in which Airflow made them; none when Airflow does not know the Dag yet."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns"
        entries = self.pages(path, "dag_runs", f"listing the runs of {dag_id!r}", {"order_by": "id"})
        return [run_summary(entry) for entry in entries]

    def pages(
        self, path: str, noun: str, purpose: str, query: Mapping[str, Any], at_most: int | None = None
    ) -> list[dict[str, Any]]:
        """All entries of a list, or the first ``at_most``; none when Airflow does not know the Dag yet."""

        def ask(offset: int) -> dict[str, Any]:
            window = {"limit": PAGE_SIZE, "offset": offset}
            return self._call("GET", path, purpose, params={**query, **window}, missing={noun: [], "total_entries": 0})

        return self._all_entries(ask, noun, at_most)

    def batches(
        self, path: str, noun: str, purpose: str, body: Mapping[str, Any], at_most: int
    ) -> list[dict[str, Any]]:
        """The same of a list that is asked for with a body, which may name many Dags."""

        def ask(offset: int) -> dict[str, Any]:
            window = {"page_limit": PAGE_SIZE, "page_offset": offset}
            return self._call("POST", path, purpose, json={**body, **window})

        return self._all_entries(ask, noun, at_most)

    def _all_entries(
        self, ask: Callable[[int], dict[str, Any]], noun: str, at_most: int | None
    ) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        while at_most is None or len(entries) < at_most:
            page = ask(len(entries))
            found = self._field(page, noun)
            entries += found
            if not found or len(entries) >= self._field(page, "total_entries"):
                break
        return entries

    def delete_run(self, dag_id: str, run_id: str) -> None:
        """Remove a run that is not under way; one that is gone already needs nothing."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}"
        self._call("DELETE", path, f"deleting run {run_id!r} of {dag_id!r}", missing={})

    def clear_run(self, dag_id: str, run_id: str, *, only_failed: bool = False) -> None:
        """Let a run's tasks run again, all of them or only those that failed."""
        # Airflow's default is a dry run, which answers 200 and clears nothing.
        body = {"dry_run": False, "only_failed": only_failed}
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}/clear"
        self._call("POST", path, f"clearing run {run_id!r} of {dag_id!r}", json=body)

    def version(self) -> str:
        """Airflow's version."""
        return str(self._field(self._call("GET", "/version", "its version"), "version"))

    def dag(self, dag_id: str) -> dict[str, Any]:
        """What Airflow says of a Dag; empty when it does not know it."""
        return self._call("GET", f"/dags/{_path_segment(dag_id)}", f"the Dag {dag_id!r}", missing={})

    def pause(self, dag_id: str) -> None:
        """Make no further run of a Dag; one that Airflow does not know needs nothing."""
        self._call(
            "PATCH", f"/dags/{_path_segment(dag_id)}", f"pausing {dag_id!r}", json={"is_paused": True}, missing={}
        )

    def stop_run(self, dag_id: str, run_id: str) -> None:
        """Mark a run as failed, which ends its running tasks."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}"
        self._call("PATCH", path, f"stopping run {run_id!r} of {dag_id!r}", json={"state": "failed"})

    def trigger(self, dag_id: str, start: datetime, end: datetime) -> str:
        """Make a new run that exports ``[start, end)`` again; returns its run id."""
        body = {
            "logical_date": _unused_logical_date().isoformat(),
            "data_interval_start": start.isoformat(),
            "data_interval_end": end.isoformat(),
        }
        made = self._call("POST", f"/dags/{_path_segment(dag_id)}/dagRuns", f"a new run of {dag_id!r}", json=body)
        return str(self._field(made, "dag_run_id"))

    def parse_now(self) -> None:
        """Ask Airflow to parse the file of our Dags ahead of its turn; all of them come from one file."""
        purpose = "parsing the file of the export jobs"
        auditor = self.dag(AUDITOR_DAG_ID)
        if not auditor:
            return  # Airflow has only just started and is about to parse the file for the first time
        token = self._field(auditor, "file_token")
        # 409: the same request waits already, which is all that is wanted.
        self._call("PUT", f"/parseDagFile/{_path_segment(token)}", purpose, accepted={409})

    def _call(
        self,
        method: str,
        path: str,
        purpose: str,
        *,
        missing: dict[str, Any] | None = None,
        accepted: frozenset[int] | set[int] = frozenset(),
        **request: Any,
    ) -> dict[str, Any]:
        """One call, logged in; ``missing`` is the answer that stands for 404."""
        if not self._token:
            self._log_in()
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self._send(method, f"{self.base_url}/api/v2{path}", headers=headers, **request)
        if answer.status_code == 404 and missing is not None:
            return missing
        if answer.status_code not in accepted:
            self._refuse(answer, purpose)
        return self._json(answer)

    def _log_in(self) -> None:
        answer = self._send("POST", f"{self.base_url}/auth/token", json=self._login)
        if answer.status_code in {400, 401, 403}:
            raise TerminalError(
                f"Airflow at {self.base_url} refuses the login of the connection {settings.API_CONNECTION!r}",
                "Correct its user and password under Admin > Connections",
            )
        self._refuse(answer, "the login")
        self._token = str(self._field(self._json(answer), "access_token"))

    def _send(self, method: str, url: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, url, **request)
        except httpx.InvalidURL:
            raise TerminalError(
                f"{self.base_url!r} is not an address",
                f"Correct the host of the connection {settings.API_CONNECTION!r}",
            ) from None
        except httpx.HTTPError as error:
            raise TransientError(
                f"Airflow at {self.base_url} does not answer ({type(error).__name__})",
                f"Start it, or correct the host and port of the connection {settings.API_CONNECTION!r}",
            ) from None

    def _json(self, answer: httpx.Response) -> dict[str, Any]:
        try:
            body = (answer.json() if answer.content else None) or {}  # a request to parse is answered with null
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise self._not_airflow_error()
        return body

    def _field(self, body: Mapping[str, Any], key: str) -> Any:
        """A value that every Airflow gives; without it something else answers at this address."""
        if key not in body:
            raise self._not_airflow_error()
        return body[key]

    def _not_airflow_error(self) -> TerminalError:
        return TerminalError(
            f"The server at {self.base_url} does not answer as Airflow does",
            f"Correct the host and port of the connection {settings.API_CONNECTION!r}",
        )

    def _refuse(self, answer: httpx.Response, purpose: str) -> None:
        """Raise for an answer that is no success."""
        code = answer.status_code
        if code < 400:
            return
        detail = _detail(answer)
        if code in _TRANSIENT_STATUS:
            raise TransientError(f"Airflow at {self.base_url} answered {code} to {purpose}{detail}", "Try again soon")
        if code in {401, 403}:
            what = f"Airflow at {self.base_url} does not allow {purpose}"
            raise AirflowRefusal(what, self._permission_remedy, status=code)
        if code == 404:
            raise AirflowRefusal(
                f"Airflow at {self.base_url} did not find what {purpose} needs",
                "If the Dag is new, wait until it is parsed; see `airflow dags list-import-errors` if it stays away",
                status=code,
            )
        what = f"Airflow at {self.base_url} refused {purpose} with {code}{detail}"
        raise AirflowRefusal(what, "Correct it, then try again", status=code)


def _base_url(found: Connection) -> str:
    """``host`` may be a whole address, with the sub-path under which Airflow is deployed; the port is its own field."""
    host = found.host or "localhost"
    address = httpx.URL(host if "://" in host else f"{found.schema or 'http'}://{host}")
    return str(address.copy_with(port=found.port) if found.port and address.port is None else address)


def _unused_logical_date() -> datetime:
    """A logical date that no schedule will ever need: windows begin on whole seconds, this never does."""
    now = datetime.now(UTC)
    return now if now.microsecond else now.replace(microsecond=1)


def _path_segment(text: str) -> str:
    return quote(text, safe="")


def _detail(answer: httpx.Response) -> str:
    """Airflow's reason for a refusal, on one line."""
    try:
        detail = answer.json().get("detail", "")
    except (ValueError, AttributeError):
        return ""
    text = " ".join(str(detail.get("reason", detail) if isinstance(detail, dict) else detail).split())
    return f": {text[:300]}" if text else ""


def run_summary(entry: Mapping[str, Any]) -> DagRunSummary:
    """A run as Airflow's lists tell of it."""
    return DagRunSummary(
        run_id=entry["dag_run_id"],
        run_type=entry["run_type"],
        state=entry["state"],
        data_interval_start=_parse_time(entry.get("data_interval_start")),
        data_interval_end=_parse_time(entry.get("data_interval_end")),
        start=_parse_time(entry.get("start_date")),
        end=_parse_time(entry.get("end_date")),
        dag_id=entry.get("dag_id", ""),
        logical_date=_parse_time(entry.get("logical_date")),
        run_after=_parse_time(entry.get("run_after")),
        queued_at=_parse_time(entry.get("queued_at")),
    )


def _parse_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
