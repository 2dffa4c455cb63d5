"""``dags write``: the files that Airflow parses, one a shard of the jobs."""

from __future__ import annotations

import argparse
from pathlib import Path

from export_jobs.cli.output import Output
from export_jobs.errors import UserError


def write_dags(options: argparse.Namespace, output: Output) -> int:
    """Make or correct the files; the same call again changes nothing. ``UserError`` for a folder that is shut."""
    from export_jobs.orchestration.generator.shard import write_shards  # noqa: PLC0415  reads the package's rows

    folder = Path(options.folder)
    try:
        written = write_shards(folder, options.shards)
    except OSError as error:
        raise UserError(f"{folder} cannot be written to ({error.strerror})", "Choose another folder") from None
    output.line(f"{options.shards} files in {folder}, {written} of them written now.")
    output.line("A build_export_dags.py in any other folder of Airflow's must go: a Dag must not stand in two files.")
    output.json({"folder": str(folder), "shards": options.shards, "written": written})
    return 0
