"""Real servers for tests that ask for them: each starts once a session, at a free port, and leaves nothing behind.

Everything is imported inside the fixtures, so unit tests pay for none of it.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from demo.postgres import Postgres
    from demo.s3_server import S3Server
    from demo.sftp_server import SftpServer
    from demo.smtp_server import SmtpServer

Dsn = dict[str, Any]
NO_WAIT_FOR_DISKS = {"fsync": "off", "full_page_writes": "off"}
"""What a killed PostgreSQL has committed is there afterwards all the same: only a power cut would lose it."""

NEEDS_NO_RUNNING_AIRFLOW = {"test_dag_processor.py", "test_plugins_folder.py", "test_timetable.py"}
KILLS_PARTS_OF_AIRFLOW = {"test_drills.py", "test_live_memory.py"}
"""What of ``tests/airflow`` is no part of its large group; the drills wait as long as all others together."""

pytest_plugins = ["tests.live_stack"]
settings.register_profile("no timing is asserted", deadline=None)
settings.load_profile("no timing is asserted")

# Before anything imports Airflow, which would make a folder and a configuration file in the user's home.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="export-jobs-airflow-")
atexit.register(shutil.rmtree, os.environ["AIRFLOW_HOME"], ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Give each process of ``make test`` a whole folder at a time, since every one starts servers of its own.

    The live tests wait more than they work, so they are two groups, each with an Airflow of its own.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Folders(LoadScopeScheduling):
        """``--dist loadgroup`` is meant for this, but pytest 9.2 ignores the ids that pytest-xdist 3.8 makes for it."""

        def _split_scope(self, nodeid: str) -> str:
            file = PurePosixPath(nodeid.partition("::")[0])
            apart = (NEEDS_NO_RUNNING_AIRFLOW, KILLS_PARTS_OF_AIRFLOW)
            place = next((place for place, names in enumerate(apart, 1) if file.name in names), "")
            return f"{file.parent}{place}"

    return Folders(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those first that wait longest, so that no process of ``make test`` is left with one of them at the end."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_waiting)


def _waiting(item: pytest.Item) -> int:
    """0 for tests that wait for an Airflow, 1 for those that wait for other servers, 2 for those that wait for none."""
    found = [place for place, marker in enumerate(("live", "integration")) if item.get_closest_marker(marker)]
    return min(found, default=2)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the live tests have noted: where a process was struck, and what stood afterwards."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for name, text in report.user_properties:
                terminalreporter.write_line(f"{name}  {text}")


@pytest.fixture(scope="session")
def stack_folder() -> Iterator[Path]:
    """State of all servers of this session; short, since a socket's path has at most 107 characters."""
    folder = Path(tempfile.mkdtemp(prefix="export-jobs-test-"))
    folder.chmod(0o711)  # PostgreSQL of a root user runs as another one and has to pass through
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(stack_folder: Path) -> Iterator[Postgres]:
    """One PostgreSQL server; ``postgres.dsn(database, role)`` gives the arguments of ``psycopg.connect``."""
    from demo.postgres import Postgres

    with Postgres(stack_folder / "postgres", NO_WAIT_FOR_DISKS) as server:
        yield server


@pytest.fixture
def fresh_database(postgres: Postgres) -> Iterator[Callable[..., Dsn]]:
    """Return a function that makes an empty database, owned by role ``export_jobs``, and gives its dsn."""
    made: list[str] = []

    def make(role: str = "export_jobs") -> Dsn:
        name = f"test_{uuid4().hex[:12]}"
        postgres.create_database(name, role)
        made.append(name)
        return postgres.dsn(name, role)

    yield make
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def warehouse(postgres: Postgres) -> Postgres:
    """The server with CDNOW's purchases loaded; ``warehouse.dsn("warehouse", "warehouse_reader")`` reads them."""
    from demo.warehouse import load

    load(postgres.dsn("warehouse", "warehouse_owner"))
    return postgres


@pytest.fixture(scope="session")
def sftp(stack_folder: Path) -> Iterator[SftpServer]:
    """The demo's SFTP server."""
    from demo.sftp_server import SftpServer

    with SftpServer(stack_folder / "sftp-state", stack_folder / "sftp", usual_port=None) as server:
        yield server


@pytest.fixture(scope="session")
def s3(stack_folder: Path) -> Iterator[S3Server]:
    """The demo's S3 endpoint with its bucket."""
    from demo.s3_server import S3Server

    with S3Server(stack_folder / "s3-state", stack_folder / "s3", usual_port=None) as server:
        yield server


@pytest.fixture(scope="session")
def smtp(stack_folder: Path) -> Iterator[SmtpServer]:
    """The demo's mail server; ``smtp.mails()`` lists what arrived."""
    from demo.smtp_server import SmtpServer

    with SmtpServer(stack_folder / "smtp-state", stack_folder / "mail", usual_port=None) as server:
        yield server
