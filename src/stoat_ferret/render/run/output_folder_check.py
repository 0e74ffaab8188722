"""Whether rendered files can be kept in their folder, looked at without making anything."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.disk import in_thread
from stoat_ferret.errors import OutputFolderError, OutputSpaceError, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANSWER_SECONDS = 3.0
SPARE_BYTES = 16 * 2**20
"""What is left free on a disk whatever is rendered."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder that can be written, or made, on a disk with so much room."""

    is_there: bool
    free_bytes: int


def look_at_folder(path: Path) -> FolderState:
    """How the folder for rendered files is. Blocking; raises `OSError` where it is of no use."""
    is_there = path.is_dir()
    if not is_there and path.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    holder = path if is_there else path.parent
    if not holder.is_dir():  # a disk that is unplugged
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {shown(holder)}")
    if not os.access(holder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return FolderState(is_there, shutil.disk_usage(holder).free)


class OutputFolderCheck:
    """A health check: a sentence with the folder and its room.

    A disk that does not answer is not asked again until it does. Raises `OutputFolderError`,
    `OutputSpaceError`.
    """

    def __init__(self, path: Path, look: Callable[[Path], FolderState] = look_at_folder) -> None:
        self._path = path
        self._look = look
        self._asking: asyncio.Future[FolderState] | None = None

    async def __call__(self) -> str:
        if self._asking is None or self._asking.done():
            self._asking = in_thread(self._look, self._path)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                state = await asyncio.shield(self._asking)
        except TimeoutError as error:
            raise OutputFolderError(self._path, "its disk does not answer") from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise OutputFolderError(self._path, reason) from error
        return self._sentence(state)

    def _sentence(self, state: FolderState) -> str:
        if state.free_bytes < SPARE_BYTES:
            raise OutputSpaceError(self._path, SPARE_BYTES, state.free_bytes)
        made = "" if state.is_there else ", made when it is needed"
        return f"{shown(self._path)}{made}, {state.free_bytes / 1e9:,.1f} GB free"
