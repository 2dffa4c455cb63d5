"""Every kind of destination for tests, as a ``Site``; and the arguments of a caller of ``deliver``."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import boto3
from botocore.config import Config

from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.delivery.destination import Credentials, Destination, Fence, Target
from export_jobs.delivery.memory import MemoryDestination
from export_jobs.errors import SupersededError
from tests.servers.openssh import OpenSsh

BUCKET = "partner"


@dataclass
class Site:
    """A destination and the view of somebody who stands on its other side."""

    destination: Destination
    read: Callable[[str], bytes | None]
    put: Callable[[str, bytes], None]
    everything: Callable[[], list[str]]  # every path that holds bytes, temporaries and unfinished uploads included
    leave_unfinished: Callable[[str, str, str], None]  # folder, final name, attempt: as a killed attempt would


class Lease:
    """The fence as orchestration builds it: only the current attempt may publish, one at a time."""

    def __init__(self, current: str = "1") -> None:
        self.current = current
        self.recorded: list[str] = []
        self.placed: list[PlacedFile] = []
        self._lock = threading.Lock()

    def fence(self, attempt: str = "1") -> Fence:
        @contextmanager
        def entered() -> Iterator[PlacedFile]:
            with self._lock:
                if attempt != self.current:
                    raise SupersededError(f"Attempt {attempt} has been superseded by {self.current}.")
                placed = PlacedFile()
                yield placed
                self.recorded.append(attempt)
                self.placed.append(placed)

        return entered


def staged(
    content: bytes, path: str = "daily/sales.zip", attempt: str = "1", *, known: Iterable[bytes | KnownFile] = ()
) -> tuple[BinaryIO, Target]:
    """Return a staged file and the target that describes it; ``known``: what the ledger says was delivered there."""
    ours = tuple(one if isinstance(one, KnownFile) else KnownFile(len(one), _sha256(one)) for one in known)
    return io.BytesIO(content), Target(path, len(content), _sha256(content), attempt, ours)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def folder_site(folder: Path, destination: Destination) -> Site:
    """Show a local folder that a server exports."""

    def read(path: str) -> bytes | None:
        file = folder / path
        return file.read_bytes() if file.is_file() else None

    def put(path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    def everything() -> list[str]:
        return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())

    def leave(where: str, final: str, attempt: str) -> None:
        put(f"{where}/.{final}.{attempt}.part", b"half")

    return Site(destination, read, put, everything, leave)


def bucket_site(client: Any, destination: Destination, prefix: str) -> Site:
    """Show a prefix of the bucket; an unfinished upload is listed as ``<key> (unfinished)``."""

    def read(path: str) -> bytes | None:
        try:
            return bytes(client.get_object(Bucket=BUCKET, Key=f"{prefix}/{path}")["Body"].read())
        except client.exceptions.NoSuchKey:
            return None

    def everything() -> list[str]:
        objects = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{prefix}/").get("Contents", [])
        uploads = client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])
        keys = [found["Key"] for found in objects]
        keys += [f"{found['Key']} (unfinished)" for found in uploads if found["Key"].startswith(f"{prefix}/")]
        return sorted(key.removeprefix(f"{prefix}/") for key in keys)

    def leave(where: str, final: str, attempt: str) -> None:
        key = f"{prefix}/{where}/{final}"
        begun = client.create_multipart_upload(Bucket=BUCKET, Key=key)
        client.upload_part(Bucket=BUCKET, Key=key, UploadId=begun["UploadId"], PartNumber=1, Body=b"half")

    def put(path: str, content: bytes) -> None:
        client.put_object(Bucket=BUCKET, Key=f"{prefix}/{path}", Body=content)

    return Site(destination, read, put, everything, leave)


def memory_site() -> Site:
    """Show the shipped in-memory destination."""
    memory = MemoryDestination()

    def leave(where: str, final: str, attempt: str) -> None:
        memory.put(f"{where}/.{final}.{attempt}.part", b"half")

    return Site(memory, memory.files.get, memory.put, lambda: sorted([*memory.files, *memory.temporaries]), leave)


def openssh_credentials(server: OpenSsh) -> Credentials:
    """Return the credentials of an Airflow connection to this sshd."""
    extra = {"host_key": server.host_key_line, "key_file": str(server.client_key_file)}
    return Credentials("127.0.0.1", server.port, server.user, None, extra)


def with_extra(credentials: Credentials, **extra: object) -> Credentials:
    """Return the credentials with more, or other, extra fields."""
    return replace(credentials, extra={**credentials.extra, **extra})


def s3_client(endpoint: str, attempts: int = 2) -> Any:
    """Return a client with made-up credentials and short time-outs."""
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        retries={"mode": "standard", "total_max_attempts": attempts},
        s3={"addressing_style": "path"},
    )
    secrets = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "canary/secret+key"}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", config=config, **secrets)
