"""What a statement depends on: columns of facts and dimensions with their types, and tables without a schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from export_jobs.core.catalogue.catalogue import ColumnType, Fact, Kpi, Table
from export_jobs.core.sql.text import indent_sql


@dataclass(frozen=True)
class SourceQuery:
    """A query about what a statement reads: ``sql`` returns no row, but the columns of ``declared`` with these types.

    ``key``: that of the fact, or ``dimension`` and its key. ``is_kpis``: the columns are KPIs, computed over the fact.
    """

    key: str
    sql: str
    declared: Mapping[str, ColumnType]
    is_kpis: bool = False


@dataclass
class Dependencies:
    """What one statement depends on, collected while it is compiled."""

    tables: dict[tuple[type[Table], str], tuple[Table, dict[str, ColumnType]]] = field(default_factory=dict)
    kpis: dict[str, tuple[Fact, dict[str, Kpi]]] = field(default_factory=dict)

    def add_column(self, table: Table, name: str) -> None:
        """Add a column of a table, and the columns that a custom field is computed from."""
        declared = table.fields.get(name)
        if declared is None:
            return
        _, columns = self.tables.setdefault((type(table), table.key), (table, {}))
        columns[name] = declared.type
        if declared.sql:
            self._add_named(table, declared.sql)

    def add_kpi(self, fact: Fact, kpi: Kpi) -> None:
        """Add a KPI, and the columns that it is computed from."""
        self.kpis.setdefault(fact.key, (fact, {}))[1][kpi.key] = kpi
        self._add_named(fact, kpi.sql)

    def queries(self) -> tuple[SourceQuery, ...]:
        """Return a query about each table, and one about the KPIs of each fact."""
        found = [
            SourceQuery(_called(table), _no_row("source.*", table), columns) for table, columns in self.tables.values()
        ]
        for fact, kpis in self.kpis.values():
            listed = ",\n".join(f"{kpi.sql} AS {_quoted(key, fact.dialect)}" for key, kpi in kpis.items())
            declared = {key: kpi.type for key, kpi in kpis.items()}
            found.append(SourceQuery(fact.key, _no_row(listed, fact), declared, is_kpis=True))
        return tuple(found)

    def unqualified_tables(self) -> tuple[str, ...]:
        """Return the tables that the catalogue's SQL names without a schema, as written there."""
        found = [name for table, _ in self.tables.values() for name in _unqualified_tables(table.sql, table.dialect)]
        return tuple(dict.fromkeys(found))

    def _add_named(self, table: Table, sql: str) -> None:
        own = {name_as_stored(exp.to_identifier(name, quoted=True), table.dialect): name for name in table.fields}
        for name in _named_columns(sql, table.dialect):
            if name in own and own[name] not in self._columns_of(table):
                self.add_column(table, own[name])

    def _columns_of(self, table: Table) -> Mapping[str, ColumnType]:
        return self.tables.get((type(table), table.key), (table, {}))[1]


def name_as_stored(identifier: exp.Identifier, dialect: str) -> str:
    """Apply the dialect's rule for capitals to a name."""
    return str(Dialect.get_or_raise(dialect).normalize_identifier(identifier.copy()).this)


def table_source(table: Table) -> str:
    """Return the table's query with its custom fields, as in the catalogue."""
    fields = table.custom_fields if isinstance(table, Fact) else {}
    if not fields:
        return table.sql
    extra = "".join(f"\n    , {one.sql} AS {_quoted(name, table.dialect)}" for name, one in fields.items())
    return f"SELECT source.*{extra}\nFROM (\n{indent_sql(table.sql, 4)}\n) AS source"


def _called(table: Table) -> str:
    return table.key if isinstance(table, Fact) else f"dimension {table.key}"


def _no_row(expressions: str, table: Table) -> str:
    return f"SELECT {expressions} FROM (\n{table_source(table)}\n) AS source WHERE 1 = 0"  # noqa: S608


def _quoted(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect)


@lru_cache(maxsize=4096)
def _named_columns(sql: str, dialect: str) -> tuple[str, ...]:
    return tuple(
        name_as_stored(column.this, dialect)
        for tree in _trees(f"SELECT\n{sql}", dialect)
        for column in tree.find_all(exp.Column)
        if isinstance(column.this, exp.Identifier)
    )


@lru_cache(maxsize=4096)
def _unqualified_tables(sql: str, dialect: str) -> tuple[str, ...]:
    names = []
    for tree in _trees(sql, dialect):
        within = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        names += [
            table.this.sql(dialect)
            for table in tree.find_all(exp.Table)
            if isinstance(table.this, exp.Identifier) and not table.db and table.name.lower() not in within
        ]
    return tuple(names)


def _trees(sql: str, dialect: str) -> Iterator[exp.Expr]:
    """Yield what sqlglot can parse of ``sql``; the database checks the rest."""
    try:
        found = sqlglot.parse(sql, read=dialect)
    except (SqlglotError, RecursionError, IndexError):
        return
    yield from (tree for tree in found if tree is not None)
