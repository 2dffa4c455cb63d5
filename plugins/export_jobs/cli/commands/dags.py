"""``dags write``: the files that Airflow parses, one for each shard of the jobs."""

from __future__ import annotations

import argparse
from pathlib import Path

from export_jobs.cli.output import Output
from export_jobs.errors import UserError


def write_dags(options: argparse.Namespace, output: Output) -> int:
    """Write or correct the files; the same call again changes nothing. Raise ``UserError`` for a read-only folder."""
    from export_jobs.orchestration.generator.shard import write_shards  # noqa: PLC0415  reads the package's rows

    folder = Path(options.folder)
    try:
        written = write_shards(folder, options.shards)
    except OSError as error:
        raise UserError(f"{folder} cannot be written to ({error.strerror})", "Choose another folder") from None
    output.line(f"{options.shards} files in {folder}, {written} of them written now.")
    output.line("Remove build_export_dags.py from every other Dags folder of Airflow: a Dag must not be in two files.")
    output.json({"folder": str(folder), "shards": options.shards, "written": written})
    return 0
