"""A version of a definition compared with the previous one, and the deliveries that used it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store, administrator, delivery
from tests.integration.web.samples import JOBS, body, instant, past

if TYPE_CHECKING:
    from demo.postgres import Postgres
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration


def deliver(store: Store, job: Any, days_ago: int, version: int) -> None:
    execution = store.run(
        job, window_start=instant(days_ago), window_end=instant(days_ago - 1), run_id=f"manual__{days_ago}"
    )
    store.ledger.claim(execution.id, "rows", "upload", "first")
    with store.ledger.fence_delivery(delivery(execution, template="rows", version=version), "upload", "first"):
        pass


@pytest.fixture
def job(web_store: Store) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    return web_store.definitions.create(JobSpec.model_validate(body("daily", schedule=past(9, 0))), "anna")


def test_a_version_is_compared_with_the_previous_one(ask: Ask, job: Any) -> None:
    path = f"{JOBS}/{job.dag_id}"
    change = {"recipients": ["one@example.com", "two@example.com"], "description": "Now daily"}
    assert ask("user").patch(path, json=change, headers={"If-Match": '"1"'}).status_code == 200
    result = ask("viewer").get(f"{path}/versions/2").json()
    values = {one["path"]: (one["before"], one["after"]) for one in result["changes"]}
    assert set(values) == {"description", "recipients"} and values["description"][1] == "Now daily"
    assert values["recipients"][1] == "one@example.com, two@example.com"
    assert (result["version"], result["unreadable"], result["windows"], result["days"]) == (2, "", 0, "")
    assert ask("viewer").get(f"{path}/versions/1").json()["changes"] == []
    for number in ("0", "3", "x", "99999999999"):
        assert ask("viewer").get(f"{path}/versions/{number}").status_code in {404, 422}, number
    assert ask(None).get(f"{path}/versions/1").status_code == 401


def test_a_version_says_which_deliveries_used_it(ask: Ask, web_store: Store, job: Any) -> None:
    path = f"{JOBS}/{job.dag_id}"
    assert ask("user").patch(path, json={"description": "x"}, headers={"If-Match": '"1"'}).status_code == 200
    for days_ago, version in ((6, 1), (5, 1), (4, 2)):
        deliver(web_store, job, days_ago, version)
    first, second = (ask("viewer").get(f"{path}/versions/{number}").json() for number in (1, 2))
    assert (first["windows"], second["windows"]) == (2, 1)
    assert " to " in first["days"] and " to " not in second["days"]


def test_a_version_that_this_release_cannot_read_says_so(
    ask: Ask, web_store: Store, job: Any, postgres: Postgres
) -> None:
    ((database,),) = web_store.hand("SELECT current_database()")
    with administrator(postgres, database) as session:
        session.execute("SET session_replication_role = replica")  # past the guard that keeps versions as they were
        session.execute(
            "INSERT INTO export_jobs.job_version (job_id, version, definition, changed, created_by) "
            """VALUES (%s, 2, '{"x": 1}', '{owner}', 'anna')""",
            [job.job_id],
        )
        session.execute(f"UPDATE export_jobs.job SET version = 2 WHERE id = {job.job_id}".encode())
    result = ask("viewer").get(f"{JOBS}/{job.dag_id}/versions/2")
    assert (
        result.status_code == 200 and "another release" in result.json()["unreadable"] and not result.json()["changes"]
    )
