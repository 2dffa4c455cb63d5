"""A compiled export -> one text that can be pasted into a database client; a run binds the values instead."""

from __future__ import annotations

from export_jobs.core.compiled import CompiledExport
from export_jobs.core.literal import with_literals


def runnable(export: CompiledExport) -> str:
    """The statement with its values written in, under a line that says where it runs."""
    start = f"-- template {export.template}, connection {export.connection}, dialect {export.dialect}"
    return f"{start}\n{with_literals(export).strip()};\n"
