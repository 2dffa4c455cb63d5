"""The parser of the command line. It imports no command, but names it as ``module:function``, so it loads fast."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_EPILOG = """\
Exit codes: 0 success, 1 a problem was found (an issue, a difference, a gap, an error), 2 wrong usage.
The store and Airflow's address are read from the Airflow connections export_jobs_store and export_jobs_airflow_api,
for example from the environment variables AIRFLOW_CONN_EXPORT_JOBS_STORE and AIRFLOW_CONN_EXPORT_JOBS_AIRFLOW_API.
"""

_WINDOW = "days of data, both inclusive (1997-01-01..1997-01-31), or instants (1997-01-01T00:00Z..) with END exclusive"


def parser() -> argparse.ArgumentParser:
    """Build the parser of every command."""
    top = argparse.ArgumentParser(
        prog="export-jobs",
        description="Export jobs for Apache Airflow: definitions, previews, deliveries, reruns.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _definition_commands(commands)
    _key_commands(commands)
    _catalogue_commands(commands)
    _preview_commands(commands)
    _run_commands(commands)
    return top


def _definition_commands(commands: _Commands) -> None:
    database = commands.add_parser("db", help="the store's tables").add_subparsers(metavar="ACTION", required=True)
    _add_command(database, "upgrade", "database:upgrade", "create or migrate the store's tables")
    _add_command(
        commands, "doctor", "doctor:doctor", "check this installation: what works, and how to fix what does not"
    )

    dags = commands.add_parser("dags", help="the files that Airflow parses").add_subparsers(
        metavar="ACTION", required=True
    )
    write = _add_command(dags, "write", "dags:write_dags", "write the Dag files of many jobs: one file for each shard")
    write.add_argument("--folder", required=True, metavar="FOLDER", help="Airflow's Dags folder, or a folder below it")
    write.add_argument(
        "--shards",
        type=_parse_count,
        default=64,
        metavar="N",
        help="number of shards, about one for 60 jobs; do not change it later (64)",
    )

    apply = _add_command(
        commands, "apply", "definitions:apply", "show the plan for a file of definitions, then save them"
    )
    _add_file_option(apply, required=True)
    _add_yes_option(apply)
    diff = _add_command(
        commands, "diff", "definitions:diff", "show what `apply` would change; exit code 1 if there is a change"
    )
    _add_file_option(diff, required=True)
    validate = _add_command(
        commands, "validate", "definitions:validate", "show every issue of a file, or of the whole store"
    )
    _add_file_option(validate, required=False)

    _add_command(commands, "list", "jobs:list_jobs", "list all jobs, one per line")
    _add_job_argument(_add_command(commands, "show", "jobs:show_job", "show one job: definition, issues, next windows"))
    _add_job_argument(
        _add_command(commands, "dump", "jobs:dump", "print definitions as YAML that `apply` accepts"), nargs="?"
    )
    delete = _add_command(commands, "delete", "jobs:delete", "delete a job; its ledger and its delivered files remain")
    _add_job_argument(delete)
    _add_yes_option(delete)


def _key_commands(commands: _Commands) -> None:
    keys = commands.add_parser("keys", help="receivers' public keys").add_subparsers(metavar="ACTION", required=True)
    show = _add_command(
        keys,
        "show",
        "keys:show_keys",
        "list all keys, or show one with its fingerprint; exit code 1 if a key cannot be used",
    )
    show.add_argument("tag", metavar="TAG", nargs="?", help="the key's tag")
    delete = _add_command(keys, "delete", "keys:delete_key", "delete a key that no job encrypts to")
    delete.add_argument("tag", metavar="TAG", help="the key's tag")
    _add_yes_option(delete)


def _catalogue_commands(commands: _Commands) -> None:
    catalogue = commands.add_parser("catalogue", help="what can be exported: facts, KPIs, dimensions")
    actions = catalogue.add_subparsers(metavar="ACTION", required=True)
    check = _add_command(actions, "check", "catalogue:check", "show every issue of every file, with file and line")
    check.add_argument(
        "--connection",
        metavar="ID",
        help="also check against the database of this Airflow connection; `all`: of every one in use",
    )
    show = _add_command(
        actions, "show", "catalogue:show_catalogue", "list all entries, or show one with all its details"
    )
    show.add_argument("key", metavar="KEY", nargs="?", help="the key of a fact, a KPI or a dimension")
    docs = _add_command(
        actions, "docs", "catalogue:docs", "write a page of KPIs, dimensions, facts and which of them can be combined"
    )
    docs.add_argument("-o", "--output", metavar="FILE", help="write the page to this file (default: to the terminal)")
    docs.add_argument("--html", action="store_true", help="write HTML instead of Markdown")


def _preview_commands(commands: _Commands) -> None:
    sql = _add_command(commands, "sql", "preview:sql", "show the SQL that a run of a window executes")
    preview = _add_command(
        commands, "preview", "preview:preview", "show the first rows of a window, as its files will show them"
    )
    preview.add_argument(
        "--rows", type=_parse_count, default=50, metavar="N", help="number of rows of each template (50)"
    )
    for command in (sql, preview):
        _add_job_argument(command)
        command.add_argument("--window", required=True, metavar="START..END", help=_WINDOW)
        command.add_argument("--template", metavar="T", help="only this template")
    windows = _add_command(
        commands, "windows", "preview:windows", "show the next windows of a job and when each is delivered"
    )
    _add_job_argument(windows)
    windows.add_argument("--count", type=_parse_count, default=10, metavar="N", help="number of windows (10)")
    check = _add_command(
        commands, "check-destination", "destinations:check_destination", "test login, folder and write permission"
    )
    check.add_argument("tag", metavar="TAG", help="the destination's tag")
    keys = _add_command(
        commands,
        "host-keys",
        "destinations:host_keys",
        "show the host keys of an SFTP server; exit code 1 if none is pinned",
    )
    keys.add_argument("tag", metavar="TAG", help="the destination's tag")
    keys.add_argument(
        "--pin",
        metavar="FINGERPRINT",
        help="trust this key; first compare it with the fingerprint from the server's owner",
    )


def _run_commands(commands: _Commands) -> None:
    _add_job_argument(
        _add_command(commands, "history", "history:history", "show the executions of a job and what each delivered")
    )
    _add_job_argument(
        _add_command(
            commands, "coverage", "coverage:show_coverage", "show delivered, missing, failed and overlapping windows"
        )
    )
    ledger = commands.add_parser("ledger", help="the record of what was delivered")
    actions = ledger.add_subparsers(metavar="ACTION", required=True)
    verify = _add_command(
        actions,
        "verify",
        "ledger:verify",
        "verify that no entry was changed, removed or added; exit code 1 if one was",
    )
    _add_job_argument(verify, nargs="?")
    verify.add_argument("--manifest", metavar="FILE", help="compare the ledger with its state in this manifest")
    rerun = _add_command(
        commands, "rerun", "rerun:rerun", "rerun the windows after the last success that were not delivered"
    )
    _add_job_argument(rerun)
    rerun.add_argument(
        "--include-gaps", action="store_true", help="also rerun undelivered windows before the last success"
    )
    rerun.add_argument(
        "--with-current-definition",
        action="store_true",
        help="use the current definition, not the one that each run started with",
    )
    _add_yes_option(rerun)


def _add_command(commands: _Commands, name: str, run: str, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    command.set_defaults(run=run)
    command.add_argument(
        "--format", choices=("text", "json"), default="text", help="text for people, json for programs (text)"
    )
    return command


def _add_file_option(command: argparse.ArgumentParser, *, required: bool) -> None:
    command.add_argument(
        "-f", "--file", action=_OneFile, required=required, metavar="FILE", help="a YAML file of definitions"
    )


class _OneFile(argparse.Action):
    """Refuse a second file: argparse would silently use only the last one."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Keep the file; report an error if there is one already."""
        if getattr(namespace, self.dest, None) is not None:
            parser.error(f"{option_string} is given twice, but the command reads one file: run it once for each")
        setattr(namespace, self.dest, values)


def _add_job_argument(command: argparse.ArgumentParser, nargs: str | None = None) -> None:
    command.add_argument("job", metavar="JOB", nargs=nargs, help="the job's name")


def _add_yes_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--yes", action="store_true", help="do not ask for confirmation")


def _parse_count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)
