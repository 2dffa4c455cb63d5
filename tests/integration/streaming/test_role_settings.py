"""No default of a role, a database or a server changes a byte: every setting that there is, each with other values."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from psycopg import sql

from export_jobs.core.definitions.job import FileOptions
from export_jobs.core.sql.compiled import Column, CompiledExport
from export_jobs.errors import ExportError, TerminalError
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.postgres.snapshot import extract_by_copy
from export_jobs.streaming.source import PostgresSource
from tests.integration.streaming.conftest import Warehouse, export
from tests.integration.streaming.shop import ROWS, TABLES, TOTALS, catalogue, compiled, delivered

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
ROLE = "warehouse_owner"

CELLS = """
SELECT n, timestamptz '2024-07-01 10:00Z' + n * interval '1 hour', date '2024-02-01', interval '1 day 02:03:04.5',
    (1.5::float8 * n / 7), '\\xdeadbeef'::bytea, 1234.5::money, to_char(1234.5, 'L9G999D99'),
    to_char(date '2024-03-01', 'TMMonth TMDay'), to_char(1234567.891, '9G999G999D999'),
    to_tsvector('The quick foxes'), '{NULL,a}'::text[], NULL = NULL, 'a\\b', format('%%I', 'plain'),
    timestamptz '2024-01-01 10:00 EST', text '24/02/01'::date, (SELECT string_agg(v, ',' ORDER BY v) FROM unnest(
    array['b', 'A', 'a']) v), current_setting('lc_time'), position('x' in 'axb')
FROM generate_series(1, 20) AS n ORDER BY n
"""
OTHER_TEXTS = {
    "DateStyle": ["German, DMY", "SQL, MDY"],
    "TimeZone": ["Asia/Tokyo"],
    "client_encoding": ["LATIN1", "SQL_ASCII"],
    "default_text_search_config": ["pg_catalog.german", "pg_catalog.simple"],
    "timezone_abbreviations": ["Australia", "India"],
    "lc_messages": ["C.utf8", "C.UTF-8", "POSIX", "de_DE.utf8"],
    "lc_monetary": ["C.utf8", "C.UTF-8", "POSIX", "de_DE.utf8", "en_US.utf8"],
    "lc_numeric": ["C.utf8", "C.UTF-8", "POSIX", "de_DE.utf8", "en_US.utf8"],
    "lc_time": ["C.utf8", "C.UTF-8", "POSIX", "de_DE.utf8", "en_US.utf8"],
    "search_path": ["elsewhere, public", "elsewhere", "elsewhere, pg_catalog", "public, elsewhere", ""],
    "restrict_nonsystem_relation_kind": ["view", "view, foreign-table"],
    "createrole_self_grant": ["set", "set, inherit"],
    "application_name": ["other", "export-jobs "],
    "backtrace_functions": ["x"],
    "wal_consistency_checking": ["all"],
    "log_connections": ["all"],
    "dynamic_library_path": ["/nowhere"],
    "extension_control_path": ["/nowhere"],
    "default_tablespace": ["pg_default"],
    "temp_tablespaces": ["pg_default"],
    "default_table_access_method": ["heap"],
    "local_preload_libraries": ["nowhere"],
    "session_preload_libraries": ["nowhere"],
}
ONLY_SLOW = {"post_auth_delay", "debug_discard_caches"}
"""They make a session wait or plan anew, and nothing else."""


def other_values(name: str, kind: str, setting: str, *more: Any) -> list[str]:
    """Values that a setting does not have now."""
    low, high, choices = more
    if kind == "bool":
        return ["off" if setting == "on" else "on"]
    if kind == "enum":
        return [choice for choice in choices if choice != setting][:3]
    if kind in {"integer", "real"}:
        number = float if kind == "real" else int
        found = {number(low), min(number(setting) * 2 + 1, number(high))}
        return [str(number(value)) for value in sorted(found) if number(value) != number(setting)]
    return OTHER_TEXTS[name]


@pytest.fixture
def shop(warehouse_database: Warehouse) -> Iterator[Warehouse]:
    """The tables, another pair of the same name in a schema that a role's path may lead to, and traps beside them."""
    warehouse_database.run(
        "DROP SCHEMA IF EXISTS elsewhere CASCADE", "DROP TABLE IF EXISTS purchases CASCADE",
        "DROP TABLE IF EXISTS stores", *TABLES, "CREATE SCHEMA elsewhere",
        "CREATE TABLE elsewhere.purchases AS SELECT 99 AS purchase_id, store_id, bought_at, day, amount * 2 AS amount, "
        "discount, note, seen FROM purchases",
        "CREATE TABLE elsewhere.stores AS SELECT store_id, 'Elsewhere' AS region FROM stores",
        "CREATE FUNCTION elsewhere.sum(numeric) RETURNS numeric LANGUAGE sql AS 'SELECT -1::numeric'",
        "CREATE FUNCTION elsewhere.to_char(date, text) RETURNS text LANGUAGE sql AS 'SELECT ''trapped'''",
    )  # fmt: skip
    yield warehouse_database
    warehouse_database.run("DROP SCHEMA elsewhere CASCADE")
    warehouse_database.scalar(f"ALTER ROLE {ROLE} RESET ALL")


