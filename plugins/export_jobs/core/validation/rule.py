"""Rules: each one checks a value, together with what it may refer to, and yields issues."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from export_jobs.core.base.issue import Issue
from export_jobs.core.catalogue.catalogue import Catalogue
from export_jobs.core.definitions.job import Template
from export_jobs.core.definitions.key import ReceiverKey

Value = TypeVar("Value")


@dataclass(frozen=True)
class RuleContext:
    """What a definition may refer to.

     ``destinations`` or ``keys`` None: tags are not checked. A key whose value is None has not been read by gpg.
     ``destinations`` is a mapping where more than their tags is known.
    ``now`` None: the definition is not new, so its days can be anywhere.
     ``checked_elsewhere`` names templates whose own issues are reported where they are defined, not again by each job;
     ``unreadable`` those that exist but are too broken to be checked.
    """

    catalogue: Catalogue
    templates: Mapping[str, Template] = field(default_factory=dict)
    destinations: Collection[str] | None = None
    now: datetime | None = None
    checked_elsewhere: Collection[str] = ()
    unreadable: Collection[str] = ()
    keys: Mapping[str, ReceiverKey | None] | None = None


Check = Callable[[Value], Iterable[Issue]]
LookUp = Callable[[Value, RuleContext], Iterable[Issue]]


class Rules(Generic[Value]):
    """Rules for one kind of value, in the order in which they report.

    Each is registered with the paths that it reads, and is skipped when one of them could not be read.
    """

    def __init__(self) -> None:
        self._rules: list[tuple[tuple[str, ...], LookUp[Value]]] = []

    def reads(self, *paths: str) -> Callable[[Check[Value]], Check[Value]]:
        """Register a rule that needs only the value."""

        def register(check: Check[Value]) -> Check[Value]:
            self._rules.append((paths, lambda value, _: check(value)))
            return check

        return register

    def looks_up(self, *paths: str) -> Callable[[LookUp[Value]], LookUp[Value]]:
        """Register a rule that also looks at what the value may refer to."""

        def register(check: LookUp[Value]) -> LookUp[Value]:
            self._rules.append((paths, check))
            return check

        return register

    def issues(self, value: Value, context: RuleContext, broken: Collection[str] = ()) -> Iterator[Issue]:
        """Yield every finding of every rule, except for ``broken`` paths, which have already been reported."""
        for paths, check in self._rules:
            if not any(is_within(path, broken) for path in paths):
                yield from (issue for issue in check(value, context) if not is_within(issue.path, broken))


def is_within(path: str, broken: Collection[str]) -> bool:
    """Whether ``path`` is one of ``broken`` or below one."""
    return any(path == part or path.startswith((f"{part}.", f"{part}[")) for part in broken)
