"""Destinations over the API, checked against a real SFTP server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec
from tests.integration.store.samples import Store

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
API = "/export-jobs/api/destinations"


def test_destinations_are_listed_and_connections_only_for_those_who_may(ask: Ask) -> None:
    for role, connection in (("viewer", ""), ("op", "partner_sftp")):
        told = ask(role).get(API).json()["destinations"]
        assert [(one["tag"], one["kind"]) for one in told] == [("archive", "s3"), ("partner", "sftp")]
        assert told[1]["connection"] == connection


def test_what_a_server_can_do_is_told_with_what_each_looser_choice_loses(ask: Ask, web_store: Store) -> None:
    spec = {
        "tag": "box",
        "kind": "sftp",
        "connection": "box_sftp",
        "folder": "in",
        "publish": "direct",
        "max_logins": 2,
    }
    web_store.definitions.save_destination(DestinationSpec.model_validate(spec), "anna")
    told = {one["tag"]: one for one in ask("viewer").get(API).json()["destinations"]}
    assert told["box"]["options"] == {"publish": "direct", "max_logins": 2}
    assert [choice["option"] for choice in told["box"]["looser"]] == ["publish", "max_logins"]
    assert "A receiver can see" in told["box"]["looser"][0]["loses"]
    assert (told["partner"]["options"], told["partner"]["looser"]) == ({}, [])


def test_a_check_says_what_is_wrong_and_hides_the_secret(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, audit: Any, web_store: Store
) -> None:
    web_store.definitions.save_destination(
        DestinationSpec(tag="nowhere", kind="sftp", connection="nowhere_sftp", folder="in"), "anna"
    )
    nowhere = {"conn_type": "sftp", "host": "127.0.0.1", "port": 1, "login": "partner", "password": "s3cret!"}
    monkeypatch.setenv("AIRFLOW_CONN_NOWHERE_SFTP", json.dumps(nowhere))
    told = ask("op").post(f"{API}/nowhere/check", json={})
    assert told.status_code == 200 and told.json()["ok"] is False
    assert "s3cret" not in told.text
    assert audit()[-1][0] == "export_jobs.check_destination" and audit()[-1][3]["ok"] is False
    by_creator = ask("user").post(f"{API}/nowhere/check", json={})
    assert by_creator.status_code == 200 and "s3cret" not in by_creator.text, "they may send files there"
    assert ask("viewer").post(f"{API}/nowhere/check", json={}).status_code == 403
    assert ask("op").post(f"{API}/none/check", json={}).status_code == 404
    many = [ask("admin").post(f"{API}/nowhere/check", json={}).status_code for _ in range(6)]
    assert many == [200] * 5 + [429]
