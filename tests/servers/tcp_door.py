"""A TCP port in front of a unix socket, for processes of another user that cannot reach the socket's file."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

CHUNK = 65_536


@contextmanager
def tcp_door(path: Path) -> Iterator[int]:
    """Yield a port of 127.0.0.1 that leads to this socket."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        waiting = Thread(target=_let_in, args=(door, path), daemon=True)
        waiting.start()
        try:
            yield door.getsockname()[1]
        finally:
            with suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)  # wakes up the thread that waits for callers
            waiting.join(5)


def _let_in(door: socket.socket, path: Path) -> None:
    while True:
        try:
            caller, _ = door.accept()
        except OSError:  # the door is shut
            return
        Thread(target=_carry, args=(caller, path), daemon=True).start()


def _carry(caller: socket.socket, path: Path) -> None:
    """Copy both ways until one side hangs up; if the server is missing, the caller's connection ends."""
    with caller, socket.socket(socket.AF_UNIX) as behind, selectors.DefaultSelector() as ready, suppress(OSError):
        behind.connect(str(path))
        for source, target in ((caller, behind), (behind, caller)):
            ready.register(source, selectors.EVENT_READ, target)
        while True:
            for key, _ in ready.select():
                assert isinstance(key.fileobj, socket.socket)
                if not (data := key.fileobj.recv(CHUNK)):
                    return
                key.data.sendall(data)
