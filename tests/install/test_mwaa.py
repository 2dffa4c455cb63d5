"""The files for MWAA, unpacked as MWAA does: the plugin, its page, the catalogue and the Dag file exist and load."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts import dist_mwaa

LOADED = """
import os, sys
from pathlib import Path
import export_jobs_plugin, export_jobs
from export_jobs.web.page.stamp import STATIC_FOLDER
from export_jobs.orchestration.catalogue import load_configured_catalogue
root = Path(sys.argv[1])
assert Path(export_jobs.__file__).is_relative_to(root), export_jobs.__file__
assert STATIC_FOLDER.is_relative_to(root) and (STATIC_FOLDER / "page.js").is_file()
catalogue = load_configured_catalogue()
assert catalogue.kpis and not catalogue.issues, catalogue.issues
print(export_jobs_plugin.registered.name if export_jobs_plugin.registered else "a wheel is installed")
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mwaa") / "dist"
    dist_mwaa.write(folder)
    return folder


def test_the_plugin_loads_from_where_mwaa_unpacks_it(made: Path, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    with zipfile.ZipFile(made / "plugins.zip") as archive:
        archive.extractall(plugins)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "PYTHONPATH": str(plugins),
        "PYTHONDONTWRITEBYTECODE": "1",
        "EXPORT_JOBS_CATALOGUE": catalogue_of(made).replace(dist_mwaa.PLUGINS, str(plugins)),
    }
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(plugins)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def catalogue_of(made: Path) -> str:
    """Return the catalogue's folder that startup.sh sets, as a shell reads it."""
    command = ["sh", "-c", f'. "{made / "startup.sh"}" && printf %s "$EXPORT_JOBS_CATALOGUE"']
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_is_uploaded_is_whole_and_the_same_each_time(made: Path, tmp_path: Path) -> None:
    dist_mwaa.write(tmp_path / "again")
    for name in ("plugins.zip", "requirements.txt", "startup.sh", "dags/build_export_dags.py"):
        assert (tmp_path / "again" / name).read_bytes() == (made / name).read_bytes()
    names = zipfile.ZipFile(made / "plugins.zip").namelist()
    assert "export_jobs_plugin.py" in names and "export_jobs/plugin.py" in names
    assert not [name for name in names if "__pycache__" in name or ".egg-info" in name]


def test_the_requirements_can_be_read_and_name_no_airflow(made: Path) -> None:
    lines = (made / "requirements.txt").read_text().splitlines()
    wanted = [Requirement(line).name for line in lines]
    assert "apache-airflow" not in wanted and {"sqlglot", "asyncssh"} <= set(wanted)
    assert len(wanted) == len(set(wanted))
