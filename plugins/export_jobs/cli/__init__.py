"""The ``export-jobs`` command. Exit codes: 0 success, 1 a problem was found, 2 wrong usage.

Commands are imported when they run: ``export-jobs --help`` must not wait for Airflow and the database.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout

from export_jobs.cli.output import Output
from export_jobs.cli.parser import parser
from export_jobs.errors import ExportError

OK, FINDING, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a known error is a sentence on stderr, never a traceback."""
    options = parser().parse_args(arguments)
    # Without this variable Airflow looks for connections only in the environment, not at those saved on its page. Its
    # own command `airflow connections get` sets it too. Airflow skips a database that it cannot reach.
    os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")
    os.environ.setdefault("AIRFLOW__LOGGING__LOGGING_LEVEL", "WARNING")  # the user wants our answer, not Airflow's log
    try:
        return _run(options)
    except ExportError as error:
        sys.stderr.write(f"export-jobs: {error}\n")
        return FINDING
    except KeyboardInterrupt:
        sys.stderr.write("export-jobs: interrupted; changes that were already saved or cleared remain.\n")
        return 130
    except BrokenPipeError:
        # The reader (head, less) has closed the pipe. Python would report it again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def _run(options: argparse.Namespace) -> int:
    module, _, function = options.run.partition(":")
    output = Output(sys.stdout, options.format)
    # Airflow writes its log to stdout, where it would corrupt our JSON.
    with redirect_stdout(sys.stderr):
        command = getattr(importlib.import_module(f"export_jobs.cli.commands.{module}"), function)
        code = int(command(options, output))
    sys.stdout.flush()
    return code
