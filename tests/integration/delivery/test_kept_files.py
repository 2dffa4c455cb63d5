"""`foreign_file: keep_both`: a stranger's file is kept once, whole, and beside ours, however often a try dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.delivery.destination import Credentials
from export_jobs.delivery.ftp.destination import FtpDestination
from export_jobs.delivery.s3 import S3Destination
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.errors import TransientError
from tests.servers.ftp_faults import FtpServer
from tests.servers.sftp_faults import FaultySftpServer
from tests.servers.sites import BUCKET, Lease, Site, bucket_site, folder_site, staged

pytestmark = pytest.mark.integration

PATH = "daily/sales.zip"
KEPT = "daily/sales.kept-1.zip"
CONTENT = os.urandom(1_000_003)
ALIEN = b"a stranger's"
KEEP = DestinationOptions(foreign_file="keep_both")


@pytest.fixture
def bucket(s3: Any) -> tuple[Site, str]:
    prefix = f"in-{os.urandom(4).hex()}"
    return bucket_site(s3, S3Destination(s3, BUCKET, prefix, KEEP), prefix), prefix


@contextmanager
def dying_after() -> Iterator[PlacedFile]:
    """The fence of a task that dies after the file was published and before that is on record."""
    yield PlacedFile()
    raise TransientError("the task was killed")


@pytest.mark.parametrize("size", [len(ALIEN), 9_000_000], ids=["in one piece", "in parts"])
def test_s3_a_strangers_object_is_copied_once_though_the_upload_fails_after_it(
    s3: Any, bucket: tuple[Site, str], lease: Lease, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    site, prefix = bucket
    alien = ALIEN * (size // len(ALIEN))
    described = {"ContentType": "text/csv", "CacheControl": "no-store", "Metadata": {"by": "somebody"}}
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{PATH}", Body=alien, **described)

    complete = s3.complete_multipart_upload

    def die(**request: Any) -> Any:
        if request["Key"].endswith(PATH):
            raise TransientError("the task was killed")
        return complete(**request)

    with monkeypatch.context() as patched:
        patched.setattr(s3, "complete_multipart_upload", die)
        with pytest.raises(TransientError, match="killed"):
            site.destination.deliver(*staged(CONTENT), lease.fence())
        assert site.everything() == sorted([PATH, KEPT])
    site.destination.deliver(*staged(CONTENT), lease.fence())
    assert site.everything() == sorted([PATH, KEPT])
    assert (site.read(PATH), site.read(KEPT)) == (CONTENT, alien)
    kept = s3.head_object(Bucket=BUCKET, Key=f"{prefix}/{KEPT}")
    assert (kept["ContentType"], kept["CacheControl"], kept["Metadata"]["by"]) == ("text/csv", "no-store", "somebody")


@pytest.mark.parametrize("size", [len(ALIEN), 9_000_000], ids=["in one piece", "in parts"])
def test_s3_the_copy_has_the_storage_class_and_the_key_of_the_original(
    s3: Any, bucket: tuple[Site, str], lease: Lease, size: int
) -> None:
    site, prefix = bucket
    storage = {"StorageClass": "GLACIER_IR", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "alias/theirs"}
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{PATH}", Body=bytes(size), **storage)
    site.destination.deliver(*staged(CONTENT), lease.fence())
    kept = s3.head_object(Bucket=BUCKET, Key=f"{prefix}/{KEPT}")
    assert {name: kept.get(name) for name in storage} == storage
    ours = s3.head_object(Bucket=BUCKET, Key=f"{prefix}/{PATH}")
    assert not storage.items() & ours.items()


def test_s3_another_strangers_object_is_kept_beside_the_first(bucket: tuple[Site, str], lease: Lease) -> None:
    site, _ = bucket
    site.put(PATH, ALIEN)
    site.destination.deliver(*staged(CONTENT), lease.fence())
    site.put(PATH, b"another's")
    site.destination.deliver(*staged(CONTENT, known=[CONTENT]), lease.fence())
    assert site.read(KEPT) == ALIEN
    assert site.read("daily/sales.kept-2.zip") == b"another's"
    assert site.read(PATH) == CONTENT


@pytest.mark.parametrize("kind", ["s3", "sftp", "ftps"])
@pytest.mark.parametrize("content", [CONTENT, b"of rows that were read anew"], ids=["same", "other rows"])
def test_our_own_file_is_not_kept_beside_the_next_one_when_a_task_died_before_it_was_on_record(
    kind: str, content: bytes, lease: Lease, request: pytest.FixtureRequest
) -> None:
    site = _site(kind, request)
    site.put(PATH, ALIEN)
    with pytest.raises(TransientError, match="killed"):
        site.destination.deliver(*staged(CONTENT), dying_after)
    site.destination.deliver(*staged(content, known=[CONTENT]), lease.fence())
    assert site.everything() == sorted([PATH, KEPT])
    assert (site.read(PATH), site.read(KEPT)) == (content, ALIEN)


@pytest.mark.parametrize("kind", ["sftp", "ftps"])
@pytest.mark.parametrize("publish", ["rename", "direct"])
def test_a_strangers_file_is_renamed_once_though_the_answer_was_lost(
    kind: str, publish: Any, lease: Lease, request: pytest.FixtureRequest
) -> None:
    site = _site(kind, request, KEEP.model_copy(update={"publish": publish}))
    site.put(PATH, ALIEN)
    _lose_answer_to_rename(kind, request)
    with pytest.raises(TransientError, match="was lost while renaming"):
        site.destination.deliver(*staged(CONTENT), lease.fence())
    _heal(kind, request)
    site.destination.deliver(*staged(CONTENT), lease.fence())
    assert site.everything() == sorted([PATH, KEPT])
    assert (site.read(PATH), site.read(KEPT)) == (CONTENT, ALIEN)


def _site(kind: str, request: pytest.FixtureRequest, options: DestinationOptions = KEEP) -> Site:
    if kind == "s3":
        found: tuple[Site, str] = request.getfixturevalue("bucket")
        return found[0]
    if kind == "sftp":
        sftp: FaultySftpServer = request.getfixturevalue("sftp")
        login: Credentials = request.getfixturevalue("credentials")
        return folder_site(sftp.root / "in", SftpDestination(login, "/in", options=options))
    ftps: FtpServer = request.getfixturevalue("ftps")
    login = request.getfixturevalue("ftps_credentials")
    return folder_site(ftps.root / "in", FtpDestination(login, "/in", options=options))


def _lose_answer_to_rename(kind: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue(kind)
    if kind == "sftp":
        server.faults.drop_after = "rename"
    else:
        server.faults.drop_after_rename = True


def _heal(kind: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(kind).heal()
