"""What the compiler hands to whoever runs a query: the statement, its bound values, its columns, what must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from export_jobs.core.catalogue.catalogue import ColumnType
from export_jobs.core.catalogue.value import Scalar
from export_jobs.core.definitions.cell_format import AS_STORED, CellFormat
from export_jobs.core.definitions.column_use import Alignment
from export_jobs.core.definitions.job import DateBasis
from export_jobs.core.sql.sources import SourceQuery

Parameters = Mapping[str, Scalar | list[Scalar]]
"""Values by placeholder. A list is bound whole in PostgreSQL (``= ANY``) and never occurs in another dialect."""


@dataclass(frozen=True)
class Column:
    """One column of the file: the heading, the type its cells have, and to how many places numbers are rounded.

    ``cell_format``: how its cells are spelt. ``width`` and ``align`` are of files of fixed width; None: by the type.
    ``is_personal``: its cells tell of a person, so none of them is told outside of the file.
    """

    name: str
    type: ColumnType
    decimals: int | None = None
    cell_format: CellFormat = AS_STORED
    width: int | None = None
    align: Alignment | None = None
    is_personal: bool = False


@dataclass(frozen=True)
class Precondition:
    """Something that must hold in the data, or the export would be wrong: ``sql`` yields a row when it does not.

    In ``sql``, as in an export's own, ``%%`` is a ``%``; nothing is bound in it.

    ``what`` then says what is wrong and ``remedy`` what to do next; nothing is delivered.
    """

    sql: str
    what: str
    remedy: str


@dataclass(frozen=True)
class CompiledExport:
    """A statement ready to run read-only: ``sql`` in ``dialect`` with ``%(name)s`` placeholders (``%%`` is a ``%``).

    The statement's own column names are those of the catalogue; ``columns`` (same order) holds the headings. In the
    dialect ``postgres`` the cells are finished text, ready for ``COPY``; in every other one rounding, the spelling of
    values and the escaping of formulas are left to the writer.

    ``sources`` asks what the statement relies on, ``tables_named_alone`` are tables without a schema. ``is_ordered``:
    the order of the rows is said.
    """

    template: str
    connection: str
    dialect: str
    sql: str
    parameters: Parameters
    columns: tuple[Column, ...]
    date_basis: DateBasis
    preconditions: tuple[Precondition, ...] = field(default=())
    sources: tuple[SourceQuery, ...] = field(default=())
    tables_named_alone: tuple[str, ...] = field(default=())
    is_ordered: bool = True
