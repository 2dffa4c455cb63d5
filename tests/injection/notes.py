"""A table of notes in a real database, beside a canary that every attempt tries to kill."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from export_jobs.core.base.issue import errors
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import ExportJob
from export_jobs.core.sql.compiled import CompiledExport
from export_jobs.core.sql.compiler import compile_export
from export_jobs.core.validation.definitions import check_stored_job
from export_jobs.core.windows.window import Window
from export_jobs.streaming.base.read_options import ReadOptions
from export_jobs.streaming.postgres.snapshot import extract_by_copy

CATALOGUE = Path(__file__).with_name("catalogue")
AT = datetime(2024, 5, 1, 12, tzinfo=UTC)
DAY = Window(datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 5, 2, tzinfo=UTC))
TABLES = """
CREATE TABLE canary (secret text);
INSERT INTO canary VALUES ('alive');
CREATE TABLE notes (
    note_id int PRIMARY KEY, author text, note text, amount numeric, is_open boolean, noted_on date,
    noted_at timestamptz, checked_at timestamp
);
"""


@dataclass
class Notes:
    """A table of notes beside a canary. The role that runs the statements owns both, so it may drop the canary."""

    catalogue: Catalogue
    reader: psycopg.Connection[Any]
    writer: psycopg.Connection[Any]

    def fill(self, texts: Sequence[str | None]) -> None:
        """One row a text, as note and as author, numbered from 0."""
        self.writer.execute("TRUNCATE notes")
        with self.writer.cursor().copy("COPY notes (note_id, author, note, noted_at) FROM STDIN") as copy:
            for number, text in enumerate(texts):
                copy.write_row((number, text, text, AT))

    def job(self, use: dict[str, Any], template: dict[str, Any] | None = None, **changes: Any) -> ExportJob | None:
        """The stored job that uses one template so; None when it is refused."""
        held = {"kind": "standard", "fact": "notes", "columns": ["note_id", "note"]}
        row = {
            "name": "notes", "owner": "owner@example.com", "destination": "partner", "job_id": 1, "version": 1,
            "schedule": {"frequency": "daily", "from": "2024-05-01", "until": "2024-05-31"}, "dag_id": "notes",
            "templates": [{"template": "t", **use}], "template_definitions": [{"name": "t", **(template or held)}],
            **changes,
        }  # fmt: skip
        job, issues = check_stored_job(row, catalogue=self.catalogue)
        assert (job is None) == bool(errors(issues))
        return job

    def compiled(self, job: ExportJob) -> CompiledExport:
        return compile_export(job, "t", self.catalogue, DAY)

    def executed(self, job: ExportJob) -> list[tuple[Any, ...]]:
        """The rows, where nothing but the statement itself protects the canary: writing allowed, statements stacked."""
        export = self.compiled(job)
        return psycopg.ClientCursor(self.writer).execute(export.sql.encode(), export.parameters).fetchall()

    def content(self, job: ExportJob) -> bytes:
        """The file as it is delivered, before compression."""
        sink = io.BytesIO()
        extract_by_copy(
            self.reader, self.compiled(job), job.file, sink, ReadOptions("UTC", "injection", 20)
        )  # fmt: skip
        return sink.getvalue()

    def delivered(self, job: ExportJob) -> list[list[str]]:
        """The file as its receiver reads it, the heading first."""
        text = self.content(job).decode()
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=job.file.delimiter))

    def is_intact(self) -> bool:
        return self.writer.execute("SELECT array_agg(secret) FROM canary").fetchone() == (["alive"],)
