"""Receivers' keys over the API: gpg reads what is sent; a refused key is neither stored nor shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.streaming.openpgp.gpg import find_gpg
from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body
from tests.servers.gpg_keyring import LONG_AGO, GpgKeyring, gpg_keyring

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(find_gpg() is None, reason="gpg is not here: apt-get install gnupg"),
]
API = "/export-jobs/api/keys"


@pytest.fixture(scope="module")
def keyring() -> Iterator[GpgKeyring]:
    with gpg_keyring() as ring:
        ring.make("Acme", subkey_lasts="2y")
        ring.make("Other")
        ring.make("Old", subkey_lasts="1y", since=LONG_AGO)
        yield ring


def result(answer: Any) -> list[tuple[str, str]]:
    return [(error["path"], error["what"]) for error in answer.json()["errors"]]


def test_a_key_is_read_saved_shown_and_deleted(ask: Ask, keyring: GpgKeyring, audit: Any) -> None:
    text = keyring.public("Acme")
    sent = {"tag": "acme", "public_key": text, "description": "by mail"}
    checked = ask("user").post(f"{API}?dry_run=true", json=sent)
    assert (checked.status_code, checked.json()["issues"]) == (200, [])
    assert checked.json()["key"]["fingerprint"] == keyring.fingerprint("Acme")
    assert ask("viewer").get(API).json() == {"keys": []}, "nothing was saved"
    saved = ask("user").post(API, json=sent)
    assert saved.status_code == 201, saved.text
    shown = ask("viewer").get(f"{API}/acme").json()
    assert shown == saved.json()
    assert (shown["user_id"], shown["description"], shown["jobs"]) == ("Acme <acme@example.org>", "by mail", 0)
    assert shown["expires_at"] is not None and shown["public_key"] == text
    (listed,) = ask("viewer").get(API).json()["keys"]
    assert listed == {key: value for key, value in shown.items() if key != "public_key"}
    assert audit()[-1][0] == "export_jobs.save_key"
    assert audit()[-1][3]["fingerprint"] == keyring.fingerprint("Acme")
    assert ask("user").delete(f"{API}/acme").status_code == 204
    assert ask("user").delete(f"{API}/acme").status_code == 404
    assert ask("viewer").get(f"{API}/acme").status_code == 404


def test_who_may_only_look_changes_nothing(ask: Ask, keyring: GpgKeyring) -> None:
    sent = {"tag": "acme", "public_key": keyring.public("Acme")}
    assert ask("viewer").post(API, json=sent).status_code == 403
    assert ask("viewer").post(f"{API}?dry_run=true", json=sent).status_code == 403
    assert ask("user").post(API, json=sent).status_code == 201
    assert ask("viewer").delete(f"{API}/acme").status_code == 403


def test_a_private_key_is_refused_and_is_in_no_answer_log_or_table(
    ask: Ask, keyring: GpgKeyring, audit: Any, web_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    text = keyring.private("Acme")
    answer = ask("user").post(API, json={"tag": "acme", "public_key": text})
    assert answer.status_code == 422
    ((path, what),) = result(answer)
    assert path == "public_key" and "contains a private key" in what
    secret = text.splitlines()[4]
    kept = web_store.hand("SELECT count(*) FROM export_jobs.definition_change WHERE noun = 'key'")
    assert kept == [(0,)]
    assert secret not in answer.text + caplog.text + str(audit())


def test_a_key_that_cannot_be_used_is_refused(ask: Ask, keyring: GpgKeyring) -> None:
    answer = ask("user").post(API, json={"tag": "old", "public_key": keyring.public("Old")})
    assert answer.status_code == 422
    assert "has a subkey to encrypt with that expired on 2020-12-31" in result(answer)[0][1]
    assert result(ask("user").post(API, json={"tag": "a b", "public_key": 7})) != []


def test_another_key_under_a_tag_is_refused_and_the_renewed_one_is_not(ask: Ask, keyring: GpgKeyring) -> None:
    client = ask("user")
    assert client.post(API, json={"tag": "acme", "public_key": keyring.public("Acme")}).status_code == 201
    other = {"tag": "acme", "public_key": keyring.public("Other")}
    for path in (API, f"{API}?dry_run=true"):
        answer = client.post(path, json=other).json()
        found = answer.get("errors") or answer["issues"]
        assert "which a person has confirmed" in found[0]["what"]
    keyring.gpg("--quick-set-expire", keyring.fingerprint("Acme"), "3y", "*")
    assert client.post(API, json={"tag": "acme", "public_key": keyring.public("Acme")}).status_code == 201


def test_a_job_encrypts_to_known_keys_and_holds_them(ask: Ask, keyring: GpgKeyring) -> None:
    client = ask("user")
    encrypted = body(file={"encryption": {"keys": ["acme"]}})
    assert "there is no key 'acme'" in result(client.post(JOBS, json=encrypted))[0][1]
    client.post(API, json={"tag": "acme", "public_key": keyring.public("Acme")})
    made = client.post(JOBS, json=encrypted)
    assert made.status_code == 201, made.text
    checked = client.post(f"{JOBS}/check", json=body(name="other", file={"encryption": {"keys": ["acme"]}})).json()
    assert all(name.endswith(".zip.pgp") for name in checked["file_names"][:-1]), checked["file_names"]
    assert client.get(f"{API}/acme").json()["jobs"] == 1
    refused = client.delete(f"{API}/acme")
    assert refused.status_code == 409 and "a job encrypts to the key 'acme'" in refused.text
