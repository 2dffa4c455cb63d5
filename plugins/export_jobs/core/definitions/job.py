"""The definition of an export job: immutable, with strict checks of its shape.

Pydantic checks the shape here (names of keys, types). :mod:`export_jobs.core.validation.definitions` checks the meaning
(the zone exists, the KPI is known), so that one call can report both at the same time.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.definitions.cell_format import PACKED_FORMATS, CellFormat, FileFormat
from export_jobs.core.definitions.column_use import ColumnUse, column_use
from export_jobs.core.definitions.destination import DestinationOptions, DestinationPlace
from export_jobs.core.definitions.filter import Filter, canonical_texts
from export_jobs.core.definitions.key import KeySpec
from export_jobs.core.definitions.presets import PresetKey, with_preset

MAX_FILE_BYTES = 20 * 1024**3
MAX_DELIVER_AFTER_DAYS = 92
"""A quarter: any later, and the next one is over."""


class Frequency(StrEnum):
    """How often a job delivers."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class DateBasis(StrEnum):
    """The date of a fact that a window selects by: when it happened, or when the row last changed."""

    EVENT = "event"
    UPDATED = "updated"
    NONE = "none"


class TemplateKind(StrEnum):
    """What one file contains: rows of a fact, KPIs by dimensions, or a whole dimension table."""

    STANDARD = "standard"
    CUSTOM = "custom"
    DIMENSION = "dimension"


def default_basis(kind: TemplateKind) -> DateBasis:
    """Return the date basis when the job sets none: none for a dimension, otherwise the event date."""
    return DateBasis.NONE if kind is TemplateKind.DIMENSION else DateBasis.EVENT


class EmptyResult(StrEnum):
    """What to do with a window without rows: send a header-only file, skip the file, or fail the run."""

    SEND = "send"
    SKIP = "skip"
    FAIL = "fail"


class ShapeChange(StrEnum):
    """What to do when the columns of the source have changed: read nothing, or warn and continue."""

    FAIL = "fail"
    WARN = "warn"


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _day_name(value: object) -> object:
    """Convert execute-on to one spelling: YAML writes it as ``31`` or ``Sunday``, the table has text."""
    if isinstance(value, bool) or not isinstance(value, int):
        return _lower(value)
    return str(value)


_CLOCK_SCHEMA = {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?$", "examples": ["02:00"]}
"""A local time has no offset, but the ``time`` of JSON Schema requires one."""


class Schedule(Frozen):
    """When a job delivers which days of data. Dates are whole days in ``time_zone``, both ends inclusive.

    ``execute_on`` names the last day of data: a weekday for weekly, ``1``..``31`` or ``last`` for monthly. A quarter
    ends with March, June, September and December. Delivery is ``deliver_after_days`` days after the last day of data:
    1 is the day after; more days wait until the books are closed. ``deliver_on`` is for ``once`` only. The store sets
    ``anchor``: the instant up to which earlier schedules of this job had windows, so that an edited schedule continues
    exactly there.
    """

    frequency: Annotated[Frequency, BeforeValidator(_lower)]
    execute_on: Annotated[str | None, BeforeValidator(_day_name)] = None
    valid_from: date = Field(alias="from")
    valid_until: date = Field(alias="until")
    deliver_at: Annotated[time, WithJsonSchema(_CLOCK_SCHEMA)] = time(2, 0)
    deliver_on: date | None = None
    deliver_after_days: int = 1
    time_zone: str = "UTC"
    anchor: datetime | None = None


Compression = Literal["zip", "gzip", "zstd", "none"]
Encoding = Literal["utf-8", "utf-16", "iso-8859-1", "windows-1252"]
Unencodable = Literal["fail", "replace", "transliterate"]

_OF_FIXED = {"header": False, "line_breaks": "blank"}


class FileEncryption(Frozen):
    """To whom a file is encrypted: ``keys`` are tags. ``sign`` names the Airflow connection with the team's key.

    ``armour``: as ASCII text, a third larger, for receivers whose programs need that.
    """

    keys: tuple[str, ...]
    sign: str | None = None
    armour: bool = False


class FileSplit(Frozen):
    """Where the rows of a template are split into parts: after ``rows`` rows, or before a part has more than ``bytes``.

    Exactly one of the two is set. Bytes are those of the part, with its header, before compression and encryption.
    """

    rows: int | None = None
    bytes: int | None = None


class FileOptions(CellFormat):
    """How the delivered file is written. Defaults: RFC 4180 CSV in UTF-8 with a header, zipped.

    ``delimiter``, ``quoting`` and ``escape_formulas`` are for CSV only; keys for text are for CSV and fixed width.
    ``unencodable``: what happens to a character that ``encoding`` does not have. ``preset`` is replaced by the keys
    that it sets; a preset for another format stays, and is refused. ``compression`` defaults to ``none`` for a format
    that is compressed inside; a fixed-width file has no header and no line breaks in cells by default. ``name`` is a
    pattern for the names of the templates' files, ``done_file`` one for a file that is sent last; see
    :mod:`export_jobs.core.files.name_pattern`. ``manifest``: ``none`` sends none; ``manifest_folder``: below the
    destination's folder, empty: in it.
    ``shape_change``: what a run does when the source's columns differ from the catalogue or the last delivery.
    ``split``: each template is delivered as numbered parts, each a whole file.
    """

    format: Annotated[FileFormat, BeforeValidator(_lower)] = "csv"
    delimiter: str = ","
    quoting: Literal["minimal", "all"] = "minimal"
    header: bool = True
    null_text: str = ""
    bom: bool = False
    line_ending: Literal["lf", "crlf"] = "crlf"
    escape_formulas: bool = False
    encoding: Annotated[Encoding, BeforeValidator(_lower)] = "utf-8"
    unencodable: Annotated[Unencodable, BeforeValidator(_lower)] = "fail"
    line_breaks: Literal["keep", "blank"] = "keep"
    preset: PresetKey | None = None
    compression: Compression = "zip"
    empty_result: Annotated[EmptyResult, BeforeValidator(_lower)] = EmptyResult.SEND
    max_bytes: int = MAX_FILE_BYTES
    name: str | None = None
    done_file: str | None = None
    manifest: Annotated[Literal["beside", "none"], BeforeValidator(_lower)] = "beside"
    manifest_folder: str = ""
    shape_change: Annotated[ShapeChange, BeforeValidator(_lower)] = ShapeChange.FAIL
    encryption: FileEncryption | None = None
    split: FileSplit | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, data: Any) -> Any:
        """Add the keys that a preset sets and the defaults of a format; keys that are already there take precedence."""
        if not isinstance(data, dict):
            return data
        data = with_preset(data, _lower(data.get("format")))
        name = _lower(data.get("format"))
        own = {"compression": "none"} if name in PACKED_FORMATS else _OF_FIXED if name == "fixed" else {}
        return {**own, **data}


