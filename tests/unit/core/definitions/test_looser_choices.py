"""Each choice that is looser than the default says what it loses; the defaults lose nothing."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

import pytest

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.core.definitions.looser_choices import looser_choices

OF_S3 = {"acl", "encryption", "kms_key", "bucket_key", "storage_class", "tags", "object_lock", "lock_days"}
PINS = {"host_keys"}  # a key more that is trusted is no looser choice of what a server can do
OTHERS = {
    "probe_folder": "/probes",
    "temporary_name": "{name}.{attempt}",
    "parallel": 4,
    "max_logins": 2,
    "legacy_algorithms": True,
    "plain_ftp": True,
    "keep_days": 14,
}


def every_other_choice() -> list[tuple[str, object]]:
    """Each option of servers with each of its values but the default."""
    words = [
        (name, value)
        for name, field in DestinationOptions.model_fields.items()
        if get_origin(field.annotation) is Literal
        for value in get_args(field.annotation)
        if value != field.default
    ]
    return [*words, *OTHERS.items()]


def test_the_defaults_lose_nothing() -> None:
    assert looser_choices(DestinationOptions()) == []


def test_no_option_is_left_out() -> None:
    assert {name for name, _ in every_other_choice()} == DestinationOptions.model_fields.keys() - OF_S3 - PINS


@pytest.mark.parametrize(("name", "value"), every_other_choice())
def test_a_looser_choice_is_named_for_what_it_loses(name: str, value: object) -> None:
    (choice,) = looser_choices(DestinationOptions.model_validate({name: value}))
    assert choice.option == name
    assert choice.loses.endswith(".") and len(choice.loses) > 30
