"""The static metadata of high dynamic range: the mastering display and the content light level."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stoat_ferret.media.media_info import HdrKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stoat_ferret.media.media_info import VideoStream

_MASTERING = "Mastering display metadata"
_LIGHT = "Content light level metadata"
_DYNAMIC = {HdrKind.HDR10_PLUS, HdrKind.DOLBY_VISION}
_CORNERS = (("G", "green"), ("B", "blue"), ("R", "red"), ("WP", "white_point"))
HDR_FIELDS = (
    "side_data_type,red_x,red_y,green_x,green_y,blue_x,blue_y,white_point_x,white_point_y"
    ",min_luminance,max_luminance,max_content,max_average"
)
"""The fields of side data to show, as an option of ffprobe."""
_X265_PLACES = 50_000
_X265_NITS = 10_000

Point = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class MasteringDisplay:
    """The display on which a video was graded; SMPTE ST 2086.

    `corners` are the CIE 1931 coordinates of green, blue, red and white; luminances are in nits.
    """

    corners: tuple[Point, Point, Point, Point]
    min_nits: Fraction
    max_nits: Fraction

    def text(self, place: Callable[[Fraction], str], nits: Callable[[Fraction], str]) -> str:
        """Return it in the form of encoders; the functions write coordinates and luminances."""
        corners = "".join(
            f"{letter}({place(x)},{place(y)})"
            for (letter, _), (x, y) in zip(_CORNERS, self.corners, strict=True)
        )
        return f"{corners}L({nits(self.max_nits)},{nits(self.min_nits)})"


@dataclass(frozen=True, slots=True)
class HdrMetadata:
    """The static metadata of a video; `light` is MaxCLL and MaxFALL in nits.

    Either may be missing.
    """

    mastering: MasteringDisplay | None = None
    light: tuple[int, int] | None = None

    @property
    def x265_parameters(self) -> list[str]:
        """The parameters with which x265 writes it."""
        found = []
        if self.mastering:
            text = self.mastering.text(_in_parts(_X265_PLACES), _in_parts(_X265_NITS))
            found.append(f"master-display={text}")
        if self.light:
            found.append(f"max-cll={self.light[0]},{self.light[1]}")
        return found

    @property
    def svt_parameters(self) -> list[str]:
        """The parameters with which SVT-AV1 writes it."""
        found = []
        if self.mastering:
            text = self.mastering.text(_in_decimals, _in_decimals)
            found.append(f"mastering-display={text}")
        if self.light:
            found.append(f"content-light={self.light[0]},{self.light[1]}")
        return found


def _in_parts(parts: int) -> Callable[[Fraction], str]:
    return lambda value: str(round(value * parts))


def _in_decimals(value: Fraction) -> str:
    return f"{float(value):.5f}"


def parse_hdr_metadata(document: dict[str, Any]) -> HdrMetadata | None:
    """Parse ffprobe's side data of the first frames and of the stream; None if it has neither.

    What is in the frames counts first.
    """
    sections = [*document.get("frames", ()), *document.get("streams", ())]
    listed = [one for section in sections for one in section.get("side_data_list", ())]
    mastering = _first(map(_mastering, _of_kind(listed, _MASTERING)))
    light = _first(map(_light, _of_kind(listed, _LIGHT)))
    return HdrMetadata(mastering, light) if mastering or light else None


def shared_metadata(
    found: Sequence[HdrMetadata | None],
) -> tuple[HdrMetadata | None, tuple[str, ...]]:
    """Return the metadata that all of these have, and a note if they differ.

    A result has one mastering display: that of another clip would be wrong.
    """
    different = set(found)
    if len(different) == 1:
        return different.pop(), ()
    if not different - {None}:
        return None, ()
    note = (
        "The clips differ in their mastering display or content light level (MaxCLL), so that the "
        "result has neither."
    )
    return None, (note,)


def dynamic_notes(videos: Iterable[VideoStream | None]) -> tuple[str, ...]:
    """Return a note for each kind of metadata of single pictures, which no encoder here stores."""
    kinds = [video.hdr for video in videos if video and video.hdr in _DYNAMIC]
    return tuple(
        f"The {kind} metadata of encoded pictures is left out, which players need to show them as "
        f"{kind}."
        for kind in dict.fromkeys(kinds)
    )


def left_out_note(encoder: str) -> str:
    """Return a note for an encoder that cannot store the metadata of joined clips."""
    return (
        "The mastering display and content light level (MaxCLL) are left out: "
        f"{encoder} does not store those of joined clips. Use HEVC, or render one clip."
    )


def forwarded_note(encoder: str) -> str:
    """Return a note for an encoder that stores the metadata only if FFmpeg passes it on."""
    return (
        "The mastering display and content light level (MaxCLL) are kept by FFmpeg 7.1 or later: "
        f"{encoder} has no option for them."
    )


def _of_kind(listed: list[dict[str, Any]], kind: str) -> Iterable[dict[str, Any]]:
    return (one for one in listed if one.get("side_data_type") == kind)


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _mastering(found: dict[str, Any]) -> MasteringDisplay | None:
    """Return the mastering display; None if a value is missing or makes no sense."""
    try:
        green, blue, red, white = (
            (Fraction(found[f"{name}_x"]), Fraction(found[f"{name}_y"])) for _, name in _CORNERS
        )
        darkest, brightest = Fraction(found["min_luminance"]), Fraction(found["max_luminance"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not 0 <= darkest < brightest:
        return None
    return MasteringDisplay((green, blue, red, white), darkest, brightest)


def _light(found: dict[str, Any]) -> tuple[int, int] | None:
    try:
        most, average = int(found["max_content"]), int(found["max_average"])
    except (KeyError, TypeError, ValueError):
        return None
    return (most, average) if most or average else None