def read(warehouse: Warehouse) -> list[bytes]:
    """Four files of one session: rows, groups, rows without an order, and every type of cell."""
    names = [f"c{number}" for number in range(20)]
    exports = [
        compiled(catalogue("postgres"), ROWS),
        compiled(catalogue("postgres"), TOTALS),
        compiled(catalogue("postgres", order_by=[]), ROWS, columns=["purchase_id", "store.region"]),
        export(CELLS, *names),
    ]
    with closing(warehouse.session()) as session:
        return [delivered(PostgresSource(session), one, "Europe/Berlin")[0] for one in exports]


def all_settings(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    with warehouse.session("postgres") as session:
        return session.execute(
            """SELECT name, vartype, setting, min_val, max_val, enumvals FROM pg_settings
            WHERE context IN ('user', 'superuser', 'backend', 'superuser-backend') ORDER BY name"""
        ).fetchall()


def test_every_setting_of_a_role_leaves_the_bytes_alone_or_stops_the_export(shop: Warehouse) -> None:
    expected = read(shop)
    changed, refused, tried = [], [], 0
    with shop.session("postgres", autocommit=True) as owner:
        for name, *parts in all_settings(shop):
            for value in [] if name in ONLY_SLOW else other_values(name, *parts):
                setting = sql.SQL("ALTER ROLE {} SET {} = {}").format(sql.Identifier(ROLE), sql.Identifier(name), value)
                if name == "search_path":  # a list of names, and not one name
                    path = sql.SQL(value or "''")
                    setting = sql.SQL("ALTER ROLE {} SET search_path = {}").format(sql.Identifier(ROLE), path)
                try:
                    owner.execute(setting)
                except psycopg.Error:
                    continue  # no such locale, or nothing that a role may have
                tried += 1
                try:
                    if read(shop) != expected:
                        changed.append(f"{name} = {value}")
                except (ExportError, psycopg.Error) as error:
                    refused.append(f"{name} = {value}: {error}")
                owner.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(sql.Identifier(ROLE)))
    assert changed == []
    assert tried > 200
    assert {line.partition(" = ")[0] for line in refused} <= MAY_REFUSE, refused


MAY_REFUSE = {
    "search_path", "zero_damaged_pages", "ignore_checksum_failure", "transaction_timeout", "idle_session_timeout",
    "idle_in_transaction_session_timeout", "local_preload_libraries", "session_preload_libraries", "max_stack_depth",
    "dynamic_library_path", "temp_file_limit", "row_security", "client_connection_check_interval", "tcp_user_timeout",
}  # fmt: skip
"""Settings by which an owner limits or breaks a session; the export fails, and says why."""


