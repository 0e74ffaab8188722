"""The interface for making thumbnails, and its implementation in worker processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stoat_ferret.errors import ProbeCrashedError, ProbeTimeoutError
from stoat_ferret.media.libav_calls import fingerprint_file, picture_file
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.worker_call import run_on_file

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.media.libav_thumbnails import ThumbnailAnswer
    from stoat_ferret.processes.worker_pool import MediaWorkers


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The result of making a thumbnail.

    `version` is the maker's version, negative if there was nothing to see, and 0 if none was
    requested or it could not be written; `problem` then has the reason.
    """

    version: int = 0
    problem: str | None = None


NOT_ASKED_FOR = Thumbnail()
NOTHING_TO_SEE = Thumbnail(-THUMBNAIL_VERSION)


class Thumbnailer(Protocol):
    """A maker of thumbnails of files, within the limits of a `Prober`."""

    async def make(self, path: str | os.PathLike[str]) -> tuple[str, Thumbnail]:
        """Return the fingerprint of the file at `path`, and the result for its thumbnails.

        A file that cannot be decoded, hangs or crashes is no error: it has no thumbnails. Raises
        `FileVanishedError` and `FileUnreadableError`.
        """
        ...


class LibavThumbnailer:
    """A maker of thumbnails below `folder`, each in a worker process killed at the deadline.

    `make` is the function that runs in the worker.
    """

    def __init__(
        self,
        workers: MediaWorkers,
        folder: str,
        *,
        timeout_seconds: float,
        make: Callable[[bytes, str], tuple[str, ThumbnailAnswer]] = picture_file,
    ) -> None:
        self._workers = workers
        self._folder = folder
        self._timeout_seconds = timeout_seconds
        self._make = make

    async def make(self, path: str | os.PathLike[str]) -> tuple[str, Thumbnail]:
        """See `Thumbnailer.make`."""
        seconds = self._timeout_seconds
        try:
            fingerprint, answer = await run_on_file(
                self._workers, self._make, path, self._folder, timeout_seconds=seconds
            )
        except (ProbeTimeoutError, ProbeCrashedError):
            fingerprint = await run_on_file(
                self._workers, fingerprint_file, path, timeout_seconds=seconds
            )
            return fingerprint, NOTHING_TO_SEE
        return fingerprint, Thumbnail(*answer)
