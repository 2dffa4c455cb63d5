"""Pictures of a destination's options, and of a check that each kind of server refuses."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from demo.processes import REPOSITORY

NEW_JOB = "/plugin/export-schedules/new"
STATE = Path(os.environ.get("DEMO_STATE") or REPOSITORY / ".demo")
REFUSED: dict[str, dict[str, str]] = {
    "new-partner": {"kind": "sftp", "like": "partner_sftp", "folder": "/exports"},
    "other-bucket": {"kind": "s3", "like": "export_s3", "folder": "no-such-bucket/retail"},
    "unknown-ftps": {"kind": "ftps", "like": "partner_ftps", "folder": "/in"},
}
"""A server without a pinned host key, a bucket that does not exist, a certificate from an unknown authority."""


def take_refusals(page: Any, images: Path) -> None:
    """Create these destinations in the demo and check each; the drop box shows what looser options lose."""
    for tag, place in REFUSED.items():
        save_connection(page, tag, place["like"])
    save_destinations()
    choose(page, "partner-drop-box")
    delivery(page).screenshot(path=str(images / "destination-options-light.png"))
    for tag, place in REFUSED.items():
        choose(page, tag)
        page.get_by_role("button", name="Check").click()
        page.get_by_text(" by you.").wait_for(timeout=120_000)
        delivery(page).screenshot(path=str(images / f"refused-{place['kind']}-light.png"))


def choose(page: Any, tag: str) -> None:
    page.goto(NEW_JOB)
    page.locator("select[name=destination]").select_option(tag)
    page.wait_for_load_state("networkidle")


def delivery(page: Any) -> Any:
    """The part of the wizard for the destination."""
    return page.locator("section", has=page.get_by_role("heading", name="Delivery"))


def save_connection(page: Any, tag: str, like: str) -> None:
    """A connection to a server of the demo, without what proves that it is the right one, and with no real secret."""
    known = page.request.get(f"/api/v2/connections/{like}").json()
    extra = json.loads(known["extra"] or "{}")
    kept = {name: value for name, value in extra.items() if name in {"endpoint_url", "region_name"}}
    made = {name: known[name] for name in ("conn_type", "host", "port", "login")}
    entity = {"connection_id": connection_of(tag), **made, "password": "not-sent", "extra": json.dumps(kept)}
    action = {"action": "create", "action_on_existence": "overwrite", "entities": [entity]}
    answer = page.request.patch("/api/v2/connections", data={"actions": [action]})
    if not answer.ok:
        raise RuntimeError(f"Airflow did not save {tag}: {answer.text()}")


def save_destinations() -> None:
    """As somebody who keeps definitions as YAML."""
    places = [
        {"tag": tag, "kind": place["kind"], "connection": connection_of(tag), "folder": place["folder"]}
        for tag, place in REFUSED.items()
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump({"destinations": places}, file)
        file.flush()
        command = f'source "{STATE}/env" && export-jobs apply -f "{file.name}" --yes'
        subprocess.run(["bash", "-c", command], check=True)


def connection_of(tag: str) -> str:
    return tag.replace("-", "_")
