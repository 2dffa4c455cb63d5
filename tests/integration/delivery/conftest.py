"""Real destinations on 127.0.0.1, started once, clean for every test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.delivery.destination import Credentials, Destination
from export_jobs.delivery.download import DownloadDestination
from export_jobs.delivery.ftp.destination import FtpDestination
from export_jobs.delivery.ftp.upload import LOOK_AGAIN_SECONDS
from export_jobs.delivery.s3 import S3Destination
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.delivery.sftp_server.stored import SECOND_LOOKS_S
from export_jobs.orchestration.airflow.connections import open_destination
from tests.integration.delivery.ftp_partner import Served
from tests.integration.delivery.s3_partner import Open
from tests.integration.delivery.sftp_partner import Partner
from tests.servers.ftp_faults import PASSWORD as FTP_PASSWORD
from tests.servers.ftp_faults import USER as FTP_USER
from tests.servers.ftp_faults import FtpServer
from tests.servers.openssh import HOW_TO_GET, SSHD, OpenSsh
from tests.servers.s3_rules import Rule
from tests.servers.s3_tls import TlsS3
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer
from tests.servers.sites import (
    BUCKET,
    Lease,
    Site,
    bucket_site,
    folder_site,
    memory_site,
    openssh_credentials,
    s3_client,
)
from tests.servers.vsftpd import ACCOUNT, VSFTPD, Vsftpd
from tests.servers.vsftpd import HOW_TO_GET as VSFTPD_HOW_TO_GET


@pytest.fixture(autouse=True)
def quick_second_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many looks as ever at what a server is late to show, a tenth of the time apart: those here count looks."""
    for module in ("sftp_server.stored", "sftp_server.publication", "sftp_server.final_name"):
        name = f"export_jobs.delivery.{module}.SECOND_LOOKS_S"
        monkeypatch.setattr(name, tuple(seconds / 10 for seconds in SECOND_LOOKS_S))
    quick = tuple(seconds / 10 for seconds in LOOK_AGAIN_SECONDS)
    monkeypatch.setattr("export_jobs.delivery.ftp.upload.LOOK_AGAIN_SECONDS", quick)


@pytest.fixture
def lease() -> Lease:
    return Lease()


@pytest.fixture(scope="session")
def sftp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultySftpServer]:
    with FaultySftpServer(tmp_path_factory.mktemp("sftp")) as server:
        yield server


@pytest.fixture
def sftp(sftp_server: FaultySftpServer) -> FaultySftpServer:
    """The misbehaving server, well again and with an empty folder ``/in``."""
    sftp_server.heal()
    folder = sftp_server.root / "in"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    folder.mkdir()
    return sftp_server


@pytest.fixture
def credentials(sftp: FaultySftpServer) -> Credentials:
    return Credentials("127.0.0.1", sftp.port, USER, PASSWORD, {"host_key": sftp.host_key_line})


@pytest.fixture
def sftp_site(sftp: FaultySftpServer, credentials: Credentials) -> Site:
    return folder_site(sftp.root / "in", SftpDestination(credentials, "/in", stall_seconds=20))


@pytest.fixture
def sftp_key_site(sftp: FaultySftpServer) -> Site:
    key = sftp.client_key.export_private_key("pkcs8-pem", passphrase="pass phrase").decode()
    extra = {"host_key": sftp.host_key_line, "private_key": key, "private_key_passphrase": "pass phrase"}
    return folder_site(sftp.root / "in", SftpDestination(Credentials("127.0.0.1", sftp.port, USER, None, extra), "/in"))


@pytest.fixture
def partner(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Partner]:
    """A server of the kind that ``served_by`` says."""
    (tmp_path / "in").mkdir()
    kinds: dict[str, Any] = request.param if isinstance(request.param, dict) else {"files": request.param}
    with FaultySftpServer(tmp_path, **kinds) as server:
        yield Partner(server)


@pytest.fixture(scope="session")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSsh]:
    if SSHD is None:
        pytest.skip(HOW_TO_GET)
    with OpenSsh(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture
def openssh_site(openssh: OpenSsh, tmp_path: Path) -> Site:
    return folder_site(tmp_path, SftpDestination(openssh_credentials(openssh), str(tmp_path)))


@pytest.fixture(scope="session")
def moto_port() -> Iterator[int]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def s3(moto_port: int) -> Any:
    client = s3_client(f"http://127.0.0.1:{moto_port}")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def s3_site(s3: Any) -> Site:
    prefix = f"in-{os.urandom(4).hex()}"
    return bucket_site(s3, S3Destination(s3, BUCKET, prefix), prefix)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., TlsS3]]:
    """Start a service of the given rules, behind TLS."""
    services: list[TlsS3] = []

    def start(*rules: Rule, region: str = "") -> TlsS3:
        service = TlsS3(tmp_path, rules, region)
        services.append(service.__enter__())
        return service

    yield start
    for service in services:
        service.__exit__(None, None, None)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Open]:
    """The destinations of an AWS connection to a service, with more in its extra."""

    def connection(service: TlsS3, **extra: Any) -> Open:
        whole = {"endpoint_url": service.url, "verify": str(service.authority), "region_name": "us-east-1"}
        kept = {"conn_type": "aws", "login": "key", "password": "secret", "extra": {**whole, **extra}}
        monkeypatch.setenv("AIRFLOW_CONN_AWS", json.dumps(kept))
        monkeypatch.setenv("EXPORT_JOBS_CONNECT_TIMEOUT_S", "3")

        def opened(**options: Any) -> Destination:
            spec = {"tag": "bucket", "kind": "s3", "connection": "aws", "folder": "bucket/in", **options}
            return open_destination(DestinationSpec.model_validate(spec))

        return opened

    return connection


