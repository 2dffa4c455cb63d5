"""A task at one of several destinations that freezes and wakes when all is over: it publishes nothing, anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, get_ident
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.files.placed_file import PlacedFile
from export_jobs.delivery.destination import Fence
from export_jobs.delivery.sftp import SftpDestination
from export_jobs.orchestration.publishing import PublishManifest
from export_jobs.orchestration.tasks import Upload
from tests.integration.orchestration.conftest import Run
from tests.integration.orchestration.test_several_destinations import (
    TAGS,
    Folders,
    deliver,
    folders,
    read,
    record,
    run,
)

__all__ = ["folders", "run"]
pytestmark = pytest.mark.integration


class Freezer:
    """Holds up the first thread that is about to publish, until it is told to go on."""

    def __init__(self) -> None:
        self.is_frozen, self.go_on = Event(), Event()
        self._frozen: int | None = None

    def __call__(self, fence: Fence) -> Fence:
        @contextmanager
        def frozen() -> Iterator[PlacedFile]:
            if self._frozen in {None, get_ident()}:
                self._frozen = get_ident()
                self.is_frozen.set()
                assert self.go_on.wait(60)
            with fence() as placed:
                yield placed

        return frozen


def seen(folders: Folders) -> Any:
    """Names, bytes and times of all that the receivers have."""
    files = {tag: sorted(folder.iterdir()) for tag, folder in folders.items()}
    return {tag: [(file.name, file.read_bytes(), file.stat().st_mtime_ns) for file in files[tag]] for tag in files}


@pytest.mark.parametrize("step", [Upload, PublishManifest])
@pytest.mark.parametrize("tag", TAGS)
def test_a_task_that_wakes_late_publishes_at_no_destination(
    run: Run, folders: Folders, monkeypatch: pytest.MonkeyPatch, step: Any, tag: str
) -> None:
    freezer, send = Freezer(), SftpDestination.deliver
    read(run)
    if step is PublishManifest:
        run.execute(Upload, "orders", tag)
    monkeypatch.setattr(
        SftpDestination, "deliver", lambda self, source, target, fence: send(self, source, target, freezer(fence))
    )
    template = "orders" if step is Upload else None
    with ThreadPoolExecutor(1) as threads:
        frozen = threads.submit(run.execute, step, template, tag)
        assert freezer.is_frozen.wait(60)
        for one in TAGS:  # Airflow has given it up, and made another try
            deliver(run, one)
        before = seen(folders)
        freezer.go_on.set()
        try:
            frozen.result(60)
        except AirflowFailException as error:
            assert "A newer attempt" in str(error)
    assert seen(folders) == before
    found = record(run)
    assert sorted(one.destination or "" for one in found.deliveries) == sorted(TAGS)
    assert len(found.publications) == 1
    assert not run.store.ledger.verify(f"job {run.job.job_id}").faults
