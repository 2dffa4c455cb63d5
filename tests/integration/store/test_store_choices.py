"""What a job chooses of each template, by the Python door and by hand: one definition, frozen once it exists."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_jobs.core.definitions.filter import Operator
from export_jobs.core.definitions.job import TemplateUse
from export_jobs.core.validation.changes import spec_of
from export_jobs.errors import UserError
from export_jobs.store.stored_job import StoredJob
from tests.integration.store.samples import Store, spec

pytestmark = pytest.mark.integration

CHOSEN: dict[str, Any] = {
    "template": "rows",
    "columns": ["store.region", {"column": "amount", "as": "Betrag, €"}],
    "filters": [
        {"column": "store.region", "op": "in", "values": ["north", "O'Hara; DROP TABLE x", "{{ 7*7 }}", ""]},
        {"column": "amount", "op": "at_least", "values": [12.5]},
        {"column": "customer", "op": "is_not_null"},
    ],
    "audience": [17, 18],
    "order_by": ["-amount"],
}
JOB = """INSERT INTO export_jobs.job (name, owner, destination, frequency, valid_from, valid_until)
    VALUES ('typed', 'owner@example.com', 'partner', 'daily', '2026-01-01', '2026-01-31')"""
TEMPLATE = """INSERT INTO export_jobs.job_template (job_id, position, template, columns, headings, order_by, audience)
    VALUES (1, 1, 'rows', '{store.region,amount}', '{"","Betrag, €"}', '{-amount}', '{17,18}')"""
FILTERS = """INSERT INTO export_jobs.job_filter (job_id, template, position, column_name, operator, filter_values)
    VALUES (1, 'rows', 2, 'amount', 'at_least', '{12.5}'), (1, 'rows', 3, 'customer', 'is_not_null', '{}'),
        (1, 'rows', 1, 'store.region', 'in', ARRAY['north', 'O''Hara; DROP TABLE x', '{{ 7*7 }}', ''])"""
SPARE = "INSERT INTO export_jobs.job_filter VALUES (1, 'rows', 9, 'amount', 'at_least', '{5}')"
SHARED_STORE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
FROZEN = (
    'Job "sales": its filters cannot change once the job exists, since receivers rely on them. Create a new job '
    "instead (with all of its templates and their filters in one transaction)."
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
USES = st.fixed_dictionaries(
    {
        "template": st.just("rows"),
        "columns": st.lists(TEXT | st.fixed_dictionaries({"column": TEXT, "as": TEXT}), max_size=3),
        "filters": st.lists(
            st.fixed_dictionaries(
                {"column": TEXT, "op": st.sampled_from(list(Operator)), "values": st.lists(TEXT, max_size=3)}
            ),
            max_size=3,
        ),
        "audience": st.lists(TEXT, max_size=3),
        "order_by": st.lists(TEXT, max_size=3),
    }
)


@SHARED_STORE
@given(use=USES)
def test_what_is_chosen_is_read_back(store: Store, use: dict[str, Any]) -> None:
    written = spec(templates=[use, {"template": "totals"}])
    assert spec_of(store.definitions.create(written, "anna").parse()) == written
    store.definitions.delete("sales", "anna")


@pytest.mark.parametrize("order", [(TEMPLATE, FILTERS), (FILTERS, TEMPLATE)], ids=["template first", "filters first"])
def test_what_is_typed_is_the_same_definition(store: Store, order: tuple[str, str]) -> None:
    store.hand(JOB, *order)
    (job,) = store.definitions.jobs()
    assert job.parse().templates == (TemplateUse.model_validate(CHOSEN),)
    assert [version.changed for version in store.definitions.versions(job.job_id)] == [("created",)]
    by_no_index = ("SET LOCAL enable_indexscan = off", "SET LOCAL enable_bitmapscan = off")
    same = "SELECT definition = export_jobs.job_definition(job_id) FROM export_jobs.job_version"
    assert store.hand(*by_no_index, same) == [(True,)], "the order of filters is that of their positions"


def test_what_is_not_chosen_has_no_key(store: Store, job: StoredJob) -> None:
    assert job.definition["templates"][1] == {"template": "totals", "subfolder": "", "date_basis": None}


@pytest.mark.parametrize(
    "statement",
    [
        SPARE,
        "UPDATE export_jobs.job_filter SET filter_values = '{6}' WHERE position = 2",
        "UPDATE export_jobs.job_filter SET position = 8 WHERE position = 1",
        "DELETE FROM export_jobs.job_filter WHERE position = 3",
    ],
)
def test_filters_of_a_job_are_frozen(store: Store, statement: str) -> None:
    job = store.create(templates=[CHOSEN])
    assert store.refusal(statement) == FROZEN
    assert store.definitions.jobs() == [job]


def test_a_job_without_filters_gets_none_later(store: Store, job: StoredJob) -> None:
    """Neither in a later transaction nor in the one that creates it, once its version is made."""
    assert store.refusal(SPARE) == FROZEN
    made = "SET CONSTRAINTS ALL IMMEDIATE"
    late = store.refusal(JOB, TEMPLATE.replace("(1, 1,", "(2, 1,"), made, SPARE.replace("(1,", "(2,"))
    assert late.startswith('Job "typed": its filters cannot change')


@pytest.mark.parametrize("column", ["columns = '{a}', headings = '{A}'", "audience = '{1}'", "order_by = '{a}'"])
def test_columns_audience_and_order_are_frozen(store: Store, job: StoredJob, column: str) -> None:
    sentence = store.refusal(f"UPDATE export_jobs.job_template SET {column}")
    assert sentence.startswith('Job "sales": its templates cannot change once the job exists')


def test_a_new_job_cannot_take_the_filters_of_another(store: Store) -> None:
    store.create(templates=[CHOSEN])
    typed = TEMPLATE.replace("(1, 1,", "(2, 1,")
    assert store.refusal(JOB, typed, "UPDATE export_jobs.job_filter SET job_id = 2") == FROZEN


def test_of_two_who_complete_a_job_at_once_one_is_told(store: Store) -> None:
    """psql commits every statement by itself, so this job's first version has no template yet."""
    store.hand(JOB)
    first = store.session()
    first.execute(TEMPLATE.encode())
    with ThreadPoolExecutor() as pool:
        second = pool.submit(store.refusal, SPARE)
        while store.hand("SELECT count(*) FROM pg_locks WHERE NOT granted") != [(1,)]:
            assert not second.done()  # pytest's own timeout ends this
        first.commit()
        assert second.result(20).startswith('Job "typed": its filters cannot change')
    assert store.definitions.jobs()[0].version == 2


