"""Slots: a person has a few at once, and a slot is free again after an error."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from export_jobs.web.http.error_responses import RequestRefusal
from export_jobs.web.http.slots import Slots


def test_one_more_than_the_slots_of_a_person_is_refused_and_nobody_else_is() -> None:
    slots = Slots(limit=2)
    with ExitStack() as held:
        held.enter_context(slots.hold("anna"))
        held.enter_context(slots.hold("anna"))
        with pytest.raises(RequestRefusal) as refused, slots.hold("anna"):
            pass
        assert refused.value.status == 429
        with slots.hold("ben"):
            pass
    with slots.hold("anna"):
        pass


def test_a_slot_of_a_failed_request_is_free_again() -> None:
    slots = Slots(limit=1)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"), slots.hold("anna"):
            raise ValueError("broken")
