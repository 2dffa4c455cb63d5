"""Parse the output of ``gpg --list-keys --with-colons``; the format is described in gpg's doc/DETAILS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from export_jobs.core.base.text import is_control
from export_jobs.core.definitions.key import PublicKey

MIN_BITS = 2048
_NEEDS_BITS = {"1", "2", "3", "16", "17", "20"}
"""RSA, ElGamal and DSA by gpg's numbers: their short keys can be broken. Curves are short and strong."""
_PRIMARY, _SUBKEYS = {"pub", "sec"}, {"sub", "ssb"}
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_MAX_USER_ID = 200


@dataclass(frozen=True)
class _Part:
    """A primary key or a subkey. ``validity``: r for revoked, e for expired, i for invalid; ``use``: letters."""

    validity: str
    bits: int
    algorithm: str
    created: datetime
    expires: datetime | None
    use: str

    @property
    def is_usable(self) -> bool:
        return self.validity not in {"r", "e", "i", "d", "n"}

    @property
    def is_short(self) -> bool:
        return self.algorithm in _NEEDS_BITS and self.bits < MIN_BITS


def read_listing(text: str) -> list[PublicKey]:
    """Return every key of a listing, valid by gpg's own clock; for a private key, whether it can sign."""
    blocks: list[list[list[str]]] = []
    for line in text.splitlines():
        fields = line.split(":")
        if fields[0] in _PRIMARY:
            blocks.append([])
        if blocks and len(fields) > 9:
            blocks[-1].append(fields)
    return [_public_key(block) for block in blocks]


def _public_key(block: list[list[str]]) -> PublicKey:
    primary, *subkeys = (_part(fields) for fields in block if fields[0] in _PRIMARY | _SUBKEYS)
    use = "s" if block[0][0] == "sec" else "e"
    wanted = [part for part in (primary, *subkeys) if use in part.use]
    usable = [part for part in wanted if part.is_usable]
    ends = [part.expires for part in usable]
    last = None if None in ends else max((end for end in ends if end), default=None)
    expiries = [end for end in (primary.expires, last) if end]
    fault = next(_faults(primary, wanted, usable, use), "")
    return PublicKey(
        fingerprint=next((fields[9] for fields in block if fields[0] == "fpr"), ""),
        user_id=_user_id(next((fields[9] for fields in block if fields[0] == "uid"), "")),
        created_at=primary.created,
        expires_at=min(expiries, default=None),
        fault=fault,
    )


def _faults(primary: _Part, wanted: list[_Part], usable: list[_Part], use: str) -> Iterator[str]:
    """Yield the faults, the most serious first."""
    act = "sign" if use == "s" else "encrypt"
    if primary.validity == "r":
        yield "has been revoked by its owner"
    if primary.validity == "e":
        yield f"expired on {_day(primary.expires)}"
    if not primary.is_usable:
        yield "is not valid: it has no self-signature that gpg accepts"
    if not wanted:
        yield f"has no key to {act} with"
    if not usable and any(part.validity == "e" for part in wanted):
        yield f"has a subkey to {act} with that expired on {_day(max(p.expires for p in wanted if p.expires))}"
    if not usable and any(part.validity == "r" for part in wanted):
        yield f"has a subkey to {act} with that has been revoked"
    if not usable:
        yield f"has no valid key to {act} with"
    short = next((part for part in (primary, *usable) if part.is_short), None)
    if short:
        yield f"has only {short.bits} bits; keys with fewer than {MIN_BITS} bits can be broken"


def _part(fields: list[str]) -> _Part:
    return _Part(
        validity=fields[1],
        bits=int(fields[2] or 0),
        algorithm=fields[3],
        created=_instant(fields[5]) or datetime.fromtimestamp(0, UTC),
        expires=_instant(fields[6]),
        use=fields[11] if len(fields) > 11 else "",
    )


def _instant(text: str) -> datetime | None:
    return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() and int(text) else None


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else "an unknown day"


def _user_id(text: str) -> str:
    """Return the name as its owner wrote it, which can be anything, without invisible characters."""
    raw = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return "".join(char for char in raw if not is_control(char))[:_MAX_USER_ID]
