"""The filters of effects: one table, in which each effect has its entry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import SAMPLE_RATE
from stoat_ferret.render.request.clip import effects_of
from stoat_ferret.render.request.effects import (
    Adjust,
    Blur,
    Denoise,
    DenoiseAudio,
    Freeze,
    PanZoom,
    Reverse,
    Sharpen,
    Vignette,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from fractions import Fraction

    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.plan.video.colors import Colors
    from stoat_ferret.render.plan.video.framing import Size
    from stoat_ferret.render.request.clip import Piece
    from stoat_ferret.render.request.effects import Effect
    from stoat_ferret.render.request.request import RenderRequest

_SHARPEN_SIDE = 5
_DENOISE_DELAY = SAMPLE_RATE // 40  # of the filter afftdn: two of its steps
_SAMPLES_PER_PIXEL = {"yuv420": 1.5, "yuv422": 2.0, "yuv444": 3.0}


@dataclass(frozen=True, slots=True)
class Picture:
    """The pictures that effects are applied to: from time 0 on, at a constant rate."""

    size: Size
    pixel_format: str
    colors: Colors
    rate: Fraction
    frames: int

    @property
    def form(self) -> list[str]:
        """The filters that restore the format, which an effect may have changed."""
        return [f"format={self.pixel_format}", self.colors.tags, "setsar=1"]

    @property
    def size_bytes(self) -> int:
        """The size of all pictures in memory."""
        samples = _SAMPLES_PER_PIXEL.get(self.pixel_format[:6], 3.0)
        depth = 2 if "10" in self.pixel_format else 1
        return int(self.frames * self.size.area * samples * depth)


@dataclass(frozen=True, slots=True)
class Rule:
    """The filters of an effect, and what it needs.

    `needs` are FFmpeg's filters for it, `picture` and `sound` return them as a chain; an effect
    with neither is drawn by `EffectGraph`. One that `needs_all` pictures cannot be applied to a
    still, and one with `eight_bits` not to high dynamic range.
    """

    needs: str
    picture: Callable[[Any, Picture], list[str]] | None = None
    sound: Callable[[Any], list[str]] | None = None
    needs_all: bool = False
    eight_bits: bool = False


def _adjust(effect: Adjust, _: Picture) -> list[str]:
    """Return the formula of FFmpeg's filter eq, which has 8 bits only, for any depth."""
    step = "minval/16"  # one level of 8 bits
    middle, gray = f"127.5*{step}", f"128*{step}"
    shift = f"{255 * effect.brightness:.4f}*{step}"
    luma = f"clip((val-{middle})*{effect.contrast:.4f}+{middle}+{shift},minval,maxval)"
    color = f"clip((val-{gray})*{effect.saturation:.4f}+{gray},minval,maxval)"
    return [f"lutyuv=y='{luma}':u='{color}':v='{color}'"]


def _blur(effect: Blur, _: Picture) -> list[str]:
    return [f"gblur=sigma={effect.radius:.4f}:steps=3"]


def _sharpen(effect: Sharpen, _: Picture) -> list[str]:
    return [f"unsharp=lx={_SHARPEN_SIDE}:ly={_SHARPEN_SIDE}:la={effect.amount:.4f}:ca=0"]


def _vignette(effect: Vignette, _: Picture) -> list[str]:
    return [f"vignette=angle={effect.strength * math.pi / 2:.6f}"]


def _reverse(_: Reverse, picture: Picture) -> list[str]:
    return ["reverse", f"settb={1 / picture.rate}", "setpts=N"]


def _freeze(effect: Freeze, picture: Picture) -> list[str]:
    held = held_frames(effect, picture.rate)
    place = held_frame(effect, picture.rate, picture.frames)
    return [
        f"settb={1 / picture.rate}",
        f"setpts='N+{held}*gt(N,{place})'",
        *even_pictures(picture.rate, picture.frames + held),
    ]


def _pan_zoom(effect: PanZoom, picture: Picture) -> list[str]:
    """Return a movement by fractions of a pixel: zoompan and crop move by whole ones, and shake."""
    progress = f"(on-1)/{max(picture.frames - 1, 1)}"

    def moved(first: float, last: float) -> str:
        return f"({first:.6f}+{last - first:.6f}*{progress})"

    start, end = effect.start, effect.end
    left, top = moved(start.x, end.x), moved(start.y, end.y)
    right = moved(start.x + start.size, end.x + end.size)
    bottom = moved(start.y + start.size, end.y + end.size)
    corners = ((left, top), (right, top), (left, bottom), (right, bottom))
    places = ":".join(f"x{n}=W*{x}:y{n}=H*{y}" for n, (x, y) in enumerate(corners))
    return [
        f"perspective={places}:interpolation=cubic:sense=source:eval=frame",
        # The picture may have been enlarged for the movement.
        f"scale={picture.size.width}:{picture.size.height}",
    ]


