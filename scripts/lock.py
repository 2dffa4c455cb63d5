"""The content of requirements-lock.txt."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).resolve().parents[1] / "requirements-lock.txt"


def requirements(lock: str) -> list[Requirement]:
    """The pinned requirements, without their hashes."""
    return [Requirement(line) for line in re.findall(r"^[a-zA-Z0-9][^\\\n#]*", lock, re.MULTILINE)]


def locked_versions(lock: str) -> dict[str, str]:
    """Versions by canonical name, of the packages that this Python needs."""
    wanted = [one for one in requirements(lock) if one.marker is None or one.marker.evaluate()]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in wanted}
