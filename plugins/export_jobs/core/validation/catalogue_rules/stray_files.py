"""Find files of the catalogue folder that are never read, although their author may expect it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from export_jobs.core.base.issue import Issue, Level
from export_jobs.core.base.text import suggest
from export_jobs.core.catalogue.files import VARIABLES

FOLDERS = ("facts", "kpis", "dimensions")
_OTHER_SUFFIXES = {".md", ".txt"}


def stray_files(folder: Path) -> Iterator[Issue]:
    """Yield a warning for each file or folder that is not part of a catalogue; notes can be anywhere."""
    for path in sorted(folder.iterdir()):
        if _is_note(path) or path.name in (*FOLDERS, VARIABLES):
            continue
        far = "Move it out of the folder, or into facts/, kpis/ or dimensions/"
        remedy = suggest(path.stem, (*FOLDERS, VARIABLES), none=far, far=far)
        yield Issue(path.name, "this is never read", remedy, Level.WARNING)
    for name in FOLDERS[:3]:
        for path in sorted((folder / name).glob("*")):
            if (path.is_file() and path.suffix == ".sql") or _is_note(path):
                continue
            what = "this is never read: only files directly in this folder whose names end in .sql are read"
            remedy = "Move its files one folder up" if path.is_dir() else "Rename it to end in .sql, or remove it"
            yield Issue(f"{name}/{path.name}", what, remedy, Level.WARNING)


def _is_note(path: Path) -> bool:
    return path.suffix in _OTHER_SUFFIXES or path.name.startswith(".")
