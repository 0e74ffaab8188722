"""The videos of the library that match the media of a timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.render.timeline.time_code import MediaTimes


@dataclass(frozen=True, slots=True)
class KnownMedia:
    """Videos by the addresses of media.

    `ids` are the existing videos that the timeline itself names. `by_name` is for media that are
    not at their addresses: the only video of the same name and its path, or None and one of the
    paths if several have this name. `times` are those of the videos whose clips do not say when
    their media begin.
    """

    at_path: Mapping[str, str]
    ids: frozenset[str] = frozenset()
    by_name: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    times: Mapping[str, MediaTimes] = field(default_factory=dict)

    def video_of(self, address: str, named: object) -> tuple[str | None, str]:
        """Return the video at `address`, or else the one `named` beside it; and a note about it."""
        if address in self.at_path:
            return self.at_path[address], ""
        if isinstance(named, str) and named in self.ids:
            return named, ""
        if address not in self.by_name:
            return None, "its media is not in the library; a gap is there."
        video_id, path = self.by_name[address]
        if video_id is None:
            return None, (
                f"its media is not at {address}, and several are called so, {path} for one; "
                "a gap is there."
            )
        return video_id, f"its media is not at {address}; {path}, called the same, is taken."
