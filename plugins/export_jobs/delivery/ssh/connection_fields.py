"""Read the other login fields of an SFTP or SSH connection: each field of Airflow's providers is used or refused.

Nothing here weakens what is offered: a field can only exclude algorithms, or choose among those that are offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from export_jobs.delivery.connection_extra import refuse_misspelled_fields
from export_jobs.errors import TerminalError

_YES = {"true", "1", "yes", "on"}
CHECKS_OFF = ("no_host_key_check", "ignore_hostkey_verification", "allow_host_key_change")
_DISABLED = {
    "kex": "kex_algs",
    "ciphers": "encryption_algs",
    "macs": "mac_algs",
    "keys": "server_host_key_algs",
    "pubkeys": "signature_algs",
}
"""Subjects of ``disabled_algorithms``, in Paramiko's words -> options of asyncssh."""
NOT_SUPPORTED = {
    "known_hosts": "put the server's public key into host_key; a known_hosts file differs from worker to worker",
    "host_proxy_cmd": "make the server reachable from the worker itself or by a VPN; a delivery starts no programs",
    "ssh_conn_id": "fill in host, login and secret here; a destination uses only one connection",
    "timeout": "write conn_timeout (seconds)",
}
"""Fields of hooks and of their older releases -> what to do instead."""
SSH_FIELDS = frozenset(
    {
        *("host_key", "private_key", "key_file", "private_key_passphrase", "passphrase"),
        *("certificate", "certificate_file", "conn_timeout", "cmd_timeout", "compress", "look_for_keys"),
        *("ciphers", "host_key_algorithms", "disabled_algorithms"),
        *CHECKS_OFF,
        *NOT_SUPPORTED,
    }
)
"""Every field that is used, or is refused with its own sentence."""


@dataclass(frozen=True)
class LoginPreferences:
    """``seconds``: how long a login may take; None: as the destination says. ``compress``: only on request.

    ``only``: by option of asyncssh, the names that may be offered; ``never``: those that may not.
    """

    seconds: float | None = None
    compress: bool = False
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def choose(self, option: str, offered: Sequence[str]) -> list[str]:
        """Return those of ``offered`` that the connection allows for an option, in the connection's order."""
        wanted = self.only.get(option)
        kept = offered if wanted is None else [name for name in wanted if name in offered]
        return [name for name in kept if name not in self.never.get(option, ())]


def read_preferences(extra: Mapping[str, Any], where: str) -> LoginPreferences:
    """Read the preferences of a connection.

    Raises:
        TerminalError: a field is not supported or cannot be read; the message names it, never its value.
    """
    refuse_misspelled_fields(extra, SSH_FIELDS, f"The connection of {where}")
    for switch in CHECKS_OFF:
        if is_on(extra.get(switch)):
            raise TerminalError(
                f"The connection of {where} has {switch} in its extra, which would deliver to any impostor. It is not "
                "supported",
                "Remove it and put the server's public key into host_key",
            )
    if is_on(extra.get("look_for_keys")):
        raise _not_supported(
            "look_for_keys",
            where,
            "put the key into private_key or key_file; keys of the worker's user are never tried",
        )
    for name, instead in NOT_SUPPORTED.items():
        if extra.get(name) not in {None, ""}:
            raise _not_supported(name, where, instead)
    only = {
        option: tuple(_names(extra[name], name, where))
        for name, option in (("ciphers", "encryption_algs"), ("host_key_algorithms", "server_host_key_algs"))
        if extra.get(name)
    }
    return LoginPreferences(
        seconds=_seconds(extra.get("conn_timeout"), where),
        compress=is_on(extra.get("compress")),
        only=only,
        never=_disabled(extra.get("disabled_algorithms"), where),
    )


def is_on(value: object) -> bool:
    """Return whether a switch in a connection's extra is on, in any usual spelling."""
    return str(value).strip().lower() in _YES


def _disabled(value: object, where: str) -> dict[str, frozenset[str]]:
    if not value:
        return {}
    if not isinstance(value, dict) or not set(value) <= set(_DISABLED):
        raise TerminalError(
            f"disabled_algorithms in the connection of {where} cannot be read",
            f"Write a mapping of {', '.join(sorted(_DISABLED))} to lists of names",
        )
    return {
        _DISABLED[subject]: frozenset(_names(names, "disabled_algorithms", where)) for subject, names in value.items()
    }


def _names(value: object, name: str, where: str) -> list[str]:
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(word, str) for word in listed):
        raise TerminalError(f"{name} in the connection of {where} cannot be read", "Write a list of algorithm names")
    return [word.strip() for word in listed if word.strip()]


def _seconds(value: object, where: str) -> float | None:
    if value in {None, ""}:
        return None
    try:
        seconds = float(str(value))
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise TerminalError(
            f"conn_timeout in the connection of {where} is not a number of seconds from 1 to 3600", "Correct it"
        )
    return seconds


def _not_supported(name: str, where: str, instead: str) -> TerminalError:
    return TerminalError(
        f"The connection of {where} has {name} in its extra, which deliveries do not use", f"Remove it, and {instead}"
    )
