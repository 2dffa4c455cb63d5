"""Reads ``tests/invalid_catalogue``: a valid catalogue with one file added or changed, and the expected issues.

``# file:`` says where in the catalogue of ``_sound`` the example goes, ``# expect:`` what is then found.
"""

import shutil
from pathlib import Path

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.catalogue.files import load_catalogue
from export_jobs.core.validation.catalogue import sort_by_location, validate_catalogue
from export_jobs.core.validation.catalogue_rules.stray_files import stray_files

INVALID = Path(__file__).resolve().parents[2] / "invalid_catalogue"
SOUND = INVALID / "_sound"
EXAMPLES = sorted(INVALID.glob("*.sql"))


def issues_of(folder: Path) -> list[Issue]:
    return sort_by_location([*validate_catalogue(load_catalogue(folder)), *stray_files(folder)])


def findings(example: Path, folder: Path) -> list[tuple[str, str]]:
    """Path and sentence of everything that is wrong with the sound catalogue once the example is in it."""
    shutil.copytree(SOUND, folder, dirs_exist_ok=True)
    [place] = _marked(example, "# file: ")
    (folder / place).parent.mkdir(exist_ok=True)
    shutil.copyfile(example, folder / place)
    return [
        (issue.path, f"{issue.what}. {issue.remedy}." + (" (warning)" if issue.level is Level.WARNING else ""))
        for issue in issues_of(folder)
    ]


def expected(example: Path) -> list[tuple[str, str]]:
    """The ``# expect: <path> | <sentence>`` lines of the file."""
    parts = [line.partition(" | ") for line in _marked(example, "# expect: ")]
    return [(place, sentence) for place, _, sentence in parts]


def _marked(example: Path, mark: str) -> list[str]:
    lines = example.read_text("utf-8").splitlines()
    return [line.partition(mark)[2] for line in lines if mark in line]
