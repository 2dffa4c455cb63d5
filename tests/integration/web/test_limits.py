"""Large, odd and anonymous requests are refused in a sentence, without a cost that others notice."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.web.samples import body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.web.conftest import Ask

    Rows = Callable[[], list[tuple[str, str, str | None, dict[str, Any]]]]

pytestmark = pytest.mark.integration

CHECK = "/export-jobs/api/jobs/check"


def test_a_body_of_wrong_values_is_answered_with_a_hundred_issues(ask: Ask) -> None:
    answer = ask().post(CHECK, content=json.dumps({"recipients": [1] * 9_999}))
    assert answer.status_code == 200
    issues = answer.json()["issues"]
    assert len(issues) <= 140  # a hundred of the shape, one that counts the rest, and those of what is missing
    assert any("more issues" in issue["what"] for issue in issues)
    assert len(answer.content) < 100_000


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("", "the request has no body"),
        ("null", "the request has no body"),
        ('{"name": "a",}', "the body is not JSON: Expecting property name enclosed in double quotes, at character 13"),
    ],
)
def test_a_body_that_is_not_json_is_refused_in_a_sentence(ask: Ask, content: str, what: str) -> None:
    answer = ask().post("/export-jobs/api/jobs", content=content)
    (issue,) = answer.json()["errors"]
    assert (answer.status_code, issue["path"], issue["remedy"]) == (422, "", "Send a JSON object")
    assert issue["what"].startswith(what[:60])


def test_a_list_beyond_reason_is_one_issue(ask: Ask) -> None:
    answer = ask().post("/export-jobs/api/jobs", content=json.dumps({"recipients": [1] * 50_000}))
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) < 20
    assert len(answer.content) < 10_000


UNKNOWN = [f"n{number}" for number in range(19_000)]
COSTLY: dict[str, dict[str, Any]] = {
    "templates": {"templates": [{"template": "rows"}] * 19_999},
    "unknown templates": {"templates": [{"template": name} for name in UNKNOWN]},
    "columns": {"templates": [{"template": "rows", "columns": UNKNOWN}]},
    "order": {"templates": [{"template": "rows", "order_by": UNKNOWN}]},
    "filters": {"templates": [{"template": "rows", "filters": [{"column": "n", "op": "=", "value": "y"}] * 15_000}]},
    "subfolder": {"templates": [{"template": "rows", "subfolder": "./" * 900_000}]},
    "new templates": {
        "new_templates": [{"name": name, "kind": "custom", "kpis": UNKNOWN[:20]} for name in UNKNOWN[:4_000]]
    },
    "KPIs": {"new_templates": [{"name": "sums", "kind": "custom", "kpis": UNKNOWN, "dimensions": UNKNOWN}]},
    "KPIs of many": {
        "new_templates": [{"name": name, "kind": "custom", "kpis": UNKNOWN[:1_500]} for name in UNKNOWN[:50]]
    },
}


@pytest.mark.parametrize("named", COSTLY)
def test_w3_a_costly_body_has_a_small_answer(ask: Ask, named: str) -> None:
    answer = ask().post(CHECK, content=json.dumps({**body(), **COSTLY[named]}))
    assert answer.status_code == 200
    assert 0 < len(answer.json()["issues"]) <= 101
    assert len(answer.content) < 100_000


def test_a_body_over_two_megabytes_is_refused_and_recorded(ask: Ask, audit: Rows) -> None:
    answer = ask().post(CHECK, content=json.dumps({"description": "x" * (2 * 1024**2)}))
    assert answer.status_code == 413
    assert audit()[-1][0] == "export_jobs.refused_request"
    assert audit()[-1][3]["status"] == 413


def test_a_write_from_another_site_is_recorded(ask: Ask, audit: Rows) -> None:
    answer = ask().post(CHECK, content="{}", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert audit()[-1][3]["refused"]


def test_nobodys_body_is_not_read(ask: Ask) -> None:
    """Without a login the answer comes before the body: this one never ends."""
    asked = threading.Event()

    def endless() -> Any:
        asked.set()
        yield b"["
        raise AssertionError("the body was read")

    answer = ask(None).post(CHECK, content=endless())
    assert answer.status_code == 401


@pytest.mark.parametrize("text", ["\ud800", "a\u0000b", "x\udfff"])
def test_half_characters_and_nuls_hide_no_other_issue(ask: Ask, text: str) -> None:
    odd = {"name": text, "owner": "nobody", "recipients": [text], text: 1}
    answer = ask().post("/export-jobs/api/jobs", content=json.dumps(odd))
    assert answer.status_code == 422
    paths = {issue["path"] for issue in answer.json()["errors"]}
    assert {"name", "owner", "recipients[0]"} <= paths, answer.json()


def test_one_person_cannot_hold_every_thread(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight at once from one person: four are served, four are refused; another person is served in parallel."""
    from export_jobs.web.http.slots import SLOTS_PER_PERSON

    release, running = threading.Event(), threading.Semaphore(0)

    def slow(*_: Any, **__: Any) -> Any:
        running.release()
        assert release.wait(60)
        raise TimeoutError

    monkeypatch.setattr("export_jobs.web.api.new_jobs.read_draft", slow)
    client = ask("user")
    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = [threads.submit(client.post, CHECK, content="{}") for _ in range(8)]
        for _ in range(SLOTS_PER_PERSON):
            assert running.acquire(timeout=60)
        assert ask("viewer").get("/export-jobs/api/me").status_code == 200
        waiting = [answer for answer in answers if answer.done() or not release.is_set()]
        assert waiting
        release.set()
    statuses = sorted(answer.result().status_code for answer in answers)
    assert statuses.count(429) == 8 - SLOTS_PER_PERSON


def test_a_body_of_no_announced_length_is_counted_and_recorded(ask: Ask, audit: Rows) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"description": "'
        for _ in range(300):
            yield b"x" * 10_000
        yield b'"}'

    assert ask().post(CHECK, content=pieces()).status_code == 413
    assert (audit()[-1][0], audit()[-1][3]["status"]) == ("export_jobs.refused_request", 413)
