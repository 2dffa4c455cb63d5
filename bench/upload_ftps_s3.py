"""Upload one file to a local FTPS server and to a local S3 service, each in several ways, and print the ratios.

Run from the repository: ``python -m bench.upload_ftps_s3 [megabytes]``. Read the ratios, not the seconds: every way
sends the same file to the same server in turn, and the median of three rounds counts. vsftpd and lftp are peers if
they are installed; it prints what is missing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from demo.s3_server import S3Server  # noqa: E402
from export_jobs.core.files.placed_file import PlacedFile  # noqa: E402
from export_jobs.delivery.destination import Credentials, Destination, Target  # noqa: E402
from export_jobs.delivery.ftp.client import TlsClient  # noqa: E402
from export_jobs.delivery.ftp.destination import FtpDestination  # noqa: E402
from export_jobs.delivery.s3 import S3Destination  # noqa: E402
from tests.servers.vsftpd import VSFTPD, Vsftpd  # noqa: E402

ROUNDS = 3
LOGIN = ("ftp", "any")
Way = Callable[[], object]


@contextmanager
def no_fence() -> Iterator[PlacedFile]:
    """Publish without asking anybody."""
    yield PlacedFile()


def ours(destination: Destination, file: Path, sha256: str) -> None:
    """Deliver as a task does: hashing, verified size, final name inside a fence."""
    target = Target(f"ours-{uuid4().hex}.bin", file.stat().st_size, sha256, "1")
    with file.open("rb") as source:
        destination.deliver(source, target, no_fence)


def plain_ftplib(server: Vsftpd, file: Path) -> None:
    """The library alone, reusing the session of its control connection: vsftpd requires this."""
    client = TlsClient(context=ssl.create_default_context(cafile=str(server.certificate)), timeout=60)
    client.connect("127.0.0.1", server.port)
    client.login(*LOGIN)
    client.prot_p()
    with file.open("rb") as source:
        client.storbinary(f"STOR /in/{uuid4().hex}.bin", source, blocksize=1024 * 1024)
    client.quit()


def lftp(server: Vsftpd, file: Path) -> None:
    """Debian's client, which verifies the certificate."""
    settings = f"set ssl:ca-file {server.certificate}; set ftp:ssl-force true; set ftp:ssl-protect-data true"
    put = f"put {file} -o /in/{uuid4().hex}.bin; quit"
    address = f"ftp://127.0.0.1:{server.port}"
    subprocess.run(["lftp", "-u", ",".join(LOGIN), "-e", f"{settings}; {put}", address], check=True)


def report(name: str, ways: dict[str, Way], base: str, size: int, tidy: Way) -> None:
    """Run the ways in turn, so that a drift of the machine affects all of them, and print the table."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(ROUNDS + 1):  # the first round warms up and does not count
        for way, run in ways.items():
            started = time.perf_counter()
            run()
            if turn:
                seconds[way].append(time.perf_counter() - started)
            tidy()
    medians = {way: statistics.median(times) for way, times in seconds.items()}
    print(f"Upload of {size / 1e6:.0f} MB to {name} on 127.0.0.1, median of {ROUNDS}; 1.00 = {base}")
    for way, median in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {way:<24} {median:6.2f} s  {size / 1e6 / median:6.0f} MB/s  {median / medians[base]:5.2f}")


def over_ftps(work: Path, file: Path, sha256: str) -> None:
    """vsftpd as Debian has it."""
    if VSFTPD is None or os.getuid() != 0:
        print("NOT MEASURED: FTPS needs vsftpd (apt-get install vsftpd) and root")
        return
    work.chmod(0o755)
    with Vsftpd(work / "vsftpd") as server:
        credentials = Credentials("127.0.0.1", server.port, *LOGIN, {"ca_file": str(server.certificate)})
        destination = FtpDestination(credentials, "/in")
        ways: dict[str, Way] = {
            "FtpDestination": lambda: ours(destination, file, sha256),
            "ftplib, session used again": lambda: plain_ftplib(server, file),
        }
        if shutil.which("lftp"):
            ways["lftp"] = lambda: lftp(server, file)
        else:
            print("NOT MEASURED: lftp is not installed (apt-get install lftp)")
        base = "lftp" if "lftp" in ways else "ftplib, session used again"

        def tidy() -> None:
            for left in (server.root / "in").iterdir():
                left.unlink()

        report("vsftpd", ways, base, file.stat().st_size, tidy)


def to_s3(work: Path, file: Path, sha256: str) -> None:
    """Upload to moto, with the client of a delivery."""
    with S3Server(work / "s3", work / "objects", usual_port=None) as server:
        client: Any = server.client()
        destination = S3Destination(client, server.bucket, "ours")

        def upload_fileobj() -> None:
            with file.open("rb") as source:
                client.upload_fileobj(source, server.bucket, f"boto3/{uuid4().hex}.bin")

        def tidy() -> None:
            for found in client.list_objects_v2(Bucket=server.bucket).get("Contents", []):
                client.delete_object(Bucket=server.bucket, Key=found["Key"])

        ways: dict[str, Way] = {
            "S3Destination": lambda: ours(destination, file, sha256),
            "boto3 upload_fileobj": upload_fileobj,
        }
        report("moto", ways, "boto3 upload_fileobj", file.stat().st_size, tidy)


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1] if len(sys.argv) > 1 else 200) * 1_000_000
    work = Path(tempfile.mkdtemp(prefix="bench-ftps-s3-"))
    try:
        file = work / "archive.bin"
        with file.open("wb") as content:
            for _ in range(size // 1_000_000):
                content.write(os.urandom(1_000_000))
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        over_ftps(work, file, sha256)
        to_s3(work, file, sha256)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
