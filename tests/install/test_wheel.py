"""The wheel as a new user gets it: installed with the README's own commands, and run to a delivered file.

Nothing of this repository is on any path: the editable install of the development environment would hide files that
are missing in a wheel.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.install.conftest import ROOT, Environment
from tests.install.readme import install_steps

if TYPE_CHECKING:
    from demo.airflow_processes import Airflow
    from demo.postgres import Postgres
    from demo.sftp_server import SftpServer
    from demo.smtp_server import SmtpServer

pytestmark = [pytest.mark.live, pytest.mark.slow]

PATIENCE_S = 420
JOB = """
destinations:
  - {tag: partner-sftp, kind: sftp, connection: partner_sftp, folder: /exports}
templates:
  - {name: sales-by-store, kind: custom, kpis: [net_sales, buyers], dimensions: [store]}
jobs:
  - name: first-week
    owner: owner@example.com
    recipients: [partner@example.com]
    destination: partner-sftp
    schedule: {frequency: once, from: 1997-01-01, until: 1997-01-07, time_zone: Europe/Berlin}
    templates: [{template: sales-by-store}]
"""


class Installed:
    """An Airflow in which the README's steps have been followed; ``printed`` is the output of each."""

    def __init__(self, environment: Environment, airflow: Airflow, folder: Path) -> None:
        self.environment, self.airflow, self.folder = environment, airflow, folder
        self.printed: list[str] = []
        self._exported: dict[str, str] = {}

    def shell(self, block: str) -> str:
        """Run a block of the README; later blocks and Airflow's processes get its exported variables."""
        script = f"set -euo pipefail\n{block}\nenv -0 > {self.folder}/exported\n"
        said = self.environment.run("bash", "-c", script, **self.variables())
        pairs = (self.folder / "exported").read_text().split("\0")
        exported = dict(pair.partition("=")[::2] for pair in pairs if pair.startswith(("AIRFLOW__", "EXPORT_JOBS")))
        self._exported |= exported
        self.airflow.extra_env |= self._exported
        self.printed.append(said)
        return said

    def variables(self) -> dict[str, str]:
        """Airflow's configuration and the exported variables."""
        own = {name: text for name, text in self.airflow.environment().items() if name.startswith("AIRFLOW")}
        return own | self._exported

    def command(self, *command: str) -> str:
        """One command in the same environment."""
        return self.environment.run(*command, **self.variables())


