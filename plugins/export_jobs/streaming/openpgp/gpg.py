"""Run gpg in child processes, each with its own empty home: nothing of the worker's user is read or changed.

gpg never uses the network: no key is looked up or fetched. Its home is in memory if the system has a place for that,
only this user can read it, and it is removed after use. The next use removes the home of a process that was killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from export_jobs.errors import TerminalError, TransientError, UserError
from export_jobs.streaming.base.sink import DISK_FULL

HOME_PREFIX = "ej-gpg-"
_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it, for this user alone
_LONGEST_ROOT = 60
"""Characters. gpg's agent listens on a socket in the home; the path of a socket can have about a hundred."""
_SECONDS = 60
_LOCK = "in-use"
_QUIET = (
    "--no-options", "--batch", "--no-tty", "--quiet", "--status-fd", "2", "--trust-model", "always",
    "--no-auto-key-locate", "--no-auto-key-retrieve", "--disable-dirmngr", "--no-autostart",
)  # fmt: skip


class GpgRefusedError(TerminalError):
    """gpg refused its input, as far as its messages say."""


@dataclass(frozen=True)
class GpgHome:
    """An empty home of gpg. ``has_agent``: private keys are used in it, which requires gpg's agent."""

    path: Path
    program: str
    has_agent: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The environment of gpg, without the worker's variables; its messages are in English."""
        return {"GNUPGHOME": str(self.path), "HOME": str(self.path), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}

    def command(self, *arguments: str) -> list[str]:
        """Return a command line of gpg; it contains no secret, since everybody on a machine can read command lines."""
        quiet = [option for option in _QUIET if not (self.has_agent and option == "--no-autostart")]
        return [self.program, "--homedir", str(self.path), *quiet, *arguments]

    def run(self, *arguments: str, given: bytes = b"") -> str:
        """Run gpg and return its output; raises what ``gpg_error`` returns if it fails."""
        try:
            done = subprocess.run(  # noqa: S603  no shell, and no argument from a definition but fingerprints
                self.command(*arguments),
                input=given,
                capture_output=True,
                env=self.environment,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TransientError(f"gpg did not answer within {_SECONDS} s", "It is retried automatically") from None
        if done.returncode:
            raise gpg_error(done.returncode, done.stderr)
        return done.stdout.decode("utf-8", "replace")


@contextmanager
def open_gpg(*, has_agent: bool = False) -> Iterator[GpgHome]:
    """Yield an empty home, which is removed on leaving; raises ``TerminalError`` on a machine without gpg."""
    program = require_gpg()
    root = _root()
    _sweep(root)
    path, lock = _new_home(root)
    try:
        with lock:
            yield GpgHome(path, program, has_agent)
    finally:
        _remove(path)


def find_gpg() -> str | None:
    """Return the path of gpg, or None."""
    return shutil.which("gpg")


def require_gpg() -> str:
    """Return the path of gpg; raises ``TerminalError`` on a machine without it."""
    program = find_gpg()
    if program is None:
        raise TerminalError(
            "The program gpg, which encrypts files and reads public keys, is not installed on this machine",
            "Install it (Debian, Ubuntu: apt-get install gnupg) on every machine that runs tasks or serves the page",
        )
    return program


def gpg_version() -> str:
    """Return gpg's version, such as ``2.2.40``."""
    with open_gpg() as home:
        return home.run("--version").splitlines()[0].rpartition(" ")[2]


def gpg_error(code: int, messages: bytes) -> TransientError | UserError | TerminalError:
    """Return the error for a gpg that ended with ``code``; ``messages``: what it wrote to its standard error."""
    lines = messages.decode("utf-8", "replace").splitlines()
    status = " ".join(line.removeprefix("[GNUPG:] ") for line in lines if line.startswith("[GNUPG:]"))
    if code < 0:
        return TransientError(f"gpg was killed by signal {-code} before it finished", "It is retried automatically")
    if "Bad passphrase" in (text := " ".join(lines)) or "BAD_PASSPHRASE" in status or "No passphrase" in text:
        what = "The private key cannot be opened: its passphrase is missing or wrong"
        return UserError(what, "Correct the connection's password, which is the key's passphrase")
    if "No space left" in text:
        return _no_space()
    own = next((line.removeprefix("gpg: ") for line in reversed(lines) if line.startswith("gpg: ")), "no message")
    return GpgRefusedError(
        f"gpg failed: {own[:200]}",
        "Check the keys with `export-jobs keys show`, and gpg with `export-jobs doctor`",
    )


def _no_space() -> TerminalError:
    where = f"in {_MEMORY} of the worker, or in its folder for temporary files" if _MEMORY.exists() else "on the worker"
    return TerminalError("There is no space left for gpg's temporary files", f"Free space {where}")


def _new_home(root: Path) -> tuple[Path, BinaryIO]:
    """Create a folder and its lock, which is held until the file is closed."""
    while True:
        path = _new_folder(root)
        lock = (path / _LOCK).open("wb")
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (path / _LOCK).exists():
            return path, lock
        lock.close()  # another process removed it between the two steps, as a left-over


def _new_folder(root: Path) -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix=HOME_PREFIX, dir=root))  # 0700
    except OSError as error:
        raise (_no_space() if error.errno in DISK_FULL else error) from None


def _root() -> Path:
    if os.access(_MEMORY, os.W_OK | os.X_OK):
        return _MEMORY
    root = Path(tempfile.gettempdir())
    return root if len(str(root)) <= _LONGEST_ROOT else Path("/tmp")  # noqa: S108  as above


def _sweep(root: Path) -> None:
    """Remove the homes of killed processes: the system has released their locks."""
    for path in root.glob(f"{HOME_PREFIX}*"):
        with suppress(OSError):
            if path.stat().st_uid != os.geteuid():
                continue
            with (path / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(path)


def _remove(path: Path) -> None:
    _end_agent(path)
    for _ in range(3):  # an agent that ends removes its sockets at the same time
        shutil.rmtree(path, ignore_errors=True)
        if not path.exists():
            return


def _end_agent(path: Path) -> None:
    if not (path / "S.gpg-agent").exists():
        return
    program = shutil.which("gpgconf")
    command: Sequence[str] = [program or "gpgconf", "--homedir", str(path), "--kill", "gpg-agent"]
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(command, capture_output=True, timeout=10, check=False)  # noqa: S603  as above
