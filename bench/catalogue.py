"""Measure a catalogue of 200 KPIs, 60 dimensions and 4 facts: read, check, compile, check against a real PostgreSQL.

``python -m bench.catalogue``. The tables are empty: this measures the planning of every pair, not the reading.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY)]

import psycopg  # noqa: E402

from demo.postgres import Postgres  # noqa: E402
from export_jobs.catalogue_check.check import check_tables  # noqa: E402
from export_jobs.catalogue_check.session import PostgresSession  # noqa: E402
from export_jobs.core.catalogue.catalogue import Catalogue  # noqa: E402
from export_jobs.core.catalogue.files import load_catalogue  # noqa: E402
from export_jobs.core.definitions.job import ExportJob  # noqa: E402
from export_jobs.core.sql.compiler import compile_export  # noqa: E402
from export_jobs.core.validation.catalogue import validate_catalogue  # noqa: E402
from export_jobs.core.validation.catalogue_rules import sql  # noqa: E402
from export_jobs.core.windows.window import Window, day_start  # noqa: E402

FACTS, KPIS, DIMENSIONS, ROUNDS = 4, 200, 60, 3
DAYS = (date(2024, 1, 1), date(2024, 1, 2))
KINDS = (
    "sum(amount_{n})",
    "count(DISTINCT buyer_id)",
    "sum(amount_{n}) / nullif(count(*), 0)",
    "sum(CASE WHEN is_gift THEN -amount_{n} ELSE amount_{n} END)",
)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="export-jobs-bench-") as folder:
        root = Path(folder)
        root.chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
        catalogue = root / "catalogue"
        write(catalogue)
        with Postgres(root / "postgres") as server:
            dsn = server.dsn("warehouse", "warehouse_owner")
            with psycopg.connect(**dsn, autocommit=True) as session:
                session.execute(ddl().encode())
            report(catalogue, dsn)


def report(folder: Path, dsn: dict[str, Any]) -> None:
    catalogue = load_catalogue(folder)
    counted = (len(catalogue.facts), len(catalogue.kpis), len(catalogue.dimensions))
    issues = validate_catalogue(catalogue)
    if counted != (FACTS, KPIS, DIMENSIONS) or issues:
        raise SystemExit(f"{counted} and {len(issues)} issues, first {issues[:1]}; nothing was measured")
    asked = live(catalogue, dsn)
    base = median_ms(lambda: load_catalogue(folder))
    print(f"{KPIS} KPIs by {DIMENSIONS} dimensions over {FACTS} facts, median of {ROUNDS}; 1.00 = the files read")
    show("all files read", base, base)
    show("every rule", median_ms(lambda: rules(catalogue)), base)
    show("one job compiled: 10 KPIs by 5 dimensions", median_ms(lambda: compiled(catalogue)), base)
    show(f"held against PostgreSQL in {asked} questions", median_ms(lambda: live(catalogue, dsn)), base)


def rules(catalogue: Catalogue) -> None:
    """Clear sqlglot's cache: a command starts without one."""
    sql.parse_query.cache_clear()
    sql.parse_expression.cache_clear()
    validate_catalogue(Catalogue(catalogue.facts, catalogue.kpis, catalogue.dimensions))


def compiled(catalogue: Catalogue) -> None:
    kpis = [key for key, kpi in catalogue.kpis.items() if kpi.fact == "fact_0"][:10]
    template = {"name": "t", "kind": "custom", "kpis": kpis, "dimensions": catalogue.dimensions_of("fact_0")[:5]}
    job = {
        "name": "bench",
        "owner": "owner@example.com",
        "destination": "partner",
        "schedule": {"frequency": "daily", "from": "2024-01-01", "until": "2024-12-31"},
        "templates": [{"template": "t"}],
        "template_definitions": [template],
        "job_id": 1,
        "version": 1,
        "dag_id": "bench",
    }
    window = Window(*(day_start(day, "UTC") for day in DAYS))
    compile_export(ExportJob.model_validate(job), "t", catalogue, window)


def live(catalogue: Catalogue, dsn: dict[str, Any]) -> int:
    session = PostgresSession(psycopg.connect(**dsn))
    tables = [*catalogue.facts.values(), *catalogue.dimensions.values()]
    checked = check_tables(session, tables, catalogue)
    session.close()
    if checked.issues:
        raise SystemExit(f"{len(checked.issues)} issues, first {checked.issues[0]}; nothing was measured")
    return checked.questions


def write(folder: Path) -> None:
    for name in ("facts", "kpis", "dimensions"):
        (folder / name).mkdir(parents=True)
    measures = "".join(f"  amount_{n}: {{type: number, decimals: 2}}\n" for n in range(10))
    keys = "".join(f"  dim_{n}_id: integer\n" for n in range(DIMENSIONS // 2))
    for number in range(FACTS):
        header = (
            f"title: Fact {number}\nconnection: warehouse\nevent_date: {{column: happened_at}}\norder_by: [id]\n"
            f"columns:\n  id: integer\n  buyer_id: text\n  is_gift: boolean\n  happened_at: timestamptz\n{keys}"
            f"measures:\n{measures}"
        )
        (folder / "facts" / f"fact_{number}.sql").write_text(f"/*\n{header}*/\nSELECT * FROM fact_{number}\n")
    for number in range(KPIS):
        text = KINDS[number % len(KINDS)].format(n=number % 10)
        additive = number % len(KINDS) in {0, 3}
        header = f"title: KPI {number}\nfact: fact_{number % FACTS}\nadditive: {str(additive).lower()}\n"
        (folder / "kpis" / f"kpi_{number}.sql").write_text(f"/*\n{header}*/\n{text}\n")
    for number in range(DIMENSIONS):
        # The second half is two hops away, through the first.
        near = number % (DIMENSIONS // 2)
        by = f"dim_{near}_id" if number == near else f"dim_{near}.parent_id"
        facts = "".join(f"  fact_{fact}: {by}\n" for fact in range(FACTS))
        header = f"title: Dimension {number}\nconnection: warehouse\nid: id\nlabel: name\nfacts:\n{facts}"
        columns = "columns: {id: integer, name: text, parent_id: integer}\n"
        (folder / "dimensions" / f"dim_{number}.sql").write_text(
            f"/*\n{header}{columns}*/\nSELECT id, name, parent_id FROM dim_{number}\n"
        )


def ddl() -> str:
    keys = ", ".join(f"dim_{n}_id integer" for n in range(DIMENSIONS // 2))
    amounts = ", ".join(f"amount_{n} numeric" for n in range(10))
    fact = f"(id bigint, buyer_id text, is_gift boolean, happened_at timestamptz, {keys}, {amounts})"
    facts = [f"CREATE TABLE fact_{n} {fact}" for n in range(FACTS)]
    return "; ".join(
        [*facts, *(f"CREATE TABLE dim_{n} (id integer, name text, parent_id integer)" for n in range(DIMENSIONS))]
    )


def median_ms(run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


def show(name: str, milliseconds: float, base: float) -> None:
    print(f"  {name:<58} {milliseconds:9.1f} ms  {milliseconds / base:6.3f}", flush=True)


if __name__ == "__main__":
    main()
