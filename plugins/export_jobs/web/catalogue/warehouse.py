"""The warehouse behind an export, for whoever looks at its rows from the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError, UserError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.web.airflow.tables import is_open_to_us

if TYPE_CHECKING:
    from export_jobs.streaming.source import Source


@contextmanager
def open_export_source(export: CompiledExport) -> Iterator[Source]:
    """The rows that ``export`` reads.

    Raises ``TerminalError`` (503) for a connection that is missing, does not fit or belongs to another team: the
    request is not at fault.
    """
    if not is_open_to_us(export.connection):
        what = f'The connection "{export.connection}" of this fact belongs to another team'
        raise TerminalError(what, "Name one of your team, or one of no team, in the catalogue")
    with ExitStack() as stack:
        try:
            source = stack.enter_context(open_source(export.connection, export.dialect))
        except UserError as error:
            raise TerminalError(error.what, error.remedy) from error
        yield source
