"""A deleted job and its deliveries can still be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store, administrator, delivery
from tests.integration.web.samples import JOBS, body, instant, past

if TYPE_CHECKING:
    from demo.postgres import Postgres
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
DELETED = JOBS.replace("/jobs", "/deleted-jobs")


def create(store: Store, name: str) -> Any:
    from export_jobs.core.definitions.job import JobSpec

    return store.definitions.create(JobSpec.model_validate(body(name, schedule=past(4, 0))), "anna")


@pytest.fixture
def gone(web_store: Store) -> Any:
    job = create(web_store, "retired")
    for days_ago in (4, 3):
        execution = web_store.run(
            job, window_start=instant(days_ago), window_end=instant(days_ago - 1), run_id=f"scheduled__{days_ago}"
        )
        web_store.ledger.claim(execution.id, "rows", "upload", "first")
        with web_store.ledger.fence_delivery(delivery(execution, template="rows"), "upload", "first"):
            pass
    web_store.definitions.delete("retired", "bert")
    return job


def test_a_deleted_job_is_listed_with_what_it_had_delivered(ask: Ask, web_store: Store, gone: Any) -> None:
    create(web_store, "alive")
    result = ask("viewer").get(DELETED).json()
    (row,) = result["jobs"]
    assert (result["total"], row["name"], row["dag_id"], row["deleted_by"]) == (1, "retired", gone.dag_id, "bert")
    assert row["windows"] == 2 and row["last_delivery_at"] and row["schedule_text"].startswith("Daily")
    assert ask("viewer").get(f"{DELETED}?search=RETIRED").json()["total"] == 1
    assert ask("viewer").get(f"{DELETED}?search=tire%20OWNER@").json()["total"] == 1, "every word, wherever it stands"
    for wrong in ("retired%20nobody", "%00", "%ED%A0%80", "%25", "_", "ret%25d"):
        assert ask("viewer").get(f"{DELETED}?search={wrong}").json()["total"] == 0, f"{wrong} is text, no pattern"
    assert ask("viewer").get(f"{DELETED}?search=alive").json() == {"jobs": [], "total": 0}
    assert ask("viewer").get(f"{DELETED}?offset=1").json() == {"jobs": [], "total": 1}
    assert ask(None).get(DELETED).status_code == 401


def test_its_executions_stay_in_sight_beside_a_new_job_of_its_name(ask: Ask, web_store: Store, gone: Any) -> None:
    again = create(web_store, "retired")
    assert again.dag_id != gone.dag_id
    executions = ask("viewer").get(f"{DELETED}/{gone.dag_id}/executions").json()
    assert executions["total"] == 2 and [len(one["files"]) for one in executions["executions"]] == [1, 1]
    assert ask("viewer").get(f"{DELETED}/{gone.dag_id}").json()["deleted_by"] == "bert"
    for path in ("", "/executions"):
        assert ask("viewer").get(f"{DELETED}/{again.dag_id}{path}").status_code == 404, "it is alive"
        assert ask(None).get(f"{DELETED}/{gone.dag_id}{path}").status_code == 401
    assert ask("viewer").get(f"{JOBS}/{gone.dag_id}").status_code == 404


def test_who_may_not_see_its_dag_does_not_learn_of_it(ask: Ask, gone: Any) -> None:
    stranger = ask("viewer", without=gone.dag_id)
    assert stranger.get(DELETED).json() == {"jobs": [], "total": 0}
    assert stranger.get(f"{DELETED}/{gone.dag_id}").status_code == 403
    assert stranger.get(f"{DELETED}/{gone.dag_id}/executions").status_code == 403


def test_one_that_cannot_be_shown_hides_no_other(ask: Ask, web_store: Store, gone: Any, postgres: Postgres) -> None:
    """Another release has stored it in a shape that this release does not know."""
    odd = create(web_store, "odd")
    web_store.definitions.delete("odd", "bert")
    ((database,),) = web_store.hand("SELECT current_database()")
    with administrator(postgres, database) as session:
        session.execute("SET session_replication_role = replica")  # past the guard that keeps versions as they were
        session.execute(
            """UPDATE export_jobs.job_version SET definition = '{"destinations": [1]}' WHERE job_id = %s""",
            [odd.job_id],
        )
    assert [row["name"] for row in ask("viewer").get(DELETED).json()["jobs"]] == ["retired"]
