"""Limits of the size of a definition that is validated, and of the number of issues that are reported.

Validating a value costs far more than sending it: without limits a small body would keep a server busy for seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from export_jobs.core.base.issue import Issue, Level

MAX_INPUT_ENTRIES = 20_000
"""Of one list: twice the limit of an audience or a filter, so that their own rule reports a few too many."""
MAX_INPUT_MAPPINGS = 1_000
"""Of one list of mappings, such as templates, columns or filters: many rules validate each of them."""
MAX_INPUT_VALUES = 200_000
"""Of all lists and mappings together."""
MAX_DEPTH = 20
MAX_ISSUES = 100
MAX_ERRORS = 200
"""Of one definition; then validation stops. More than the number that is reported."""


def size_issues(raw: object) -> list[Issue]:
    """Return why ``raw`` is too large to be validated; empty when it is not. Stops at the first excess."""
    waiting: list[tuple[str, object, int]] = [("", raw, 0)]
    count = 0
    while waiting:
        path, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            root = path.partition(".")[0].partition("[")[0]
            return [Issue(root, f"values are nested more than {MAX_DEPTH} deep", "Remove the inner brackets")]
        if isinstance(value, Mapping):
            children = [(f"{path}.{key}" if path else str(key), child) for key, child in value.items()]
        elif isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
            children = [(f"{path}[{index}]", child) for index, child in enumerate(value[: MAX_INPUT_ENTRIES + 1])]
        else:
            continue
        limit = MAX_INPUT_ENTRIES if isinstance(value, Mapping) else _most_entries(children)
        if len(children) > limit:
            return [Issue(path, f"this has {len(value):,} entries; at most {limit:,} are read", "Send fewer")]
        count += len(children)
        if count > MAX_INPUT_VALUES:
            return [
                Issue("", f"this contains more than {MAX_INPUT_VALUES:,} values", "Split it into several definitions")
            ]
        waiting += [(place, child, depth + 1) for place, child in children]
    return []


def _most_entries(children: Sequence[tuple[str, object]]) -> int:
    has_mappings = any(isinstance(child, Mapping) for _, child in children)
    return MAX_INPUT_MAPPINGS if has_mappings else MAX_INPUT_ENTRIES


def limit_errors(found: Iterable[Issue]) -> list[Issue]:
    """Return each issue once, and stop after ``MAX_ERRORS`` errors."""
    kept: dict[Issue, None] = {}
    count = 0
    for issue in found:
        if issue not in kept:
            kept[issue] = None
            count += issue.level is Level.ERROR
        if count >= MAX_ERRORS:
            break
    return list(kept)


def first_issues(issues: Sequence[Issue]) -> list[Issue]:
    """Return the first hundred issues, and one more that counts the others."""
    rest = len(issues) - MAX_ISSUES
    if rest <= 0:
        return list(issues)
    more = Issue("", f"and {rest:,} more issues of this kind and others", "Correct those above, then try again")
    return [*issues[:MAX_ISSUES], more]
