"""The catalogue: facts, KPIs and dimensions as reviewed files, read from a folder into frozen objects.

A file's name is the key. It starts with one ``/* … */`` comment that holds its metadata as YAML; the SQL follows:
a query for a fact or a dimension, an aggregate expression over the fact's columns for a KPI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError

from export_jobs.core.issue import Issue
from export_jobs.core.job import DateBasis, Frozen
from export_jobs.errors import UserError

ColumnType = Literal["text", "integer", "number", "date", "timestamp", "boolean"]


class DateColumn(Frozen):
    """A column that a window can bound. ``time_zone`` is that of a ``timestamp`` column; UTC when it is not said."""

    column: str
    type: Literal["timestamptz", "timestamp", "date"] = "timestamptz"
    time_zone: str | None = None


class Fact(Frozen):
    """An event table, one row an event. ``sql`` is a query that yields every column named in ``columns``."""

    title: str
    description: str = ""
    connection: str
    event_date: DateColumn
    updated_at: DateColumn | None = None
    columns: dict[str, ColumnType]
    order_by: tuple[str, ...] = ()
    key: str
    sql: str

    def date_column(self, basis: DateBasis) -> DateColumn | None:
        """The column that ``basis`` bounds; None when this fact has none."""
        return {DateBasis.EVENT: self.event_date, DateBasis.UPDATED: self.updated_at}.get(basis)


class Kpi(Frozen):
    """An aggregate over one fact. ``sql`` is an expression over the fact's columns, such as ``sum(amount)``."""

    title: str
    description: str = ""
    fact: str
    additive: bool = True
    unit: str = ""
    decimals: Annotated[int | None, Field(ge=0, le=10)] = None
    key: str
    sql: str


class Dimension(Frozen):
    """What KPIs are grouped by. ``facts`` says by which of its columns each fact reaches the dimension's ``id``."""

    title: str
    description: str = ""
    connection: str
    id: str
    label: str
    columns: dict[str, ColumnType]
    facts: dict[str, str] = Field(default_factory=dict)
    exportable: bool = False
    key: str
    sql: str


Entry = TypeVar("Entry", Fact, Kpi, Dimension)


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be exported, by key, and what was wrong with files that could not be read."""

    facts: dict[str, Fact] = field(default_factory=dict)
    kpis: dict[str, Kpi] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()

    def dimensions_of(self, fact: str) -> list[str]:
        """Keys of the dimensions that the fact ``fact`` reaches, in alphabetical order."""
        return sorted(key for key, dimension in self.dimensions.items() if fact in dimension.facts)


def load_catalogue(folder: Path) -> Catalogue:
    """Read every ``.sql`` file below ``facts/``, ``kpis/`` and ``dimensions/`` of ``folder``.

    A broken file becomes an issue naming it and harms no other. Raises ``UserError`` when there is no such folder.
    """
    if not folder.is_dir():
        raise UserError(
            f"There is no catalogue folder {folder}. Point EXPORT_JOBS_CATALOGUE at the folder that holds "
            "facts/, kpis/ and dimensions/."
        )
    issues: list[Issue] = []
    facts = dict(_read_all(folder / "facts", Fact, issues))
    kpis = dict(_read_all(folder / "kpis", Kpi, issues))
    dimensions = dict(_read_all(folder / "dimensions", Dimension, issues))
    return Catalogue(facts, kpis, dimensions, tuple(issues))


def _read_all(folder: Path, kind: type[Entry], issues: list[Issue]) -> Iterator[tuple[str, Entry]]:
    for path in sorted(folder.glob("*.sql")):
        place = f"{folder.name}/{path.name}"
        try:
            header, sql = _split(path.read_text(encoding="utf-8"))
            yield path.stem, kind.model_validate({**header, "key": path.stem, "sql": sql})
        except ValidationError as error:
            for detail in error.errors():
                where = ".".join(str(part) for part in detail["loc"])
                issues.append(Issue(f"{place}: {where}", detail["msg"], "Correct this entry of the file's header"))
        except (ValueError, yaml.YAMLError) as error:
            issues.append(Issue(place, str(error), "Start the file with one /* … */ comment holding YAML, then SQL"))


def _split(text: str) -> tuple[dict[str, object], str]:
    """Header and SQL of one file; raises ``ValueError`` with a sentence when it has no header."""
    opening, _, rest = text.partition("/*")
    comment, closing, sql = rest.partition("*/")
    if opening.strip() or not closing:
        raise ValueError("the file does not start with a /* … */ header")
    header = yaml.safe_load(comment)
    if not isinstance(header, dict):
        raise ValueError("the header is not a YAML mapping")  # noqa: TRY004  a finding about the text, caught above
    if not sql.strip():
        raise ValueError("there is no SQL below the header")
    return header, sql.strip().rstrip(";").rstrip()
