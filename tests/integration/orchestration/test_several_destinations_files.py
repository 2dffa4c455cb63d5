"""One job, two destinations, with files as one destination may have them: numbered, in parts, encrypted, done files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from export_jobs.core.definitions.key import KeySpec, ReceiverKey
from export_jobs.store.executions.state import ExecutionState, state_of
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import read_public_key
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_several_destinations import (
    TAGS,
    Folders,
    create,
    deliver,
    folders,
    read,
    record,
    run,
)
from tests.integration.store.samples import Store
from tests.servers.gpg_keyring import gpg_keyring

__all__ = ["folders", "run"]

pytestmark = pytest.mark.integration
NUMBERED = {"name": "S{sequence:03}_r{revision}", "done_file": "S{sequence:03}_r{revision}.done"}
FILES: dict[str, dict[str, Any]] = {
    "manifests in a folder": {"manifest_folder": "manifests"},
    "numbered, with a done file": NUMBERED,
    "parts": {"split": {"rows": 4}},
    "numbered parts, manifests in a folder": {
        "split": {"rows": 4},
        "name": "S{sequence:03}_r{revision}_{part}",
        "done_file": "S{sequence:03}_r{revision}.done",
        "manifest_folder": "manifests",
    },
}


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def other_job(run: Run, folders: Folders, file: dict[str, Any]) -> Run:
    """The same job with files of another kind, at empty destinations."""
    run.store.definitions.delete("both", "anna")
    for folder in folders.values():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    return Run(run.store, create(run.store, **file))


def without_urls(files: dict[str, bytes]) -> dict[str, Any]:
    """What was delivered, the manifest without what tells the destinations apart."""
    shown: dict[str, Any] = dict(files)
    for name, content in files.items():
        if name.endswith(".manifest.json"):
            listed = json.loads(content)
            shown[name] = (listed["revision"], [(one["path"], one["sha256"]) for one in listed["files"]])
        elif name.endswith(".done"):
            shown[name] = content.split()[1]  # of which file it is a sum
    return shown


@pytest.mark.parametrize("kind", FILES)
def test_both_have_the_same_files_also_after_a_correction(run: Run, folders: Folders, kind: str) -> None:
    job = other_job(run, folders, FILES[kind])
    for revision in (1, 2):
        read(job)
        for tag in TAGS:
            deliver(job, tag)
        partner, archive = (without_urls(everything(folders[tag])) for tag in TAGS)
        assert partner == archive
        manifests = [name for name in partner if name.endswith(".manifest.json")]
        assert [partner[name][0] for name in manifests] == [revision]
        assert ("manifest_folder" in FILES[kind]) == manifests[0].startswith("manifests/")
        assert all(path in partner for path, _ in partner[manifests[0]][1])
        if "done_file" in FILES[kind]:
            assert f"S001_r{revision}.done" in partner
            for tag in TAGS:
                files = everything(folders[tag])
                told = files[f"S001_r{revision}.done"].decode().split()
                assert told == [hashlib.sha256(files[manifests[0]]).hexdigest(), manifests[0]]
        found = record(job)
        assert (len(found.publications), state_of(found)) == (revision, ExecutionState.DELIVERED)
        rerun_rows(job)
    assert not run.store.ledger.verify(f"job {job.job.job_id}").faults


def rerun_rows(job: Run) -> None:
    """Somebody corrects the data and clears the run."""
    job.store.hand("INSERT INTO several.orders VALUES (11, '2026-01-01 12:00Z')")
    job.clear_number += 1


@pytest.mark.parametrize("kind", ["numbered, with a done file", "numbered parts, manifests in a folder"])
def test_one_that_was_down_gets_the_files_under_the_same_numbers(run: Run, folders: Folders, kind: str) -> None:
    job = other_job(run, folders, FILES[kind])
    read(job)
    deliver(job, "partner")
    before = everything(folders["partner"])
    job.clear_number += 1
    read(job)
    for tag in TAGS:
        deliver(job, tag)
    assert everything(folders["partner"]) == before
    assert without_urls(everything(folders["archive"])) == without_urls(before)
    assert len(record(job).publications) == 1


@pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg")
def test_encrypted_parts_are_the_same_bytes_at_both(run: Run, folders: Folders) -> None:
    with gpg_keyring() as ring:
        ring.make("Acme")
        text = ring.public("Acme")
        save_key(run.store, text)
        job = other_job(run, folders, {"split": {"rows": 4}, "encryption": {"keys": ["acme"]}, "compression": "none"})
        read(job)
        for tag in TAGS:
            deliver(job, tag)
        partner, archive = (without_urls(everything(folders[tag])) for tag in TAGS)
        assert partner == archive
        parts = sorted(name for name in partner if name.endswith(".pgp"))
        assert len(parts) == 3
        opened = b"".join(ring.decrypt(partner[name]) for name in parts)
        assert opened.count(b"\n") == 13, "ten rows, and a header for each part"


def save_key(store: Store, text: str) -> None:
    with store.definitions.transaction("anna") as within:
        within.save_key(ReceiverKey.of(KeySpec(tag="acme", public_key=text), read_public_key(text)))
