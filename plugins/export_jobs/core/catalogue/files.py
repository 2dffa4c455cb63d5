"""Load a ``Catalogue`` from a folder of reviewed files, with file and line of everything that cannot be read.

A file's name is the key. It starts with one ``/* … */`` comment that contains metadata as YAML; the SQL follows:
a query for a fact or a dimension, an aggregate expression over the fact's columns for a KPI. ``{{ name }}`` in a file
stands for a value of ``variables.yaml`` beside the folders, so that one catalogue serves several environments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2
import jinja2.sandbox

from export_jobs.core.base.issue import Issue
from export_jobs.core.base.shape import parse_shape
from export_jobs.core.base.text import suggest
from export_jobs.core.base.yaml_file import YamlError, YamlFile, parse_yaml, read_yaml
from export_jobs.core.catalogue.catalogue import Catalogue, Dimension, Entry, Fact, Kpi
from export_jobs.errors import UserError

VARIABLES = "variables.yaml"
_SET_BY_LOADER = ("key", "sql", "file", "line", "lines")


class _FileError(Exception):
    """Why a file cannot be read, with the line if it is known."""

    def __init__(self, what: str, remedy: str, line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.remedy, self.line = what, remedy, line


def load_catalogue(folder: Path, variables: Mapping[str, str] | None = None) -> Catalogue:
    """Read every ``.sql`` file below ``facts/``, ``kpis/`` and ``dimensions/`` of ``folder``.

    ``variables`` override those of ``variables.yaml``. A broken file becomes an issue and does not affect the others.
    Raises ``UserError`` when there is no such folder.
    """
    if not folder.is_dir():
        raise UserError(
            f"There is no catalogue folder {folder}",
            "Set EXPORT_JOBS_CATALOGUE to the folder that contains facts/, kpis/ and dimensions/",
        )
    reader = _Reader(folder, [])
    reader.variables = {**reader.read_variables(), **(variables or {})}
    facts = dict(reader.read_entries("facts", Fact))
    kpis = dict(reader.read_entries("kpis", Kpi))
    dimensions = dict(reader.read_entries("dimensions", Dimension))
    return Catalogue(facts, kpis, dimensions, tuple(reader.issues))


@dataclass
class _Reader:
    folder: Path
    issues: list[Issue]
    variables: Mapping[str, object] | None = None

    def read_variables(self) -> dict[str, object]:
        path = self.folder / VARIABLES
        if not path.is_file():
            return {}
        try:
            return {str(key): value for key, value in read_yaml(path).data.items()}
        except YamlError as error:
            place = f"{VARIABLES}:{error.line}" if error.line else VARIABLES
            self.issues.append(Issue(place, error.detail, "Write it as name: value lines"))
            return {}

    def read_entries(self, folder: str, kind: type[Entry]) -> Iterator[tuple[str, Entry]]:
        """Yield the readable files of one folder, by key."""
        for path in sorted((self.folder / folder).glob("*.sql")):
            place = f"{folder}/{path.name}"
            try:
                header, sql, line = self._split_file(path, place)
                yield from self._read_entry(place, kind, header, {"key": path.stem, "sql": sql, "line": line})
            except _FileError as error:
                where = f"{place}:{error.line}" if error.line else place
                self.issues.append(Issue(where, error.what, error.remedy))

    def _read_entry(
        self, place: str, kind: type[Entry], header: YamlFile, kept: dict[str, object]
    ) -> Iterator[tuple[str, Entry]]:
        for name in _SET_BY_LOADER:
            if name in header.data:
                line = header.line(name)
                what = f"there is no key {name!r} in a header"
                raise _FileError(what, "Remove it; the file's name is the key and the SQL follows below", line)
        parsed = parse_shape(kind, {**header.data, **kept, "file": place})
        for issue in parsed.issues:
            where = f"{place}:{header.line(issue.path) or 1}: {issue.path}"
            self.issues.append(Issue(where, issue.what, issue.remedy))
        if parsed.value is not None and not parsed.issues:
            yield str(kept["key"]), parsed.value.model_copy(update={"lines": header.lines})

    def _split_file(self, path: Path, place: str) -> tuple[YamlFile, str, int]:
        """Return header and SQL of one file, and the line on which the SQL begins."""
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _FileError("this is not UTF-8 text", "Save the file as UTF-8") from error
        except OSError as error:
            raise _FileError(f"this cannot be read: {error.strerror}", "Check that it is a readable file") from error
        text = self._render(text)
        opening, _, rest = text.partition("/*")
        comment, closing, sql = rest.partition("*/")
        remedy = "Start the file with one /* … */ comment that contains YAML, then write the SQL"
        if opening.strip() or not closing:
            raise _FileError("the file does not start with a /* … */ header", remedy)
        try:
            header = parse_yaml(("\n" * opening.count("\n") + comment).encode(), place)
        except YamlError as error:  # its own remedy is about definition files
            raise _FileError(error.detail, remedy, error.line) from error
        if not sql.strip():
            raise _FileError("there is no SQL below the header", remedy)
        line = (opening + comment).count("\n") + 1 + sql[: len(sql) - len(sql.lstrip())].count("\n")
        return header, sql.strip().rstrip(";").rstrip(), line

    def _render(self, text: str) -> str:
        """Replace the variables in a text; most files have none and stay as they are."""
        if "{{" not in text and "{%" not in text:
            return text
        names = self.variables or {}
        try:
            return _JINJA.from_string(text).render(names)
        except jinja2.UndefinedError as error:
            name = str(error).split("'")[1] if "'" in str(error) else ""
            remedy = suggest(name, names, none=f"Add it to {VARIABLES} beside facts/")
            raise _FileError(f"the variable {name!r} has no value", remedy) from error
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            raise _FileError(f"the Jinja of this file is invalid: {error}", "Correct it", line) from error


_JINJA = jinja2.sandbox.SandboxedEnvironment(
    undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True
)
