"""Names, sub-folders and the file names made of them: whole, short enough, and never two jobs' at once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from export_jobs.core.definitions.names import MAX_NAME, name_issues, subfolder_issues
from export_jobs.core.files.names import SUFFIXES, file_stem, manifest_path
from export_jobs.core.windows.window import Window

NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,5}", fullmatch=True).filter(lambda name: not list(name_issues("name", name)))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"])


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 9), timezones=st.just(UTC)))
    return Window(start, start + draw(st.timedeltas(timedelta(seconds=1), timedelta(days=9))))


FILES = st.tuples(NAMES, NAMES, windows(), ZONES)


@given(FILES, FILES)
def test_two_jobs_never_render_to_one_file_name(
    one: tuple[str, str, Window, str], two: tuple[str, str, Window, str]
) -> None:
    assume(one[0].lower() != two[0].lower())
    assert file_stem(*one).lower() != file_stem(*two).lower()
    assert manifest_path(one[0], *one[2:]).lower() != manifest_path(two[0], *two[2:]).lower()


@given(windows(), ZONES, st.sampled_from(sorted(SUFFIXES)))
def test_the_longest_file_name_leaves_room_for_a_temporary_one(window: Window, zone: str, suffix: str) -> None:
    longest = "n" * MAX_NAME
    assert not list(name_issues("name", longest))
    assert len((file_stem(longest, longest, window, zone) + suffix).encode()) <= 202
    assert len(manifest_path(longest, window, zone).encode()) <= 200


@given(st.text(max_size=12))
def test_a_valid_name_is_plain(name: str) -> None:
    if not list(name_issues("name", name)):
        assert name.isascii() and name[0].isalnum() and name[-1].isalnum() and not set(name) & set("/\\. \r\n\0")


@given(st.text(alphabet=st.sampled_from("a./\\ \x00é\n-"), max_size=12))
def test_a_valid_subfolder_stays_inside(subfolder: str) -> None:
    if not list(subfolder_issues("subfolder", subfolder)):
        parts = subfolder.split("/") if subfolder else []
        assert len(parts) <= 2
        assert all(part and part[0] != "." and part[-1] not in ". " and part.isprintable() for part in parts)


@pytest.mark.parametrize("subfolder", ["", "daily", "sales/daily", "year=2024/Müller & Co"])
def test_ordinary_subfolders_are_welcome(subfolder: str) -> None:
    assert list(subfolder_issues("subfolder", subfolder)) == []
