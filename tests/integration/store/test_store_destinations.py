"""Several destinations of one job in the table: they exist, stay, and keep their names to themselves."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from export_jobs.core.definitions.dump import yaml_text
from export_jobs.core.definitions.job import DefinitionFile
from export_jobs.core.validation.changes import spec_of
from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store

pytestmark = pytest.mark.integration
BOTH = ["partner", "archive"]


@pytest.fixture
def archive(store: Store) -> None:
    store.hand("INSERT INTO export_jobs.destination VALUES ('archive', 'sftp', 'c', '/in', '')")


def both(store: Store, name: str = "both", **changes: Any) -> StoredJob:
    return store.create(name, destination=None, destinations=BOTH, **changes)


def test_they_come_back_as_they_were_written(store: Store, archive: None) -> None:
    job = both(store).parse()
    assert (job.destination, job.destination_tags) == (None, ("partner", "archive"))
    text = yaml_text(DefinitionFile(jobs=(spec_of(job),)))
    assert "destinations:" in text and "destination:" not in text
    one = store.create("one")
    assert "destinations" not in one.definition, "a definition of one destination is what it was"


def typed(names: str, values: str) -> str:
    columns = f"name, owner, frequency, valid_from, valid_until, {names}"
    return (
        f"INSERT INTO export_jobs.job ({columns})"
        f" VALUES ('typed', 'o@example.com', 'daily', '2026-01-01', '2026-01-31', {values})"
    )


def test_a_typed_row_names_destinations_that_exist(store: Store, archive: None) -> None:
    assert 'there is no destination "nowhere"' in store.refusal(typed("destinations", "'{partner,nowhere}'"))
    assert '"partner" is named twice' in store.refusal(typed("destinations", "'{partner,partner}'"))
    with pytest.raises(psycopg.IntegrityError, match="job_has_one_destination_or_several"):
        store.hand(typed("destination, destinations", "'partner', '{partner,archive}'"))
    with pytest.raises(psycopg.IntegrityError, match="job_sends_each_of_several_a_manifest"):
        store.hand(typed("destinations, manifest", "'{partner,archive}', 'none'"))
    store.hand(typed("destinations", "'{partner,archive}'"))


def test_they_stay_as_they_are_and_so_do_their_tags(store: Store, archive: None) -> None:
    both(store)
    change = "UPDATE export_jobs.job SET destinations = '{archive,partner}'"
    assert "destinations cannot change" in store.refusal(change)
    gone = store.refusal("DELETE FROM export_jobs.destination WHERE tag = 'archive'")
    assert 'Destination "archive" keeps its tag and stays: both deliver to it' in gone


@pytest.mark.parametrize("other", [{"destination": "archive"}, {"destination": None, "destinations": BOTH[::-1]}])
def test_two_jobs_fill_no_path_of_a_shared_destination(store: Store, archive: None, other: dict[str, Any]) -> None:
    names: dict[str, Any] = {"file": {"name": "{template}_{window_start}"}}
    both(store, **names)
    with pytest.raises(UserError, match="would have the path of a file of job 'both' at the destination"):
        store.create("second", **names, **other)