@pytest.fixture
def download_site(s3: Any) -> Site:
    prefix = f"out-{os.urandom(4).hex()}"
    options, address = DestinationOptions(keep_days=7), "https://airflow.example/export-jobs/api/downloads/files"
    found = DownloadDestination(s3, (BUCKET, prefix), options, address=address, max_bytes=10**9)
    return bucket_site(s3, found, prefix)


@pytest.fixture(scope="module")  # the connections that its faults drop wear it out
def ftps_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpServer]:
    with FtpServer(tmp_path_factory.mktemp("ftps"), tmp_path_factory.mktemp("ftps-state")) as server:
        yield server


@pytest.fixture
def ftps(ftps_server: FtpServer) -> FtpServer:
    """The misbehaving server, well again and with an empty folder ``/in``."""
    ftps_server.heal()
    folder = ftps_server.root / "in"
    subprocess.run(["rm", "-rf", str(folder), str(ftps_server.root / "processed")], check=True)
    folder.mkdir()
    return ftps_server


@pytest.fixture
def ftps_credentials(ftps: FtpServer) -> Credentials:
    return Credentials("127.0.0.1", ftps.port, FTP_USER, FTP_PASSWORD, {"ca_file": str(ftps.certificate)})


@pytest.fixture
def ftps_site(ftps: FtpServer, ftps_credentials: Credentials) -> Site:
    return folder_site(ftps.root / "in", FtpDestination(ftps_credentials, "/in", stall_seconds=20))


@pytest.fixture
def served(ftps: FtpServer, ftps_credentials: Credentials) -> Served:
    """The misbehaving server as a destination with given options sees it."""

    def opened(folder: str = "/in", **options: Any) -> Site:
        destination = FtpDestination(ftps_credentials, folder, options=DestinationOptions(**options), stall_seconds=20)
        return folder_site(ftps.root / "in", destination)

    return opened


@pytest.fixture(scope="session")
def vsftpd() -> Iterator[Vsftpd]:
    if VSFTPD is None or os.getuid() != 0:
        pytest.skip(VSFTPD_HOW_TO_GET)
    folder = Path(tempfile.mkdtemp(prefix="export-jobs-vsftpd-"))
    folder.chmod(0o755)  # the server reads it as another user
    with Vsftpd(folder) as server:
        yield server
    shutil.rmtree(folder)


@pytest.fixture
def vsftpd_site(vsftpd: Vsftpd) -> Site:
    folder = vsftpd.root / "in"
    for child in folder.iterdir():
        subprocess.run(["rm", "-rf", str(child)], check=True)
    credentials = Credentials("127.0.0.1", vsftpd.port, "ftp", "any", {"ca_file": str(vsftpd.certificate)})
    site = folder_site(folder, FtpDestination(credentials, "/in", stall_seconds=20))

    def put(path: str, content: bytes) -> None:
        """As the login would have: it may not write into a folder of root's."""
        site.put(path, content)
        for made in folder.rglob("*"):
            shutil.chown(made, ACCOUNT)

    def leave(where: str, final: str, attempt: str) -> None:
        put(f"{where}/.{final}.{attempt}.part", b"half")

    return replace(site, put=put, leave_unfinished=leave)


OPTIONS: dict[str, dict[str, Any]] = {
    "sftp_in_ranges": {"parallel": 4},
    "sftp_read_back": {"verify": "read_back"},
    "sftp_in_steps": {"replace": "remove_then_rename"},
    "sftp_without_probe": {"probe": "login_only", "verify": "none"},
    "ftps_in_steps": {"replace": "remove_then_rename"},
    "ftps_read_back": {"verify": "read_back"},
    "s3_with_headers": {"encryption": "AES256", "acl": "bucket-owner-full-control", "tags": {"team": "exports"}},
    "s3_read_back": {"verify": "read_back"},
}
"""Destinations of other options than the safest, which keep the whole promise all the same."""


@pytest.fixture(params=["memory", "sftp", "sftp_key", "openssh", "ftps", "vsftpd", "s3", "download", *OPTIONS])
def site(request: pytest.FixtureRequest) -> Site:
    """Every kind of destination in turn, and each option that changes how a file gets there."""
    if request.param == "memory":
        return memory_site()
    if request.param not in OPTIONS:
        found: Site = request.getfixturevalue(f"{request.param}_site")
        return found
    options = DestinationOptions.model_validate(OPTIONS[request.param])
    if request.param.startswith("s3"):
        client, prefix = request.getfixturevalue("s3"), f"in-{os.urandom(4).hex()}"
        return bucket_site(client, S3Destination(client, BUCKET, prefix, options), prefix)
    if request.param.startswith("ftps"):
        login, ftps = request.getfixturevalue("ftps_credentials"), request.getfixturevalue("ftps")
        return folder_site(ftps.root / "in", FtpDestination(login, "/in", options=options, stall_seconds=20))
    server = request.getfixturevalue("sftp")
    destination = SftpDestination(request.getfixturevalue("credentials"), "/in", options=options, stall_seconds=20)
    return folder_site(server.root / "in", destination)
