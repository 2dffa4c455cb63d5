"""The job of a simulation: the steps of its runs, and what must hold of its files whatever happens to it."""

from __future__ import annotations

import io
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.errors import TerminalError
from export_jobs.orchestration.run.publish import WHOLE_RUN
from export_jobs.store.executions.fence import FileRecord
from export_jobs.store.executions.records import DeliveryRecord, PublicationRecord
from tests.simulator.destination import SimulatedDestination
from tests.simulator.ledger import SimulatedLedger
from tests.simulator.world import BrokenPromise, World

FILE, MANIFEST = "daily/sales.zip", "sales.manifest.json"
FOREIGN = b"what another program has put there"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class SimulatedJob:
    """What its tasks do at each attempt; a promise that does not hold is a ``BrokenPromise``."""

    def __init__(
        self, world: World, publish_file: Callable[..., None], options: DestinationOptions, max_parts: int
    ) -> None:
        self.world, self.options = world, options
        self.max_parts = max_parts
        self.paths = tuple(FILE if max_parts == 1 else f"daily/sales__part-{n}.zip" for n in range(1, max_parts + 1))
        self.publish = publish_file
        self.ledger = SimulatedLedger(self.world, self._recorded)
        self.destination = SimulatedDestination(self.world, self._renamed, self.options)
        self.rows = b"rows 001"  # always of one length, so that no fault is found by the size alone
        self.whole: set[bytes] = {FOREIGN}
        self.staged: dict[str, bytes] = {}
        self.visible_revision: dict[str, int] = {}
        self.foreign_paths: set[str] = set()
        # Airflow's view of the run.
        self.execution_id = 1
        self.results: dict[str, Any] = {}
        self.state = "running"

    # The steps -------------------------------------------------------------------------------------------------------
    def _extract(self, execution_id: int, attempt: str, results: dict[str, Any]) -> tuple[str, bytes]:
        ledger = self.ledger
        ledger.start(execution_id, WHOLE_RUN, "extract", attempt)
        ledger.claim(execution_id, WHOLE_RUN, "extract", attempt)
        self.world.pause("read")
        content = self.rows
        self.world.pause("write")
        ledger.require_current(execution_id, WHOLE_RUN, "extract", attempt)
        self.world.pause("replace")
        self.staged[f"{execution_id}"] = content
        self.whole.update(self._parts(content))
        return attempt, content

    def _upload(self, execution_id: int, attempt: str, results: dict[str, Any]) -> None:
        ledger = self.ledger
        ledger.start(execution_id, "rows", "upload", attempt)
        stage, extracted = self._result_of_extract(results)
        for number, part in enumerate(self._parts(extracted), 1):
            key = None if self.max_parts == 1 else number
            if ledger.delivery(execution_id, "rows", stage, key):
                continue
            staged = self.staged.get(f"{execution_id}")
            if staged is None:
                raise TerminalError("The staged file is gone")
            content = [*self._parts(staged), b""][number - 1]  # of other rows, it may have fewer parts
            path, size = self.paths[number - 1], len(part)
            record = DeliveryRecord(
                execution_id, "rows", stage, path, "", 1, size, digest(part), (), 1, "", attempt, part=key
            )
            self._publish(content, record, "upload", attempt)

    def _publish_manifest(self, execution_id: int, attempt: str, results: dict[str, Any]) -> None:
        ledger = self.ledger
        ledger.start(execution_id, WHOLE_RUN, "publish_manifest", attempt)
        stage, extracted = self._result_of_extract(results)
        records, revision = [], 0
        for number, _ in enumerate(self._parts(extracted), 1):
            delivered = ledger.delivery(execution_id, "rows", stage, None if self.max_parts == 1 else number)
            if delivered is None:
                raise TerminalError("The ledger has no delivery of rows for this run")
            records.append(delivered[0])
            revision = max(revision, delivered[1])
        content = self._manifest(records, revision)
        self.whole.add(content)
        of_all = digest(content + stage.encode())
        if ledger.publication(execution_id, of_all) is None:
            manifest = PublicationRecord(execution_id, of_all, MANIFEST, "", len(content), digest(content))
            self._publish(content, manifest, "publish_manifest", attempt)

    def _parts(self, rows: bytes) -> list[bytes]:
        """The files that rows are cut into; all of one length."""
        if self.max_parts == 1:
            return [rows]
        return [rows + b"/%d" % number for number in range(1, 2 + int(rows[-2:]) // 10 % self.max_parts)]

    def _manifest(self, records: list[DeliveryRecord], revision: int) -> bytes:
        """Sums of the files and the revision; with parts, also where those may stand that the revision has not."""
        text = f"{' '.join(record.sha256 for record in records)} {revision}"
        if self.max_parts > 1:
            text += f" {','.join(self.ledger.superseded_files([record.path for record in records]))}"
        return text.encode()

    def _result_of_extract(self, _at_the_begin: dict[str, Any]) -> tuple[str, bytes]:
        """What Airflow hands from task to task, as it is now: steps ask once they have said that they have started.

        So one that was held up before that knows the rows of the newest attempt, or nothing. With what was known when
        its process began (``_at_the_begin``) it could vouch for older ones.
        """
        self.world.pause("result")
        if "extract" not in self.results:
            raise TerminalError("Airflow holds no result of the extract task")
        found: tuple[str, bytes] = self.results["extract"]
        return found

    def _publish(self, content: bytes, record: FileRecord, step: str, attempt: str) -> None:
        self.publish(
            io.BytesIO(content), record, destination=self.destination, ledger=self.ledger, step=step, attempt=attempt
        )

    # Promises --------------------------------------------------------------------------------------------------------
    def _renamed(self, path: str, before: bytes | None, after: bytes) -> None:
        """What a receiver sees change."""
        if before == FOREIGN:
            raise BrokenPromise(f"L2: a foreign file under {path} was destroyed")
        if after not in self.whole:
            raise BrokenPromise(f"P3: {after!r} is visible under {path}, and was never whole")
        name = self.world.current.name.rpartition(" ")[2] if self.world.current else ""
        revision = self.ledger.announced.get((name, path))
        seen = self.visible_revision.get(path, 0)
        if revision is None or revision < seen or (before is not None and before != after and revision == seen):
            raise BrokenPromise(f"P2: {path} had revision {seen} and other bytes, and has revision {revision} now")
        self.visible_revision[path] = revision

    def _recorded(self, record: FileRecord, revision: int) -> None:
        """The instant at which the ledger says that a file stands."""
        stands = self.destination.files.get(record.path)
        if stands is None or digest(stands) != record.sha256:
            raise BrokenPromise(f"P2: the ledger says that {record.sha256[:8]} stands under {record.path}: {stands!r}")
        if revision < self.visible_revision.get(record.path, 0):
            raise BrokenPromise(f"P2: {record.path} is recorded with a revision that a receiver has seen replaced")

    @staticmethod
    def _older(path: str) -> str:
        """How the names begin under which an older file waits while it is replaced in steps."""
        folder, slash, name = path.rpartition("/")
        return f"{folder}{slash}.{name}."

    def _final_promises(self) -> None:
        files = self.destination.files
        if self.foreign_paths and any(files.get(path) != FOREIGN for path in self.foreign_paths):
            raise BrokenPromise("L2: a foreign file is gone")
        for path in (*self.paths, MANIFEST):
            is_aside = any(name.startswith(self._older(path)) for name in self.destination.older)
            if path in self.visible_revision and path not in files and not is_aside:
                raise BrokenPromise(f"P1: {path} was delivered, and is gone")
            newest = next((row for row in reversed(self.ledger.placements) if row.path == path), None)
            if path in files and path not in self.foreign_paths and newest is None:
                raise BrokenPromise(f"P2: a file of ours stands under {path} and the ledger does not know it")
        if self.state == "success":
            self._promises_of_success(*self.results["extract"])

    def _promises_of_success(self, stage: str, extracted: bytes) -> None:
        files, parts = self.destination.files, self._parts(extracted)
        for number, content in enumerate(parts, 1):
            key = (self.execution_id, "rows", stage, None if self.max_parts == 1 else number)
            if key not in self.ledger.deliveries or not self.ledger.publications:
                raise BrokenPromise("P1: a run is green and the ledger has no delivery")
            stands = files.get(self.paths[number - 1])
            if stands != content:
                raise BrokenPromise(f"P1: a run is green and {stands!r} stands where {content!r} was sent")
        manifest = files.get(MANIFEST, b"").decode()
        if not manifest.startswith(" ".join(map(digest, parts)) + " "):
            raise BrokenPromise("P1: a run is green and its manifest vouches for another file")
        for path in self.paths[len(parts) :]:
            if path in files and path not in self.foreign_paths and path not in manifest:
                raise BrokenPromise(f"P1: a run is green, and its manifest does not tell that {path} is of no use now")
