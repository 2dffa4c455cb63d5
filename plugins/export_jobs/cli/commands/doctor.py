"""``doctor``: check this installation from the inside, one line for each check."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from export_jobs.cli.output import Output


def doctor(options: argparse.Namespace, output: Output) -> int:  # noqa: ARG001  every command has one signature
    """Show what works and what does not, each failure with its remedy; return 1 when a check failed."""
    from export_jobs.orchestration.airflow.api import AirflowApi  # noqa: PLC0415  loads Airflow
    from export_jobs.orchestration.doctor.report import examine, is_healthy  # noqa: PLC0415  loads Airflow
    from export_jobs.orchestration.doctor.result import Surroundings  # noqa: PLC0415  loads Airflow

    results = examine(Surroundings(api=AirflowApi.from_connection))
    width = max(len(result.subject) for result in results)
    for result in results:
        remedy = f". {result.remedy}." if result.remedy else ""
        output.text(f"{result.outcome:8}{result.subject.ljust(width)}  {result.what}{remedy}")
    output.json({"ok": is_healthy(results), "checks": [asdict(result) for result in results]})
    return 0 if is_healthy(results) else 1