def test_an_update_names_what_it_would_change_of_each_template(store: Store) -> None:
    store.create(templates=[CHOSEN, {"template": "totals"}])
    changed = [{**CHOSEN, "filters": CHOSEN["filters"][:2]}, {"template": "totals", "audience": ["1"]}]
    with pytest.raises(UserError) as raised:
        store.definitions.update(spec(templates=changed), "ben")
    assert str(raised.value) == (
        "Job 'sales': templates[rows].filters, templates[totals].audience cannot change once the job exists, since "
        "receivers rely on it. Create a new job instead."
    )


MANY = [str(number) for number in range(10_001)]
TOO_MUCH = [
    ({"audience": MANY}, "at most 10000 customers"),
    ({"filters": [{"column": "a", "op": "in", "values": MANY}]}, "at most 10000 values"),
    ({"filters": [{"column": "a", "op": "equals", "values": ["nul \0"]}]}, "contains the character NUL"),
]


@pytest.mark.parametrize(("choice", "sentence"), TOO_MUCH)
def test_what_constraints_refuse_is_a_sentence(store: Store, choice: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        store.create(templates=[{"template": "rows", **choice}])
    full = {"template": "rows", "audience": MANY[1:], "filters": [{"column": "a", "op": "in", "values": MANY[1:]}]}
    assert store.create(templates=[full]).parse().use("rows").audience == tuple(MANY[1:])


@pytest.mark.parametrize(
    ("constraint", "statement"),
    [
        ("job_template_has_a_heading_for_each_column", TEMPLATE.replace("""'{"","Betrag, €"}'""", "'{}'")),
        ("job_template_lists_hold_no_null", TEMPLATE.replace("'{17,18}'", "'{17,NULL}'")),
        ("job_template_lists_hold_no_null", TEMPLATE.replace("'{-amount}'", "'{NULL}'")),
        ("job_filter_operator_is_known", SPARE.replace("'at_least'", "'like'")),
        ("job_filter_values_hold_no_null", SPARE.replace("'{5}'", "'{NULL}'")),
        ("job_filter_pkey", SPARE + ", (1, 'rows', 9, 'other', 'is_null', '{}')"),
        ("job_filter_is_of_a_template_of_its_job", SPARE.replace("'rows'", "'totals'")),
    ],
)
def test_a_row_that_means_nothing_is_refused(store: Store, constraint: str, statement: str) -> None:
    with pytest.raises(psycopg.IntegrityError) as raised:
        store.hand(JOB, *([TEMPLATE] if "job_filter" in statement else []), statement)
    assert raised.value.diag.constraint_name == constraint


@pytest.mark.parametrize("operator", Operator)
def test_table_and_model_know_the_same_operators(store: Store, operator: Operator) -> None:
    store.hand(JOB, TEMPLATE, SPARE.replace("at_least", operator))
    assert store.definitions.jobs()[0].parse().use("rows").filters[0].op is operator
