"""Decoded frames: their side data, and small WebP pictures and sheets drawn of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from av import VideoFrame
from av.codec import CodecContext
from av.sidedata import sidedata
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from stoat_ferret.media import color_matrix
from stoat_ferret.media.filters import UPRIGHT, Orientation, filtered, orientation
from stoat_ferret.media.stream_facts import displayed_size
from stoat_ferret.media.tone_mapping import is_high_range, tone_mapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from av.video.codeccontext import VideoCodecContext

QUALITY = 75
_EFFORT = "1"
"""From 0 to 6: more makes files a tenth smaller, and takes two to six times as long."""
_UNSPECIFIED_MATRIX = 2
_HD_WIDTH, _SD_HEIGHT = 1280, 576

# Reused, since libav spends longer on setup than on a picture; one for each kind of work.
_to_draw, _to_shrink = VideoReformatter(), VideoReformatter()

SideDataType = sidedata.Type


def side_data(frame: VideoFrame) -> list[Any]:
    """Return the parts of side data of `frame`, each with a `type` and its bytes.

    Not `frame.side_data`, which the frame would keep, and which keeps the frame: a cycle that
    holds the pixels until the garbage collector happens to run.
    """
    make: Any = sidedata.SideDataContainer  # PyAV's stubs lack its argument
    return list(make(frame))


def _name_unknown(cls: type[SideDataType], number: object) -> SideDataType | None:
    """Make a member of the enumeration for a kind that PyAV has no name for."""
    if not isinstance(number, int):
        return None
    member: Any = object.__new__(cls)
    member._name_ = f"UNKNOWN_{number}"
    member._value_ = number
    cls._value2member_map_[number] = member
    named: SideDataType = member
    return named


# PyAV looks up the kind of every part of side data, and fails for all of them if one has no name in
# its enumeration: view identifiers of spatial video, EXIF, LCEVC, reference displays.
SideDataType._missing_ = classmethod(_name_unknown)  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Box:
    """The largest size of a picture."""

    width: int
    height: int

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """Return the largest even size within the box, never larger than `width` by `height`."""
        share = min(Fraction(self.width, width), Fraction(self.height, height), Fraction(1))
        return _even(width * share), _even(height * share)


def _even(length: Fraction) -> int:
    return max(2, round(length / 2) * 2)


def draw(frame: VideoFrame, pixel_aspect: Fraction | None, box: Box) -> VideoFrame:
    """Convert `frame` as displayed to the colors and pixel format of WebP, within `box`."""
    turn = _turn(frame)
    width, height = _stored_size(frame, pixel_aspect, turn, box)
    if frame.interlaced_frame:
        frame = _one_field(frame)
    if not color_matrix.is_supported(frame) and color_matrix.has_formula(frame):
        frame = color_matrix.in_rgb(frame, width, height)
    elif is_high_range(frame):
        known = color_matrix.is_supported(frame)
        frame = tone_mapped(frame, width, height, None if known else Colorspace.BT2020)
    drawn = _to_draw.reformat(
        frame,
        width,
        height,
        "yuv420p",
        src_colorspace=_matrix(frame),
        dst_colorspace=Colorspace.ITU601,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.AREA,
    )
    return filtered(drawn, turn.filters) if turn.filters else drawn


def shrink(drawn: VideoFrame, box: Box) -> VideoFrame:
    """Scale a drawn picture down to a smaller box."""
    width, height = box.fit(drawn.width, drawn.height)
    if (width, height) == (drawn.width, drawn.height):
        return drawn
    return _to_shrink.reformat(drawn, width, height, interpolation=Interpolation.AREA)


def encode(drawn: VideoFrame) -> bytes:
    """Encode a drawn picture as a WebP file."""
    encoder: VideoCodecContext = CodecContext.create("libwebp", "w")
    encoder.width, encoder.height, encoder.pix_fmt = drawn.width, drawn.height, "yuv420p"
    encoder.time_base = Fraction(1, 25)
    encoder.options = {"quality": str(QUALITY), "compression_level": _EFFORT}
    drawn.pts = 0
    return b"".join(bytes(part) for part in (*encoder.encode(drawn), *encoder.encode(None)))


def _turn(frame: VideoFrame) -> Orientation:
    parts = (part for part in side_data(frame) if part.type is SideDataType.DISPLAYMATRIX)
    matrix = next(parts, None)
    return UPRIGHT if matrix is None else orientation(bytes(matrix))


def _stored_size(
    frame: VideoFrame, pixel_aspect: Fraction | None, turn: Orientation, box: Box
) -> tuple[int, int]:
    """Return the size to scale to before the picture is rotated."""
    rotation = 90 if turn.is_transposed else 0
    shown = displayed_size(frame.width, frame.height, pixel_aspect, rotation)
    width, height = box.fit(*shown)
    return (height, width) if turn.is_transposed else (width, height)


def _one_field(frame: VideoFrame) -> VideoFrame:
    """Return one field of an interlaced frame."""
    return filtered(frame, [("field", "type=top")])


def _matrix(frame: VideoFrame) -> Colorspace | None:
    """Return the matrix to assume, as players do, if the file does not specify one."""
    if not color_matrix.is_supported(frame):
        return Colorspace.BT2020
    if frame.colorspace != _UNSPECIFIED_MATRIX or not frame.format.name.startswith("yuv"):
        return None
    is_hd = frame.width >= _HD_WIDTH or frame.height > _SD_HEIGHT
    return Colorspace.ITU709 if is_hd else Colorspace.ITU601


COLUMNS = 10
ROWS = 10
TILES = COLUMNS * ROWS


def sheet_of(tiles: Sequence[VideoFrame]) -> VideoFrame:
    """Return one picture of up to `TILES` tiles of one size, row by row from the left."""
    width, height = tiles[0].width, tiles[0].height
    columns, rows = min(len(tiles), COLUMNS), -(-len(tiles) // COLUMNS)
    sheet = VideoFrame(columns * width, rows * height, "yuv420p")
    for number, plane in enumerate(sheet.planes):
        # Black: the lowest luma, neutral chroma.
        pixels = bytearray(bytes([128 if number else 16]) * plane.buffer_size)
        wide, high = (width // 2, height // 2) if number else (width, height)
        for place, tile in enumerate(tiles):
            left, top = place % COLUMNS * wide, place // COLUMNS * high
            _paste(tile, number, pixels, top * plane.line_size + left, plane.line_size)
        plane.update(bytes(pixels))
    return sheet


def _paste(tile: VideoFrame, number: int, pixels: bytearray, start: int, line_size: int) -> None:
    plane = tile.planes[number]
    source = memoryview(plane)
    for row in range(plane.height):
        line = source[row * plane.line_size : row * plane.line_size + plane.width]
        pixels[start + row * line_size : start + row * line_size + plane.width] = line


def place_in_sheet(number: int, width: int, height: int) -> str:
    """Return the position of a tile, counted from 0, in its sheet as a W3C media fragment."""
    column, row = number % COLUMNS, number % TILES // COLUMNS
    return f"xywh={column * width},{row * height},{width},{height}"
