"""Upload one file to one local SFTP server in several ways and print the ratios; loopback only, some minutes.

First without latency, then over a line where every byte takes half of ``ROUND_TRIP_S`` each way.

Run from the repository: ``python -m bench.upload [megabytes]``. Read the ratios, not the seconds: every way logs in,
sends the same file to the same server in turn, and the median of three rounds counts.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from bench.delayed_line import delayed_line  # noqa: E402
from export_jobs.core.definitions.destination import DestinationOptions  # noqa: E402
from export_jobs.core.files.placed_file import PlacedFile  # noqa: E402
from export_jobs.delivery.destination import Credentials, Target  # noqa: E402
from export_jobs.delivery.sftp import SftpDestination  # noqa: E402
from tests.servers.openssh import SSHD, OpenSsh  # noqa: E402
from tests.servers.sftp_faults import USER, FaultySftpServer  # noqa: E402

ROUNDS = 3
ROUND_TRIP_S = 0.040


@dataclass
class Server:
    """Where every way uploads to."""

    name: str
    port: int
    user: str
    host_key: str
    key_file: Path
    folder: str  # as the client names it
    received: Path


@contextmanager
def server(work: Path) -> Iterator[Server]:
    """Start OpenSSH's sshd, or asyncssh's server if sshd is missing."""
    received = work / "received"
    received.mkdir()
    if SSHD is not None:
        with OpenSsh(work / "sshd") as sshd:
            yield Server(
                "OpenSSH sshd", sshd.port, sshd.user, sshd.host_key_line, sshd.client_key_file, str(received), received
            )
        return
    with FaultySftpServer(received) as fallback:
        key = work / "client_key"
        key.write_bytes(fallback.client_key.export_private_key())
        key.chmod(0o600)
        yield Server("asyncssh (sshd is missing)", fallback.port, USER, fallback.host_key_line, key, "/", received)


@contextmanager
def far_away(at: Server) -> Iterator[Server]:
    """The same server, ``ROUND_TRIP_S`` away."""
    with delayed_line(at.port, ROUND_TRIP_S / 2) as port:
        yield replace(at, name=f"{at.name}, {ROUND_TRIP_S * 1000:.0f} ms away", port=port)


def ours_in_ranges(at: Server, file: Path) -> None:
    """The same with ``parallel: 4``."""
    ours(at, file, parallel=4)


def ours(at: Server, file: Path, parallel: int = 1) -> None:
    """Deliver as a task does: hashing, verified size, rename inside a fence."""
    extra = {"host_key": at.host_key, "key_file": str(at.key_file)}
    credentials = Credentials("127.0.0.1", at.port, at.user, None, extra)
    destination = SftpDestination(credentials, at.folder, options=DestinationOptions(parallel=parallel))
    # A new name each time: the same bytes under the same name would not be sent again.
    target = Target(f"ours-{uuid4().hex}.bin", file.stat().st_size, SHA256[file], "1")
    with file.open("rb") as source:
        destination.deliver(source, target, no_fence)


def openssh_sftp(at: Server, file: Path) -> None:
    """Run OpenSSH's own client with its defaults."""
    known = file.parent / "known_hosts"
    known.write_text(f"[127.0.0.1]:{at.port} {at.host_key}\n")
    options = [f"UserKnownHostsFile={known}", "IdentitiesOnly=yes", "BatchMode=yes"]
    command = ["sftp", "-q", "-F", "none", "-i", str(at.key_file), "-P", str(at.port), "-b", "-"]
    command += [part for option in options for part in ("-o", option)]
    put = f"put {file} {at.folder}/sftp.bin\n"
    subprocess.run([*command, f"{at.user}@127.0.0.1"], input=put.encode(), check=True, stdout=subprocess.DEVNULL)


def paramiko_put(at: Server, file: Path) -> None:
    """Upload as Airflow's SFTPHook does."""
    import paramiko  # noqa: PLC0415  # a peer, needed only here

    transport = paramiko.Transport(("127.0.0.1", at.port))
    try:
        transport.connect(username=at.user, pkey=paramiko.Ed25519Key.from_private_key_file(str(at.key_file)))
        client = paramiko.SFTPClient.from_transport(transport)
        if client is None:
            raise OSError("paramiko opened no SFTP channel")
        client.put(str(file), f"{at.folder}/paramiko.bin")
    finally:
        transport.close()


def remove_received(at: Server) -> None:
    """Flush the received bytes to disk, so that the next way does not wait for it."""
    for file in at.received.iterdir():
        file.unlink()


SHA256: dict[Path, str] = {}


@contextmanager
def no_fence() -> Iterator[PlacedFile]:
    """Publish without asking anybody."""
    yield PlacedFile()


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1] if len(sys.argv) > 1 else 200) * 1_000_000
    work = Path(tempfile.mkdtemp(prefix="bench-upload-"))
    try:
        file = work / "archive.bin"
        block = os.urandom(1_000_000)
        with file.open("wb") as content:
            for _ in range(size // len(block)):
                content.write(block)
        with file.open("rb") as content:
            SHA256[file] = hashlib.file_digest(content, "sha256").hexdigest()
        with server(work) as at:
            report(at, file, size)
            with far_away(at) as further:
                report(further, file, size)
    finally:
        shutil.rmtree(work)


def report(at: Server, file: Path, size: int) -> None:
    """Run the ways in turn, so that a drift of the machine affects all of them, and print the table."""
    ways: dict[str, Callable[[Server, Path], None]] = {
        "SftpDestination": ours,
        "parallel: 4": ours_in_ranges,
        "paramiko put": paramiko_put,
    }
    if shutil.which("sftp"):
        ways["OpenSSH sftp"] = openssh_sftp
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours(at, file)  # also warms the page cache
    remove_received(at)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            started = time.perf_counter()
            way(at, file)
            seconds[name].append(time.perf_counter() - started)
            remove_received(at)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    base = "OpenSSH sftp" if "OpenSSH sftp" in medians else "paramiko put"
    print(f"Upload of {size / 1e6:.0f} MB to {at.name} on 127.0.0.1, median of {ROUNDS}; 1.00 = {base}")
    for name, median in sorted(medians.items(), key=lambda item: item[1]):
        print(f"  {name:<16} {median:6.2f} s  {size / 1e6 / median:6.0f} MB/s  {median / medians[base]:5.2f}")
    print(f"  memory of SftpDestination above its imports: {grown:.0f} MB")


if __name__ == "__main__":
    main()
