"""Effects in a filter graph: those that need more than one chain, images, and silence."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import SAMPLE_RATE
from stoat_ferret.render.plan.video.effects import (
    even_pictures,
    held_frame,
    held_frames,
    rule_of,
)
from stoat_ferret.render.plan.video.framing import Size
from stoat_ferret.render.request.clip import effects_of
from stoat_ferret.render.request.effects import ChromaKey, Freeze, Lut, PanZoom, Reverse
from stoat_ferret.render.request.options import Fit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
    from stoat_ferret.render.plan.source import Materials
    from stoat_ferret.render.plan.video.effects import Picture
    from stoat_ferret.render.request.clip import Piece
    from stoat_ferret.render.request.root_file import ImageFile

MOST_REVERSED_BYTES = 1 << 30
"""The memory for the decoded pictures, or sound, of all reversed clips of a render."""
_MOST_PIXELS = 1 << 24
_MOST_ENLARGED = 4.0
_IMAGE_ENLARGED = 2.0  # the size of an image is not known
_LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}
"""The shares of red and blue in luma, by color matrix of standard dynamic range."""


@dataclass(frozen=True, slots=True)
class EffectFiles:
    """The files that effects read: images are inputs, and lookup tables are among `files`."""

    inputs: Inputs
    materials: Materials
    files: dict[str, str]

    def image(self, image: ImageFile) -> str:
        """Open an image, and return its pad."""
        return f"[{self.inputs.add_image(self.materials.images[image])}:v]"

    def lut(self, effect: Lut) -> str:
        """Return the name of the file with the lookup table."""
        text = self.materials.luts[effect.file]
        known = next((name for name, one in self.files.items() if one == text), None)
        name = known or f"lut-{len(self.files)}.cube"
        self.files[name] = text
        return name


class EffectGraph:
    """The builder of the effects in `graph`."""

    def __init__(self, graph: FilterGraph, files: EffectFiles) -> None:
        self._graph = graph
        self._files = files

    def picture(self, pad: str, piece: Piece, picture: Picture) -> str:
        """Apply the effects of `piece` to the pictures of `pad`, and return the output pad."""
        for number, effect in enumerate(effects_of(piece)):
            rule = rule_of(effect)
            if rule.eight_bits and picture.colors.transfer:
                raise RenderRefusedError(
                    f"The effect {effect.effect} works with 8 bits a color, which spoils high "
                    "dynamic range. Set `hdr` to `sdr`, or leave the effect out.",
                    piece=piece,
                    field=f"effects.{number}",
                )
            if isinstance(effect, ChromaKey):
                pad = self._keyed(pad, effect, picture)
            elif isinstance(effect, Lut):
                pad = self._graph.chain(pad, self._looked_up(effect, picture))
            elif rule.picture:
                pad = self._graph.chain(pad, [*rule.picture(effect, picture), *picture.form])
            if isinstance(effect, Freeze):
                held = held_frames(effect, picture.rate)
                picture = replace(picture, frames=picture.frames + held)
        return pad

    def image(self, piece_image: ImageFile, picture: Picture, canvas: Size, fit: Fit) -> str:
        """Return the pad of an image, shown for all frames of `picture`."""
        filters = image_filters(picture, canvas, fit)
        frames = even_pictures(picture.rate, picture.frames)
        return self._graph.chain(self._files.image(piece_image), [*filters, *frames])

    def _looked_up(self, effect: Lut, picture: Picture) -> list[str]:
        matrix = picture.colors.matrix
        return [
            f"scale=in_color_matrix={matrix}:in_range=tv",
            "format=gbrp16le",
            f"lut3d=file={self._files.lut(effect)}:interp=tetrahedral",
            f"scale=out_color_matrix={matrix}:out_range=tv",
            *picture.form,
        ]

    def _keyed(self, pad: str, effect: ChromaKey, picture: Picture) -> str:
        if effect.background_image:
            behind = self.image(effect.background_image, picture, picture.size, Fit.COVER)
        else:
            pad, behind = self._graph.split_chain(pad, ["split"], 2)
            planes = zip("yuv", _codes(effect.background_color, picture.colors.matrix), strict=True)
            plain = ":".join(f"{plane}={code}*minval/16" for plane, code in planes)
            behind = self._graph.chain(behind, [f"lutyuv={plain}"])
        color = "".join(f"{code:02x}" for code in _codes(effect.color, picture.colors.matrix))
        key = f"similarity={effect.similarity:.4f}:blend={effect.blend:.4f}"
        front = self._graph.chain(pad, [f"chromakey=color=0x{color}:{key}:yuv=1"])
        return self._graph.chain(behind + front, ["overlay=format=auto", *picture.form])


def _codes(color: str, matrix: str) -> tuple[int, int, int]:
    """Return the codes of a color for a color matrix, with 8 bits and limited range."""
    of_red, of_blue = _LUMA[matrix]
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    return (
        round(16 + 219 * luma),
        round(128 + 224 * (blue - luma) / (2 - 2 * of_blue)),
        round(128 + 224 * (red - luma) / (2 - 2 * of_red)),
    )


def sound_effects(
    graph: FilterGraph, pad: str, piece: Piece, *, frames: int, rate: Fraction, layout: str
) -> str:
    """Apply the effects of `piece`, of `frames` before them, to the sound of `pad`."""
    for effect in effects_of(piece):
        rule = rule_of(effect)
        if rule.sound:
            pad = graph.chain(pad, rule.sound(effect))
        if isinstance(effect, Freeze):
            place = round(held_frame(effect, rate, frames) / rate * SAMPLE_RATE)
            held = held_frames(effect, rate)
            pad = _with_silence(graph, pad, place, round(held / rate * SAMPLE_RATE), layout)
            frames += held
    return pad


def _with_silence(graph: FilterGraph, pad: str, place: int, length: int, layout: str) -> str:
    """Insert silence before the sample `place`; `length` is in samples."""
    if place == 0:
        return graph.chain(pad, [f"adelay=delays={length}S:all=1"])
    before, after = graph.split_chain(pad, ["asplit"], 2)
    silence = f"anullsrc=sample_rate={SAMPLE_RATE}:channel_layout={layout}"
    parts = [
        graph.chain(before, [f"atrim=end_sample={place}"]),
        graph.chain("", [silence, f"atrim=end_sample={length}", "aformat=sample_fmts=fltp"]),
        graph.chain(after, [f"atrim=start_sample={place}", "asetpts=PTS-STARTPTS"]),
    ]
    return graph.chain("".join(parts), ["concat=n=3:v=0:a=1", "asetpts=N/SR/TB"])


def enlarged_canvas(piece: Piece, canvas: Size, source: Size | None) -> Size:
    """Return the size to fit a picture into: larger than the canvas if its first effect zooms in.

    `source` is the size of the picture, if it is known: it is not enlarged beyond that.
    """
    first = next(iter(effects_of(piece)), None)
    if not isinstance(first, PanZoom):
        return canvas
    factor = 1 / min(first.start.size, first.end.size)
    if source is None:
        factor = min(factor, _IMAGE_ENLARGED)
    else:
        available = max(source.width / canvas.width, source.height / canvas.height)
        factor = min(factor, available, _MOST_ENLARGED)
    factor = max(min(factor, math.sqrt(_MOST_PIXELS / canvas.area)), 1)
    return Size(2 * round(canvas.width * factor / 2), 2 * round(canvas.height * factor / 2))


def image_filters(picture: Picture, canvas: Size, fit: Fit) -> list[str]:
    """Return the filters that fit an image of any size into `canvas`, over black."""
    size = f"{canvas.width}:{canvas.height}"
    matrix = f"out_color_matrix={picture.colors.matrix}:out_range=tv"
    scale, after = {
        Fit.STRETCH: (f"scale={size}:{matrix}", []),
        Fit.COVER: (
            f"scale={size}:{matrix}:force_original_aspect_ratio=increase",
            [f"crop={size}"],
        ),
        Fit.CONTAIN: (
            f"scale={size}:{matrix}:force_original_aspect_ratio=decrease:force_divisible_by=2",
            [f"pad={size}:(ow-iw)/2:(oh-ih)/2:black"],
        ),
    }[fit]
    over_black = ["format=gbrap", "premultiply=inplace=1"]
    return [*over_black, scale, f"format={picture.pixel_format}", *after, *picture.form]


def has_reverse(piece: Piece) -> bool:
    """Return whether `piece` is played backwards, and therefore is kept in memory."""
    return any(isinstance(effect, Reverse) for effect in effects_of(piece))


def check_reversed(sizes: Iterable[int]) -> None:
    """Raise `RenderRefusedError` if clips of these sizes in bytes are too large to reverse."""
    total = sum(sizes)
    if total > MOST_REVERSED_BYTES:
        raise RenderRefusedError(
            f"The reversed clips would take {total / 1e9:.1f} GB of memory, and "
            f"{MOST_REVERSED_BYTES / 1e9:.1f} GB are allowed. Reverse shorter clips, or make the "
            "result smaller (`width`, `height`)."
        )
