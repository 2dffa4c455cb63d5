"""What happens to each kind of attempt in each field, as a Markdown table."""

from __future__ import annotations

from collections.abc import Iterable

from tests.injection.fields import Field
from tests.injection.payloads import PAYLOADS

_MARKS = {"none": "·", "all": "literal"}


def as_table(fields: Iterable[Field]) -> str:
    """One line a field; ``·`` is refused, a fraction says how many of that kind are literal and the rest refused."""
    head = ["field", *PAYLOADS]
    lines = [head, ["---"] * len(head), *([field.name, *(_cell(field, kind) for kind in PAYLOADS)] for field in fields)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(field: Field, kind: str) -> str:
    kept = sum(f"{kind}: {name}" in field.literal for name in PAYLOADS[kind])
    if kept == len(PAYLOADS[kind]):
        return _MARKS["all"]
    return f"{kept} of {len(PAYLOADS[kind])}" if kept else _MARKS["none"]
