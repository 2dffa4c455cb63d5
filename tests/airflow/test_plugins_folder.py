"""Airflow's own loader on our plugins folder."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

LOAD = """
import email, sys
before = set(sys.modules)
from airflow.plugins_manager import get_timetables_plugins, get_import_errors
names = sorted(get_timetables_plugins())
bare = sorted(m for m in sys.modules if "." not in m and m not in before
              and getattr(sys.modules[m], "__file__", None) and "/plugins/export_jobs/" in sys.modules[m].__file__)
print(names, bare, get_import_errors(), email.__name__)
"""


def test_the_loader_finds_the_timetable_and_executes_nothing_inside_the_package(tmp_path: Path) -> None:
    """plugins/.airflowignore must keep Airflow from running each module of the package under its bare stem."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")},
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    last = done.stdout.strip().splitlines()[-1]
    assert last == "['export_jobs.orchestration.timetable.ExportTimetable'] ['export_jobs'] {} email", (
        "A module of plugins/export_jobs was executed on its own, or the plugin did not load. Keep `export_jobs/` in "
        f"plugins/.airflowignore and registration alone in export_jobs_plugin.py. It said: {done.stderr[-2000:]}"
    )


def test_the_dag_file_is_small_and_safe_mode_sees_it() -> None:
    """Airflow skips a file that does not hold the words airflow and dag; ours only calls the factory."""
    text = (ROOT / "dags" / "build_export_dags.py").read_text()
    assert len(text.splitlines()) <= 15, "Logic belongs in export_jobs/orchestration/factory.py"
    assert "airflow" in text.lower()
    assert "dag" in text.lower()
