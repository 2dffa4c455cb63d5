"""Airflow's public REST API: list, clear, trigger, stop and delete runs, pause a Dag, parse now."""

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
    """A login to one Airflow. Every method raises ``TransientError`` while Airflow cannot be reached or is busy.

    A refusal raises ``TerminalError``: a wrong login, a missing permission, an unknown Dag or run. It is an
    ``AirflowRefusal`` if it has Airflow's status.
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
        """Build it for a user who is already logged in: Airflow then checks and records that user."""
        api = cls(base_url, "", "", transport=transport)
        api._token = token
        api._permission_remedy = "Ask an administrator of Airflow for the permission"
        return api

    @classmethod
    def from_connection(cls) -> AirflowApi:
        """Build it from the connection ``export_jobs_airflow_api``; raise ``UserError`` if there is none."""
        from export_jobs.orchestration.airflow.connections import airflow_connection  # noqa: PLC0415  loads Airflow

        found = airflow_connection(settings.API_CONNECTION, "asking Airflow to list, clear and parse")
        return cls(_base_url(found), found.login or "", found.password or "")

    def dag_runs(self, dag_id: str) -> list[DagRunSummary]:
        """Return every run of a Dag, in order of creation; none when Airflow does not know the Dag yet."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns"
        entries = self.pages(path, "dag_runs", f"listing the runs of {dag_id!r}", {"order_by": "id"})
        return [run_summary(entry) for entry in entries]

    def pages(
        self, path: str, noun: str, purpose: str, query: Mapping[str, Any], at_most: int | None = None
    ) -> list[dict[str, Any]]:
        """Return all entries of a list, or the first ``at_most``; none when Airflow does not know the Dag yet."""

        def ask(offset: int) -> dict[str, Any]:
            window = {"limit": PAGE_SIZE, "offset": offset}
            return self._call("GET", path, purpose, params={**query, **window}, missing={noun: [], "total_entries": 0})

        return self._all_entries(ask, noun, at_most)

    def batches(
        self, path: str, noun: str, purpose: str, body: Mapping[str, Any], at_most: int
    ) -> list[dict[str, Any]]:
        """Return the entries of a list that is requested with a body, which can name many Dags."""

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
        """Delete a run that is not active; do nothing if it does not exist."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}"
        self._call("DELETE", path, f"deleting run {run_id!r} of {dag_id!r}", missing={})

    def clear_run(self, dag_id: str, run_id: str, *, only_failed: bool = False) -> None:
        """Clear a run, so that all its tasks run again, or only those that failed."""
        # Airflow's default is a dry run, which answers 200 and clears nothing.
        body = {"dry_run": False, "only_failed": only_failed}
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}/clear"
        self._call("POST", path, f"clearing run {run_id!r} of {dag_id!r}", json=body)

    def version(self) -> str:
        """Return Airflow's version."""
        return str(self._field(self._call("GET", "/version", "its version"), "version"))

    def dag(self, dag_id: str) -> dict[str, Any]:
        """Return Airflow's description of a Dag; empty when Airflow does not know it."""
        return self._call("GET", f"/dags/{_path_segment(dag_id)}", f"the Dag {dag_id!r}", missing={})

    def pause(self, dag_id: str) -> None:
        """Pause a Dag; do nothing if Airflow does not know it."""
        self._call(
            "PATCH", f"/dags/{_path_segment(dag_id)}", f"pausing {dag_id!r}", json={"is_paused": True}, missing={}
        )

    def stop_run(self, dag_id: str, run_id: str) -> None:
        """Mark a run as failed, which ends its running tasks."""
        path = f"/dags/{_path_segment(dag_id)}/dagRuns/{_path_segment(run_id)}"
        self._call("PATCH", path, f"stopping run {run_id!r} of {dag_id!r}", json={"state": "failed"})

    def trigger(self, dag_id: str, start: datetime, end: datetime) -> str:
        """Create a run that exports ``[start, end)`` again; return its run id."""
        body = {
            "logical_date": _unused_logical_date().isoformat(),
            "data_interval_start": start.isoformat(),
            "data_interval_end": end.isoformat(),
        }
        made = self._call("POST", f"/dags/{_path_segment(dag_id)}/dagRuns", f"a new run of {dag_id!r}", json=body)
        return str(self._field(made, "dag_run_id"))

    def parse_now(self) -> None:
        """Ask Airflow to parse now the file that has the auditor's Dag; without shards all our Dags are in it."""
        purpose = "parsing the file of the export jobs"
        auditor = self.dag(AUDITOR_DAG_ID)
        if not auditor:
            return  # Airflow has only just started and is about to parse the file for the first time
        token = self._field(auditor, "file_token")
        # 409: the same request is already waiting, which is enough.
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
        """Make one call, logged in; ``missing`` is returned for 404."""
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
        """Return a value of every Airflow's answer; without it another server answers at this address."""
        if key not in body:
            raise self._not_airflow_error()
        return body[key]

    def _not_airflow_error(self) -> TerminalError:
        return TerminalError(
            f"The server at {self.base_url} does not answer as Airflow does",
            f"Correct the host and port of the connection {settings.API_CONNECTION!r}",
        )

    def _refuse(self, answer: httpx.Response, purpose: str) -> None:
        """Raise an error for an answer that is not a success."""
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
                "If the Dag is new, wait until it is parsed; if it stays away, see `airflow dags list-import-errors`",
                status=code,
            )
        what = f"Airflow at {self.base_url} refused {purpose} with {code}{detail}"
        raise AirflowRefusal(what, "Correct it, then try again", status=code)


def _base_url(found: Connection) -> str:
    """Return the base URL: ``host`` may be a whole address with Airflow's sub-path; the port has its own field."""
    host = found.host or "localhost"
    address = httpx.URL(host if "://" in host else f"{found.schema or 'http'}://{host}")
    return str(address.copy_with(port=found.port) if found.port and address.port is None else address)


def _unused_logical_date() -> datetime:
    """Return a logical date that no schedule needs: windows start on whole seconds, this date never does."""
    now = datetime.now(UTC)
    return now if now.microsecond else now.replace(microsecond=1)


def _path_segment(text: str) -> str:
    return quote(text, safe="")


def _detail(answer: httpx.Response) -> str:
    """Return Airflow's reason for a refusal, on one line."""
    try:
        detail = answer.json().get("detail", "")
    except (ValueError, AttributeError):
        return ""
    text = " ".join(str(detail.get("reason", detail) if isinstance(detail, dict) else detail).split())
    return f": {text[:300]}" if text else ""


def run_summary(entry: Mapping[str, Any]) -> DagRunSummary:
    """Build the summary of a run from an entry of Airflow's lists."""
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
