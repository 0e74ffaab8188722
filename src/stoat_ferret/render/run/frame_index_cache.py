"""A cache of frame indexes, which are read once for as long as a file does not change."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from stoat_ferret.render.plan.source import Source
from stoat_ferret.render.run.frame_index import (
    FrameIndexQuery,
    Header,
    KeyPlaces,
    intervals,
    put_together,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction
    from pathlib import Path

    import anyio

    from stoat_ferret.media.media_info import MediaInfo

MOST_FACTS = 50_000
"""The most facts to keep for all files; half a minute of video has file_key 1,000."""

Identity = tuple[object, ...]


class FrameIndexCache:
    """A cache of the most recently used frame indexes, which are read with `ffprobe`.

    Each call of ffprobe has a deadline of `timeout_seconds`; `limiter` bounds the calls at a time.
    """

    def __init__(
        self,
        ffprobe: Path,
        *,
        timeout_seconds: float,
        limiter: anyio.CapacityLimiter | None = None,
        most_facts: int = MOST_FACTS,
    ) -> None:
        self._ffprobe = ffprobe
        self._timeout_seconds = timeout_seconds
        self._limiter = limiter
        self._most_facts = most_facts
        self._kept: OrderedDict[Identity, Header | KeyPlaces] = OrderedDict()
        self._facts = 0

    async def read(
        self, path: str, info: MediaInfo, identity: Identity, around: Iterable[Fraction] = ()
    ) -> Source:
        """Return the file at `path` with its timing; `identity` changes with its content.

        Raises the errors of `read_frame_index`.
        """
        video = info.main_video
        if video is None:
            return Source(path, info)
        query = FrameIndexQuery(
            self._ffprobe, path, video.index, self._timeout_seconds, self._limiter
        )
        file_key = (path, video.index, *identity)
        header: Any = self._known(file_key)
        if header is None:
            header = await query.header()
            self._keep(file_key, header)
        found = []
        for interval in intervals(around, info):
            places: Any = self._known((*file_key, interval))
            if places is None:
                places = await query.key_places(header, *interval)
                self._keep((*file_key, interval), places)
            found.append(places)
        return Source(path, info, put_together(header, found))

    def _known(self, key: Identity) -> Header | KeyPlaces | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: Identity, fact: Header | KeyPlaces) -> None:
        before = self._kept.pop(key, None)
        self._facts += fact.count - (before.count if before else 0)
        self._kept[key] = fact
        while self._facts > self._most_facts and len(self._kept) > 1:
            self._facts -= self._kept.popitem(last=False)[1].count
