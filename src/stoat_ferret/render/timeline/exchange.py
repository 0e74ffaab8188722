"""Import and export of timelines, run in worker processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from stoat_ferret.errors import (
    ProcessCrashedError,
    ProcessTimeoutError,
    RecipeNotFoundError,
    RenderNotPlannedError,
    RenderRefusedError,
    StoatFerretError,
    TimelineRefusedError,
    listed_faults,
)
from stoat_ferret.media.libav_calls import read_time_code
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.request import PresetName, RenderRequest
from stoat_ferret.render.timeline.known_media import KnownMedia
from stoat_ferret.render.timeline.time_code import MediaTimes
from stoat_ferret.render.timeline.worker import (
    MAX_TIMELINE_BYTES,
    read_media,
    read_request,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.run.sources import SourceResolver
    from stoat_ferret.render.timeline.media_lookup import MediaFinder

T = TypeVar("T")

_READ_SECONDS = 15.0
_LOOK_SECONDS = 10.0
_TIME_CODE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class TakenTimeline:
    """An imported timeline as a request in plain JSON; `notes` say what it lacks."""

    request: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenTimeline:
    """A timeline as text, with a file name; `notes` say what editors do not support."""

    file_name: str
    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimelineExchange:
    """The import and export of timelines in worker processes."""

    workers: MediaWorkers
    finder: MediaFinder
    resolver: SourceResolver

    async def take(self, text: bytes) -> TakenTimeline:
        """Return the request for the timeline in `text`.

        Media are matched to videos by address, else by the id that this program wrote beside it,
        else by a unique file name. Raises `TimelineRefusedError`.
        """
        if len(text) > MAX_TIMELINE_BYTES:
            raise TimelineRefusedError(f"A timeline may have {MAX_TIMELINE_BYTES:,} bytes at most.")
        addresses, video_ids, unplaced = await self._run(read_media, text)
        found = await self.finder.find(addresses)
        by_name = {address: (one.video_id, one.path) for address, one in found.by_name.items()}
        known = await self.finder.known(video_ids)
        media = KnownMedia(found.at_path, known, by_name)
        times = {
            video_id: await self._times(video_id)
            for video_id in dict.fromkeys(media.video_of(address, None)[0] for address in unplaced)
            if video_id
        }
        media = replace(media, times=times)
        request, notes = await self._run(read_request, text, media)
        return TakenTimeline(request, tuple(notes))

    async def write(self, request: RenderRequest) -> WrittenTimeline:
        """Return the timeline of `request`.

        Raises the errors of `SourceResolver.gather`, and `RenderNotPlannedError` if the files do
        not respond in time.
        """
        # Key frames, images and lookup tables are not resolved: a timeline uses none of them.
        videos = [
            piece.model_copy(update={"effects": ()})
            for piece in request.clips
            if isinstance(piece, Clip)
        ]
        clips = {"clips": videos or request.clips, "audio": request.audio}
        plain = RenderRequest(preset=PresetName.WEB_720P, **clips)
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                materials, stem = await self.resolver.gather(plain)
        except TimeoutError as error:
            raise RenderNotPlannedError(_LOOK_SECONDS) from error
        name = request.name or stem.encode("utf-8", "replace").decode()
        text, notes = await self._run(write, request, dict(materials.videos), name)
        return WrittenTimeline(f"{name}.otio", text, tuple(notes))

    async def write_recipe(self, video_id: str) -> WrittenTimeline:
        """Return the timeline of the render that made a video.

        Raises `VideoNotFoundError`, `RecipeNotFoundError`, and the errors of `write`.
        """
        video = await self.resolver.videos.get(video_id)
        if video.recipe is None:
            raise RecipeNotFoundError(video_id)
        try:
            request = RenderRequest.from_params(video.recipe.request)
        except ValidationError as error:  # written by another version
            fault = listed_faults(error.errors(), "the render")
            raise RenderRefusedError(f"This version does not know that render: {fault}") from error
        return await self.write(request)

    async def _times(self, video_id: str) -> MediaTimes:
        """Return the times of a video, with the reason if its time code cannot be read."""
        video = await self.resolver.videos.get(video_id)
        info = video.media_info
        if info is None:
            return MediaTimes(None)
        time_code = unread = None
        try:
            path = await self.resolver.path_of(video)
            time_code = await run_on_file(
                self.workers, read_time_code, path, timeout_seconds=_TIME_CODE_SECONDS
            )
        except (StoatFerretError, TimeoutError) as error:
            unread = str(error) or "its disk does not answer"
        seconds, main = info.duration_seconds, info.main_video
        length = Fraction(repr(seconds)) if seconds else None
        return MediaTimes(length, main.frame_rate if main else None, time_code, unread)

    async def _run(self, function: Callable[..., T], *arguments: object) -> T:
        try:
            return await self.workers.run(function, *arguments, timeout_seconds=_READ_SECONDS)
        except (ProcessTimeoutError, ProcessCrashedError) as error:
            raise TimelineRefusedError(
                f"The timeline cannot be used: the process that worked on it {error.detail}. "
                "Export it from the editor anew, or only a part of it."
            ) from error
