"""Facts about files that players need and scans do not read, kept for the next segment."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeVar, cast

from stoat_ferret.errors import MediaError
from stoat_ferret.media.libav_calls import canvas_size, indexed_key_frames
from stoat_ferret.media.worker_call import run_on_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.library.video import VideoDetails
    from stoat_ferret.processes.worker_pool import MediaWorkers

T = TypeVar("T")

_MOST = 400
_DISC_SIZES = ((720, None), (1280, (1280, 720)))
_USUAL_SIZE = (1920, 1080)
"""The sizes of Blu-ray subtitles for videos up to a width; also for those of 3840 pixels."""


class FileFacts:
    """Facts about files, read by `workers`, each within `timeout_seconds`."""

    def __init__(self, workers: MediaWorkers, timeout_seconds: float) -> None:
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._known: OrderedDict[tuple[str, ...], Any] = OrderedDict()

    async def key_frames(self, path: str, video: VideoDetails, index: int) -> list[float]:
        """Return the times of the key frames in the index of the file; empty without one."""
        return await self._read([], indexed_key_frames, path, video, index)

    async def canvas(
        self, path: str, video: VideoDetails, index: int, seconds: float
    ) -> tuple[int, int] | None:
        """Return the size of the pictures that Blu-ray subtitles were made for; None if unknown.

        It is that of the first subtitle from `seconds` on, or else what is usual.
        """
        found = await self._read(None, canvas_size, path, video, index, seconds)
        if found is not None or video.media_info is None or video.media_info.main_video is None:
            return found
        width = video.media_info.main_video.coded_width
        return next((size for most, size in _DISC_SIZES if width <= most), _USUAL_SIZE)

    async def _read(
        self,
        default: T,
        function: Callable[..., T],
        path: str,
        video: VideoDetails,
        index: int,
        *more: object,
    ) -> T:
        """Return what `function` returns for a file and a stream, or `default` if it fails.

        Whatever it is, it is kept, unless it is None.
        """
        key = (function.__name__, video.id, str(video.fingerprint), str(index))
        if key not in self._known:
            seconds = self._timeout_seconds
            try:
                found = await run_on_file(
                    self._workers, function, path, index, *more, timeout_seconds=seconds
                )
            except MediaError:
                found = default
            if found is None:
                return default
            self._known[key] = found
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return cast("T", self._known[key])
