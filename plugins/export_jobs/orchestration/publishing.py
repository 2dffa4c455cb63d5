"""The task that sends the manifest after the last file, and the only task of an invalid definition."""

from __future__ import annotations

import hashlib
import io
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from export_jobs.core.definitions.names import task_group
from export_jobs.core.files.export_file import ExportFile, read_files, stage_of
from export_jobs.core.files.job_files import done_path
from export_jobs.core.files.manifest import Manifest, ManifestLedger
from export_jobs.core.files.name_pattern import FileNumbers, parse_name_pattern
from export_jobs.core.files.placed_file import Verification
from export_jobs.errors import TerminalError
from export_jobs.orchestration.run.publish import WHOLE_RUN, publish
from export_jobs.orchestration.run.staging import remove_staged
from export_jobs.orchestration.run.step import ExportStep
from export_jobs.orchestration.run.xcom import task_result
from export_jobs.store.executions.records import ArrivalRecord, DeliveryEntry
from export_jobs.store.ledger import DoneFileRecord, PublicationRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Context

    from export_jobs.orchestration.run.job_run import JobRun


log = logging.getLogger(__name__)

MAX_NAMED = 5
"""How many files an error lists."""


class PublishManifest(ExportStep):
    """Deliver the manifest after all files, so that a receiver who sees it can rely on them."""

    step = "publish_manifest"

    def run_step(self, run: JobRun, context: Context) -> str:
        """Return the publication's stage, which the mails refer to; remove staged files once it is recorded."""
        files = export_files(run, context)
        if run.tag is not None:
            return self._deliver_to_one(run, run.tag, files)
        manifest = _build_manifest(run, files)
        stage = manifest.stage(files)
        if run.ledger.publication(run.execution_id, stage) is None:
            self._deliver(run, manifest, stage)
        sums = {entry.path: entry.sha256 for entry in manifest.files}
        if run.manifest_path:
            sums = {run.manifest_path: hashlib.sha256(manifest.to_bytes()).hexdigest()}
        self._deliver_done_file(run, FileNumbers(_run_number(run, stage), manifest.revision), sums)
        self.discard_staged(run)
        return stage

    def _deliver_to_one(self, run: JobRun, tag: str, files: list[ExportFile]) -> str:
        """Deliver it to one of several destinations; the window is published once the last one has its manifest."""
        stage = stage_of(files)
        if run.has_arrived(stage):
            sent = [file for file in run.ledger.latest_deliveries(run.execution_id) if file.destination == tag]
            revision, origin = max((file.revision for file in sent), default=1), sent[0].stage if sent else stage
        else:
            manifest = _build_manifest(run, files)
            revision, origin = manifest.revision, stage
            others = tuple(other for other in run.job.destination_tags if other != tag)
            record = ArrivalRecord(**asdict(_manifest_record(run, manifest, stage)), destination=tag, others=others)
            self._publish(run, record, manifest.to_bytes())
        arrived = run.ledger.arrivals(run.execution_id, run.manifest_path)[tag]
        numbers = FileNumbers(_run_number(run, origin), revision)
        self._deliver_done_file(run, numbers, {run.manifest_path: arrived.sha256})
        if run.ledger.publication(run.execution_id, stage):
            self.discard_staged(run)
        return stage

    def discard_staged(self, run: JobRun) -> None:
        """Remove the staged files of all templates of the run."""
        remove_staged(run.staging)

    def _deliver(self, run: JobRun, manifest: Manifest, stage: str) -> None:
        record, content = _manifest_record(run, manifest, stage), manifest.to_bytes()
        if run.manifest_path:
            self._publish(run, record, content)
            return
        # A manifest would carry the head out of the store; without one, the task's log does.
        log.info("No manifest is sent. Ledger: entry %d, %s", manifest.ledger.sequence, manifest.ledger.hash)
        run.ledger.claim(run.execution_id, WHOLE_RUN, self.step, run.attempt)
        run.ledger.keep_publication(record, self.step, run.attempt)

    def _deliver_done_file(self, run: JobRun, numbers: FileNumbers, sums: Mapping[str, str]) -> None:
        """Deliver the done file, last. It contains the manifest's ``sha256sum`` line, so it changes with the manifest.

        Without a manifest it contains the ``sha256sum`` line of each file. ``sums``: the SHA-256 by path.
        """
        path = done_path(run.job, run.window, run.ledger.opened_at(run.execution_id), numbers)
        if path is None:
            return
        content = "".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()).encode()
        record = DoneFileRecord(
            execution_id=run.execution_id,
            path=path,
            url=run.destination.url(path),
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            destination=run.tag,
        )
        self._publish(run, record, content)

    def _publish(self, run: JobRun, record: PublicationRecord | DoneFileRecord, content: bytes) -> None:
        publish(
            io.BytesIO(content),
            record,
            destination=run.destination,
            ledger=run.ledger,
            step=self.step,
            attempt=run.attempt,
        )


