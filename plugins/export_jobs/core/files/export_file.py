"""The records that travel from step to step with a file: the staged CSV, and the file to deliver."""

from __future__ import annotations

from export_jobs.core.base.frozen import Frozen


class CsvFile(Frozen):
    """A staged CSV: the rows of one template before compression. ``stage`` is the id of the extraction that made it.

    ``uri`` says where it is staged; ``rows`` leaves the header out; ``sha256`` is hex, over all bytes of the file.
    """

    template: str
    uri: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[str, ...]
    stage: str


class CsvContent(Frozen):
    """The CSV inside a delivered file: its name in the archive, size in bytes and SHA-256 (hex)."""

    name: str
    bytes: int
    sha256: str


class ExportFile(Frozen):
    """A file to deliver: ``path`` at the destination, ``uri`` where it is staged, what is in it.

    ``is_sent`` is False for a result without rows that the job's policy leaves out; it has no bytes then.
    """

    template: str
    path: str
    uri: str = ""
    rows: int
    bytes: int = 0
    sha256: str = ""
    columns: tuple[str, ...]
    stage: str
    content: CsvContent
    is_sent: bool = True
