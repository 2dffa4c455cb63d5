"""A reverse proxy on 127.0.0.1 in front of an S3 server, which returns errors or cuts connections if a test says so."""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass
class Fault:
    """One misbehaviour at one ``action``, for the next ``times`` requests of it.

    ``code`` answers with that S3 error and ``status``; ``cut`` closes the connection before the real server has handled
    the request, ``cut_after`` after that; ``shorten`` drops that many bytes of the body; ``seconds`` delays.
    """

    action: str
    times: int = 1_000_000
    code: str = ""
    status: int = 400
    cut: bool = False
    cut_after: bool = False
    shorten: int = 0
    seconds: float = 0


@dataclass
class S3FaultProxy:
    """``with S3FaultProxy(port_of_the_real_server) as proxy``; ``proxy.seen`` counts requests by action.

    ``before_complete`` is called before each complete of an upload. ``If-Match`` is checked here: moto does not.
    """

    upstream: int
    tls: ssl.SSLContext | None = None
    faults: list[Fault] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    before_complete: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """The endpoint for a client."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"proxy": self}))
        self._server.daemon_threads = True
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def next_fault(self, action: str) -> Fault:
        """Count the request and return its fault."""
        with self.lock:
            self.seen[action] += 1
            for fault in self.faults:
                if fault.action in {action, "any"} and fault.times > 0:
                    fault.times -= 1
                    return fault
        return Fault(action)


class _Handler(BaseHTTPRequestHandler):
    proxy: S3FaultProxy
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the tests read ``seen``."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.proxy.next_fault(_action(self.command, self.path))
        time.sleep(fault.seconds)
        if fault.cut:
            self.close_connection = True
            return
        if fault.code:
            self._answer(fault.status, {}, _error_body(fault.code) if self.command != "HEAD" else b"")
            return
        if fault.action == "complete":
            self.proxy.before_complete()
            if not self._matches():
                self._answer(412, {}, _error_body("PreconditionFailed"))
                return
        kept = body[: len(body) - fault.shorten] if fault.shorten else body
        status, headers, content = self._forward(kept)
        if fault.cut_after:
            self.close_connection = True
            return
        self._answer(status, headers, content)

    def _matches(self) -> bool:
        wanted = self.headers.get("If-Match")
        if wanted is None:
            return True
        real = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=30)
        real.request("HEAD", urlsplit(self.path).path, headers={"Authorization": self.headers["Authorization"]})
        answer = real.getresponse()
        answer.read()
        real.close()
        return answer.getheader("ETag") == wanted

    def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        real = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream, timeout=30)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in {"expect"}}
        headers["Content-Length"] = str(len(body))
        real.request(self.command, self.path, body=body, headers=headers)
        answer = real.getresponse()
        content = answer.read()
        kept = {n: v for n, v in answer.getheaders() if n.lower() not in {"connection", "transfer-encoding"}}
        real.close()
        return answer.status, kept, content

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        if not any(name.lower() == "content-length" for name in headers):
            headers["Content-Length"] = str(len(content))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815  # the names that http.server calls


def _action(method: str, path: str) -> str:
    """Name a request as S3's manual does, as far as the tests need it."""
    query = parse_qs(urlsplit(path).query, keep_blank_values=True)
    if "uploads" in query:
        return "create" if method == "POST" else "list"
    if "uploadId" in query:
        return {"PUT": "part", "POST": "complete", "DELETE": "abort"}.get(method, method)
    return method.lower()


def _error_body(code: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"<Error><Code>{code}</Code><Message>told to by the test</Message></Error>"
    ).encode()
