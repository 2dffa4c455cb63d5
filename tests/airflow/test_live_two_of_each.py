"""Two API servers and two schedulers over one store: nothing comes twice, no edit is lost, no Dag goes away."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from demo.processes import ServerProcess, free_port
from tests.airflow.live import Live

pytestmark = [pytest.mark.integration, pytest.mark.live, pytest.mark.timeout(900)]

JOBS = "/export-jobs/api/jobs"
DAYS = {"frequency": "daily", "from": "2026-01-05", "until": "2026-01-06"}


@pytest.fixture
def second(live: Live) -> Iterator[httpx.Client]:
    """The administrator at another API server of the same Airflow; another scheduler runs beside it."""
    airflow, port = live.airflow, free_port()
    environment = airflow.environment() | {"AIRFLOW__API__PORT": str(port)}
    parts = {"api-server": ["api-server"], "scheduler": ["scheduler", "--skip-serve-logs"]}
    started = [
        ServerProcess(
            f"The second {name}",
            [airflow.python, "-m", "airflow", *command],
            log=airflow.log_folder / f"second-{name}.log",
            environment=environment,
            grace=20.0,
            folder=airflow.folder,
        )
        for name, command in parts.items()
    ]
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=live.client.headers, timeout=60)

    def answers() -> bool:
        try:
            return client.get("/export-jobs/api/me").status_code == 200
        except httpx.HTTPError:
            return False

    try:
        started[0].wait_until(answers, seconds=300)
        live.wait_until("two schedulers", lambda: schedulers(live) == 2)
        yield client
    finally:
        client.close()
        for process in reversed(started):
            process.stop()


def schedulers(live: Live) -> int:
    """How many have said within the last half minute that they run."""
    query = """SELECT count(*) FROM job WHERE job_type = 'SchedulerJob' AND state = 'running'
        AND latest_heartbeat > now() - interval '30 seconds'"""
    row: Any = live.airflow_database.execute(query).fetchone()
    return int(row[0])


def test_two_of_each_make_nothing_twice_and_lose_no_edit(live: Live, second: httpx.Client) -> None:
    servers = (live.client, second)
    made = []
    for number in range(4):
        body = {
            "name": f"two-{number}",
            "owner": "owner@example.com",
            "destination": "partner",
            "schedule": DAYS,
            "templates": [{"template": "events"}],
        }
        answer = servers[number % 2].post(JOBS, json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())

    def change(server: httpx.Client, job: Any, owner: str) -> int:
        path, version = f"{JOBS}/{job['dag_id']}", f'"{job["version"]}"'
        return server.patch(path, json={"owner": owner}, headers={"If-Match": version}).status_code

    with ThreadPoolExecutor(2) as threads:  # while the runs are being made
        for job in made:
            asked = [threads.submit(change, server, job, f"{n}@example.com") for n, server in enumerate(servers)]
            won, lost = sorted(one.result() for one in asked)
            assert won == 200 and lost in {409, 412}, "of two changes of one version one is made, and one is told"
    seen = [{job["name"]: job["owner"] for job in server.get(JOBS).json()["jobs"]} for server in servers]
    assert seen[0] == seen[1] and {seen[0][job["name"]] for job in made} <= {"0@example.com", "1@example.com"}

    stored = {job.name: job for job in live.definitions.jobs() if job.name.startswith("two-")}
    for job in stored.values():
        live.wait_for_runs(job, 2)
    live.wait_for_scheduler()
    for job in stored.values():
        assert live.states(job) == ["success"] * 2
        windows = [(record.window_start, len(record.deliveries)) for record in live.records(job)]
        assert sorted(count for _, count in windows) == [1, 1] and len({start for start, _ in windows}) == 2
        assert len(live.files(f"{job.name}__*.zip")) == 2

    again = stored["two-0"]
    assert second.post(f"{JOBS}/{again.dag_id}/run", json={}).status_code == 200
    live.wait_for_runs(again, 3)
    stale = live.airflow_database.execute("SELECT dag_id FROM dag WHERE is_stale AND dag_id LIKE 'export__two-%'")
    assert stale.fetchall() == [], "both parse requests and both schedulers left every Dag in its place"
    gone = stored["two-3"].dag_id
    headers = {"If-Match": f'"{made[3]["version"] + 1}"', "Content-Type": "application/json"}
    deleted = second.delete(f"{JOBS}/{gone}", headers=headers)
    assert deleted.status_code == 204, deleted.text
    assert live.client.get(f"{JOBS}/{gone}").status_code == 404
