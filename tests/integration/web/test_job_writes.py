"""Create, change, pause, resume, delete: what is saved, what is refused, what the audit log says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.store.samples import Store
from tests.integration.web.samples import JOBS, TODAY, body, dag, first_day, past, run

if TYPE_CHECKING:
    from tests.integration.web.conftest import Ask

pytestmark = pytest.mark.integration


def paths(answer: Any) -> list[str]:
    return [error["path"] for error in answer.json()["errors"]]


def made(client: Any, name: str = "weekly-sales", **changes: Any) -> dict[str, Any]:
    answer = client.post(JOBS, json=body(name, **changes))
    assert answer.status_code == 201, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


def test_a_job_is_saved_with_its_new_template_and_recorded(ask: Ask, web_store: Store, audit: Any) -> None:
    template = {"name": "by-day", "kind": "custom", "kpis": ["gross_sales"], "dimensions": ["day"]}
    detail = made(ask("op"), new_templates=[template], templates=[{"template": "by-day"}])
    assert (detail["name"], detail["version"], detail["created_by"]) == ("weekly-sales", 1, "op")
    assert [one["columns"] for one in detail["templates"]] == [
        [
            {"column": "day", "heading": "day", "type": "date", "title": "Day"},
            {"column": "gross_sales", "heading": "gross_sales", "type": "number", "title": "Gross sales"},
        ]
    ]
    assert detail["links"] == {"dag": "/dags/export__weekly-sales", "runs": "/dags/export__weekly-sales/runs"}
    assert "schedule.until" in detail["editable"]
    assert web_store.definitions.job("weekly-sales")
    ((event, user, dag_id, extra),) = audit()
    assert (event, user, dag_id, extra["status"]) == ("export_jobs.create_job", "op", "export__weekly-sales", 201)
    assert extra["after"]["owner"] == "owner@example.com"
    assert extra["new_templates"] == ["by-day"]


def test_every_issue_comes_at_once_and_nothing_is_saved(ask: Ask, web_store: Store, audit: Any) -> None:
    template = {"name": "rows", "kind": "custom", "kpis": ["gros_sales"]}
    answer = ask().post(
        JOBS,
        json=body(
            "no good",
            colour="red",
            owner="nobody",
            schedule={"time_zone": "Europe/Berlim", "execute_on": "someday"},
            new_templates=[template],
        ),
    )
    assert answer.status_code == 422
    assert {
        "name",
        "colour",
        "owner",
        "schedule.time_zone",
        "schedule.execute_on",
        "new_templates[0].name",
        "new_templates[0].kpis[0]",
    } <= set(paths(answer))
    assert all(set(error) == {"path", "what", "remedy", "level"} for error in answer.json()["errors"])
    assert web_store.definitions.jobs() == []
    assert audit()[-1][3]["status"] == 422


@pytest.mark.parametrize("sent", [b"", b"[]", b'"text"', b"{", b'{"name": 1e400}', b"{}", b'{"schedule": []}'])
def test_a_misshapen_body_is_a_sentence(ask: Ask, web_store: Store, sent: bytes) -> None:
    for address in (JOBS, f"{JOBS}/check"):
        answer = ask().post(address, content=sent)
        assert answer.status_code in {200, 422}, answer.text


def test_a_taken_name_is_a_conflict_whatever_its_capitals(ask: Ask, web_store: Store) -> None:
    made(ask())
    for name in ("weekly-sales", "Weekly-Sales"):
        answer = ask().post(JOBS, json=body(name))
        assert (answer.status_code, paths(answer)) == (409, ["name"])


def test_who_may_edit_dags_may_create_without_seeing_a_connection(ask: Ask, web_store: Store, audit: Any) -> None:
    assert ask("user").get("/export-jobs/api/me").json()["may"] == {
        "create": True,
        "delete_templates": True,
        "check_destinations": True,
        "check_installation": False,
    }
    made(ask("user"))
    assert [job.name for job in web_store.definitions.jobs()] == ["weekly-sales"]
    assert (audit()[-1][1], audit()[-1][3]["status"]) == ("user", 201)
    assert ask("viewer").post(JOBS, json=body("theirs")).status_code == 403


def test_a_draft_is_judged_half_filled(ask: Ask, web_store: Store, audit: Any) -> None:
    half = {"schedule": body()["schedule"]}
    for address in (f"{JOBS}/check", f"{JOBS}?dry_run=true"):
        answer = ask().post(address, json=half)
        assert answer.status_code == 200
        result = answer.json()
        assert {"name", "owner", "destination", "templates"} <= {issue["path"] for issue in result["issues"]}
        assert result["schedule_text"].startswith("Weekly: Monday to Sunday")
        assert result["first_delivery"].startswith("First delivery on Monday, ")
        assert len(result["windows"]) == result["count"] and result["count"] in {9, 10}
    assert web_store.definitions.jobs() == []
    assert audit() == [], "nothing was done"


def test_a_draft_says_what_create_would_send_at_once(ask: Ask, web_store: Store) -> None:
    result = ask("user").post(f"{JOBS}/check", json=body(schedule=past(5, 2))).json()
    assert (result["issues"], result["at_once"], len(result["file_names"])) == ([], 4, 3)
    assert result["at_once_days"].startswith(f"{int(past(5, 2)['from'][-2:])} ")
    later = ask("user").post(f"{JOBS}/check", json=body()).json()
    assert (later["at_once"], later["at_once_days"]) == (0, "")


def test_a_change_shows_what_it_does_then_does_it(ask: Ask, web_store: Store, audit: Any) -> None:
    client = ask("user")
    dag_id = made(ask())["dag_id"]
    change = {"recipients": ["new@example.com"], "schedule": {"frequency": "daily", "execute_on": None}}
    result = client.patch(f"{JOBS}/{dag_id}?dry_run=true", json=change).json()
    assert result["issues"] == []
    assert {one["path"] for one in result["changes"]} == {"recipients", "schedule.frequency", "schedule.execute_on"}
    assert (len(result["windows_before"]), len(result["windows_after"])) == (3, 3)
    assert client.get(f"{JOBS}/{dag_id}").json()["version"] == 1
    answer = client.patch(f"{JOBS}/{dag_id}", json=change, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"], answer.json()["recipients"]) == (
        200,
        '"2"',
        change["recipients"],
    )
    event, user, changed_dag, extra = audit()[-1]
    assert (event, user, changed_dag) == ("export_jobs.change_job", "user", dag_id)
    assert extra["before"]["recipients"] == ["partner@example.com"]
    assert extra["after"]["schedule.frequency"] == "daily"


def test_what_to_do_when_the_source_changes_may_change_and_no_other_part_of_the_file(ask: Ask, audit: Any) -> None:
    dag_id = made(ask())["dag_id"]
    change = {"file": {"shape_change": "warn"}}
    answer = ask().patch(f"{JOBS}/{dag_id}", json=change, headers={"If-Match": '"1"'})
    assert answer.status_code == 200
    assert answer.json()["definition"]["file"]["shape_change"] == "warn"
    assert audit()[-1][3]["after"]["file.shape_change"] == "warn"
    refused = ask().patch(f"{JOBS}/{dag_id}", json={"file": {"delimiter": ";"}}, headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "file.delimiter")


def test_two_editors_lose_no_update(ask: Ask, web_store: Store) -> None:
    dag_id = made(ask())["dag_id"]
    first = ask().patch(f"{JOBS}/{dag_id}", json={"description": "mine"}, headers={"If-Match": '"1"'})
    second = ask().patch(f"{JOBS}/{dag_id}", json={"description": "yours"}, headers={"If-Match": '"1"'})
    assert (first.status_code, second.status_code) == (200, 409)
    assert ask().get(f"{JOBS}/{dag_id}").json()["description"] == "mine"


def test_a_change_and_a_delete_say_which_version_they_mean(ask: Ask) -> None:
    """Without it, the later of two editors would silently win."""
    dag_id = made(ask())["dag_id"]
    for answer in (ask().patch(f"{JOBS}/{dag_id}", json={"description": "x"}), ask().delete(f"{JOBS}/{dag_id}")):
        assert answer.status_code == 428
        assert 'If-Match: "1"' in answer.json()["errors"][0]["remedy"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": "other"}, "name"),
        ({"destination": "archive"}, "destination"),
        ({"destination": None, "destinations": ["partner", "archive"]}, "destinations"),
        ({"templates": []}, "templates"),
        ({"schedule": {"anchor": "2020-01-01T00:00:00Z"}}, "schedule.anchor"),
        ({"version": 7}, "version"),
        ({"job_id": 7}, "job_id"),
        ({"schedule": []}, "schedule"),
        ({"owner": "nobody"}, "owner"),
        ({"schedule": {"until": "1901-01-01"}}, "schedule.until"),
    ],
)
def test_what_may_not_change_is_refused(ask: Ask, web_store: Store, change: dict[str, Any], path: str) -> None:
    dag_id = made(ask())["dag_id"]
    for address in (f"{JOBS}/{dag_id}", f"{JOBS}/{dag_id}?dry_run=true"):
        answer = ask().patch(address, json=change, headers={"If-Match": "*"})
        issues = answer.json().get("errors") or answer.json()["issues"]
        assert path in {issue["path"] for issue in issues}
    assert ask().get(f"{JOBS}/{dag_id}").json()["version"] == 1


def test_pause_and_resume_one_and_many(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    ids = [made(ask(), name)["dag_id"] for name in ("a", "b", "c")]
    airflow_tables(dag(ids[0], is_paused=True))
    client = ask("user")
    paused = client.post(f"{JOBS}/{ids[0]}/pause", json={}).json()
    assert (paused["enabled"], paused["is_paused"], paused["next_delivery"]) == (False, True, None)
    resumed = client.post(f"{JOBS}/{ids[0]}/resume", json={}).json()
    assert (resumed["enabled"], resumed["is_paused"]) == (True, False), "Airflow's own pause is lifted, too"
    bulk = client.post(f"{JOBS}/pause", json={"dag_ids": [*ids, "export__none"], "paused": True}).json()
    assert bulk["done"] == ids
    assert bulk["refused"] == [{"dag_id": "export__none", "what": "There is no such job"}]
    assert [row.definition["enabled"] for row in web_store.definitions.jobs()] == [False] * 3


def test_a_job_in_progress_is_not_deleted_by_accident(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    dag_id = made(ask())["dag_id"]
    airflow_tables(dag(dag_id), run(dag_id, "scheduled__1"))
    refused = ask("user").delete(f"{JOBS}/{dag_id}", headers={"If-Match": "*"})
    assert refused.status_code == 409 and "scheduled__1" in refused.json()["errors"][0]["what"]
    assert web_store.definitions.jobs()


def test_a_job_that_somebody_has_changed_meanwhile_is_not_deleted(ask: Ask, web_store: Store) -> None:
    dag_id = made(ask())["dag_id"]
    ask().patch(f"{JOBS}/{dag_id}", json={"description": "still needed"}, headers={"If-Match": "*"})
    refused = ask().delete(f"{JOBS}/{dag_id}", headers={"If-Match": '"1"'})
    assert refused.status_code == 409 and "at version 2 now" in refused.json()["errors"][0]["what"]
    assert web_store.definitions.jobs()
    assert ask().delete(f"{JOBS}/{dag_id}", headers={"If-Match": '"2"'}).status_code == 204


def test_a_job_is_deleted_and_its_dag_paused_until_airflow_forgets_it(
    ask: Ask, web_store: Store, airflow_tables: Any, audit: Any
) -> None:
    from export_jobs.web.airflow.tables import paused_dags

    dag_id = made(ask())["dag_id"]
    airflow_tables(dag(dag_id))
    assert ask("user").delete(f"{JOBS}/{dag_id}", headers={"If-Match": "*"}).status_code == 204
    assert (web_store.definitions.jobs(), paused_dags()) == ([], {dag_id})
    assert ask().get(f"{JOBS}/{dag_id}").status_code == 404
    assert audit()[-1][:3] == ("export_jobs.delete_job", "user", dag_id)


def test_airflow_is_asked_to_parse_after_a_write(ask: Ask, web_store: Store, airflow_tables: Any) -> None:
    from airflow.models.dagbag import DagPriorityParsingRequest
    from airflow.utils.session import create_session

    airflow_tables(dag("export_jobs_auditor"))
    for name in ("one", "two"):
        made(ask(), name)
    with create_session() as session:
        (waiting,) = session.query(DagPriorityParsingRequest).all()
        assert (waiting.bundle_name, waiting.relative_fileloc) == ("exports", "d.py")


def test_a_duplicate_is_a_draft_of_days_to_come(ask: Ask, web_store: Store) -> None:
    dag_id = made(ask(), "old", schedule=past(40, 10))["dag_id"]
    made(ask(), "old-copy")
    draft = ask("viewer").get(f"{JOBS}/{dag_id}/duplicate").json()
    assert draft["name"] == "old-copy-2"
    assert first_day(draft) == TODAY
    assert draft["schedule"]["until"] == str(TODAY + timedelta(days=30))
    assert len(web_store.definitions.jobs()) == 2
    assert ask().post(JOBS, json=draft).status_code == 201


def test_several_destinations_are_saved_shown_copied_and_stay(ask: Ask, web_store: Store) -> None:
    several = {"destination": None, "destinations": ["partner", "archive"]}
    answer = ask().post(JOBS, json=body("both", **several))
    assert answer.status_code == 201, answer.text
    shown = ask("viewer").get(f"{JOBS}/{answer.json()['dag_id']}").json()
    assert shown["definition"]["destinations"] == ["partner", "archive"]
    assert not shown["definition"].get("destination")
    draft = ask("viewer").get(f"{JOBS}/{answer.json()['dag_id']}/duplicate").json()
    assert ask().post(JOBS, json=draft).status_code == 201
    wrong = body("wrong", destinations=["partner", "nowhere"])
    issues = ask().post(JOBS, json=wrong).json()["errors"]
    assert {issue["path"] for issue in issues} == {"destinations", "destinations[1]"}


def test_a_row_that_does_not_hold_is_shown_all_the_same(ask: Ask, web_store: Store) -> None:
    from export_jobs.core.definitions.job import JobSpec

    spec = JobSpec.model_validate(body("bad", schedule={"time_zone": "Europe/Atlantis"}))
    dag_id = web_store.definitions.create(spec, "anna").dag_id
    detail = ask().get(f"{JOBS}/{dag_id}").json()
    assert detail["is_broken"] and detail["definition"]["schedule"]["time_zone"] == "Europe/Atlantis"
    assert [issue["path"] for issue in detail["issues"]] == ["schedule.time_zone"]
    mended = ask().patch(f"{JOBS}/{dag_id}", json={"schedule": {"time_zone": "UTC"}}, headers={"If-Match": "*"})
    assert (mended.status_code, mended.json()["is_broken"]) == (200, False)
