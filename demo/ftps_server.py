"""An FTP server that speaks TLS only, confined to one folder, for one partner.

``FtpsServer`` starts it as a process of its own (``python -m demo.ftps_server``), as the SFTP server.
"""

from __future__ import annotations

import argparse
import ipaddress
import secrets
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from demo.kept import kept, write_private
from demo.port_server import PortServer

USER, USUAL_PORT = "partner", 2121
RIGHTS = "elradfmwMT"


class FtpsServer(PortServer):
    """Files are under ``root``, what the partner sees as ``/``; certificate, key and password under ``folder``."""

    name = "The FTPS server"

    def __init__(self, folder: Path, root: Path, *, usual_port: int | None = USUAL_PORT) -> None:
        super().__init__(folder, usual_port)
        self.root, self.user = root.resolve(), USER

    @property
    def password(self) -> str:
        return kept(self.folder / "login.json", lambda: {"password": secrets.token_urlsafe(18)})["password"]

    @property
    def certificate(self) -> str:
        """The server's certificate (PEM), which is its own authority."""
        return (self.folder / "certificate.pem").read_text("ascii")

    def prepare(self) -> None:
        for folder in (self.folder, self.root / "in"):
            folder.mkdir(parents=True, exist_ok=True)
        self._make_certificate()
        _ = self.password

    def module(self) -> list[str | Path]:
        return ["demo.ftps_server", "--folder", self.folder, "--root", self.root, "--port", str(self.port)]

    def _make_certificate(self) -> None:
        """For 127.0.0.1; created at each start, so that it never expires."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "FTPS server of the demo")])
        now = datetime.now(UTC)
        address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(address, critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        plain = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        write_private(self.folder / "key.pem", pem.decode())
        (self.folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _serve(folder: Path, root: Path, port: int) -> None:
    with warnings.catch_warnings(action="ignore"):  # pyftpdlib uses modules that Python no longer has
        from pyftpdlib.authorizers import DummyAuthorizer  # noqa: PLC0415
        from pyftpdlib.handlers import TLS_FTPHandler  # noqa: PLC0415
        from pyftpdlib.servers import FTPServer  # noqa: PLC0415

    authorizer: Any = DummyAuthorizer()
    authorizer.add_user(USER, kept(folder / "login.json", dict)["password"], str(root), perm=RIGHTS)
    settings = {
        "authorizer": authorizer,
        "certfile": str(folder / "certificate.pem"),
        "keyfile": str(folder / "key.pem"),
        "tls_control_required": True,
        "tls_data_required": True,
    }
    FTPServer(("127.0.0.1", port), type("Handler", (TLS_FTPHandler,), settings)).serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    _serve(given.folder, given.root, given.port)
