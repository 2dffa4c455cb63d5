"""Mail addresses in the table and in validation: both take a plain mailbox, and neither anything that means more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_jobs.core.base.address import address_issues, is_mailbox
from tests.integration.store.samples import SHARED_STORE

pytestmark = pytest.mark.integration


ADDRESSES = {
    "name@example.org": True,
    "first.last+tag@mail.example.co.uk": True,
    "o'brien_99-x@xn--mller-kva.example.org": True,
    "bounce=jane~1#2&3@9lives.example.com": True,
    "=?utf-8?q?a=0D=0Ax?=@example.com": False,
    "=?utf-8?q?eve=40evil.org=2C?=@example.com": False,
    "a?b@example.com": False,
    '"a,b"@example.com': False,
    "a,b@example.com": False,
    "a;b@example.com": False,
    "Jane <jane@example.com>": False,
    "a@b@example.com": False,
    "a@example.com\nBcc: b@example.com": False,
    "a@example.com\n": False,
    "a\t@example.com": False,
    "a b@example.com": False,
    "user%other.org@example.com": False,
    "host!user@example.com": False,
    "|program@example.com": False,
    "/file@example.com": False,
    "{{conn.x}}@example.com": False,
    "a(comment)@example.com": False,
    "a\\b@example.com": False,
    ".a@example.com": False,
    "a..b@example.com": False,
    "a@[127.0.0.1]": False,
    "a@127.0.0.1": False,
    "a@example": False,
    "a@-example.com": False,
    "a@example-.com": False,
    "a@example..com": False,
    "müller@example.com": False,
    "a@müller.example.com": False,
    "a\u202e@example.com": False,
    "": False,
    "@": False,
}
"""Whether each is a plain mailbox."""


@pytest.mark.parametrize("address", [case for case in ADDRESSES if ADDRESSES[case]])
def test_a_plain_address_is_taken(scalar: Callable[..., object], address: str) -> None:
    assert scalar("SELECT export_jobs.is_mailbox(%s)", address) is True
    assert list(address_issues("owner", address)) == []


@pytest.mark.parametrize("address", [case for case in ADDRESSES if not ADDRESSES[case]])
def test_w1_an_address_that_means_more_is_refused_twice(scalar: Callable[..., object], address: str) -> None:
    assert scalar("SELECT export_jobs.is_mailbox(%s)", address) is False
    assert list(address_issues("owner", address)) != []


@SHARED_STORE
@given(local=st.text("aZ9._+-='~#&?!%/|{}\"(),:;<>[]\\ @é\n", max_size=5), domain=st.text("aZ9-.@é", max_size=7))
def test_table_and_validation_agree_on_addresses(scalar: Callable[..., object], local: str, domain: str) -> None:
    """Validation refuses a little more: names that no server can have, such as `localhost` or broken `xn--`."""
    address = f"{local}@{domain}"
    assert scalar("SELECT export_jobs.is_mailbox(%s)", address) is is_mailbox(address)
    if not is_mailbox(address):
        assert list(address_issues("owner", address)) != []


def test_addresses_are_no_longer_than_mail_allows(scalar: Callable[..., object]) -> None:
    domain = ".".join(["d" * 61] * 3) + ".org"
    for address, is_taken in (
        (f"{'a' * 64}@example.com", True),
        (f"{'a' * 65}@example.com", False),
        (f"a@{'d' * 63}.org", True),
        (f"a@{'d' * 64}.org", False),
        (f"{'a' * 63}@{domain}", True),
        (f"{'a' * 64}@{domain}x", False),
    ):
        assert (len(address), scalar("SELECT export_jobs.is_mailbox(%s)", address)) == (len(address), is_taken)
        assert is_mailbox(address) is is_taken
