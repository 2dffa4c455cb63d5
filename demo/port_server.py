"""A server of the demo: a Python module in a process of its own, at one port of 127.0.0.1."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from demo.processes import ServerProcess, answers, free_port


class PortServer(ABC):
    """Start and stop one server; ``port`` is known from the start on, and the same after a restart if it is free."""

    name: ClassVar[str]

    def __init__(self, folder: Path, usual_port: int | None) -> None:
        self.folder, self.port, self._usual_port = folder.resolve(), 0, usual_port
        self._process: ServerProcess | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Create the files and folders that the server needs."""

    @abstractmethod
    def module(self) -> list[str | Path]:
        """Return the module that Python runs, and its arguments."""

    def start(self) -> None:
        """Return when the server accepts connections."""
        self.prepare()
        self.port = free_port(self.port or self._usual_port)
        self._process = ServerProcess(
            self.name, [sys.executable, "-m", *self.module()], log=self.folder / "server.log", grace=1
        )
        self._process.wait_until(lambda: answers(self.port))

    @property
    def is_alive(self) -> bool:
        """Whether the server runs."""
        return self._process is not None and self._process.alive()

    def stop(self) -> None:
        """Return when the server has ended."""
        if self._process:
            self._process.stop()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
