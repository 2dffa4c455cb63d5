"""Patterns of times: directives of digits from a closed list, and plain marks between them."""

from __future__ import annotations

import pytest

from export_jobs.core.definitions.time_format import has_offset, time_format_issues, time_parts


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("date_format", "%d.%m.%Y"),
        ("date_format", "%y%m%d"),
        ("timestamp_format", "%Y-%m-%dT%H:%M:%S.%f"),
        ("timestamptz_format", "%Y-%m-%d %H:%M:%S.%L%:z"),
        ("timestamptz_format", "%H%M%z"),
    ],
)
def test_formats(key: str, pattern: str) -> None:
    assert list(time_format_issues("x", key, pattern)) == []
    assert "".join(directive + plain for directive, plain in time_parts(pattern)) == pattern


@pytest.mark.parametrize(
    ("key", "pattern"),
    [
        ("date_format", ""),
        ("date_format", "-"),
        ("date_format", "%"),
        ("date_format", "%%"),
        ("date_format", "%d %B"),
        ("date_format", "%H"),
        ("date_format", "%d\n%m"),
        ("date_format", "%d٣"),
        ("timestamp_format", "%z"),
        ("timestamptz_format", "%:S"),
        ("timestamptz_format", "%Y{0}"),
        ("timestamptz_format", '%Y"'),
        ("timestamptz_format", "%Z"),
        ("timestamptz_format", "%Y" * 31),
    ],
)
def test_what_is_no_format(key: str, pattern: str) -> None:
    assert len(list(time_format_issues("x", key, pattern))) == 1


def test_offsets() -> None:
    assert has_offset("%H%z") and has_offset("%H%:z") and not has_offset("%H")
