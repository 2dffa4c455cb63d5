"""An S3 service behind TLS, like those of other vendors than Amazon: it refuses boto3's defaults, or requires more."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

from tests.servers.certificate import served_with, write_certificate
from tests.servers.s3_rules import Headers, Rule

_CHECKSUM = "x-amz-checksum-"


@dataclass
class TlsS3:
    """``with TlsS3(folder, rules) as service``; ``authority`` is the file to verify its certificate with.

    ``region``: where the bucket is; requests that are signed for another one are redirected (307) with its name.
    ``after_complete`` is called once an object exists, before the reply. Any bucket exists.
    """

    folder: Path
    rules: tuple[Rule, ...] = ()
    region: str = ""
    after_complete: Callable[[], None] = lambda: None
    hidden: set[str] = field(default_factory=set)
    """Headers (in lower case) that its answers about an object do not have."""
    size_added: int = 0
    """The difference between the size in its answers about an object and the real size."""
    checks_kinds: bool = False
    """Whether parts need exactly the checksum that their upload was begun with, and its end all of them."""
    objects: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    """When each object was written: seconds since 1970, a minute apart."""
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    _clock: int = 1_750_000_000
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    repeated: Literal["answered", "gone", "taken"] = "taken"
    """The answer to a second complete of an upload: Amazon answers as to the first one."""
    passes_over_if_match: bool = False
    completed: dict[str, str] = field(default_factory=dict)
    """Completed uploads, and the key of each."""
    pages: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """By action, the status and body of a proxy that answers instead of the service."""
    _etags: dict[str, str] = field(default_factory=dict)
    seen: list[tuple[str, Headers]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The endpoint for a client."""
        return f"https://127.0.0.1:{self._server.server_port}"

    def put(self, key: str, content: bytes) -> None:
        """Put an object there; each is a minute newer than the previous one."""
        self.objects[key] = content
        self._etags.pop(key, None)
        self._clock += 60
        self.written[key] = self._clock

    def etag(self, key: str) -> str:
        """The ETag as Amazon computes it: of the content, or of the parts of a multipart upload."""
        return self._etags.get(key) or _etag(self.objects.get(key, b""))

    def put_together(self, key: str, parts: list[bytes]) -> None:
        """Put an object there that was uploaded in parts."""
        self.put(key, b"".join(parts))
        digests = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
        self._etags[key] = f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"'

    def __enter__(self) -> Self:
        self.authority = self.folder / "tls.pem"
        handler = type("Handler", (_Handler,), {"service": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.socket = served_with(write_certificate(self.authority)).wrap_socket(
            self._server.socket, server_side=True
        )
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    service: TlsS3
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the tests read ``seen``."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        key = unquote(parts.path).lstrip("/").partition("/")[2]
        action = _action(self.command, key, query)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self._body(headers)
        self.service.seen.append((action, headers))
        if self.service.region and f"/{self.service.region}/s3/" not in headers.get("authorization", ""):
            self._refuse(307, "TemporaryRedirect", {"x-amz-bucket-region": self.service.region})
            return
        if self._shows_page(action):
            return
        for rule in self.service.rules:
            refusal = rule(action, headers)
            if refusal is not None:
                self._refuse(*refusal)
                return
        getattr(self, f"_{action}")(key, query, headers, body)

    def _body(self, headers: dict[str, str]) -> bytes:
        """Return the sent body; add a trailing checksum to the headers, as if it had been there."""
        if "content-length" in headers:
            return self.rfile.read(int(headers["content-length"]))
        if "chunked" not in headers.get("transfer-encoding", ""):
            return b""
        sent = self._chunks(headers)
        return _without_frames(sent, headers) if "aws-chunked" in headers.get("content-encoding", "") else sent

    def _chunks(self, headers: dict[str, str]) -> bytes:
        content = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        while line := self.rfile.readline().strip():
            _add_trailer(line, headers)
        return content

    def _list(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        self._answer(b"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")

    def _create(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        upload = f"u{len(self.service.begun)}"
        self.service.begun[upload] = dict(headers)
        self.service.uploads[upload] = {}
        self._answer(f"<R><UploadId>{upload}</UploadId></R>".encode())

    def _part(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        wanted = self._algorithm(query)
        given = next((name for name in headers if name.startswith(_CHECKSUM)), "").removeprefix(_CHECKSUM)
        if self.service.checks_kinds and given != wanted:
            words = f"expected checksum Type: {wanted or 'null'}, actual checksum Type: {given or 'null'}"
            self._refuse(400, f"InvalidRequest: Checksum Type mismatch occurred, {words}")
            return
        if query["uploadId"] not in self.service.uploads:
            self._refuse(404, "NoSuchUpload")
            return
        self.service.uploads[query["uploadId"]][int(query["partNumber"])] = body
        told = {_CHECKSUM + given: headers[_CHECKSUM + given]} if given else {}
        self._answer(b"", {"ETag": _etag(body), **told})

    def _algorithm(self, query: Headers) -> str:
        """The checksum that the upload was begun with."""
        return self.service.begun[query["uploadId"]].get("x-amz-checksum-algorithm", "").lower()

    def _complete(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        refusal = self._condition(key, query["uploadId"], headers)
        if refusal is not None:
            self._refuse(*refusal)
            return
        if query["uploadId"] in self.service.completed:
            self._answer(f"<R><ETag>{self.service.etag(key)}</ETag></R>".encode())
            return
        listed = list(ElementTree.fromstring(body).iter())
        numbers = [int(found.text or "0") for found in listed if found.tag.endswith("PartNumber")]
        checksums = [found for found in listed if "Checksum" in found.tag]
        if self.service.checks_kinds and self._algorithm(query) and len(checksums) < len(numbers):
            words = "The complete request must include the checksum for each part"
            self._refuse(400, f"InvalidRequest: The upload was created using a checksum. {words}")
            return
        sent = self.service.uploads[query["uploadId"]]
        named = [found.text for found in listed if found.tag.endswith("ETag")]
        if named != [_etag(sent.get(number, b"")) for number in numbers]:
            self._refuse(400, "InvalidPart")
            return
        self._keep(key, [sent[number] for number in numbers], self.service.begun[query["uploadId"]])
        self.service.completed[query["uploadId"]] = key
        del self.service.uploads[query["uploadId"]]
        self.service.after_complete()
        if not self._shows_page("complete"):
            self._answer(f"<R><ETag>{self.service.etag(key)}</ETag></R>".encode())

    def _shows_page(self, action: str) -> bool:
        """Whether a proxy has answered instead of the service."""
        if action not in self.service.pages:
            return False
        status, page = self.service.pages[action]
        self._answer(page, {"Content-Type": "text/html"}, status)
        return True

    def _condition(self, key: str, upload: str, headers: Headers) -> tuple[int, str] | None:
        """The reason why an upload may not be completed, before its parts are looked at."""
        service = self.service
        if upload in service.completed and service.repeated != "taken":
            return None if service.repeated == "answered" else (404, "NoSuchUpload")
        if headers.get("if-none-match") == "*" and key in service.objects:
            return 412, "PreconditionFailed"
        wanted = None if service.passes_over_if_match else headers.get("if-match")
        if wanted is not None and wanted != service.etag(key):
            return (412, "PreconditionFailed") if key in service.objects else (404, "NoSuchKey")
        return None if upload in service.uploads else (404, "NoSuchUpload")

    def _abort(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        self.service.uploads.pop(query["uploadId"], None)
        self._answer(b"", status=204)

    def _put(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        if source := unquote(headers.get("x-amz-copy-source", "")).lstrip("/").partition("/")[2]:
            body = self.service.objects[source]
        self._keep(key, [body], headers)
        self._answer(f"<R><ETag>{_etag(body)}</ETag></R>".encode(), {"ETag": _etag(body)})

    def _keep(self, key: str, parts: list[bytes], headers: Headers) -> None:
        self.service.put_together(key, parts)
        self.service.metadata[key] = {n: v for n, v in headers.items() if n.startswith("x-amz-meta-")}

    def _head(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        if key and key not in self.service.objects:
            self._refuse(404, "NoSuchKey")
            return
        content = self.service.objects.get(key, b"")
        told = {"ETag": self.service.etag(key), "Content-Length": str(len(content) + self.service.size_added)}
        if key in self.service.written:
            told["Last-Modified"] = formatdate(self.service.written[key], usegmt=True)
        told |= self.service.metadata.get(key, {})
        self._answer(b"", {name: value for name, value in told.items() if name.lower() not in self.service.hidden})

    def _get(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        content = self.service.objects[key]
        self._answer(content, {"ETag": self.service.etag(key), **self.service.metadata.get(key, {})})

    def _delete(self, key: str, query: Headers, headers: Headers, body: bytes) -> None:
        self.service.objects.pop(key, None)
        self._answer(b"", status=204)

    def _refuse(self, status: int, code: str, headers: Headers | None = None) -> None:
        code, _, message = code.partition(": ")
        content = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        self._answer(content.encode(), headers, status)

    def _answer(self, content: bytes, headers: Headers | None = None, status: int = 200) -> None:
        self.send_response_only(status)
        length = {} if self.command == "HEAD" else {"Content-Length": str(len(content))}
        for name, value in {**(headers or {}), **length}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815  # the names that http.server calls


def _add_trailer(line: bytes, headers: dict[str, str]) -> None:
    name, colon, value = line.decode().partition(":")
    if colon:
        headers[name.strip().lower()] = value.strip()


def _without_frames(sent: bytes, headers: dict[str, str]) -> bytes:
    """The content of Amazon's own chunks, which are inside those of HTTP."""
    content, rest = b"", sent
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        if (size := int(line.partition(b";")[0], 16)) == 0:
            for trailer in rest.splitlines():
                _add_trailer(trailer, headers)
            break
        content, rest = content + rest[:size], rest[size + 2 :]
    return content


def _action(method: str, key: str, query: Headers) -> str:
    if "uploads" in query:
        return "create" if method == "POST" else "list"
    if "uploadId" in query:
        return {"PUT": "part", "POST": "complete", "DELETE": "abort"}[method]
    return method.lower()


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