def test_a_path_of_the_role_that_leads_to_another_table_stops_the_export_with_what_to_do(shop: Warehouse) -> None:
    totals = compiled(catalogue("postgres"), TOTALS)
    shop.scalar(f"ALTER ROLE {ROLE} SET search_path = elsewhere, public")
    with pytest.raises(
        TerminalError, match=r"names purchases, stores without a schema.*\(elsewhere, public\).*-c sear"
    ):
        delivered(PostgresSource(shop.session()), totals)
    # What the connection says is meant.
    said = delivered(PostgresSource(shop.session(options="-c search_path=elsewhere,public")), totals)[0]
    assert b"Elsewhere" in said
    # A path that finds the same tables is no matter.
    shop.scalar(f"ALTER ROLE {ROLE} SET search_path = public, elsewhere")
    assert b"North" in delivered(PostgresSource(shop.session()), totals)[0]


def test_a_path_that_is_needed_for_a_table_stops_the_export_too(shop: Warehouse) -> None:
    """Nobody's file changes its table in silence when the path of a role no longer counts."""
    shop.run("CREATE TABLE elsewhere.only_there AS SELECT * FROM purchases")
    shop.scalar(f"ALTER ROLE {ROLE} SET search_path = elsewhere, public")
    there = compiled(catalogue("postgres", sql="SELECT * FROM only_there"), ROWS)
    with pytest.raises(TerminalError, match="names only_there without a schema"):
        delivered(PostgresSource(shop.session()), there)
    named = compiled(catalogue("postgres", sql="SELECT * FROM elsewhere.only_there"), ROWS)
    assert delivered(PostgresSource(shop.session()), named)[0].count(b"\r\n") == 3


def test_an_unordered_export_begins_at_the_first_row_although_another_scan_is_on_its_way(shop: Warehouse) -> None:
    shop.run(
        "DROP TABLE IF EXISTS large",
        "CREATE TABLE large AS SELECT i, repeat('x', 100) AS filler FROM generate_series(1, 300000) i",
        "ANALYZE large",
    )
    shared_buffers = shop.scalar("SELECT setting::int FROM pg_settings WHERE name = 'shared_buffers'")
    pages = shop.scalar("SELECT relpages FROM pg_class WHERE oid = 'large'::regclass", ROLE)
    assert pages > shared_buffers / 4, "a smaller table is always scanned from its first page"
    unordered = CompiledExport(
        **{**vars(export("SELECT i FROM large", "i")), "is_ordered": False, "columns": (Column("i", "integer"),)}
    )
    firsts = set()
    for _ in range(3):
        other = shop.session()
        with other.cursor("walker") as walker:
            walker.execute("SELECT filler FROM large")
            walker.fetchmany(100_000)
            sink = io.BytesIO()
            extract_by_copy(shop.session(), unordered, FileOptions(), sink, ReadOptions("UTC", "t", 60))
            firsts.add(sink.getvalue()[:18])
    assert firsts == {b"i\r\n1\r\n2\r\n3\r\n4\r\n5\r\n"}


def test_sums_of_floating_point_numbers_come_from_one_plan(shop: Warehouse) -> None:
    """Their last digits depend on the order in which they are added, and that on the plan and on who works along."""
    shop.run(
        "ALTER TABLE purchases ALTER amount TYPE float8",
        "INSERT INTO purchases SELECT i, i % 2 + 1, '2024-01-01 12:00:00Z', '2024-01-01', i * 0.1 / 7 * (-1) ^ i, 0, "
        "'', '2024-01-01' FROM generate_series(3, 200000) i",
        "ANALYZE purchases",
    )
    totals = compiled(catalogue("postgres"), TOTALS)
    expected = delivered(PostgresSource(shop.session()), totals)[0]
    for setting in ("min_parallel_table_scan_size = 0", "enable_hashagg = off", "parallel_setup_cost = 0"):
        shop.scalar(f"ALTER ROLE {ROLE} SET {setting}")
        shop.scalar(f"ALTER ROLE {ROLE} SET parallel_tuple_cost = 0")
        for _ in range(3):
            assert delivered(PostgresSource(shop.session()), totals)[0] == expected, setting


def test_a_session_that_reads_over_damaged_pages_is_not_used(
    shop: Warehouse, csv_of: Callable[..., tuple[bytes, Any]]
) -> None:
    shop.scalar(f"ALTER ROLE {ROLE} SET zero_damaged_pages = on")
    with pytest.raises(TerminalError, match="zero_damaged_pages is on for the database user, so rows on damaged pages"):
        csv_of("SELECT 1 AS a")
