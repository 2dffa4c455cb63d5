"""Build the site into ``build/site``: written pages, generated reference, strict build, check of the result."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

from docs.site.built import faults
from docs.site.pages import REPOSITORY, BrokenLinkError, copy_pages

PAGES = REPOSITORY / "build" / "docs"
SITE = REPOSITORY / "build" / "site"


def main() -> int:
    """Exit code 0: built without a warning; 1: the faults are on stderr."""
    for folder in (PAGES, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        copy_pages(PAGES)
    except BrokenLinkError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _write_reference(PAGES / "reference")
    if not _is_built():
        return 1
    found = faults(SITE)
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    if not found:
        sys.stdout.write(f"The site is in {SITE.relative_to(REPOSITORY)}: open index.html.\n")
    return 1 if found else 0


def _write_reference(folder: Path) -> None:
    """The pages that the code writes. Importing Airflow creates its home, so it gets one that goes away again."""
    with tempfile.TemporaryDirectory() as home, warnings.catch_warnings():
        os.environ["AIRFLOW_HOME"] = home
        warnings.simplefilter("ignore")  # of other packages about each other; `make test` shows ours
        from docs.site.command_line import command_line_page  # noqa: PLC0415
        from docs.site.python_api import python_page  # noqa: PLC0415
        from docs.site.rest import rest_page  # noqa: PLC0415

        (folder / "command-line.md").write_text(command_line_page(), "utf-8")
        (folder / "rest-api.md").write_text(rest_page(), "utf-8")
        (folder / "python.md").write_text(python_page(), "utf-8")


def _is_built() -> bool:
    """Links and anchors between pages are checked here; ``faults`` checks the rest."""
    command = [str(Path(sys.executable).with_name("zensical")), "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=REPOSITORY, check=False, env={**os.environ, "NO_COLOR": "1"}).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
