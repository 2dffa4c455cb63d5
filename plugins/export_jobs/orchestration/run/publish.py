"""Publish one staged file under its final name: only the current attempt, and never over a foreign file."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol

from export_jobs.core.files.placed_file import KnownFile, PlacedFile
from export_jobs.delivery.destination import Destination, Target
from export_jobs.delivery.existing_file import ForeignFileError
from export_jobs.errors import TransientError
from export_jobs.store.executions.records import ArrivalRecord
from export_jobs.store.ledger import AlreadyDelivered, DeliveryRecord, DoneFileRecord, PublicationRecord

log = logging.getLogger(__name__)

WHOLE_RUN = ""
"""The value that a lease has instead of a template, for what a run does once."""


class PublishingLedger(Protocol):
    """The part of the ledger that publishing needs."""

    def claim(self, execution_id: int, template: str, step: str, attempt: str) -> None:
        """See ``Ledger``."""

    def known_files(self, execution_id: int, path: str, destination: str | None = None) -> tuple[KnownFile, ...]:
        """See ``Ledger``."""

    def record_refusal(
        self, record: DeliveryRecord | PublicationRecord | DoneFileRecord, step: str, attempt: str
    ) -> None:
        """See ``Ledger``."""

    def fence_delivery(self, record: DeliveryRecord, step: str, attempt: str) -> AbstractContextManager[PlacedFile]:
        """See ``Ledger``."""

    def fence_publication(
        self, record: PublicationRecord | DoneFileRecord, step: str, attempt: str
    ) -> AbstractContextManager[PlacedFile]:
        """See ``Ledger``."""


def publish(
    source: BinaryIO,
    record: DeliveryRecord | PublicationRecord | DoneFileRecord,
    *,
    destination: Destination,
    ledger: PublishingLedger,
    step: str,
    attempt: str,
) -> None:
    """Deliver ``source`` as ``record`` describes it. The delivery is recorded only once the file is in place.

    Raise ``SupersededError`` when a newer attempt has taken over, and what ``Destination.deliver`` raises. A file that
    another run has published since the ledger was read is not foreign: it raises ``TransientError``.
    """
    template = record.template if isinstance(record, DeliveryRecord) else WHOLE_RUN
    ledger.claim(record.execution_id, template, step, attempt)
    target = Target(
        path=record.path,
        bytes=record.bytes,
        sha256=record.sha256,
        attempt=attempt,
        known=_known_files(ledger, record),
    )

    def fence() -> AbstractContextManager[PlacedFile]:
        if isinstance(record, DeliveryRecord):
            return ledger.fence_delivery(record, step, attempt)
        return ledger.fence_publication(record, step, attempt)

    try:
        destination.deliver(source, target, fence)
    except AlreadyDelivered:
        log.info("Another attempt has delivered %s meanwhile", record.path)
    except ForeignFileError as error:
        if _of_others(_known_files(ledger, record), record) == _of_others(target.known, record):
            ledger.record_refusal(record, step, attempt)
            raise
        raise TransientError(
            f"Another run has published {record.path} during this attempt", "The next try checks it again"
        ) from error


def _known_files(
    ledger: PublishingLedger, record: DeliveryRecord | PublicationRecord | DoneFileRecord
) -> tuple[KnownFile, ...]:
    if isinstance(record, PublicationRecord) and not isinstance(record, ArrivalRecord):
        return ledger.known_files(record.execution_id, record.path)
    return ledger.known_files(record.execution_id, record.path, record.destination)


def _of_others(
    known: tuple[KnownFile, ...], record: DeliveryRecord | PublicationRecord | DoneFileRecord
) -> set[KnownFile]:
    """Return all files except the one that this attempt has announced."""
    return {file for file in known if file.stands or file.sha256 != record.sha256}
