"""Bodies of the web tests, and rows of Airflow's own tables for a job."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

JOBS = "/export-jobs/api/jobs"
TODAY = datetime.now(UTC).date()


def body(name: str = "weekly-sales", **changes: Any) -> dict[str, Any]:
    """A weekly job that begins next month; ``schedule`` is merged, not replaced."""
    schedule = {
        "frequency": "weekly",
        "execute_on": "sunday",
        "from": str(TODAY + timedelta(days=30)),
        "until": str(TODAY + timedelta(days=90)),
        "time_zone": "Europe/Berlin",
        **changes.pop("schedule", {}),
    }
    return {
        "name": name,
        "owner": "owner@example.com",
        "destination": "partner",
        "recipients": ["partner@example.com"],
        "schedule": schedule,
        "templates": [{"template": "rows", "subfolder": "daily"}, {"template": "totals"}],
        **changes,
    }


def past(first: int, last: int) -> dict[str, Any]:
    """A daily schedule in UTC from ``first`` to ``last`` days ago."""
    days = {"from": str(TODAY - timedelta(days=first)), "until": str(TODAY - timedelta(days=last))}
    return {"frequency": "daily", "execute_on": None, "time_zone": "UTC", **days}


def instant(days_ago: int) -> datetime:
    """Midnight in UTC, this many days ago."""
    return datetime.combine(TODAY - timedelta(days=days_ago), datetime.min.time(), tzinfo=UTC)


def dag(dag_id: str, *, is_paused: bool = False) -> Any:
    """As if Airflow had parsed this Dag."""
    from airflow.models import DagModel

    place = {"bundle_name": "exports", "fileloc": "/dags/d.py", "relative_fileloc": "d.py", "owners": "owner"}
    return DagModel(dag_id=dag_id, is_paused=is_paused, is_stale=False, **place)


def run(dag_id: str, run_id: str, state: str = "running") -> Any:
    """As if Airflow had created this run."""
    from airflow.models import DagRun
    from airflow.utils.types import DagRunType

    return DagRun(dag_id=dag_id, run_id=run_id, run_type=DagRunType.SCHEDULED, state=state, logical_date=instant(1))


def first_day(answer: dict[str, Any]) -> date:
    """The first day of a definition's validity."""
    return date.fromisoformat(answer["schedule"]["from"])
