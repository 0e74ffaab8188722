"""The cache of frame indexes, which take long to read."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from stoat_ferret.render.plan.source import Source
from stoat_ferret.render.run.frame_index import (
    AllPictures,
    CutPlaces,
    Edges,
    intervals,
    put_together,
)
from stoat_ferret.render.run.frame_index_query import FrameIndexQuery
from stoat_ferret.render.run.header import Header

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from fractions import Fraction
    from pathlib import Path

    import anyio

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.processes.worker_pool import MediaWorkers

MOST_FACTS = 250_000
"""The most facts to keep for all files; half a minute of video has some 1,000.

The index of an hour of 30 pictures a second has 1,700, which are 0.9 MB.
"""
Identity = tuple[object, ...]
Fact = Header | Edges | CutPlaces | AllPictures
F = TypeVar("F", bound=Fact)


class FrameIndexCache:
    """A cache of the most recently used frame indexes, read with `ffprobe` and by `workers`.

    Each call has a deadline of `timeout_seconds`; `limiter` bounds those of ffprobe at a time.
    """

    def __init__(
        self,
        ffprobe: Path,
        workers: MediaWorkers,
        *,
        timeout_seconds: float,
        limiter: anyio.CapacityLimiter | None = None,
        most_facts: int = MOST_FACTS,
    ) -> None:
        self._ffprobe = ffprobe
        self._workers = workers
        self._timeout_seconds = timeout_seconds
        self._limiter = limiter
        self._most_facts = most_facts
        self._kept: OrderedDict[Identity, Fact] = OrderedDict()
        self._facts = 0

    async def read(
        self,
        path: str,
        info: MediaInfo,
        identity: Identity,
        around: Iterable[Fraction] = (),
        *,
        counts_pictures: bool = False,
    ) -> Source:
        """Return the file at `path` with its timing; `identity` changes with its content.

        Reads the packets of `WINDOW` seconds on each side of each time `around`, and, if it
        `counts_pictures`, the index of a file that lists them. Raises the errors of
        `FrameIndexQuery`.
        """
        video = info.main_video
        if video is None:
            return Source(path, info)
        query = FrameIndexQuery(
            path,
            info,
            video,
            ffprobe=self._ffprobe,
            workers=self._workers,
            timeout_seconds=self._timeout_seconds,
            limiter=self._limiter,
        )
        file_key = (path, video.index, *identity)
        header = await self._fact(file_key, query.header)
        edges = await self._fact((*file_key, "edges"), lambda: query.edges(header))
        if edges.length is not None:
            info = info.model_copy(update={"duration_seconds": float(edges.length)})
        found = [
            await self._fact((*file_key, interval), partial(query.cut_places, header, *interval))
            for interval in intervals(around, info)
        ]
        listed = None
        if counts_pictures and not edges.is_whole:
            listed = await self._fact((*file_key, "all"), query.all_pictures)
        timing = put_together(header, edges, found, listed)
        return Source(path, info, timing, header.hdr_metadata, header.has_alpha_channel)

    async def _fact(self, key: Identity, read: Callable[[], Awaitable[F]]) -> F:
        """Return the fact that is kept under `key`, or else the one that `read` returns."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return cast("F", self._kept[key])
        fact = await read()
        self._keep(key, fact)
        return fact

    def _keep(self, key: Identity, fact: Fact) -> None:
        before = self._kept.pop(key, None)
        self._facts += fact.count - (before.count if before else 0)
        self._kept[key] = fact
        while self._facts > self._most_facts and len(self._kept) > 1:
            self._facts -= self._kept.popitem(last=False)[1].count
