"""Destinations in the store: every option is kept, each change is recorded, and one without sense is refused."""

from __future__ import annotations

from typing import Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from export_jobs.core.validation.definitions import validate_destination
from export_jobs.errors import UserError
from export_jobs.store.database.engine import transaction
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def test_destinations_are_changed_and_every_change_is_kept(store: Store) -> None:
    new = DestinationSpec(tag="partner", kind="s3", connection="partner_s3", folder="bucket/in", description="Moved")
    store.definitions.save_destination(new, "ben")
    store.definitions.save_destination(new, "carl")
    assert store.definitions.destinations() == [new]
    assert store.definitions.destination("none") is None
    assert store.hand(
        """SELECT changed_by, before ->> 'kind', after ->> 'kind' FROM export_jobs.definition_change
        WHERE noun = 'destination' ORDER BY id"""
    ) == [("anna", None, "sftp"), ("ben", "sftp", "s3")]


EVERY_OPTION: list[dict[str, Any]] = [
    {
        "kind": "sftp",
        "replace": "remove_then_rename",
        "foreign_file": "keep_both",
        "probe_folder": "/probes",
        "verify": "read_back",
        "temporary_name": "{stem}.{attempt}{ending}",
        "parallel": 4,
        "max_logins": 2,
        "legacy_algorithms": True,
        "host_keys": [f"SHA256:{mark * 43}" for mark in "ab"],
    },
    {"kind": "sftp", "publish": "direct", "probe": "login_only", "verify": "none", "foreign_file": "replace"},
    {
        "kind": "s3",
        "acl": "bucket-owner-full-control",
        "encryption": "aws:kms",
        "kms_key": "alias/out",
        "bucket_key": True,
        "storage_class": "STANDARD_IA",
        "object_lock": "compliance",
        "lock_days": 3650,
        "tags": {"team": "exports", "größe": "a:b"},
    },
    {"kind": "ftps", "verify": "read_back", "temporary_name": "{name}.{attempt}.tmp", "max_logins": 1},
    {"kind": "ftps", "replace": "remove_then_rename"},
    {"kind": "ftp", "plain_ftp": True, "foreign_file": "keep_both", "publish": "direct"},
]


@pytest.mark.parametrize("options", EVERY_OPTION, ids=["sftp", "direct", "s3", "ftps", "in steps", "ftp"])
def test_every_option_of_a_destination_is_kept(store: Store, options: dict[str, Any]) -> None:
    kept = DestinationSpec.model_validate({"tag": "partner", "connection": "c", "folder": "bucket/in", **options})
    store.definitions.save_destination(kept, "ben")
    assert store.definitions.destination("partner") == kept
    assert validate_destination(kept) == []


BY_HAND = {
    "publish = 'atomic'": "publish is unknown",
    "foreign_file = 'ask'": "foreign file is unknown",
    "probe = 'login_only', probe_folder = '/p'": "only logs in writes nothing",
    "temporary_name = '{name}.tmp'": r"does not contain \{attempt\}",
    "publish = 'direct', parallel = 4": "publishes directly",
    "parallel = 9": "not between 1 and 8",
    "max_logins = 0": "not between 1 and 100",
    "host_keys = '{ssh-ed25519}'": "host keys are not fingerprints",
    "acl = 'private'": "an option of S3 and is of another kind",
    "kind = 's3', publish = 'direct'": "an option of SFTP servers",
    "kind = 'ftps', parallel = 4": "not for FTP",
    "kind = 'download', keep_days = 7, folder = '/srv/files'": "a local folder",
    "kind = 's3', kms_key = 'alias/out'": "without encryption by KMS",
    "kind = 's3', acl = 'public-read'": "acl is unknown",
    "kind = 's3', tags = '[1]'": "not a mapping of keys to texts",
    "kind = 's3', tags = '{\"a\": 1}'": "not a mapping of keys to texts",
}


@pytest.mark.parametrize("change", BY_HAND)
def test_an_option_that_makes_no_sense_is_refused_in_the_table_too(store: Store, change: str) -> None:
    with pytest.raises(UserError, match=BY_HAND[change]), transaction(store.engine) as connection:
        connection.exec_driver_sql(f"UPDATE export_jobs.destination SET {change} WHERE tag = 'partner'")
