"""How long a browser takes to show a list of 10,000 jobs, and a small page of Airflow: ``python -m bench.page``.

With a real API server, Chromium and a warm cache. "From the navigation" is a click within Airflow's page; "from
nothing" is a new load, which begins with Airflow's own three megabytes of script.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

from bench.api import JOBS, fill  # noqa: E402
from demo.airflow_processes import Airflow  # noqa: E402
from demo.postgres import Postgres  # noqa: E402

ROUNDS = 7
LIST, PEER = "/plugin/export-schedules", "/pools"
FIRST_JOB = "role=rowheader >> nth=0"
PEERS_BUTTON = "role=button[name=/add pool/i]"


@contextmanager
def serving(folder: Path) -> Iterator[Airflow]:
    """Run only Airflow's API server: nothing is parsed or run."""
    with Postgres(folder / "postgres") as server:
        store = server.dsn("export_jobs", "export_jobs")
        login = f"{store['user']}:{quote_plus(store['password'])}@{quote_plus(store['host'])}"
        connection = {"AIRFLOW_CONN_EXPORT_JOBS_STORE": f"postgres://{login}/{store['dbname']}"}
        airflow = Airflow(folder / "airflow", server, usual_port=None, extra_env=connection)
        airflow.prepare()
        os.environ.update(airflow.environment(), _AIRFLOW_PROCESS_CONTEXT="server")

        from export_jobs.store.database.engine import create_store_engine  # noqa: PLC0415  after the environment
        from export_jobs.store.schema import upgrade_store  # noqa: PLC0415

        engine = create_store_engine(store)
        upgrade_store(engine)
        engine.dispose()
        fill(store)
        airflow.start_component("api-server")
        try:
            airflow.wait_until_healthy()
            yield airflow
        finally:
            airflow.stop()


def measure(page: Any, airflow: Airflow) -> None:
    page.goto(airflow.url)
    page.locator("input[name=username]").fill("admin")
    page.locator("input[name=password]").fill(airflow.password())
    page.locator("button[type=submit]").click()
    page.get_by_role("link", name="Dags").first.wait_for()
    print(f"{JOBS} jobs, milliseconds until the first row is visible, median of {ROUNDS}; the aim is 1,000")
    ways: dict[str, tuple[Callable[[], Any], str]] = {
        "Export Schedules, from the navigation": (lambda: click(page, "Export Schedules"), FIRST_JOB),
        "Export Schedules, from nothing": (lambda: page.goto(f"{airflow.url}{LIST}"), FIRST_JOB),
        "Airflow's page of pools, from nothing": (lambda: page.goto(f"{airflow.url}{PEER}"), PEERS_BUTTON),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for round_number in range(ROUNDS + 1):
        for name, (go, row) in ways.items():
            page.goto(f"{airflow.url}/connections")
            page.get_by_role("link", name="Dags").first.wait_for()
            began = time.perf_counter()
            go()
            page.locator(row).wait_for()
            if round_number:  # the first round fills the caches
                taken[name].append((time.perf_counter() - began) * 1000)
    for name, times in taken.items():
        print(f"  {name:<46} {statistics.median(times):8.0f}")


def click(page: Any, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def main() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("LEFT OUT: chromium is not installed, so nothing shows the page (apt-get install chromium)")
        return
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        with serving(folder) as airflow, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.set_default_timeout(60_000)
            measure(page, airflow)
            browser.close()


if __name__ == "__main__":
    main()
