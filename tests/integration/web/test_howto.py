"""``docs/howto/rest-api.md`` is correct: its bodies are sent in its order, and the answers match."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import DestinationSpec

if TYPE_CHECKING:
    from tests.integration.store.samples import Store
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "howto" / "rest-api.md").read_text("utf-8")
JOBS = "/export-jobs/api/jobs"


def on_page(pattern: str) -> str:
    """Return the only match on the page."""
    (text,) = re.findall(pattern, PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def test_the_job_of_the_page_is_checked_created_and_changed(ask: Ask, web_store: Store) -> None:
    body = json.loads(on_page(r"<<'END'\n(.*?)^END$"))
    web_store.definitions.save_destination(
        DestinationSpec(tag=body["destination"], kind="sftp", connection="partner_sftp", folder="in"), "anna"
    )
    draft = ask().post(f"{JOBS}/check", json=body)
    assert (draft.status_code, draft.json()["issues"]) == (200, [])
    assert draft.json()["windows"]

    created = ask().post(JOBS, json=body)
    assert created.status_code == 201, created.text
    assert ask().post(JOBS, json={**body, "new_templates": []}).status_code == 409

    tag = on_page(r"shows ETag: (\S+)")
    address = f"{JOBS}/{created.json()['dag_id']}"
    assert ask().get(address).headers["ETag"] == tag
    change: dict[str, Any] = json.loads(on_page(r"If-Match: \S+' -d '(.*?)'$"))
    changed = ask().patch(address, json=change, headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["recipients"]) == (200, change["recipients"])
    stale = ask().patch(address, json=change, headers={"If-Match": tag})
    assert (stale.status_code, set(stale.json()["errors"][0])) == (409, {"path", "what", "remedy", "level"})


def test_what_is_refused_has_the_shape_of_the_page(ask: Ask, web_store: Store) -> None:
    body = {**json.loads(on_page(r"<<'END'\n(.*?)^END$")), "ownr": "nobody"}
    answer = ask().post(JOBS, json=body)
    assert answer.status_code == 422
    keys = set(re.findall(r'"(\w+)"', on_page(r'`\{"errors": \[(.*?)\]\}`')))
    assert {frozenset(error) for error in answer.json()["errors"]} == {frozenset(keys)}
    assert ask().post(f"{JOBS}?dry_rn=true", json=body).status_code == 422
