"""The part of Airflow's REST API that the auditor uses, over HTTP on loopback, with Dags and runs that a test sets."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class AirflowState:
    """``status``: if it is not 0, every call gets this status instead of an answer."""

    dags: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    pools: dict[str, int] = field(default_factory=lambda: {"export_jobs": 8})
    asked: list[str] = field(default_factory=list)
    status: int = 0

    def dag(self, dag_id: str, **said: Any) -> None:
        tags = [{"name": name, "dag_id": dag_id} for name in ("export", *said.pop("tags", ()))]
        self.dags.append({"dag_id": dag_id, "is_paused": False, "is_stale": False, "tags": tags, **said})

    def run(self, dag_id: str, run_id: str, state: str, **said: Any) -> None:
        self.runs.append({"dag_id": dag_id, "dag_run_id": run_id, "run_type": "scheduled", "state": state, **said})


class _Answers(BaseHTTPRequestHandler):
    """The paths of Airflow 3."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            self._answer(201, {"access_token": "token"})
            return
        found = [run for run in self._state().runs if run["dag_id"] in body["dag_ids"]]
        offset, limit = body["page_offset"], body["page_limit"]
        self._answer(200, {"dag_runs": found[offset : offset + limit], "total_entries": len(found)})

    def do_PATCH(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._named().update(body)
        self._answer(200, self._named())

    def do_DELETE(self) -> None:
        dag_id, run_id = self._parts()[3], self._parts()[5]
        state = self._state()
        if self._named()["state"] == "running":
            self._answer(409, {"detail": "cannot be deleted in running state"})
            return
        state.runs = [run for run in state.runs if (run["dag_id"], run["dag_run_id"]) != (dag_id, run_id)]
        self._answer(204, {})

    def do_GET(self) -> None:
        state, query = self._state(), parse_qs(urlsplit(self.path).query)
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        if self._parts()[-1] == "dags":
            named = query.get("dag_id_pattern", [""])[0].split("|")
            noun, found = "dags", [dag for dag in state.dags if any(one in dag["dag_id"] for one in named)]
        elif self._parts()[-1] == "pools":
            noun, found = "pools", [{"name": name, "slots": slots} for name, slots in state.pools.items()]
        else:
            dag_id = self._parts()[3]
            noun = "dag_runs"
            found = [run for run in state.runs if dag_id in {"~", run["dag_id"]}]
            found = [run for run in found if run["state"] in query.get("state", [run["state"]])]
            since = query.get("updated_at_gte", [""])[0]
            found = [run for run in found if run.get("updated_at", datetime.now(UTC).isoformat()) >= since]
        self._answer(200, {noun: found[offset : offset + limit], "total_entries": len(found)})

    def _named(self) -> dict[str, Any]:
        wanted, server = (self._parts()[3], self._parts()[5]), cast("AirflowServer", self.server)
        return next(run for run in server.state.runs if (run["dag_id"], run["dag_run_id"]) == wanted)

    def _parts(self) -> list[str]:
        return [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]

    def _state(self) -> AirflowState:
        server = cast("AirflowServer", self.server)
        server.state.asked.append(f"{self.command} {self.path}")
        return server.state

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        server = cast("AirflowServer", self.server)
        content = json.dumps(body).encode() if status != 204 else b""
        self.send_response(server.state.status or status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


class AirflowServer(ThreadingHTTPServer):
    """``connection``: the Airflow connection to this server."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.state = AirflowState()
        self.connection = {
            "conn_type": "http",
            "host": "http://127.0.0.1",
            "port": self.server_address[1],
            "login": "admin",
            "password": "admin",
        }

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
