"""How large a definition may be before it is looked at, and how many of its issues are told.

Judging a value costs far more than sending it: without limits a small body would keep a server busy for seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from export_jobs.core.base.issue import Issue, Level

MAX_INPUT_ENTRIES = 20_000
"""Of one list: twice what an audience or a filter may have, so that their own rule speaks of a few too many."""
MAX_INPUT_MAPPINGS = 1_000
"""Of one list of mappings, such as templates, columns or filters: each of them is judged by many rules."""
MAX_INPUT_VALUES = 200_000
"""Of all lists and mappings together."""
MAX_DEPTH = 20
MAX_ISSUES = 100
MAX_ERRORS = 200
"""Of one definition; then it is not looked at any further. More than are told."""


def size_issues(raw: object) -> list[Issue]:
    """Why ``raw`` is too large to be judged; empty when it is not. One walk, which stops at the first excess."""
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
            return [Issue("", f"this holds more than {MAX_INPUT_VALUES:,} values", "Split it into several definitions")]
        waiting += [(place, child, depth + 1) for place, child in children]
    return []


def _most_entries(children: Sequence[tuple[str, object]]) -> int:
    holds_mappings = any(isinstance(child, Mapping) for _, child in children)
    return MAX_INPUT_MAPPINGS if holds_mappings else MAX_INPUT_ENTRIES


def until_enough(found: Iterable[Issue]) -> list[Issue]:
    """Each issue once; a definition with very many errors is not judged any further."""
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
    """The first hundred issues, and a last one that counts the others."""
    rest = len(issues) - MAX_ISSUES
    if rest <= 0:
        return list(issues)
    more = Issue("", f"and {rest:,} more issues of this kind and others", "Correct those above, then try again")
    return [*issues[:MAX_ISSUES], more]
