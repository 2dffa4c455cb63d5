"""The demo's partner: one key for good, which opens what is encrypted to it; and the definitions that name it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from demo.receiver import TAG, Receiver
from demo.sample_jobs import ENCRYPTED, EXPECTED_FILES, _definitions_file
from export_jobs.core.base.issue import errors
from export_jobs.core.base.yaml_file import read_yaml
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.definition_file import StoredReferences, check_file
from export_jobs.streaming.openpgp.gpg import find_gpg
from export_jobs.streaming.openpgp.read_key import read_public_key
from tests.servers.gpg_keyring import gpg_keyring

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="NOT CHECKED: gpg is not here: apt-get install gnupg"),
]
CATALOGUE = Path(__file__).resolve().parents[2] / "include" / "sql"


def test_the_partner_keeps_its_key_and_opens_what_is_encrypted_to_it(tmp_path: Path) -> None:
    key = Receiver(tmp_path).public_key()
    with gpg_keyring() as sender:
        sender.gpg("--import", given=key.encode())
        message = sender.gpg("--encrypt", "--recipient", "partner@example.com", given=b"for your eyes only")
    again = Receiver(tmp_path)
    assert read_public_key(again.public_key()).fingerprint == read_public_key(key).fingerprint
    assert again.open(message) == b"for your eyes only"
    assert [oct(file.stat().st_mode & 0o777) for file in tmp_path.iterdir()] == ["0o600"]


def test_the_definitions_of_the_demo_hold_with_the_partners_key(tmp_path: Path) -> None:
    stack: Any = SimpleNamespace(folder=tmp_path)
    file, issues = check_file(
        read_yaml(_definitions_file(stack)).data,
        catalogue=load_catalogue(CATALOGUE, {}),
        stored=StoredReferences(),
        read_key=read_public_key,
    )
    assert file is not None and not errors(issues), issues
    assert [key.tag for key in file.keys] == [TAG]
    assert {job.name for job in file.jobs} >= {*EXPECTED_FILES, ENCRYPTED}