class RefuseInvalidDefinition(BaseOperator):
    """The only task of an invalid definition: its error says where the issues are listed."""

    def __init__(self, *, job_id: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job_id = job_id

    def execute(self, context: Context) -> None:
        """Fail with a sentence, always."""
        raise AirflowFailException(
            f"The definition of job {self.job_id} is invalid; this Dag's documentation lists what is wrong. "
            "Nothing was read or delivered."
        )


def export_files(run: JobRun, context: Context) -> list[ExportFile]:
    """Return the files of this run, by template and part, from the results of its compress tasks."""
    return [
        file
        for use in run.job.templates
        for file in read_files(task_result(context, f"{task_group(use.template)}.compress"))
    ]


def _manifest_record(run: JobRun, manifest: Manifest, stage: str) -> PublicationRecord:
    content = manifest.to_bytes()
    return PublicationRecord(
        execution_id=run.execution_id,
        stage=stage,
        path=run.manifest_path,
        url=run.destination.url(run.manifest_path) if run.manifest_path else "",
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _run_number(run: JobRun, stage: str) -> int | None:
    """Return the window's sequence number, if the name of the done file contains it."""
    pattern = run.job.file.done_file
    if pattern is None or "sequence" not in parse_name_pattern(pattern).fields:
        return None
    return run.ledger.number_file(run.execution_id, WHOLE_RUN, stage, stage).sequence


def _require_here(run: JobRun, deliveries: list[DeliveryEntry]) -> None:
    """Raise ``TerminalError`` if the destination's address has changed since the upload, such as a corrected folder."""
    elsewhere = [found.url for found in deliveries if found.url != run.destination.url(found.path)]
    if elsewhere:
        raise TerminalError(
            f"The destination {run.tag or run.job.destination_tags[0]!r} has another address now than when this run "
            f"sent its files: the file sent to {elsewhere[0]} is not at the new address, so no manifest may list it",
            "Clear this run from its extract task, so that its files are sent to the new address",
        )


def _build_manifest(run: JobRun, files: list[ExportFile]) -> Manifest:
    """Build the manifest of ``files``; raise ``TerminalError`` unless the ledger has a delivery of each."""
    sent = [file for file in files if file.is_sent]
    deliveries = [run.ledger.delivery(run.execution_id, file.template, file.stage, file.part, run.tag) for file in sent]
    missing = [file.path for file, delivery in zip(sent, deliveries, strict=True) if delivery is None]
    if missing:
        named = ", ".join(missing[:MAX_NAMED]) + (f" and {len(missing) - MAX_NAMED} more" * (len(missing) > MAX_NAMED))
        raise TerminalError(
            f"The ledger has no delivery of {named} for this run, so no manifest may list it",
            "Clear this run from its extract task",
        )
    _require_here(run, [delivery for delivery in deliveries if delivery])
    revision = max((delivery.revision for delivery in deliveries if delivery), default=1)
    head = run.ledger.head_of_execution(run.execution_id, run.tag)
    return Manifest.of(
        run.job,
        run.window,
        files,
        definition_hash=run.definition_hash,
        revision=revision,
        superseded=run.ledger.superseded_files(run.execution_id, [file.path for file in sent], run.tag),
        ledger=ManifestLedger(sequence=head.sequence, hash=head.hash),
        unverified=[found.path for found in deliveries if found and found.verification == Verification.NONE.value],
    )