class Template(Frozen):
    """What one file contains. Its name is unique; it cannot be edited once created.

    ``standard``: ``fact`` and its ``columns`` (empty: all of the fact's own). ``custom``: ``kpis`` by ``dimensions``.
    ``dimension``: the table of the one dimension in ``dimensions``, whole; ``columns`` (empty: all).

    Columns and dimensions are references: ``amount`` is a column of the fact, ``store.region`` an attribute of the
    dimension ``store``; among ``dimensions``, ``store`` alone is its label and ``day`` a part of the event date.
    """

    name: str
    kind: Annotated[TemplateKind, BeforeValidator(_lower)]
    description: str = ""
    fact: str | None = None
    columns: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()


class TemplateUse(Frozen):
    """One template as a job uses it: where its file goes, by which date its window selects, which rows and columns.

    ``date_basis`` None means the kind's own default: event for standard and custom, none for dimension. ``columns``
    chooses, orders and renames columns of the template (empty: all, as they are); KPIs are not grouped by a dimension
    that is left out. ``audience`` has keys of customers, ``order_by`` references, with ``-`` before one for descending
    (empty: the order of the fact or of the dimensions).
    """

    template: str
    subfolder: str = ""
    date_basis: Annotated[DateBasis | None, BeforeValidator(_lower)] = None
    columns: tuple[Annotated[ColumnUse, BeforeValidator(column_use)], ...] = ()
    filters: tuple[Filter, ...] = ()
    audience: Annotated[tuple[str, ...], BeforeValidator(canonical_texts)] = ()
    order_by: tuple[str, ...] = ()


class JobSpec(Frozen):
    """A job as a person writes it, with the names of its templates and its destination, or of several ``destinations``.

    Each of several destinations gets the same files.
    """

    name: str
    description: str = ""
    owner: str
    destination: str | None = None
    destinations: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    enabled: bool = True
    schedule: Schedule
    templates: tuple[TemplateUse, ...]
    file: FileOptions = FileOptions()

    @property
    def destination_tags(self) -> tuple[str, ...]:
        """Every destination of the job, from either key; an invalid job may have none."""
        return self.destinations or ((self.destination,) if self.destination else ())


class ExportJob(JobSpec):
    """One version of a job as the store keeps it, with the definitions of its templates.

    ``templates`` says how each is used, ``template_definitions`` (same order) what each contains.
    """

    job_id: int
    version: int
    dag_id: str
    template_definitions: tuple[Template, ...]

    def template(self, name: str) -> Template:
        """Return the definition of the template ``name``; raises ``KeyError`` when this job does not use it."""
        return {template.name: template for template in self.template_definitions}[name]

    def use(self, name: str) -> TemplateUse:
        """Return how this job uses the template ``name``; raises ``KeyError`` when it does not."""
        return {use.template: use for use in self.templates}[name]


class DestinationSpec(DestinationOptions, DestinationPlace):
    """A destination as a person writes it: where files go and how they are delivered."""


class DefinitionFile(Frozen):
    """One YAML file of definitions, as ``export-jobs apply -f`` reads and ``dump`` writes it."""

    destinations: tuple[DestinationSpec, ...] = ()
    keys: tuple[KeySpec, ...] = ()
    templates: tuple[Template, ...] = ()
    jobs: tuple[JobSpec, ...] = ()
