"""Convert PuTTY's private keys (.ppk, versions 2 and 3) to OpenSSH's format, which the SSH library reads."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf import argon2

_START = "PuTTY-User-Key-File-"
_VARIANTS = ("Argon2id", "Argon2i", "Argon2d")  # PuTTY makes the first; old releases of the library know no other
_MOST_MEMORY_KB = 1024 * 1024
_MOST_PASSES = 1000
_LINE = 70


def is_putty_key(text: str) -> bool:
    """Return whether a text starts as PuTTY's keys do."""
    return text.lstrip().startswith(_START)


def openssh_text(text: str, passphrase: str | None) -> str:
    """Return the same key, unencrypted, in OpenSSH's format; it stays in memory.

    Raises ValueError if the text is damaged, or the passphrase is missing or wrong.
    """
    fields, blocks = _read(text)
    version = fields["version"]
    public, private = blocks["Public"], blocks["Private"]
    is_encrypted = fields["Encryption"] != "none"
    if is_encrypted and not passphrase:
        raise ValueError("the key has a passphrase")
    cipher_key, start, mac_key = _secrets(version, fields, (passphrase or "").encode() if is_encrypted else None)
    if is_encrypted:
        decryptor = Cipher(algorithms.AES(cipher_key), modes.CBC(start)).decryptor()
        private = decryptor.update(private) + decryptor.finalize()
    kind = fields["algorithm"]
    words = (kind, fields["Encryption"], fields["Comment"])
    named = (_string(word.encode("utf-8", "surrogateescape")) for word in words)
    signed = b"".join([*named, _string(public), _string(private)])
    digest = hmac.new(mac_key, signed, "sha256" if version == "3" else "sha1").hexdigest()
    if not hmac.compare_digest(digest, fields["Private-MAC"].lower()):
        raise ValueError("the passphrase does not fit, or the key is damaged")
    return _as_openssh(kind, public, private)


def _read(text: str) -> tuple[dict[str, str], dict[str, bytes]]:
    lines = iter(text.strip().splitlines())
    fields: dict[str, str] = {}
    blocks: dict[str, bytes] = {}
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip()
        if name.startswith(_START):
            fields["version"], fields["algorithm"] = name.removeprefix(_START), value
        elif name.endswith("-Lines"):
            blocks[name.removesuffix("-Lines")] = base64.b64decode("".join(next(lines, "") for _ in range(int(value))))
        else:
            fields[name] = value
    missing = {"Encryption", "Comment", "Private-MAC"} - fields.keys()
    if missing or {"Public", "Private"} - blocks.keys() or fields.get("version") not in {"2", "3"}:
        raise ValueError("this is not a key of PuTTY's, version 2 or 3")
    if fields["Encryption"] not in {"none", "aes256-cbc"}:
        raise ValueError("the key is encrypted in an unknown way")
    return fields, blocks


def _secrets(version: str, fields: dict[str, str], passphrase: bytes | None) -> tuple[bytes, bytes, bytes]:
    """Return the key and the initialization vector of the cipher, and the key of the digest."""
    if version == "2":
        mac_key = _sha1(b"putty-private-key-file-mac-key" + (passphrase or b""))
        if passphrase is None:
            return b"", b"", mac_key
        halves = (_sha1(struct.pack(">I", half) + passphrase) for half in (0, 1))
        return b"".join(halves)[:32], bytes(16), mac_key
    if passphrase is None:
        return b"", b"", b""
    memory, passes = int(fields["Argon2-Memory"]), int(fields["Argon2-Passes"])
    name = fields["Key-Derivation"]
    variant: Any = getattr(argon2, name, None) if name in _VARIANTS else None
    if variant is None or memory > _MOST_MEMORY_KB or passes > _MOST_PASSES:
        raise ValueError("the passphrase is stretched in an unknown way")
    derived = variant(
        salt=bytes.fromhex(fields["Argon2-Salt"]),
        length=80,
        iterations=passes,
        lanes=int(fields["Argon2-Parallelism"]),
        memory_cost=memory,
    ).derive(passphrase)
    return derived[:32], derived[32:48], derived[48:]


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()  # what version 2 of the form prescribes


def _as_openssh(kind: str, public: bytes, private: bytes) -> str:
    check = os.urandom(4)
    secret = check + check + _string(kind.encode()) + _private_part(kind, public, private) + _string(b"")
    secret += bytes(range(1, 9 - len(secret) % 8)) if len(secret) % 8 else b""
    whole = b"openssh-key-v1\0" + _string(b"none") + _string(b"none") + _string(b"") + struct.pack(">I", 1)
    body = base64.b64encode(whole + _string(public) + _string(secret)).decode()
    lines = [body[at : at + _LINE] for at in range(0, len(body), _LINE)]
    return "\n".join(["-----BEGIN OPENSSH PRIVATE KEY-----", *lines, "-----END OPENSSH PRIVATE KEY-----", ""])


def _private_part(kind: str, public: bytes, private: bytes) -> bytes:
    """Return what follows the kind in OpenSSH's format, built from PuTTY's two halves."""
    public_parts, private_parts = _strings(public)[1:], _strings(private)
    if kind == "ssh-rsa":
        exponent, modulus = public_parts
        secret, prime1, prime2, inverse = private_parts[:4]
        return b"".join(_string(part) for part in (modulus, exponent, secret, inverse, prime1, prime2))
    if kind.startswith("ecdsa-sha2-"):
        return b"".join(_string(part) for part in (*public_parts[:2], private_parts[0]))
    if kind == "ssh-ed25519":
        seed = private_parts[0].ljust(32, b"\0")
        return _string(public_parts[0]) + _string(seed[:32] + public_parts[0])
    raise ValueError("this kind of key is unknown here")


def _strings(data: bytes) -> list[bytes]:
    found = []
    while len(data) >= 4:
        size = int.from_bytes(data[:4])
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data
