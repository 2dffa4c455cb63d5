"""Open the warehouse of an export, for previews."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.errors import TerminalError, UserError
from export_jobs.orchestration.airflow.connections import open_source
from export_jobs.web.airflow.tables import our_team_may_use

if TYPE_CHECKING:
    from export_jobs.streaming.source import Source


@contextmanager
def open_export_source(export: CompiledExport) -> Iterator[Source]:
    """Open the source of the rows that ``export`` reads.

    Raises ``TerminalError`` (503, because the request is not at fault) if the connection is missing, does not fit or
    belongs to another team.
    """
    if not our_team_may_use(export.connection):
        what = f'The connection "{export.connection}" of this fact belongs to another team'
        raise TerminalError(what, "In the catalogue, use a connection of your team or of no team")
    with ExitStack() as stack:
        try:
            source = stack.enter_context(open_source(export.connection, export.dialect))
        except UserError as error:
            raise TerminalError(error.what, error.remedy) from error
        yield source
