"""Use rows that release 0.2.0 has staged, for a run that was active while this package was upgraded.

In that release each template had its own extract task, whose staged file is plain CSV. A Dag without that task shows it
as removed and runs the new one. But a compress task that was queued before finds only the old task's result, and a run
in a versioned bundle continues with the old tasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from export_jobs.core.base.frozen import Frozen
from export_jobs.core.files.export_file import StagedRows
from export_jobs.core.files.names import staged_name
from export_jobs.errors import TerminalError
from export_jobs.orchestration.run.staging import open_staged, write_staged
from export_jobs.orchestration.run.xcom import task_result
from export_jobs.streaming.staged.deflate_sink import DeflateSink
from export_jobs.streaming.staged.read_back import CHUNK_BYTES

if TYPE_CHECKING:
    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun


class PlainCsv(Frozen):
    """A staged CSV of release 0.2.0: ``bytes`` and ``sha256`` (hex) are those of the file."""

    template: str
    uri: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    stage: str


def staged_rows(run: JobRun, context: Context, step: str, template: str) -> StagedRows:
    """Return the rows of ``template`` that this run has extracted; ``step`` holds the lease of ``template``.

    Raise ``TerminalError`` when there are none, or when they are not those that were extracted.
    """
    found = context["ti"].xcom_pull(task_ids="extract") or {}
    if template in found:
        return StagedRows.model_validate(found[template])
    earlier = context["ti"].xcom_pull(task_ids=f"{template}.extract")
    if earlier is None:
        return StagedRows.model_validate(task_result(context, "extract")[template])
    if isinstance(earlier.get(template), dict):  # that task, run by this release
        return StagedRows.model_validate(earlier[template])
    return _packed(run, step, PlainCsv.model_validate(earlier))


def _packed(run: JobRun, step: str, csv: PlainCsv) -> StagedRows:
    path = run.staging / staged_name(run.job.name, csv.template, run.window, run.job.schedule.time_zone)
    with (
        open_staged(csv.uri) as source,
        write_staged(path, run, csv.template, step) as file,
        DeflateSink(file, f"template {csv.template!r}") as sink,
    ):
        while chunk := source.read(CHUNK_BYTES):
            sink.write(chunk)
        packed = sink.finish()
        if packed.sha256 != csv.sha256:
            raise TerminalError(
                f"The staged rows of template {csv.template!r} are not those that were extracted",
                "Clear this run to read them again",
            )
    return StagedRows(
        template=csv.template,
        uri=str(path),
        rows=csv.rows,
        packed=packed,
        columns=csv.columns,
        stage=csv.stage,
    )
