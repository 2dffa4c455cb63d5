"""A line that delays every byte, in a separate process that costs as little as possible.

Its threads receive, wait and send in large blocks. The interpreter lock is free in all three, so the line is faster
than SSH on the same machine. ``tc netem`` would do this in the kernel, if the module is there.
"""

from __future__ import annotations

import multiprocessing
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection

BLOCK = 1024 * 1024
BUFFER = 16 * 1024 * 1024
"""Of each socket: a line of 40 ms holds 16 MB at 400 MB/s."""


@contextmanager
def delayed_line(port: int, one_way_s: float) -> Iterator[int]:
    """Yield the port of a line to ``port`` on this machine; bytes take ``one_way_s`` in each direction."""
    told, telling = multiprocessing.Pipe()
    line = multiprocessing.get_context("spawn").Process(target=_serve, args=(port, one_way_s, telling), daemon=True)
    line.start()
    try:
        yield told.recv()
    finally:
        line.terminate()
        line.join(5)


def _serve(port: int, one_way_s: float, told: Connection) -> None:
    """Carry connections until the process is ended."""
    listener = _large(socket.socket())
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    told.send(listener.getsockname()[1])
    while True:
        near, _ = listener.accept()
        far = _large(socket.socket())
        far.connect(("127.0.0.1", port))
        for source, sink in ((near, far), (far, near)):
            waiting: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
            threading.Thread(target=_take, args=(source, waiting, one_way_s), daemon=True).start()
            threading.Thread(target=_give, args=(sink, waiting), daemon=True).start()


def _take(source: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]], one_way_s: float) -> None:
    block = b"first"
    while block:
        try:
            block = source.recv(BLOCK)
        except OSError:
            block = b""
        waiting.put((time.monotonic() + one_way_s, block))


def _give(sink: socket.socket, waiting: queue.SimpleQueue[tuple[float, bytes]]) -> None:
    with suppress(OSError):
        while True:
            due, block = waiting.get()
            time.sleep(max(0, due - time.monotonic()))
            if not block:
                sink.shutdown(socket.SHUT_WR)
                return
            sink.sendall(block)


def _large(made: socket.socket) -> socket.socket:
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
