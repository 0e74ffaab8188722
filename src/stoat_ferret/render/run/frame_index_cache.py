"""Looks into files that are taken once, however often they are asked about while they stay."""

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
"""Of all files together that are kept; the places of half a minute of video are about 1,000."""

Identity = tuple[object, ...]


class FrameIndexCache:
    """Asks `ffprobe` when the pictures of files are shown, and keeps the newest answers.

    Each look has the deadline of `timeout_seconds`; `limiter` bounds how many there are at once.
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

    async def into(
        self, path: str, info: MediaInfo, identity: Identity, around: Iterable[Fraction] = ()
    ) -> Source:
        """The file at `path` with its timing; `identity` is another one when its content is.

        Raises what `read_frame_index` raises.
        """
        video = info.main_video
        if video is None:
            return Source(path, info)
        look = FrameIndexQuery(
            self._ffprobe, path, video.index, self._timeout_seconds, self._limiter
        )
        about = (path, video.index, *identity)
        header: Any = self._known(about)
        if header is None:
            header = await look.header()
            self._keep(about, header)
        found = []
        for interval in intervals(around, info):
            places: Any = self._known((*about, interval))
            if places is None:
                places = await look.key_places(header, *interval)
                self._keep((*about, interval), places)
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
