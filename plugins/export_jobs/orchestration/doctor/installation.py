"""Check versions, copies of this package, and whether Airflow has registered the plugin in this process."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import airflow
from airflow.configuration import conf
from airflow.plugins_manager import get_import_errors, get_timetables_plugins

import export_jobs
from export_jobs.orchestration.doctor.result import CheckResult, Outcome, Surroundings
from export_jobs.orchestration.timetable import ExportTimetable

OLDEST_AIRFLOW = (3, 3)
NEXT_MAJOR_AIRFLOW = (4, 0)
DISTRIBUTION = "airflow-export-jobs"
_VERSION = re.compile(r'^__version__ = "([^"]+)"', re.MULTILINE)


def airflow_fits(_: Surroundings) -> Iterator[CheckResult]:
    """Check that this package supports the installed version of Airflow."""
    text = f"Airflow {airflow.__version__}, Python {sys.version.split()[0]}"
    numbers = tuple(int(part) for part in re.findall(r"\d+", airflow.__version__)[:2])
    if OLDEST_AIRFLOW <= numbers < NEXT_MAJOR_AIRFLOW:
        yield CheckResult.ok("airflow", text)
    else:
        remedy = f"Install Airflow 3.3 or a later 3.x, or another version of {DISTRIBUTION}"
        yield CheckResult("airflow", Outcome.FAILED, f"{text}: this package needs Airflow 3.3 or a later 3.x", remedy)


def one_copy_is_installed(_: Surroundings) -> Iterator[CheckResult]:
    """Check that a wheel and a copied folder, if both exist, have the same version."""
    own = Path(export_jobs.__file__).parent
    yield CheckResult.ok("package", f"Export Jobs {export_jobs.__version__} from {own} ({_installed_as(own)})")
    copy = Path(conf.get("core", "plugins_folder")) / "export_jobs"
    if not (copy / "__init__.py").is_file() or copy.samefile(own):
        return
    found = _VERSION.search((copy / "__init__.py").read_text("utf-8"))
    other = found[1] if found else "unknown"
    if other != export_jobs.__version__:
        what = f"{copy} is another copy of this package (version {other}), which is not used"
        yield CheckResult("package", Outcome.WARNING, what, "Remove it, or install the same version of both")


def _installed_as(own: Path) -> str:
    try:
        return f"{DISTRIBUTION} {version(DISTRIBUTION)}"
    except PackageNotFoundError:
        return f"a copied folder below {own.parent}"


def plugin_is_registered(_: Surroundings) -> Iterator[CheckResult]:
    """Check the plugin: without it the scheduler creates no runs and the API server shows no page."""
    name = f"{ExportTimetable.__module__}.{ExportTimetable.__qualname__}"
    broken = {place: text for place, text in get_import_errors().items() if "export_jobs" in f"{place}{text}"}
    for place, text in broken.items():
        what = f"Airflow reports an error for {place}: {' '.join(text.split())[:300]}"
        yield CheckResult("plugin", Outcome.FAILED, what, "Correct it, then restart every Airflow process")
    if name in get_timetables_plugins():
        yield CheckResult.ok("plugin", "registered in this process")
    elif not broken:
        remedy = (
            f"Install {DISTRIBUTION}, or copy plugins/ with its .airflowignore into Airflow's plugins folder; "
            "then restart every Airflow process"
        )
        yield CheckResult("plugin", Outcome.FAILED, "Airflow has not registered the plugin in this process", remedy)
