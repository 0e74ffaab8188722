"""What discovery hands over: batches of files, folders and obstacles."""

from __future__ import annotations

import errno
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.errors import reason_of
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile
from stoat_ferret.scan.result import PassedOver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.library.video import FoundFolder

BATCH_SIZE = 1000
_BATCH_SECONDS = 0.25
# `stat` errors caused by the entry itself. All other errors come from the disk and may be
# temporary.
_ENTRY_ERRORS = {errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.EOVERFLOW}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An entry or ignore file that could not be used; `path` is relative to the root."""

    path: str
    reason: str
    hides_files: bool
    """True if files at or below the path may have been missed by this walk."""


@dataclass(slots=True)
class Batch:
    """The files and obstacles found since the previous batch."""

    files: list[FoundFile] = field(default_factory=list)
    """Without the files of known folders."""
    folders: list[FoundFolder] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)


class Batches:
    """Collects what is found, and hands it over several times a second."""

    def __init__(self) -> None:
        self.current = Batch()
        self._started = time.monotonic()

    def are_due(self) -> bool:
        """Return whether what was collected is full, or old enough to be handed over."""
        is_late = time.monotonic() - self._started >= _BATCH_SECONDS
        return is_late or len(self.current.files) >= BATCH_SIZE

    def take_all(self) -> Iterator[Batch]:
        """Yield what was collected, at least one batch."""
        files = self.current.files
        for start in range(BATCH_SIZE, len(files), BATCH_SIZE):
            yield Batch(files[start : start + BATCH_SIZE])
        del files[BATCH_SIZE:]
        yield self.take()

    def take(self) -> Batch:
        """Return what was collected since the last batch."""
        batch, self.current = self.current, Batch()
        self._started = time.monotonic()
        return batch


def unforeseen(error: Exception) -> str:
    """Return the reason to report for an unexpected error; the log has the traceback."""
    return f"{type(error).__name__}: {error}"


def without_stat(path: str, error: OSError) -> FoundFile:
    """Return the file at `path` whose size and time could not be read."""
    if error.errno in _ENTRY_ERRORS:
        return FoundFile(path, 0, 0, f"cannot be read: {reason_of(error)}")
    reason = f"It cannot be read ({reason_of(error)}). Check its permissions and its disk."
    return FoundFile(path, UNKNOWN_SIZE, 0, reason)
