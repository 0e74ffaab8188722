"""Segments of videos on disk, bounded in size: the least recently used ones are deleted."""

from __future__ import annotations

import secrets
import shutil
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread

if TYPE_CHECKING:
    from pathlib import Path

_Key = tuple[str, str]


class SegmentCache:
    """Files of at most `most_bytes` together, by stream and name, in a new folder below `parent`.

    `sweep` deletes what earlier processes left there, and `close` all of it.
    """

    def __init__(self, parent: Path, most_bytes: int) -> None:
        self._parent = parent
        self._folder = parent / secrets.token_hex(8)
        self._most_bytes = most_bytes
        self._sizes: OrderedDict[_Key, int] = OrderedDict()
        self._total = 0
        self._count = 0
        self._files: dict[_Key, Path] = {}

    @property
    def total_bytes(self) -> int:
        """The bytes of all files."""
        return self._total

    async def sweep(self) -> None:
        """Delete what earlier processes left below the parent."""
        own = self._folder.name

        def sweep() -> None:
            for folder in self._parent.iterdir() if self._parent.is_dir() else ():
                if folder.name != own:
                    shutil.rmtree(folder, ignore_errors=True)

        with suppress(TimeoutError, OSError):
            await run_on_disk_thread(sweep)

    async def close(self) -> None:
        """Delete all files."""
        self._sizes.clear()
        self._files.clear()
        self._total = 0
        with suppress(TimeoutError):
            await run_on_disk_thread(lambda: shutil.rmtree(self._folder, ignore_errors=True))

    def holds(self, stream: str, name: str) -> bool:
        """Return whether the file is there."""
        return (stream, name) in self._sizes

    async def read(self, stream: str, name: str) -> bytes | None:
        """Return the content of a file; None if it is not, or no longer, there."""
        key = (stream, name)
        if key not in self._sizes:
            return None
        self._sizes.move_to_end(key)
        path = self._files[key]
        try:
            return await run_on_disk_thread(path.read_bytes)
        except FileNotFoundError:  # deleted meanwhile, by this cache or by somebody else
            self._forget(key)
            return None

    async def write(self, stream: str, name: str, data: bytes) -> None:
        """Store a file, and delete the least recently used ones that no longer fit.

        Raises `OSError`, for example if the disk is full.
        """
        key = (stream, name)
        self._count += 1
        path = self._folder / f"{self._count}.part"

        def store() -> None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

        await run_on_disk_thread(store)
        gone = [self._forget(key)]
        self._sizes[key], self._files[key] = len(data), path
        self._total += len(data)
        while self._total > self._most_bytes and len(self._sizes) > 1:
            gone.append(self._forget(next(iter(self._sizes))))
        old = [path for path in gone if path is not None]
        if old:
            await run_on_disk_thread(_delete, old)

    def _forget(self, key: _Key) -> Path | None:
        self._total -= self._sizes.pop(key, 0)
        return self._files.pop(key, None)


def _delete(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
