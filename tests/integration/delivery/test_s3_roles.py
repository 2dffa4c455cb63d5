"""Roles whose credentials end before the upload does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.integration.delivery.s3_partner import CONTENT, KEY, PATH, PATH_STYLE, Open
from tests.servers.s3_tls import TlsS3
from tests.servers.sites import Lease, staged

pytestmark = pytest.mark.integration


class _ShortLivedRoles(BaseHTTPRequestHandler):
    """A login service whose credentials are about to expire: whoever asks again gets the next ones."""

    given = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        action = "AssumeRoleWithWebIdentity" if "WebIdentity" in body else "AssumeRole"
        type(self).given += 1
        until = (datetime.now(UTC) + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
        content = (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>'
            f"<AccessKeyId>ASIA{self.given}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
            f"<SessionToken>token{self.given}</SessionToken><Expiration>{until}</Expiration></Credentials>"
            "<AssumedRoleUser><Arn>a</Arn><AssumedRoleId>b</AssumedRoleId></AssumedRoleUser>"
            f"</{action}Result></{action}Response>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def roles() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Roles", (_ShortLivedRoles,), {}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("how", ["assume_role", "assume_role_with_web_identity"])
def test_the_tokens_of_a_role_are_renewed_during_an_upload(
    serve: Callable[..., TlsS3], connect: Callable[..., Open], lease: Lease, roles: str, how: str
) -> None:
    service = serve()
    token = service.folder / "token"
    token.write_text("signed by somebody")
    role = {
        "role_arn": "arn:aws:iam::123456789012:role/exports",
        "assume_role_method": how,
        "service_config": {"sts": {"endpoint_url": roles}},
        **PATH_STYLE,
    }
    if how == "assume_role_with_web_identity":
        role["assume_role_with_web_identity_federation"] = "file"
        role["assume_role_with_web_identity_token_file"] = str(token)
    connect(service, **role)().deliver(*staged(CONTENT, PATH), lease.fence())
    assert service.objects == {KEY: CONTENT}
    used = {headers["authorization"].split("Credential=")[1].split("/")[0] for _, headers in service.seen}
    assert len(used) > 1, "one token was used to the end, however long that takes"
