"""Write the files for Amazon MWAA to ``dist/mwaa``: plugins.zip, requirements.txt, startup.sh and the Dag file.

``python scripts/dist_mwaa.py [FOLDER]``. MWAA unpacks plugins.zip into /usr/local/airflow/plugins, so it
contains the catalogue, and startup.sh sets its path. Upload all four; docs/howto/deploy.md says where.
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
PLUGINS = "/usr/local/airflow/plugins"
STARTUP = f"""#!/bin/sh
# Read by schedulers, workers and the web server of MWAA before they start.
export EXPORT_JOBS_CATALOGUE={PLUGINS}/include/sql
# Workers are separate machines and share staged files here; write the name of your bucket.
export EXPORT_JOBS_STAGING=s3://aws_default@YOUR-BUCKET/staging
"""
SHARED_STAGING = "apache-airflow-providers-amazon[s3fs]>=9.20.0,<10"
"""MWAA uses its own constraints if requirements.txt names none."""


def plugin_files() -> Iterator[tuple[str, Path]]:
    """Yield the name in plugins.zip and the file, in a stable order."""
    for root, parent in ((REPOSITORY / "plugins", REPOSITORY / "plugins"), (REPOSITORY / "include", REPOSITORY)):
        for file in sorted(root.rglob("*")):
            name = file.relative_to(parent)
            if file.is_file() and not any(part == "__pycache__" or part.endswith(".egg-info") for part in name.parts):
                yield str(name), file


def write(folder: Path) -> None:
    """Write all four into an empty folder; the same sources give the same bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "dags").mkdir(parents=True)
    with zipfile.ZipFile(folder / "plugins.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in plugin_files():
            archive.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_DEFLATED)
    wanted = [line for line in (REPOSITORY / "requirements.txt").read_text().splitlines() if line[:1].isalpha()]
    ours = [line for line in wanted if not line.startswith(("apache-airflow>=", "apache-airflow-providers-amazon"))]
    (folder / "requirements.txt").write_text("\n".join([SHARED_STAGING, *ours, ""]))
    (folder / "startup.sh").write_text(STARTUP)
    for file in sorted((REPOSITORY / "dags").glob("*.py")):
        shutil.copy(file, folder / "dags")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "dist" / "mwaa"
    write(target)
    for made in sorted(path for path in target.rglob("*") if path.is_file()):
        print(made)
