"""Build the site into ``.docs/site``: written pages, generated reference, strict build, check of the result."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings

from docs.site.built import faults
from docs.site.pages import REPOSITORY, BrokenLinkError, copy_pages

PAGES = REPOSITORY / ".docs" / "pages"
SITE = REPOSITORY / ".docs" / "site"


def main() -> int:
    """Exit code 0: built without a warning; 1: stderr has the faults."""
    for folder in (PAGES, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        _write_pages()
    except BrokenLinkError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not _is_built():
        return 1
    found = faults(SITE)
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    if not found:
        sys.stdout.write(f"The site is in {SITE.relative_to(REPOSITORY)}: open index.html.\n")
    return 1 if found else 0


def _write_pages() -> None:
    """Importing Airflow creates its home, so it gets a temporary one."""
    with tempfile.TemporaryDirectory() as home, warnings.catch_warnings():
        os.environ["AIRFLOW_HOME"] = home
        warnings.simplefilter("ignore")  # of other packages about each other; `make test` shows ours
        from docs.site.command_line import command_line_reference  # noqa: PLC0415
        from docs.site.python_api import python_reference  # noqa: PLC0415
        from docs.site.rest import rest_reference  # noqa: PLC0415

        copy_pages(PAGES, {"command line": command_line_reference, "python": python_reference, "rest": rest_reference})


def _is_built() -> bool:
    """Links and anchors between pages are checked here; ``faults`` checks the rest."""
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    quiet = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=REPOSITORY, env=quiet, check=False)  # noqa: S603  no part comes from outside
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
