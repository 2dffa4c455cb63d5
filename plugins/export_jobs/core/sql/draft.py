"""One statement while it is compiled: its definition, resolved with the catalogue, and the values bound so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from export_jobs.core.catalogue.catalogue import Catalogue, ColumnType, Fact, Table
from export_jobs.core.catalogue.selection import (
    ResolvedColumn,
    chosen_columns,
    resolve_column,
    resolve_group,
    tables_of,
)
from export_jobs.core.definitions.cell_format import AS_STORED, TEXT_FORMATS, column_format
from export_jobs.core.definitions.column_use import ColumnUse
from export_jobs.core.definitions.job import (
    DateBasis,
    ExportJob,
    FileOptions,
    Template,
    TemplateUse,
)
from export_jobs.core.sql.cell import cell_sql
from export_jobs.core.sql.compiled import Column, Precondition
from export_jobs.core.sql.predicate import Conditions
from export_jobs.core.sql.sources import Dependencies
from export_jobs.core.windows.window import Window
from export_jobs.errors import UserError


@dataclass
class StatementDraft:
    """State that the parts of the compiler share. ``tables``: the facts that the template reads, or its dimension."""

    job: ExportJob
    template: Template
    use: TemplateUse
    catalogue: Catalogue
    window: Window
    basis: DateBasis
    tables: Sequence[Table]
    preconditions: dict[str, Precondition] = field(default_factory=dict)
    dependencies: Dependencies = field(default_factory=Dependencies)

    @classmethod
    def of(
        cls, job: ExportJob, template_name: str, catalogue: Catalogue, window: Window, basis: DateBasis
    ) -> StatementDraft:
        """Start a statement. Raises ``UserError`` when the catalogue does not have what the template reads."""
        template, use = job.template(template_name), job.use(template_name)
        tables = tables_of(template, catalogue)
        named = (template.fact,) if template.fact else template.kpis or template.dimensions
        known = {**catalogue.kpis, **catalogue.facts, **catalogue.dimensions}
        missing = [name for name in named if name not in known and name.partition(".")[0] not in known]
        facts = [catalogue.kpis[key].fact for key in template.kpis if key in catalogue.kpis]
        missing += [fact for fact in facts if fact not in catalogue.facts]
        if missing or not tables:
            raise _missing_error(job.name, template_name, (missing or [template.fact or template_name])[0])
        return cls(job, template, use, catalogue, window, basis, tables)

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.dialect, self.time_zone)

    @property
    def dialect(self) -> str:
        """The dialect of every table that is read."""
        return self.tables[0].dialect

    @property
    def time_zone(self) -> str:
        """The job's time zone, an IANA name."""
        return self.job.schedule.time_zone

    @property
    def options(self) -> FileOptions:
        """How the file is written."""
        return self.job.file

    @property
    def columns(self) -> Sequence[ColumnUse]:
        """The columns of the file, in order."""
        return chosen_columns(self.template, self.use, self.catalogue)

    def cell(self, expression: str, column: Column) -> str:
        """Return the SQL of a finished cell of ``column``."""
        return cell_sql(
            expression,
            column.type,
            column.decimals,
            self.options,
            self.dialect,
            cell_format=column.cell_format,
            bind=self._bind_format_text,
        )

    def column(self, reference: str, kind: ColumnType, decimals: int | None) -> Column:
        """Return the column ``reference`` of the file, as this job writes it; its name is still the reference."""
        use = next((use for use in self.use.columns if use.column == reference), ColumnUse(column=reference))
        # Other formats have one way of writing each value, which they derive from PostgreSQL's.
        is_text = self.options.format in TEXT_FORMATS
        cell_format = column_format(kind, decimals, self.options, use) if is_text else AS_STORED
        return Column(reference, kind, decimals, cell_format, use.width, use.align)

    def _bind_format_text(self, text: str) -> str:
        """Return a placeholder for ``text``, always the same one."""
        known = {value: name for name, value in self.conditions.parameters.items() if name.startswith("spelling_")}
        return self.conditions.bind(known.get(text, f"spelling_{len(known) + 1}"), text)

    def resolve(self, reference: str, table: Table) -> ResolvedColumn:
        """Return the column of a reference for ``table``; raises ``UserError`` when there is none."""
        return self._require(resolve_column(reference, table, self.catalogue), reference)

    def resolve_dimension(self, reference: str, fact: Fact) -> ResolvedColumn:
        """Return the column of a reference among the dimensions of a custom template, or raise ``UserError``."""
        return self._require(resolve_group(reference, fact, self.catalogue), reference)

    def _require(self, resolved: ResolvedColumn | None, reference: str) -> ResolvedColumn:
        if resolved is None:
            raise _missing_error(self.job.name, self.template.name, reference)
        return resolved


def _missing_error(job: str, template: str, name: str) -> UserError:
    return UserError(
        f"Job {job!r}, template {template!r}: the catalogue has no {name!r} that this template reaches",
        "Run `export-jobs validate` for the whole list, then restore the catalogue file or create a new template",
    )
