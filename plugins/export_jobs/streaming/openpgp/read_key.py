"""Read the text of a key with gpg, which checks the key's self-signatures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from export_jobs.core.definitions.armour import armour_issues
from export_jobs.core.definitions.key import PublicKey
from export_jobs.errors import UserError
from export_jobs.streaming.openpgp.gpg import GpgHome, GpgRefusedError, open_gpg, require_gpg
from export_jobs.streaming.openpgp.listing import read_listing

_LIST = ("--with-colons", "--fixed-list-mode", "--with-fingerprint")


@dataclass(frozen=True)
class SigningKey:
    """The team's private key in ASCII armour, and its passphrase; a ``repr`` shows neither."""

    private_key: str = field(repr=False)
    passphrase: str = field(default="", repr=False)


def read_public_key(text: str) -> PublicKey:
    """Return the key in ``text``, which may have a ``fault``.

    Raises ``UserError`` unless it is a single public key, ``TerminalError`` on a machine without gpg.
    """
    issue = next(armour_issues("", text), None)
    if issue:
        raise UserError(issue.what[0].upper() + issue.what[1:], issue.remedy)
    require_gpg()
    with open_gpg() as home:
        return import_public_key(home, text)


def read_signing_key(key: SigningKey) -> PublicKey:
    """Read the team's key in a separate home; raises as ``import_signing_key``. Its passphrase is not tried."""
    with open_gpg(has_agent=True) as home:
        return import_signing_key(home, key)


def import_public_key(home: GpgHome, text: str) -> PublicKey:
    """Import the public key in ``text`` into ``home`` and return it; raises as ``read_public_key``."""
    before = {key.fingerprint for key in read_listing(home.run("--list-keys", *_LIST))}
    try:
        home.run("--import", given=text.encode("utf-8", "replace"))
    except GpgRefusedError as error:
        raise UserError("gpg cannot read the public key", f"Ask its owner for it again ({error.what})") from None
    listed = read_listing(home.run("--list-keys", *_LIST))
    found = [key for key in listed if key.fingerprint not in before]
    if len(found) == 1:
        return found[0]
    # Two tags can have the same key; and for a key that gpg did not import, find out why.
    shown = _look_at(home, text)
    known = [key for key in listed if key.fingerprint in {key.fingerprint for key in shown}]
    if len(known) == 1:
        return known[0]
    made = max((key.created_at for key in shown), default=None)
    if made is not None and made > datetime.now(UTC):
        raise UserError(
            f"The key was created on {made:%Y-%m-%d} at {made:%H:%M} UTC, which is in the future for this machine",
            "Wait until then, or correct the clock that is wrong: that of the key's owner or that of this machine",
        )
    raise UserError(
        "gpg finds no key with a valid self-signature in the text",
        "Ask its owner for it again; it may have been changed in transit",
    )


def _look_at(home: GpgHome, text: str) -> list[PublicKey]:
    """Return the keys in ``text``, whether gpg would import them or not."""
    try:
        # With the trust model `always`, this command requires a trust file that does not exist.
        listing = home.run("--trust-model", "direct", "--show-keys", *_LIST, given=text.encode("utf-8", "replace"))
    except GpgRefusedError:
        return []
    return read_listing(listing)


def import_signing_key(home: GpgHome, key: SigningKey) -> PublicKey:
    """Import the team's key into ``home``, which has an agent; raises ``UserError`` unless the key can sign."""
    try:
        home.run("--import", given=key.private_key.encode("utf-8", "replace"))
    except GpgRefusedError:
        raise UserError(
            "gpg cannot read the private key to sign with",
            "Put the text that `gpg --armor --export-secret-keys` prints into `private_key` in the connection's extra",
        ) from None
    found = read_listing(home.run("--list-secret-keys", *_LIST))
    if len(found) != 1:
        what = f"The connection to sign with has {len(found)} private keys, but a file has one signature"
        raise UserError(what, "Put one `private_key` into the connection's extra")
    if found[0].fault:
        raise UserError(f"The private key to sign with {found[0].fault}", "Put another one into the connection's extra")
    return found[0]
