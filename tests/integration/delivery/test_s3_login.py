"""What keeps an AWS connection from logging in, or a request from arriving, is a sentence without any foreign text."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.errors import ExportError, TerminalError, TransientError, UserError
from export_jobs.orchestration.airflow.connections import open_destination

pytestmark = pytest.mark.integration
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/exports", "region_name": "eu-west-1"}
SECRET = "hunter2-canary"
CA = "/nowhere/authorities.pem"


class _Answers(BaseHTTPRequestHandler):
    """Answers everything as ``server.answer`` says."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, code = self.server.answer  # type: ignore[attr-defined]
        content = f"<ErrorResponse><Error><Code>{code}</Code><Message>{SECRET}</Message></Error></ErrorResponse>"
        if status == 307:
            content = f"<Error><Code>{code}</Code><Message>{SECRET}</Message></Error>"
        self.send_response(status)
        if status == 307:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content.encode())

    def log_message(self, *_: Any) -> None:
        pass


for verb in ("GET", "PUT", "POST", "HEAD", "DELETE"):
    setattr(_Answers, f"do_{verb}", _Answers.answer)


@pytest.fixture
def service() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads, server.block_on_close = True, False
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


CASES: dict[str, tuple[dict[str, Any], tuple[int, str], type[ExportError], str]] = {
    "profile": ({"profile_name": "nobody"}, (0, ""), TerminalError, "The AWS profile of the connection"),
    "authorities": (
        {"verify": CA, "endpoint_url": "https"},
        (0, ""),
        TerminalError,
        "file of trusted authorities for",
    ),
    "role refused": (
        {**ROLE, "sts": "http"},
        (403, "AccessDenied"),
        TerminalError,
        "refuses the connection 'aws' with",
    ),
    "role busy": ({**ROLE, "sts": "http"}, (503, "Throttling"), TransientError, "is too busy (Throttling)"),
    "role out of reach": ({**ROLE, "sts": "closed"}, (0, ""), TransientError, "cannot be reached"),
    "role by nonsense": ({**ROLE, "assume_role_method": "nonsense"}, (0, ""), UserError, "extra of the connection"),
    "token file": (
        {
            **ROLE,
            "assume_role_method": "assume_role_with_web_identity",
            "assume_role_with_web_identity_federation": "file",
            "assume_role_with_web_identity_token_file": "/nowhere/token",
        },
        (0, ""),
        TerminalError,
        "A file with the credentials for bucket",
    ),
    "region": ({"region_name": "no region", "endpoint_url": "http"}, (0, ""), UserError, "extra of the connection"),
    "endpoint": ({"endpoint_url": f"nonsense {SECRET}"}, (0, ""), UserError, "invalid endpoint_url"),
    "redirect": (
        {"endpoint_url": "http", "region_name": "eu-west-1"},
        (307, "TemporaryRedirect"),
        TerminalError,
        "in another region or at another endpoint",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_m4_a_login_that_fails_is_a_sentence(service: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    extra, service.answer, kind, sentence = CASES[name]
    urls = {"http": service.url, "https": service.url.replace("http:", "https:"), "closed": "http://127.0.0.1:9"}
    extra = {"region_name": "eu-west-1", **extra}
    if "endpoint_url" in extra:
        extra["endpoint_url"] = urls.get(extra["endpoint_url"], extra["endpoint_url"])
    if "sts" in extra:
        extra["service_config"] = {"sts": {"endpoint_url": urls[extra.pop("sts")]}}
    monkeypatch.setenv("EXPORT_JOBS_CONNECT_TIMEOUT_S", "2")
    connection = {"conn_type": "aws", "login": "key", "password": SECRET, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(connection))
    with pytest.raises(kind) as raised:
        open_destination(DestinationSpec(tag="bucket", kind="s3", connection="aws", folder="bucket/exports")).check()
    error = raised.value
    assert sentence in error.what
    assert error.remedy
    assert SECRET not in str(error) and CA not in str(error)
    assert error.__suppress_context__, "the traceback in the task's log must not hold the foreign text either"
