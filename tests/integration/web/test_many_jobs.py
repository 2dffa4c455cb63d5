"""Many jobs at once: each with its own permission, none stopped by another, one row of the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from export_jobs.core.definitions.job import JobSpec
from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, body, dag, past, run

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration
CHANGES: dict[str, dict[str, Any]] = {
    "one": {},
    "two": {"recipients": ["Partner@example.com", "second@example.com"]},
    "gone": {"owner": "left@example.com"},
}


@pytest.fixture
def jobs(web_store: Store, airflow_tables: Any) -> dict[str, Any]:
    made = {
        name: web_store.definitions.create(JobSpec.model_validate(body(name, **changes)), "anna")
        for name, changes in CHANGES.items()
    }
    airflow_tables(*(dag(job.dag_id) for job in made.values()))
    return made


def ids(jobs: dict[str, Any], *names: str) -> list[str]:
    return [jobs[name].dag_id for name in names]


def test_a_recipient_is_added_to_many_and_the_rest_of_each_stays(
    ask: Ask, web_store: Store, jobs: dict[str, Any], audit: Any
) -> None:
    wanted = {"dag_ids": [*ids(jobs, "one", "two"), "export__none"], "add_recipients": ["new@example.com"]}
    result = ask("user").post(f"{JOBS}/change", json=wanted).json()
    assert result["done"] == ids(jobs, "one", "two")
    assert result["refused"] == [{"dag_id": "export__none", "what": "There is no such job"}]
    recipients = {job.name: list(job.parse().recipients) for job in web_store.definitions.jobs()}
    assert sorted(recipients["one"]) == ["new@example.com", "partner@example.com"]
    assert sorted(recipients["two"]) == ["Partner@example.com", "new@example.com", "second@example.com"]
    assert recipients["gone"] == ["partner@example.com"]
    event, user, _, extra = audit()[-1]
    assert (event, user, extra["done"]) == ("export_jobs.change_jobs", "user", ids(jobs, "one", "two"))


def test_who_has_left_is_replaced_and_jobs_are_prolonged(ask: Ask, web_store: Store, jobs: dict[str, Any]) -> None:
    until = body()["schedule"]["until"].replace("-", "")
    changes = {"owner": "new-owner@example.com", "until": f"{int(until[:4])}-{until[4:6]}-28"}
    result = ask("user").post(f"{JOBS}/change", json={"dag_ids": ids(jobs, "gone"), **changes}).json()
    assert result == {"done": ids(jobs, "gone"), "refused": []}
    kept = web_store.definitions.job("gone")
    assert kept is not None and kept.parse().owner == "new-owner@example.com"
    assert str(kept.parse().schedule.valid_until) == changes["until"]


def test_what_is_wrong_is_said_of_each(ask: Ask, jobs: dict[str, Any]) -> None:
    result = ask("user").post(f"{JOBS}/change", json={"dag_ids": ids(jobs, "one"), "owner": "nobody"}).json()
    assert result["done"] == [] and "is not a mail address" in result["refused"][0]["what"]
    refused = ask("user").post(f"{JOBS}/change", json={"dag_ids": ids(jobs, "one")})
    assert refused.status_code == 422 and "there is nothing to change" in refused.text
    many = ask("user").post(f"{JOBS}/change", json={"dag_ids": ["x"] * 501, "owner": "a@example.com"})
    assert many.status_code == 422


def test_nothing_is_done_to_a_job_without_the_right(ask: Ask, web_store: Store, jobs: dict[str, Any]) -> None:
    somebody = ask("user", without=jobs["one"].dag_id)
    both = {"dag_ids": ids(jobs, "one", "two")}
    asked: dict[str, dict[str, Any]] = {
        "change": {"owner": "new@example.com"},
        "delete": {},
        "rerun": {},
        "pause": {"paused": True},
    }
    for verb, more in asked.items():
        result = somebody.post(f"{JOBS}/{verb}", json={**both, **more}).json()
        assert ids(jobs, "one")[0] in {one["dag_id"] for one in result["refused"]}, verb
        assert ids(jobs, "one")[0] not in result["done"], verb
    left = web_store.definitions.job("one")
    assert left is not None and left.version == 1


def test_many_are_deleted_but_not_one_that_runs(
    ask: Ask, web_store: Store, jobs: dict[str, Any], airflow_tables: Any
) -> None:
    airflow_tables(run(jobs["two"].dag_id, "scheduled__1"))
    result = ask("user").post(f"{JOBS}/delete", json={"dag_ids": ids(jobs, "one", "two")}).json()
    assert result["done"] == ids(jobs, "one")
    assert "is in progress" in result["refused"][0]["what"]
    assert {job.name for job in web_store.definitions.jobs()} == {"two", "gone"}


def test_a_rerun_of_many_says_why_one_has_nothing_to_repeat(
    ask: Ask, jobs: dict[str, Any], airflow_tables: Any
) -> None:
    result = ask("user").post(f"{JOBS}/rerun", json={"dag_ids": ids(jobs, "one")}).json()
    assert result["done"] == []
    assert "nothing to rerun" in result["refused"][0]["what"]


def test_my_jobs_are_those_that_i_created_or_own(ask: Ask, web_store: Store, jobs: dict[str, Any]) -> None:
    assert ask("user").post(JOBS, json=body("made", owner="other@example.com")).status_code == 201
    owned = JobSpec.model_validate(body("owned", owner="User@example.com", schedule=past(4, 1)))
    web_store.definitions.create(owned, "anna")
    rows = ask("user").get(f"{JOBS}?mine=true").json()["jobs"]
    assert [row["name"] for row in rows] == ["made", "owned"]
    assert [row["deliver_at"] for row in rows] == ["02:00", "02:00"]
    assert ask("viewer").get(f"{JOBS}?mine=true").json()["total"] == 0


def test_an_unexpected_error_of_one_job_does_not_hide_the_results_of_the_others(
    ask: Ask, web_store: Store, jobs: dict[str, Any], audit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from export_jobs.web.jobs.edit import save_changed_job as really

    def stumbling(job: Any, *rest: Any) -> Any:
        if job.name == "one":
            raise RuntimeError("canary")
        return really(job, *rest)

    monkeypatch.setattr("export_jobs.web.api.many_jobs.save_changed_job", stumbling)
    wanted = {"dag_ids": ids(jobs, "one", "two"), "add_recipients": ["new@example.com"]}
    result = ask("user").post(f"{JOBS}/change", json=wanted).json()
    assert result["done"] == ids(jobs, "two")
    (refused,) = result["refused"]
    assert refused["dag_id"] == jobs["one"].dag_id
    assert "something unexpected happened" in refused["what"]
    assert "canary" not in str(result)
    assert audit()[-1][3]["done"] == ids(jobs, "two")
