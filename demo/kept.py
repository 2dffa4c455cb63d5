"""Secrets of a state folder: random, created once, readable only by their owner."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path


def kept(file: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """Return the content of ``file``; create what is missing: the file, or a secret that a later release added."""
    content: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    made = make()
    if made.keys() - content.keys():
        content = made | content
        write_private(file, json.dumps(content, indent=2))
    return content


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read, completely or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    new.replace(file)