@pytest.fixture(scope="module")
def installed(  # noqa: PLR0917  fixtures
    plain_airflow: Environment,
    before: dict[str, str],
    wheel: Path,
    stack_folder: Path,
    warehouse: Postgres,
    sftp: SftpServer,
    smtp: SmtpServer,
) -> Iterator[Installed]:
    """Follow the README's section step by step up to the applied job; start Airflow's processes where it says so."""
    from demo.airflow_processes import Airflow

    folder = stack_folder / "wheel"
    for name in ("dags", "plugins"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(ROOT / "include" / "sql", folder / "sql")
    (folder / "my-jobs.yaml").write_text(JOB)
    airflow = Airflow(
        folder / "airflow",
        warehouse,
        dags_folder=folder / "dags",
        plugins_folder=folder / "plugins",
        usual_port=None,
        python=plain_airflow.python,
    )
    airflow.prepare()
    world = Installed(plain_airflow, airflow, folder)
    pip, bundle, connections, upgrade, doctor, first_job = install_steps(
        _real_values(world, wheel, warehouse, sftp, smtp)
    )
    world.shell(pip)
    world.shell(bundle)
    world.shell(connections)
    world.shell(upgrade)
    with airflow:
        with airflow.client() as client:
            _wait_for(
                lambda: client.get("/api/v2/dags/export_jobs_auditor").is_success, "the first parse of the bundle"
            )
        world.shell(doctor)
        world.shell(first_job)
        yield world


def _real_values(
    world: Installed, wheel: Path, postgres: Postgres, sftp: SftpServer, smtp: SmtpServer
) -> dict[str, str]:
    def uri(database: str, role: str) -> str:
        dsn = postgres.dsn(database, role)
        return f"postgresql://{role}:{dsn['password']}@{quote(dsn['host'], safe='')}:{dsn['port']}/{database}"

    def text(connection: dict[str, Any]) -> str:
        return json.dumps(connection)

    from demo import connections

    return {
        "pip install 'airflow-export-jobs[s3]'": world.environment.pip(f"{wheel}[s3]"),
        "/opt/airflow/include/sql": str(world.folder / "sql"),
        "postgresql://export_jobs:change-me@store.example.com/export_jobs": uri("export_jobs", "export_jobs"),
        "postgresql://reader:change-me@warehouse.example.com/warehouse": uri("warehouse", "warehouse_reader"),
        '{"conn_type": "sftp", "host": "sftp.partner.example", "login": "exports", "password": "change-me", "extra": '
        '{"host_key": "ssh-ed25519 AAAA-the-servers-public-key"}}': text(connections.sftp_by_password(sftp)),
        '{"conn_type": "smtp", "host": "smtp.example.com", "port": 587, "login": "exports", "password": "change-me", '
        '"extra": {"from_email": "exports@example.com", "disable_ssl": true}}': text(connections.smtp(smtp)),
        '{"conn_type": "http", "host": "http://localhost:8080", "login": "admin", "password": "change-me"}': text(
            connections.airflow_api(world.airflow)
        ),
        "my-jobs.yaml": str(world.folder / "my-jobs.yaml"),
    }


def test_no_version_of_the_plain_airflow_has_changed(installed: Installed, before: dict[str, str]) -> None:
    after = installed.environment.packages()
    changed = {name: (was, after.get(name)) for name, was in before.items() if after.get(name) != was}
    assert changed == {}
    assert after["airflow-export-jobs"]


def test_nothing_of_this_repository_is_on_the_path(installed: Installed) -> None:
    code = "import sys, export_jobs; print(export_jobs.__file__); print(sys.path)"
    file, path = installed.command(installed.environment.python, "-c", code).splitlines()[-2:]
    assert file.startswith(str(installed.environment.folder))
    assert str(ROOT) not in path


def test_airflow_lists_the_plugin_and_the_provider(installed: Installed) -> None:
    plugins = json.loads(installed.command("airflow", "plugins", "--output", "json").splitlines()[-1])
    [ours] = [plugin for plugin in plugins if plugin["name"] == "export_jobs"]
    assert ours["source"].startswith("airflow-export-jobs==")
    assert "airflow-export-jobs" in installed.command("airflow", "providers", "list")


def test_the_doctor_finds_nothing_wrong(installed: Installed) -> None:
    report = json.loads(installed.command("export-jobs", "doctor", "--format", "json"))
    assert report["ok"], report
    subjects = {check["subject"] for check in report["checks"]}
    assert {"airflow", "package", "plugin", "store", "catalogue", "staging", "mail", "api", "pool", "dags"} <= subjects
    assert {"warehouse export_jobs_warehouse", "destination partner-sftp"} <= subjects


def test_the_doctor_names_what_is_wrong_and_what_to_do(installed: Installed) -> None:
    """Each of these is a real mistake of a first installation; none hides another."""
    slips = {
        "EXPORT_JOBS_POOL": "no-such-pool",
        "EXPORT_JOBS_SMTP_CONNECTION": "no_such_mail",
        "EXPORT_JOBS_CATALOGUE": str(installed.folder / "nowhere"),
        "AIRFLOW__CORE__EXECUTOR": "airflow.providers.celery.executors.celery_executor.CeleryExecutor",
        "EXPORT_JOBS_STATE": str(installed.folder / "state"),
    }
    environment = installed.environment
    code = (
        "import sys; from export_jobs.cli import main; sys.exit(0 if main(['doctor', '--format', 'json']) == 1 else 9)"
    )
    said = environment.run(environment.python, "-c", code, **{**installed.variables(), **slips})
    failed = {check["subject"]: check for check in json.loads(said)["checks"] if check["outcome"] == "failed"}
    assert {"pool", "mail", "catalogue", "staging"} <= set(failed)
    assert "airflow pools set no-such-pool" in failed["pool"]["remedy"]
    assert "no_such_mail" in failed["mail"]["what"]
    assert "EXPORT_JOBS_CATALOGUE" in failed["catalogue"]["remedy"]
    assert "EXPORT_JOBS_STAGING" in failed["staging"]["remedy"]
    assert all(check["remedy"] for check in failed.values())


def test_the_statement_and_a_mail_come_out_of_the_wheel(installed: Installed) -> None:
    """The engine's SQL and the mails' texts are files inside the wheel."""
    window = "1997-01-01..1997-01-07"
    assert "GROUP BY" in installed.command("export-jobs", "sql", "first-week", "--window", window)
    code = (
        "from export_jobs.orchestration.mail.message import Letter, sender_address; "
        "letter = Letter('alarm', 'An alarm', {'findings': ['one'], 'link': ''}, ('first',)); "
        "print(letter.to('owner@example.com', sender_address('exports@example.com')).decode())"
    )
    assert "multipart/alternative" in installed.command(installed.environment.python, "-c", code)


def test_the_first_job_is_delivered(installed: Installed, sftp: SftpServer, smtp: SmtpServer) -> None:
    exports = sftp.root / "exports"
    _wait_for(lambda: bool(list(exports.glob("first-week__*.manifest.json"))), "the manifest of the first job")
    [archive] = exports.glob("first-week__sales-by-store__*.zip")
    with zipfile.ZipFile(archive) as file:
        assert file.testzip() is None
        rows = file.read(file.namelist()[0]).decode().splitlines()
    assert rows[0] == "store,net_sales,buyers"
    assert len(rows) > 1
    _wait_for(
        lambda: any(b"\nTo: partner@example.com" in path.read_bytes() for path in smtp.mails()),
        "the mail to the partner",
    )


def test_a_copied_folder_beside_the_wheel_registers_once(installed: Installed) -> None:
    """The folder does not register its plugin: Airflow would report a second one of the same name as broken."""
    environment = installed.environment
    code = (
        "from airflow.plugins_manager import get_import_errors, get_plugin_info; print(get_import_errors(), "
        "[p['name'] for p in get_plugin_info()].count('export_jobs'))"
    )
    folders = {**installed.variables(), "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins")}
    assert environment.run(environment.python, "-c", code, **folders).splitlines()[-1] == "{} 1"


def _wait_for(arrived: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not arrived():
        assert time.monotonic() < deadline, f"{what} did not arrive within {PATIENCE_S} s"
        time.sleep(0.5)
