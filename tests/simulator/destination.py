"""The destination in memory, with a pause at each of its steps, and what a receiver sees of it."""

from __future__ import annotations

from collections.abc import Callable

from export_jobs.core.definitions.destination import DestinationOptions
from export_jobs.delivery.memory import MemoryDestination, Step
from export_jobs.delivery.verified_reader import VerifiedReader
from export_jobs.errors import TransientError
from tests.simulator.world import World


class SimulatedDestination(MemoryDestination):
    """``on_rename`` is called with the path, what stood there and what stands there now.

    ``parts`` are the paths under which a file stands in part, at a destination without temporary names.
    """

    def __init__(
        self,
        world: World,
        on_rename: Callable[[str, bytes | None, bytes], None],
        options: DestinationOptions | None = None,
    ) -> None:
        super().__init__("simulated", options)
        self._world = world
        self._open_files: dict[str, object] = {}
        self.parts: set[str] = set()
        self._on_rename = on_rename
        self.next_rename_is_idle = False

    def _reach(self, step: Step) -> None:
        self._world.pause(step)

    def _write(self, temporary: str, reader: VerifiedReader) -> None:
        """In two parts; a file that is removed in between stays removed, as under an open handle."""
        content = reader.read(1 << 20)
        reader.finish()
        self._temporaries[temporary] = content[: len(content) // 2]
        self._world.pause("half")
        if temporary not in self._temporaries:
            raise TransientError(f"The unfinished upload {temporary} has vanished")
        self._temporaries[temporary] = content

    def _rename(self, temporary: str, path: str, *, may_replace: bool) -> None:
        if self.next_rename_is_idle:
            self.next_rename_is_idle = False
            return
        before = self._files.get(path)
        super()._rename(temporary, path, may_replace=may_replace)
        self._on_rename(path, before, self._files[path])

    def _write_directly(self, path: str, content: bytes, keep_open: Callable[[], None]) -> None:
        """In two parts. Whoever writes to a name anew removes it first: an older writer's handle has no name then."""
        before = self._files.get(path)
        handle = self._open_files[path] = object()
        self._files[path] = content[: len(content) // 2]
        self.parts.add(path)
        self._world.pause("half")
        if self._is_open(path, handle):
            self._files[path] = content
            self.parts.discard(path)
            self._on_rename(path, before, content)
        keep_open()

    def _is_open(self, path: str, handle: object) -> bool:
        return self._open_files.get(path) is handle
