"""Keys in the store: one fingerprint under a tag, renewed in place, and never gone while a job encrypts to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from export_jobs.core.definitions.key import ReceiverKey
from export_jobs.errors import UserError
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration

TEXT = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDM=\n-----END PGP PUBLIC KEY BLOCK-----\n"
PRINT = "A" * 40
CREATED = datetime(2025, 1, 1, tzinfo=UTC)


def key(tag: str = "acme", **changes: Any) -> ReceiverKey:
    values = {"tag": tag, "public_key": TEXT, "fingerprint": PRINT, "user_id": "Acme", "created_at": CREATED}
    return ReceiverKey.model_validate({**values, **changes})


def changes(store: Store) -> list[tuple[Any, ...]]:
    return store.hand(
        """SELECT name, before ->> 'expires_at', after ->> 'expires_at', changed_by FROM export_jobs.definition_change
        WHERE noun = 'key' ORDER BY id"""
    )


def test_a_key_is_kept_as_gpg_has_read_it_and_every_change_is_told(store: Store) -> None:
    store.definitions.save_key(key(), "anna")
    assert store.definitions.receiver_keys() == [key()]
    renewed = key(expires_at=datetime(2027, 1, 1, tzinfo=UTC), description="renewed by mail")
    store.definitions.save_key(renewed, "bert")
    assert store.definitions.receiver_key("acme") == renewed
    store.definitions.delete_key("acme", "anna")
    assert store.definitions.receiver_keys() == []
    day = "2027-01-01T00:00:00+00:00"
    assert changes(store) == [
        ("acme", None, None, "anna"), ("acme", None, day, "bert"), ("acme", day, None, "anna")
    ]  # fmt: skip


def test_a_tag_stands_for_one_fingerprint_whoever_asks(store: Store) -> None:
    store.definitions.save_key(key(), "anna")
    with pytest.raises(UserError, match=r'Key "acme" keeps its tag and its fingerprint, A{40}, which a person has'):
        store.definitions.save_key(key(fingerprint="B" * 40), "anna")
    told = store.refusal("UPDATE export_jobs.key SET fingerprint = repeat('B', 40)")
    assert told.endswith("Give another key a tag of its own.")
    store.refusal("UPDATE export_jobs.key SET tag = 'other'")
    store.refusal("TRUNCATE export_jobs.key")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"public_key": TEXT.replace("PUBLIC", "PRIVATE") + TEXT}, "The key's text contains a private key"),
        ({"public_key": "ssh-ed25519 AAAA"}, "not an OpenPGP public key"),
        ({"fingerprint": "abc"}, "The key's fingerprint is not 40 or 64"),
        ({"tag": "a__b"}, "The key's tag is invalid"),
    ],
)
def test_what_is_no_key_is_refused_and_not_quoted(store: Store, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as raised:
        store.definitions.save_key(key(**values), "anna")
    assert "mDM=" not in str(raised.value)


def test_a_job_names_keys_that_are_there_and_keeps_them(store: Store) -> None:
    with pytest.raises(UserError, match="there is no key acme"):
        store.create(file={"encryption": {"keys": ["acme"]}})
    store.definitions.save_key(key(), "anna")
    job = store.create(file={"encryption": {"keys": ["acme"], "sign": "team_key", "armour": True}})
    assert job.definition["file"]["encryption"] == {"keys": ["acme"], "sign": "team_key", "armour": True}
    assert job.parse().file.encryption is not None
    assert "encryption" not in store.create("clear").definition["file"], "what is there already stays as it is"
    with pytest.raises(UserError, match=r'Key "acme" cannot be deleted: sales encrypt to it\. Delete those jobs first'):
        store.definitions.delete_key("acme")
    told = store.refusal("UPDATE export_jobs.job SET encryption_keys = '{}', sign_connection = NULL, armour = false")
    assert "armour, encryption_keys, sign_connection cannot change" in told
    assert store.definitions.jobs_by_key() == {"acme": ["sales"]}
    store.definitions.delete("sales")
    store.definitions.delete_key("acme")
    assert store.definitions.receiver_keys() == []


def test_a_key_that_a_job_has_just_named_is_not_deleted_at_the_same_moment(store: Store) -> None:
    store.definitions.save_key(key(), "anna")
    with store.session() as session:
        session.execute("DELETE FROM export_jobs.key")
        with store.session(options="-c lock_timeout=200ms") as other, pytest.raises(Exception, match="lock timeout"):
            other.execute(
                """INSERT INTO export_jobs.job
                    (name, owner, destination, frequency, valid_from, valid_until, encryption_keys)
                VALUES ('sales', 'a@b.c', 'partner', 'daily', '2026-01-01', '2026-01-02', '{acme}')"""
            )
        session.rollback()


def test_without_receivers_there_is_nothing_to_sign(store: Store) -> None:
    with pytest.raises(Exception, match="job_signs_what_it_encrypts"):
        store.hand(
            """INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until, armour)
            VALUES ('sales', 'a@b.c', 'partner', 'daily', '2026-01-01', '2026-01-02', true)"""
        )
