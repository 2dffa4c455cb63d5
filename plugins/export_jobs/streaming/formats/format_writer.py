"""The writer of each format. Libraries are loaded only by the tasks that need them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import cast

from export_jobs.core.definitions.cell_format import FileFormat
from export_jobs.errors import TerminalError
from export_jobs.streaming.base.sink import ByteSink
from export_jobs.streaming.formats.staged_table import StagedTable

FormatWriter = Callable[[StagedTable, ByteSink], int]

_LIBRARIES: dict[FileFormat, tuple[str, str]] = {
    "parquet": ("pyarrow", "pyarrow"),
    "xlsx": ("xlsxwriter", "XlsxWriter"),
}
"""The module, and the name of its package."""


def format_writer(name: FileFormat) -> FormatWriter:
    """Return the function that writes rows in the format ``name``, which is not CSV, and returns their number.

    Raises ``TerminalError`` if its library is not installed.
    """
    require_library(name)
    module = import_module(f"export_jobs.streaming.formats.{name}")
    return cast("FormatWriter", getattr(module, f"write_{name}"))


def library_version(name: FileFormat) -> str:
    """Return the version of the library that writes the format ``name``; "" if this package itself writes it."""
    return version(_LIBRARIES[name][1]) if name in _LIBRARIES else ""


def require_library(name: FileFormat) -> None:
    """Raise ``TerminalError`` if the library for the format ``name`` is not installed."""
    if name not in _LIBRARIES:
        return
    module, package = _LIBRARIES[name]
    try:
        import_module(module)
    except ImportError:
        raise TerminalError(
            f"The format {name} needs the Python package {package}, which is not installed on this worker",
            f"Install airflow-export-jobs[{name}] on every worker, then clear this task",
        ) from None