def _denoise_audio(effect: DenoiseAudio) -> list[str]:
    return [
        f"apad=pad_len={_DENOISE_DELAY}",
        f"afftdn=nr={effect.reduction_db:.4f}:nf={effect.noise_floor_db:.4f}",
        f"atrim=start_sample={_DENOISE_DELAY}",
        "asetpts=N/SR/TB",
    ]


RULES = {
    "adjust": Rule("lutyuv", _adjust),
    "lut": Rule("lut3d"),
    "blur": Rule("gblur", _blur),
    "sharpen": Rule("unsharp", _sharpen),
    "vignette": Rule("vignette", _vignette, eight_bits=True),
    "chroma-key": Rule("chromakey lutyuv overlay", eight_bits=True),
    "reverse": Rule(
        "reverse areverse",
        _reverse,
        lambda _: ["areverse", "asetpts=N/SR/TB"],
        needs_all=True,
    ),
    "freeze": Rule("fps tpad", _freeze, needs_all=True),
    "pan-zoom": Rule("perspective", _pan_zoom, needs_all=True, eight_bits=True),
    "hqdn3d": Rule("hqdn3d", lambda effect, _: [f"hqdn3d=luma_spatial={effect.strength:.4f}"]),
    "nlmeans": Rule(
        "nlmeans", lambda effect, _: [f"nlmeans=s={effect.strength:.4f}"], eight_bits=True
    ),
    "denoise-audio": Rule("afftdn", sound=_denoise_audio),
}


def rule_of(effect: Effect) -> Rule:
    """Return the rule for `effect`."""
    return RULES[effect.method if isinstance(effect, Denoise) else effect.effect]


def check_effects(request: RenderRequest, tools: Tools) -> None:
    """Raise `RenderRefusedError` if this ffmpeg lacks a filter for an effect or for ducking."""
    for piece in request.clips:
        for number, effect in enumerate(effects_of(piece)):
            lacking = [name for name in rule_of(effect).needs.split() if name not in tools.filters]
            if lacking:
                raise _lacks(lacking[0], f"the effect {effect.effect}", piece, f"effects.{number}")
    for clip in request.audio:
        if clip.ducking and "sidechaincompress" not in tools.filters:
            raise _lacks("sidechaincompress", "ducking", clip, "ducking")


def _lacks(name: str, purpose: str, piece: object, field: str) -> RenderRefusedError:
    return RenderRefusedError(
        f"The ffmpeg of this machine lacks the filter {name}, which {purpose} needs; builds "
        "without the GPL lack some filters. Install a fuller one (the extra `ffmpeg`), or leave "
        "it out.",
        piece=piece,
        field=field,
    )


def check_still(piece: Piece) -> None:
    """Raise `RenderRefusedError` if an effect of `piece` needs more than a single picture."""
    for number, effect in enumerate(effects_of(piece)):
        if rule_of(effect).needs_all:
            raise RenderRefusedError(
                f"Single pictures are taken from the clip without its effect {effect.effect}. "
                "Leave it out.",
                piece=piece,
                field=f"effects.{number}",
            )


def changes_time(effects: Iterable[Effect]) -> bool:
    """Return whether the clip has other times after the effects."""
    return any(isinstance(effect, Freeze | Reverse) for effect in effects)


def frames_after(piece: Piece, frames: int, rate: Fraction) -> int:
    """Return the number of frames of `piece` after its effects, of `frames` before them.

    Raises `RenderRefusedError` if a picture is to be held that the clip does not have.
    """
    for number, effect in enumerate(effects_of(piece)):
        if isinstance(effect, Freeze):
            if effect.at_seconds > frames / rate:
                raise RenderRefusedError(
                    f"The clip has {float(frames / rate):.3f} seconds, so no picture can be held "
                    f"at {float(effect.at_seconds):g}. Choose an earlier time.",
                    piece=piece,
                    field=f"effects.{number}.at_seconds",
                )
            frames += held_frames(effect, rate)
    return frames


def held_frames(effect: Freeze, rate: Fraction) -> int:
    """Return the number of frames that the effect adds."""
    return max(round(effect.seconds * rate), 1)


def held_frame(effect: Freeze, rate: Fraction, frames: int) -> int:
    """Return the number of the frame that is held, of `frames`."""
    return min(round(effect.at_seconds * rate), frames - 1)


def even_pictures(rate: Fraction, frames: int) -> list[str]:
    """Return filters that yield exactly `frames` frames, from time 0, at a constant rate.

    Each takes the nearest picture; if the pictures end early, the last one is repeated.
    """
    return [
        # A clip shorter than half a frame still has one frame.
        f"fps=fps={rate}:start_time=0:round=near:eof_action=pass",
        "tpad=stop_mode=clone:stop=-1",
        f"trim=end_frame={frames}",
    ]
