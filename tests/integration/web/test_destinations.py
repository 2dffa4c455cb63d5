"""Destinations over the API, checked against a real SFTP server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from tests.integration.store.samples import Store
from tests.servers.sftp_faults import PASSWORD, USER, FaultySftpServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
API = "/export-jobs/api/destinations"


def test_destinations_are_listed_and_connections_only_for_those_who_may(ask: Ask) -> None:
    for role, connection in (("viewer", ""), ("op", "partner_sftp")):
        result = ask(role).get(API).json()["destinations"]
        assert [(one["tag"], one["kind"]) for one in result] == [("archive", "s3"), ("partner", "sftp")]
        assert result[1]["connection"] == connection


def test_options_of_a_destination_are_listed_with_what_each_looser_choice_loses(ask: Ask, web_store: Store) -> None:
    spec = {
        "tag": "box",
        "kind": "sftp",
        "connection": "box_sftp",
        "folder": "in",
        "publish": "direct",
        "max_logins": 2,
    }
    web_store.definitions.save_destination(DestinationSpec.model_validate(spec), "anna")
    result = {one["tag"]: one for one in ask("viewer").get(API).json()["destinations"]}
    assert result["box"]["options"] == {"publish": "direct", "max_logins": 2}
    assert [choice["option"] for choice in result["box"]["looser"]] == ["publish", "max_logins"]
    assert "A receiver can see" in result["box"]["looser"][0]["loses"]
    assert (result["partner"]["options"], result["partner"]["looser"]) == ({}, [])


def test_a_check_says_what_is_wrong_and_hides_the_secret(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, audit: Any, web_store: Store
) -> None:
    web_store.definitions.save_destination(
        DestinationSpec(tag="nowhere", kind="sftp", connection="nowhere_sftp", folder="in"), "anna"
    )
    nowhere = {"conn_type": "sftp", "host": "127.0.0.1", "port": 1, "login": "partner", "password": "s3cret!"}
    monkeypatch.setenv("AIRFLOW_CONN_NOWHERE_SFTP", json.dumps(nowhere))
    result = ask("op").post(f"{API}/nowhere/check", json={})
    assert result.status_code == 200 and result.json()["ok"] is False
    assert "s3cret" not in result.text
    assert audit()[-1][0] == "export_jobs.check_destination" and audit()[-1][3]["ok"] is False
    assert "s3cret" not in str(audit())
    by_creator = ask("user").post(f"{API}/nowhere/check", json={})
    assert by_creator.status_code == 200 and "s3cret" not in by_creator.text, "they may send files there"
    assert ask("viewer").post(f"{API}/nowhere/check", json={}).status_code == 403
    assert ask("op").post(f"{API}/none/check", json={}).status_code == 404
    many = [ask("admin").post(f"{API}/nowhere/check", json={}).status_code for _ in range(6)]
    assert many == [200] * 5 + [429]


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultySftpServer]:
    """An SFTP server behind the destination "partner", whose connection pins no key."""
    (tmp_path / "in").mkdir()
    with FaultySftpServer(tmp_path) as server:
        found = {"conn_type": "sftp", "host": "127.0.0.1", "port": server.port, "login": USER, "password": PASSWORD}
        monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps(found))
        yield server


def test_a_host_key_is_pinned_by_who_may_edit_the_connection_and_has_compared_it(
    ask: Ask, partner: FaultySftpServer, audit: Any, web_store: Store
) -> None:
    fingerprint = partner.host_key.get_fingerprint()
    refused = ask("op").post(f"{API}/partner/check", json={}).json()
    assert refused["host_keys"] == [{"kind": "ssh-ed25519", "fingerprint": fingerprint}]
    by_creator = ask("user").post(f"{API}/partner/check", json={}).json()
    assert (by_creator["ok"], by_creator["host_keys"]) == (False, []), "they may not pin it"
    pin = {"fingerprint": fingerprint}
    for role in ("viewer", "user"):
        answer = ask(role).post(f"{API}/partner/host-keys", json=pin)
        assert answer.status_code == 403 and "edit Airflow's connections" in answer.text
    assert web_store.definitions.destination("partner").host_keys == ()  # type: ignore[union-attr]
    assert ask("op").post(f"{API}/partner/host-keys", json=pin).json() == {"tag": "partner", "host_keys": [fingerprint]}
    event, who, _, noted = audit()[-1]
    assert (event, who, noted["destination"]) == ("export_jobs.pin_host_key", "op", "partner")
    assert (noted["kind"], noted["fingerprint"]) == ("ssh-ed25519", fingerprint)
    assert partner.seen.password_attempts == 0, "no secret is sent before a key is pinned"
    assert ask("op").post(f"{API}/partner/check", json={}).json() == {
        "ok": True,
        "what": "It accepts files: login, folder and permission to write work.",
        "host_keys": [],
    }
    again = ask("admin").post(f"{API}/partner/host-keys", json=pin)
    assert again.json()["host_keys"] == [fingerprint], "once is enough"


def test_a_fingerprint_that_the_server_does_not_show_is_not_pinned(
    ask: Ask, partner: FaultySftpServer, web_store: Store
) -> None:
    other = f"SHA256:{'x' * 43}"
    answer = ask("op").post(f"{API}/partner/host-keys", json={"fingerprint": other})
    assert answer.status_code == 409
    what = answer.json()["errors"][0]["what"]
    assert other in what and partner.host_key.get_fingerprint() in what
    assert ask("op").post(f"{API}/partner/host-keys", json={"fingerprint": "ssh-ed25519 AAAA"}).status_code == 422
    assert ask("op").post(f"{API}/archive/host-keys", json={"fingerprint": other}).status_code == 422
    assert ask("op").post(f"{API}/none/host-keys", json={"fingerprint": other}).status_code == 404
    assert [one.host_keys for one in web_store.definitions.destinations()] == [(), ()]


def test_a_look_at_host_keys_counts_as_a_check(ask: Ask, partner: FaultySftpServer) -> None:
    pin = {"fingerprint": partner.host_key.get_fingerprint()}
    many = [ask("admin").post(f"{API}/partner/host-keys", json=pin).status_code for _ in range(6)]
    assert many == [200] * 5 + [429]


def test_the_result_of_a_check_is_shown_to_others_until_the_destination_changes(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, web_store: Store, airflow_tables: Any
) -> None:
    def result(role: str) -> dict[str, Any]:
        listed = ask(role).get(API).json()["destinations"]
        return {one["tag"]: one["checked"] for one in listed}

    monkeypatch.setenv("AIRFLOW_CONN_PARTNER_SFTP", json.dumps({"conn_type": "sftp", "host": "127.0.0.1", "port": 1}))
    assert result("viewer") == {"archive": None, "partner": None}
    first = ask("op").post(f"{API}/partner/check", json={}).json()
    found = result("user")["partner"]
    assert (found["ok"], found["what"], found["by"]) == (False, first["what"], "op") and found["at"]
    assert result("viewer")["partner"] == {**found, "what": ""}, "who may not check learns no reason"
    from airflow.models import Log

    extra = {"destination": "partner", "definition": "other", "ok": True, "what": "fine"}
    rows = ("no JSON", json.dumps([1]), json.dumps({"destination": "partner", "status": 429}), json.dumps(extra))
    airflow_tables(*(Log(event="export_jobs.check_destination", owner="eve", extra=row) for row in rows))
    assert result("user")["partner"] == found, "a refused check tells nothing, nor does one of another definition"
    spec = DestinationSpec(tag="partner", kind="sftp", connection="partner_sftp", folder="elsewhere")
    web_store.definitions.save_destination(spec, "anna")
    assert result("user")["partner"] is None
