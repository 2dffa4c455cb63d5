"""Running numbers and revisions in names: one for each window, for good, however often and by how many it is asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from export_jobs.core.files.name_pattern import FileNumbers
from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration


def number(
    store: Store, execution: int, *, template: str = "rows", stage: str = "one", made_of: str = "a"
) -> FileNumbers:
    return store.ledger.number_file(execution, template, stage, made_of)


def test_windows_are_numbered_in_the_order_in_which_they_are_made_and_each_template_for_itself(
    store: Store, job: StoredJob
) -> None:
    late, early = store.run(job, day=5).id, store.run(job, day=1).id
    assert number(store, late) == FileNumbers(1, 1)
    assert number(store, early) == FileNumbers(2, 1)
    assert number(store, early, template="totals") == FileNumbers(1, 1)
    assert number(store, store.run(store.create("other")).id) == FileNumbers(1, 1)


def test_a_window_keeps_its_number_and_its_revision_counts_its_contents(store: Store, job: StoredJob) -> None:
    first, again = store.run(job).id, store.run(job, run_id="manual", run_type="manual").id
    assert number(store, first) == FileNumbers(1, 1)
    assert number(store, store.run(job, day=1).id) == FileNumbers(2, 1)
    assert number(store, again, stage="two") == FileNumbers(1, 1), "the same rows"
    assert number(store, again, stage="three", made_of="b") == FileNumbers(1, 2)
    assert number(store, first, stage="four") == FileNumbers(1, 3), "the first rows again, over the second ones"


def test_a_retry_and_an_orphan_find_what_was_given_although_a_newer_one_came_since(
    store: Store, job: StoredJob
) -> None:
    run = store.run(job).id
    assert number(store, run) == FileNumbers(1, 1)
    assert number(store, run, stage="two", made_of="b") == FileNumbers(1, 2)
    assert number(store, run, made_of="c") == FileNumbers(1, 1)


def test_runs_that_ask_at_once_get_numbers_of_their_own(store: Store, job: StoredJob) -> None:
    runs = [store.run(job, day=day).id for day in range(8)]
    with ThreadPoolExecutor(len(runs)) as pool:
        given = list(pool.map(lambda run: number(store, run), runs))
    assert sorted(numbers.sequence or 0 for numbers in given) == list(range(1, 9))


def test_numbers_are_only_added(store: Store, job: StoredJob) -> None:
    number(store, store.run(job).id)
    assert "append-only" in store.refusal("UPDATE export_jobs.file_number SET sequence = 9")
    assert "append-only" in store.refusal("DELETE FROM export_jobs.file_number")


def test_a_job_whose_numbers_could_make_the_path_of_another_jobs_file_is_not_saved(store: Store) -> None:
    store.create("1", templates=[{"template": "rows"}])
    with pytest.raises(UserError, match=r"its file '#__rows__2026-01-01\.zip' would have the path .* job '1'"):
        store.create("second", templates=[{"template": "rows"}], file={"name": "{sequence}__{template}__{window}"})
