"""The install section of the README as a sequence of shell commands, with its example values replaced by real ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"
SECTION = "## Put it into your Airflow"
_BLOCK = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)


def install_steps(real: Mapping[str, str]) -> list[str]:
    """The bash blocks of the section, in the order in which they are written.

    ``real``: example values of the README -> their values here; each must occur, otherwise the README has changed.
    """
    text = README.read_text("utf-8")
    section = text[text.index(SECTION) + len(SECTION) :].partition("\n## ")[0]
    blocks = [block[1] for block in _BLOCK.finditer(section)]
    missing = [example for example in real if not any(example in block for block in blocks)]
    assert not missing, f"The README's install section no longer contains {missing}; correct tests/install, too."
    for example, value in real.items():
        blocks = [block.replace(example, value) for block in blocks]
    return blocks
