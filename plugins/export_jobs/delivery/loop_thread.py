"""An event loop on its own thread, for synchronous code."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import wait
from types import TracebackType
from typing import Any, Self, TypeVar

_T = TypeVar("_T")
MEANWHILE_S = 10.0


class LoopThread:
    """Runs coroutines on its own thread while the caller waits.

    ``asyncio.run`` in the caller's thread does not work: Airflow ends a task by raising from a signal handler, and
    asyncio logs and drops an exception that is raised inside a loop callback. The caller's thread only waits here, so a
    time-out or a kill reaches it at once and the clean-up can still use the loop. The caller can also hold a database
    transaction (the fence) without stopping the loop that keeps the connection alive.
    """

    def __enter__(self) -> Self:
        self._ready = threading.Event()
        self._task: asyncio.Task[Any] | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="delivery-loop", daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def run(self, coroutine: Coroutine[Any, Any, _T], *, meanwhile: Callable[[], None] | None = None) -> _T:
        """Run ``coroutine`` and return its result. If the wait is interrupted, cancel it and wait until it has ended.

        ``meanwhile`` is called in the caller's thread every few seconds; an exception of it interrupts the wait.
        """
        future = asyncio.run_coroutine_threadsafe(self._tracked(coroutine), self._loop)
        try:
            while meanwhile is not None:
                if wait({future}, MEANWHILE_S).done:
                    break
                meanwhile()
            return future.result()
        except BaseException:
            if not future.done():
                asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            raise

    async def _tracked(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        self._task = asyncio.current_task()
        return await coroutine

    async def _end(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._ready.set()
        await self._stop.wait()
