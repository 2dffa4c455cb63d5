"""The result of the compiler: the statement, its bound values, its columns and its preconditions."""

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
"""Values by placeholder. A list is bound as a whole in PostgreSQL (``= ANY``) and never occurs in other dialects."""


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading, the type of its cells, and the number of decimals.

    ``cell_format``: how its cells are written. ``width`` and ``align`` are for fixed-width files; None: by the type.
    ``is_personal``: its cells are personal data, so none of them is shown outside the file.
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
    """Something that must be true of the data, otherwise the export is wrong: ``sql`` returns a row if it is not.

    In ``sql``, as in an export's own, ``%%`` is a ``%``; it has no bound values.

    ``what`` says what is then wrong and ``remedy`` what to do next; nothing is delivered.
    """

    sql: str
    what: str
    remedy: str


@dataclass(frozen=True)
class CompiledExport:
    """A statement ready to run read-only: ``sql`` in ``dialect`` with ``%(name)s`` placeholders (``%%`` is a ``%``).

    The statement's own column names are those of the catalogue; ``columns`` (same order) has the headings. In the
    dialect ``postgres`` the cells are finished text, ready for ``COPY``. In every other dialect the writer rounds and
    formats values, and escapes formulas.

    ``sources`` check what the statement depends on, ``unqualified_tables`` are tables without a schema. ``is_ordered``:
    the statement defines the order of the rows.
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
    unqualified_tables: tuple[str, ...] = field(default=())
    is_ordered: bool = True
