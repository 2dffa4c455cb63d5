"""Start, await and stop one server process, and find a port for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
REPOSITORY = Path(__file__).resolve().parents[1]


class StartError(Exception):
    """A part of the stack did not start; the message is for the person at the terminal."""


def free_port(usual: int | None = None) -> int:
    """Return ``usual`` if nothing listens there on 127.0.0.1, otherwise any free port."""
    found = _bindable(usual or 0) or _bindable(0)
    if found is None:
        raise StartError("No free port was found on 127.0.0.1.")
    return found


def _bindable(port: int) -> int | None:
    with closing(socket.socket()) as probe:
        # As servers do: a port whose last connections still linger in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return None
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Return whether something accepts connections at the port of 127.0.0.1."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def plain_environment(**more: str) -> dict[str, str]:
    """Return an environment with only the caller's variables for programs, files and the language."""
    kept = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | more


class ServerProcess:
    """One command under its guard; its output goes to a log file, its descendants end with it."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_signal: int = signal.SIGTERM,
        grace: float = 10.0,
        user: str | None = None,
        folder: Path = REPOSITORY,
    ) -> None:
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file = log.with_suffix(".pid")
        self._pid_file.unlink(missing_ok=True)
        options = ["--stop-signal", str(int(stop_signal)), "--grace", str(grace), "--pid-file", str(self._pid_file)]
        if user:
            options += ["--user", user]
        with log.open("ab") as output:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), *options, "--", *map(str, command)],
                stdin=subprocess.PIPE,  # closed when this process ends, however it ends: the guard's sign to stop
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment if environment is not None else plain_environment()),
                cwd=folder,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id of the command itself, for drills that kill it."""
        return int(self._pid_file.read_text())

    def alive(self) -> bool:
        """Return whether the command still runs."""
        return self._guard.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 60.0, every: float = 0.05) -> None:
        """Return when ``ready``; raise with the end of the log if the command ends first or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive():
                raise StartError(f"{self.name} ended while it was starting; the end of {self.log}:\n{self._log_end()}")
            if time.monotonic() > deadline:
                raise StartError(
                    f"{self.name} was not ready after {seconds:.0f} seconds; the end of {self.log}:\n{self._log_end()}"
                )
            time.sleep(every)

    def signal_stop(self) -> None:
        """Ask it to stop without waiting, so that several can stop at the same time."""
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()

    def stop(self) -> None:
        """Stop the command and its descendants; return when all are gone."""
        self.signal_stop()
        self._guard.wait()

    def _log_end(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
