"""An empty environment with a plain Airflow in it, and the wheel built from this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo.processes import plain_environment
from scripts.lock import LOCK, requirements

if TYPE_CHECKING:
    from demo.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
UV = {"UV_SYSTEM_CERTS": "1"}
"""As pip and the Makefile do, for runs of pytest without the Makefile."""
PLAIN_AIRFLOW = "apache-airflow[postgres]==3.3.2"


class Environment:
    """A virtual environment in its own folder; nothing of the repository is on its path."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.python = str(self.bin / "python")

    def run(self, *command: str, **more: str) -> str:
        """Run a command and return its output; a failure shows all of it."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables(**more),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def variables(self, **more: str) -> dict[str, str]:
        """The environment variables of a person who has just created this environment."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return plain_environment(PIP_DISABLE_PIP_VERSION_CHECK="1", **UV, **more) | {"PATH": path}

    def install(self, requirement: str) -> None:
        """Install with the versions of the lock, so that a new release of a package breaks no test."""
        self.run("bash", "-c", self.pip(requirement))

    def pip(self, requirement: str) -> str:
        """The command line for it; uv installs the same wheels in a fraction of the time."""
        uv = Path(sys.executable).with_name("uv")
        program = f"{uv} pip install --python {self.python}" if uv.exists() else "python -m pip install"
        constraints = self.folder / "constraints.txt"
        # Without hashes: they would also be required for the wheel, which has none in the lock.
        constraints.write_text("".join(f"{pinned}\n" for pinned in requirements(LOCK.read_text())))
        return f"{program} -q -c {constraints} '{requirement}'"

    def packages(self) -> dict[str, str]:
        """Versions by name, without pip and setuptools, which Python's own venv puts into an empty environment."""
        lines = self.run(self.python, "-m", "pip", "list", "--format=freeze", "--exclude", "setuptools").splitlines()
        return dict(line.split("==") for line in lines if "==" in line)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A separate server: the live tests use another Airflow and another store with the same names."""
    from demo.postgres import Postgres

    folder = Path(tempfile.mkdtemp(prefix="export-jobs-wheel-"))
    folder.chmod(0o711)
    with Postgres(folder / "postgres") as server:
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def warehouse(postgres: Postgres) -> Postgres:
    """The usual warehouse, on that server."""
    from demo.warehouse import load

    load(postgres.dsn("warehouse", "warehouse_owner"))
    return postgres


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the command of `make wheel` in a copy of the files in git."""
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "plugins", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in files:
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    command = ["-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--wheel-dir", str(source / "dist")]
    subprocess.run([sys.executable, *command, str(source)], check=True, capture_output=True)
    [built] = (source / "dist").glob("airflow_export_jobs-*.whl")
    return built


@pytest.fixture(scope="session")
def plain_airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """An environment that contains Airflow and nothing of ours."""
    folder = tmp_path_factory.mktemp("env")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    environment = Environment(folder)
    environment.install(PLAIN_AIRFLOW)
    yield environment
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def before(plain_airflow: Environment) -> dict[str, str]:
    """The versions of the plain Airflow, before ours was installed."""
    return plain_airflow.packages()
