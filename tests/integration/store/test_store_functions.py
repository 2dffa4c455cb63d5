"""The store's own functions: nobody but the owner runs one, not even as a trigger on a table of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from demo.postgres import Postgres
from export_jobs.store.database.roles import READER
from tests.integration.store.logins import connect, everything, refusal
from tests.integration.store.samples import Store, administrator

pytestmark = pytest.mark.integration


FUNCTIONS = """SELECT p.oid::regprocedure::text, p.prosecdef, p.prorettype = 'trigger'::regtype, p.provariadic <> 0
    FROM pg_proc p WHERE p.pronamespace = 'export_jobs'::regnamespace ORDER BY 1"""
ROWS = "id bigint, job_id bigint, name text, tag text, version int, deleted_at timestamptz, enabled boolean"


def test_w2_no_function_does_anything_for_a_login_that_may_only_read(
    filled: Store, postgres: Postgres, login: Callable[..., dict[str, Any]]
) -> None:
    """Called directly, as a trigger on a table of its own, and on a temporary one where somebody allows those."""
    reader = login()
    with administrator(postgres, filled.dsn["dbname"]) as session:
        session.execute(f"GRANT USAGE ON SCHEMA export_jobs TO {reader['user']}")
        session.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA export_jobs TO {reader['user']}")
        session.execute(f"GRANT TEMPORARY, CREATE ON DATABASE {filled.dsn['dbname']} TO {reader['user']}")
        functions = session.execute(FUNCTIONS).fetchall()  # with the schema in their names, as in no path of its own
    before = everything(filled)
    assert len(functions) > 30
    tried: dict[str, list[str]] = {}
    with connect(reader) as session:
        session.execute("CREATE SCHEMA mine")
        for name, _, is_trigger, is_variadic in functions:
            statements = attempts(name, is_trigger=is_trigger, is_variadic=is_variadic)
            tried[name] = [refusal(session, statement) for statement in statements]
    assert {sentence.split(" ")[0] for sentences in tried.values() for sentence in sentences} == {"permission"}, tried
    assert everything(filled) == before


def attempts(function: str, *, is_trigger: bool, is_variadic: bool) -> list[str]:
    name, _, parameters = function.removesuffix(")").partition("(")
    if not is_trigger:
        arguments = [f"NULL::{kind}" for kind in parameters.split(",") if kind]
        arguments[-1:] = [f"VARIADIC {last}" if is_variadic else last for last in arguments[-1:]]
        return [f"SELECT {name}({', '.join(arguments)})"]
    return [
        f"CREATE {kind} TABLE {table} ({ROWS}); CREATE TRIGGER t BEFORE {event} ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION {name}(); INSERT INTO {table} (id, job_id) VALUES (1, 1); DELETE FROM {table}"
        for kind, table in (("TEMPORARY", "job"), ("", "mine.job"))
        for event in ("INSERT", "DELETE")
    ]


def test_w2_a_function_with_the_owners_rights_works_for_its_own_tables_only(filled: Store) -> None:
    """The second wall: also where somebody has granted EXECUTE, as the owner has it."""
    definers = [name for name, is_definer, is_trigger, _ in filled.hand(FUNCTIONS) if is_definer and is_trigger]
    before = everything(filled)
    assert len(definers) > 10
    for name in definers:
        for table in ("pg_temp.job", "public.job"):
            create = f"CREATE TABLE {table} ({ROWS})"
            insert = f"INSERT INTO {table} (id, job_id, name, tag, version) VALUES (1, 1, 'sales', 'partner', 1)"
            for event, statement in (("INSERT", insert), ("DELETE", f"DELETE FROM {table}")):
                trigger = f"CREATE TRIGGER t AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}"
                first = [create, insert, trigger] if event == "DELETE" else [create, trigger]
                assert filled.refusal(*first, statement).startswith("This function works for tables of"), name
    assert everything(filled) == before


def test_every_function_has_a_search_path_of_its_own(store: Store) -> None:
    """Else an operator or a type of the caller's would stand in for PostgreSQL's."""
    loose = """SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'export_jobs'::regnamespace
        AND NOT coalesce(proconfig, '{}') && ARRAY['search_path=pg_catalog, pg_temp']"""
    assert store.hand(loose) == []


def test_a_later_function_is_not_for_everybody_either(store: Store, login: Callable[..., dict[str, Any]]) -> None:
    store.hand("CREATE FUNCTION export_jobs.later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    try:
        with connect(login(READER)) as session:
            assert refusal(session, "SELECT export_jobs.later()") == "permission denied for function later"
    finally:
        store.hand("DROP FUNCTION export_jobs.later()")
