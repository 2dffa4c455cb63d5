"""A gigabyte passes through tasks whose memory does not grow with it."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.airflow.live import Live

pytestmark = [pytest.mark.integration, pytest.mark.live, pytest.mark.slow]

LIMIT_MB = 400


def peak_mb(pid: int) -> float:
    """The most memory that a process has had resident, in MB; 0 when it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    return 0.0


def test_no_task_of_a_gigabyte_export_takes_more_than_400_mb(live: Live) -> None:
    """The limit includes Airflow's own imports, which are most of it."""
    parts = {"schedule": {"frequency": "once"}, "templates": [{"template": "many"}]}
    job = live.create("gigabyte", days=("2026-01-05", "2026-01-12"), **parts)
    peaks: dict[int, float] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            for record in live.records(job):
                for event in record.events:
                    if event.kind == "started" and event.detail:
                        pid = int(event.detail["pid"])
                        peaks[pid] = max(peaks.get(pid, 0.0), peak_mb(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        live.wait_for_runs(job, 1)
    finally:
        done.set()
        watcher.join()
    (record,) = live.records(job)
    (delivery,) = record.deliveries
    content = delivery.rows * len("123,2026-01-05 00:30:00+00,") + delivery.rows * 64
    assert content > 1_000_000_000
    started = [event for event in record.events if event.kind == "started" and event.detail]
    steps = {int(event.detail["pid"]): event.step for event in started if event.detail}
    live.note("drill", "peak of a 1 GB export: " + ", ".join(f"{steps[p]} {mb:.0f} MB" for p, mb in peaks.items()))
    assert len([peak for peak in peaks.values() if peak > 0]) >= 3
    assert max(peaks.values()) < LIMIT_MB
