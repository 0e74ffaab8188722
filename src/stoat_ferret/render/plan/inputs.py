"""The files that one run of ffmpeg reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.media.limits import OPEN_OPTIONS
from stoat_ferret.render.plan.filter_graph import microseconds

if TYPE_CHECKING:
    from fractions import Fraction

    from stoat_ferret.render.plan.excerpt import Excerpt

_OPENING = [part for name, value in OPEN_OPTIONS.items() for part in (f"-{name}", value)]
_IMAGE_EXTENSIONS = frozenset("png jpg jpeg webp bmp tif tiff".split())


class Inputs:
    """Collects the arguments that open files; each gets a number, from 0.

    Names are passed so that they are never taken for an option or a protocol.
    """

    def __init__(self) -> None:
        self.arguments: list[str] = []
        self._count = 0

    def add_excerpt(self, part: Excerpt, *, upright: bool = True) -> int:
        """The part of a video, read from its `seek` on; its pictures `upright`, or as stored."""
        seek = part.seek - part.origin
        return self.add_video(part.source.path, seek, part.reach, upright=upright)

    def add_video(
        self, path: str, seek: Fraction, length: Fraction, *, upright: bool = True
    ) -> int:
        """A video from `seek` on, counted from what ffmpeg takes for its start."""
        where = ["-ss", microseconds(seek)] if seek else []
        turning = [] if upright else ["-noautorotate"]
        end = ["-t", microseconds(length)]
        return self.add([*_OPENING, *turning, *where, *end, "-i", f"file:{path}"])

    def add_image(self, path: str) -> int:
        """One picture; its name is no pattern."""
        if path.rpartition(".")[2].lower() not in _IMAGE_EXTENSIONS:
            names = ", ".join(sorted(_IMAGE_EXTENSIONS))
            raise RenderRefusedError(f"A picture must be one of {names}, not {path!r}.")
        options = ["-protocol_whitelist", "file", "-f", "image2", "-pattern_type", "none"]
        return self.add([*options, "-i", f"file:{path}"])

    def add(self, arguments: list[str]) -> int:
        """What `arguments` open."""
        self.arguments += arguments
        self._count += 1
        return self._count - 1
