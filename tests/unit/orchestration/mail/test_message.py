"""What a mail says: the same in its text as in its HTML, every file a link, and nothing of a value is markup."""

from __future__ import annotations

import email
import email.policy
import re
from email.headerregistry import Address
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from export_jobs.orchestration.mail.message import Attachment, Letter, LetterKind

SENDER = Address("Export Jobs", addr_spec="exports@example.com")


def file(number: int = 1, **changes: Any) -> dict[str, Any]:
    path = f"daily/sales__rows-{number}__2026-01-01.zip"
    usual = {"template": f"rows-{number}", "path": path, "url": f"sftp://host/{path}", "rows": 1200, "bytes": 34_567}
    return {**usual, "sha256": f"{number:064x}", "parts": 1, "last_url": None, "destination": None, **changes}


def delivered(*files: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "job": "sales",
        "description": "What the <partner> gets",
        "window": "1 Jan 2026",
        "start": "2026-01-01T00:00:00+01:00",
        "end": "2026-01-02T00:00:00+01:00",
        "destination": "partner",
        "replaces": False,
        "files": files,
        "is_empty": not any(one["url"] for one in files),
        "owner": "owner@example.com",
        "missing": "",
        "manifest_urls": ["sftp://host/sales__2026-01-01.manifest.json"],
        **changes,
    }


def failed(**changes: Any) -> dict[str, Any]:
    failure = SimpleNamespace(
        step="validate_destination", template=None, message="The folder /in may not be written to."
    )
    usual = {"job": "sales", "window": "1 Jan 2026", "failures": [failure], "delivered": [], "link": ""}
    return {**usual, "more_parts": dict.fromkeys(changes.get("delivered", ()), ""), "several": False, **changes}


def trial(**changes: Any) -> dict[str, Any]:
    usual = {"job": "sales", "destination": "partner", "name": "TEST-sales.zip", "bytes": 34_567, "days": "1 Jan 2026"}
    return {**usual, "rows": 1200, "truncated": True, "masked": 2, **changes}


def parts(kind: LetterKind, values: dict[str, Any]) -> tuple[str, str]:
    """The text and the HTML of a letter, as a mail program gets them."""
    made = Letter(kind, "A subject", values, ("first",)).to("bob@example.com", SENDER)
    message = email.message_from_bytes(made, policy=email.policy.default)
    bodies = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert bodies[0] is not None and bodies[1] is not None
    text, html = (body.get_content() for body in bodies if body is not None)
    return text, html


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


@pytest.mark.parametrize("count", [1, 40])
def test_every_file_is_a_link_and_the_text_says_as_much(count: int) -> None:
    files = [file(number) for number in range(count)]
    text, html = parts("delivered", delivered(*files, replaces=True))
    for one in files:
        assert f'href="{one["url"]}"' in html
        for part in (text, words(html)):
            assert one["url"] in part and one["sha256"] in part and "34.6 kB" in part and "1,200 rows" in part
    for said in ("replace", "does not open", "owner@example.com", "manifest.json", "What the <partner> gets"):
        assert said in text and said in words(html), said
    assert html.count("<details") == count, "checksums are folded away"


def test_no_file_is_nothing_to_send_and_not_a_delivery() -> None:
    for part in parts("delivered", delivered(file(url=None, rows=0, bytes=0))):
        assert "nothing to send" in part and "has been delivered" not in part and "sha256" not in part.lower()


def test_a_failure_names_the_step_in_words() -> None:
    for part in parts("failed", failed(delivered=["s3://bucket/a.zip"])):
        assert "Checking the destination" in part and "validate_destination" not in part
        assert "may not be written to" in part and "s3://bucket/a.zip" in part


def test_a_test_file_is_no_delivery_in_text_and_html() -> None:
    for part in map(words, parts("test", trial())):
        assert part.count("TEST") > 1 and "sales" in part and "34.6 kB" in part and "not a delivery" in part
        assert "The first 1,200 rows of 1 Jan 2026" in part and "2 columns with personal data are empty" in part
    for part in map(words, parts("test", trial(rows=1, truncated=False, masked=0))):
        assert "1 row of 1 Jan 2026" in part and "first" not in part and "empty" not in part


def test_a_file_within_a_mail_arrives_as_it_is() -> None:
    content, name = bytes(range(256)) * 300, "TEST-Umsätze.zip"
    letter = Letter("test", "A subject", trial(), ("first",), attachment=Attachment(name, content))
    made = letter.to("bob@example.com", SENDER)
    assert made.isascii() and max(map(len, made.split(b"\r\n"))) <= 998, "every mail server takes it"
    (found,) = email.message_from_bytes(made, policy=email.policy.default).iter_attachments()
    assert (found.get_filename(), found.get_content()) == (name, content)


def test_nothing_of_a_value_is_markup() -> None:
    nasty = '"><img src=x onerror=alert(1)>'
    _, html = parts("delivered", delivered(file(template=nasty, path=nasty), description=nasty, owner=nasty))
    assert "<img" not in html
