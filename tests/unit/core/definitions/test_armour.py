"""Armoured text is recognised by its packets; tests/invalid has the sentences, with texts that gpg wrote."""

from __future__ import annotations

import base64

import pytest

from export_jobs.core.definitions.armour import MAX_ARMOUR, armour_issues

OLD_PUBLIC, NEW_PUBLIC = b"\x98\x02\x04\x00", b"\xc6\x02\x04\x00"
OLD_PRIVATE, NEW_PRIVATE, NEW_SUBKEY = b"\x94\x02\x04\x00", b"\xc5\x02\x04\x00", b"\xc7\x02\x04\x00"
USER, LONG_USER = b"\xb4\x01A", b"\xcd\xc0\x00" + b"A" * 192
HUGE_USER = b"\xcd\xff\x00\x00\x01\x00" + b"A" * 256


def armour(packets: bytes, kind: str = "PUBLIC", headers: str = "") -> str:
    text = base64.encodebytes(packets).decode()
    return f"-----BEGIN PGP {kind} KEY BLOCK-----\n{headers}\n{text}=abcd\n-----END PGP {kind} KEY BLOCK-----\n"


def what(text: str) -> str:
    return "".join(issue.what for issue in armour_issues("", text))


@pytest.mark.parametrize("public", [OLD_PUBLIC, NEW_PUBLIC])
@pytest.mark.parametrize("user", [USER, LONG_USER, HUGE_USER])
def test_one_public_key_passes_in_either_format(public: bytes, user: bytes) -> None:
    assert what(armour(public + user)) == ""
    assert what(armour(public + user, headers="Comment: of Acme\n")) == ""
    assert what(armour(public + user).replace("\n", "\r\n")) == ""
    assert what(f"From a mail\n\n{armour(public + user)}") == ""


@pytest.mark.parametrize("private", [OLD_PRIVATE, NEW_PRIVATE, NEW_SUBKEY])
def test_a_private_packet_is_found_anywhere(private: bytes) -> None:
    for packets in (private + USER, NEW_PUBLIC + LONG_USER + private, NEW_PUBLIC + HUGE_USER + private):
        for kind in ("PUBLIC", "PRIVATE", "MESSAGE"):
            assert "contains a private key" in what(armour(packets, kind))
    assert "contains a private key" in what(armour(NEW_PUBLIC + USER) + armour(private, "PRIVATE"))


def test_a_text_that_is_not_one_key_is_reported() -> None:
    assert "contains 2 keys" in what(armour(NEW_PUBLIC + USER + NEW_PUBLIC))
    assert "contains 2 keys" in what(armour(NEW_PUBLIC) + armour(OLD_PUBLIC))
    assert "no key that can be read" in what(armour(USER))
    assert "no key that can be read" in what(armour(b""))
    assert "not an OpenPGP public key" in what("")
    assert "not an OpenPGP public key" in what(armour(NEW_PUBLIC, "MESSAGE"))
    assert "at most" in what(armour(NEW_PUBLIC) + "x" * MAX_ARMOUR)


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_packet_that_ends_too_early_breaks_nothing(cut: int) -> None:
    assert isinstance(what(armour((NEW_PUBLIC + HUGE_USER)[:cut])), str)
