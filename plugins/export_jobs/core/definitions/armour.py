"""ASCII-armoured OpenPGP text: the kinds of packets in it. Nothing is trusted; gpg checks signatures."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from export_jobs.core.base.issue import Issue

MAX_ARMOUR = 200_000
"""Characters: enough for a key with hundreds of certifications by other people, which are not used here."""
_HEAD = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
_BLOCK = re.compile(rf"{_HEAD}\s*\n(.*?)\n-----END PGP PUBLIC KEY BLOCK-----", re.DOTALL)
_PRIVATE = re.compile(r"PRIVATE|SECRET", re.ASCII)
_PUBLIC_KEY, _PRIVATE_KEYS = 6, {5, 7}
_EXPORT = "Export it with `gpg --armor --export <name>`, and give the whole text"


def armour_issues(path: str, text: str) -> Iterator[Issue]:
    """Yield why ``text`` is not one public key; at most one issue. It is never quoted: it may contain a private key."""
    what, remedy = _fault(text)
    if what:
        yield Issue(path, what, remedy)


def _fault(text: str) -> tuple[str, str]:
    if _PRIVATE.search(text) or _packets(text, of_any_block=True) & _PRIVATE_KEYS:
        what = "this contains a private key, which must stay with its owner; it was not saved"
        return what, f"Give only the public key. {_EXPORT}; if the private key is a partner's, tell them to replace it"
    if len(text) > MAX_ARMOUR:
        remedy = "Remove other people's certifications: `gpg --armor --export-options export-minimal --export <name>`"
        return f"the text has {len(text)} characters; at most {MAX_ARMOUR} are allowed", remedy
    blocks = _BLOCK.findall(text.replace("\r\n", "\n"))
    if not blocks:
        return "this is not an OpenPGP public key in ASCII armour (-----BEGIN PGP PUBLIC KEY BLOCK-----)", _EXPORT
    keys = sum(_tags(block).count(_PUBLIC_KEY) for block in blocks)
    if keys != 1 or len(blocks) != 1:
        count = "no key that can be read" if not keys else f"{keys} keys"
        return f"the text contains {count}, but a tag is for one key", "Give each key its own tag"
    return "", ""


def _packets(text: str, *, of_any_block: bool) -> set[int]:
    """Return the kinds of packets in every block of base64, whatever its header says: a header can be typed by hand."""
    blocks = re.findall(r"\n\s*\n([A-Za-z0-9+/=\s]+)", text.replace("\r\n", "\n")) if of_any_block else []
    return {tag for block in blocks for tag in _tags(f"\n\n{block}")}


def _tags(block: str) -> list[int]:
    """Return the kind of each packet of an armoured block, up to the first that is not a packet."""
    body = block.partition("\n\n")[2] if "\n\n" in block else block
    lines = [line.strip() for line in body.splitlines()]
    encoded = "".join(line for line in lines if line and not line.startswith(("=", "-")) and ":" not in line)
    try:
        data = base64.b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        return []
    return list(_walk(data))


def _walk(data: bytes) -> Iterator[int]:
    """Yield the tag of each packet, in the old and the new format of RFC 4880, section 4.2."""
    at = 0
    while at + 2 <= len(data) and data[at] & 0x80:
        head = data[at]
        if head & 0x40:
            tag, first = head & 0x3F, data[at + 1]
            size, width = (first, 1) if first < 192 else (0, 2 if first < 224 else 5 if first == 255 else 1)
            if width == 2:
                size = ((first - 192) << 8) + int.from_bytes(data[at + 2 : at + 3], "big") + 192
            elif width == 5:
                size = int.from_bytes(data[at + 2 : at + 6], "big")
        else:
            tag, width = (head & 0x3C) >> 2, (1, 2, 4, 0)[head & 3]
            size = int.from_bytes(data[at + 1 : at + 1 + width], "big") if width else len(data)
        yield tag
        at += 1 + width + size
