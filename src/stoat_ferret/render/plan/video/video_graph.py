"""The video part of a filter graph, with the texts and images over the picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import main_video
from stoat_ferret.render.plan.filter_graph import microseconds, number
from stoat_ferret.render.plan.text.texts import FONTS_FOLDER, MARGIN, text_file
from stoat_ferret.render.plan.video.effect_graph import (
    EffectGraph,
    check_reversed,
    enlarged_canvas,
    has_reverse,
)
from stoat_ferret.render.plan.video.effects import Picture, even_pictures
from stoat_ferret.render.plan.video.framing import shape
from stoat_ferret.render.plan.video.transparency import stores_alpha
from stoat_ferret.render.request.clip import Clip, ImageClip, transition_of
from stoat_ferret.render.request.options import Place

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import FilterGraph
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.plan.text.fonts import Fonts
    from stoat_ferret.render.plan.text.subtitle_plan import BurnedSubtitles
    from stoat_ferret.render.plan.video.effect_graph import EffectFiles
    from stoat_ferret.render.plan.video.video_style import VideoStyle
    from stoat_ferret.render.request.options import ImageOverlay, RenderOptions

_ACROSS = {
    **dict.fromkeys((Place.TOP_LEFT, Place.LEFT, Place.BOTTOM_LEFT), 0),
    **dict.fromkeys((Place.TOP, Place.CENTER, Place.BOTTOM), 1),
    **dict.fromkeys((Place.TOP_RIGHT, Place.RIGHT, Place.BOTTOM_RIGHT), 2),
}
_DOWN = {
    **dict.fromkeys((Place.TOP_LEFT, Place.TOP, Place.TOP_RIGHT), 0),
    **dict.fromkeys((Place.LEFT, Place.CENTER, Place.RIGHT), 1),
    **dict.fromkeys((Place.BOTTOM_LEFT, Place.BOTTOM, Place.BOTTOM_RIGHT), 2),
}


class PictureGraph:
    """The builder of the video filters in `graph`."""

    def __init__(
        self, graph: FilterGraph, style: VideoStyle, tools: Tools, files: EffectFiles
    ) -> None:
        self._graph = graph
        self._style = style
        self._tools = tools
        self._effects = EffectGraph(graph, files)

    def whole(
        self,
        assembly: Assembly,
        inputs: list[int | None],
        subtitles: list[BurnedSubtitles | None],
    ) -> str:
        """Return the pad of all segments joined.

        `inputs` are the input numbers of their files, `subtitles` those to burn into
        each segment.
        """
        reversed_ones = [one for one in assembly.segments if has_reverse(one.piece)]
        check_reversed(self._picture(one.rate, one.frames).size_bytes for one in reversed_ones)
        pads = [
            self._segment(segment, file, burned)
            for segment, file, burned in zip(assembly.segments, inputs, subtitles, strict=True)
        ]
        whole, run, frames, last = "", [pads[0]], 0, assembly.segments[0]
        done = assembly.segments[0].frames
        for segment, pad in zip(assembly.segments[1:], pads[1:], strict=True):
            if segment.shared_frames:
                whole, run = self._crossed(whole, run, last, frames, done), [pad]
                last, frames = segment, done - segment.shared_frames
            else:
                run.append(pad)
            done += segment.frames - segment.shared_frames
        return self._crossed(whole, run, last, frames, done)

    def with_texts(
        self,
        pad: str,
        options: RenderOptions,
        files: dict[str, str],
        fonts: Fonts,
        rate: Fraction | None = None,
    ) -> str:
        """Draw the texts of `options` over `pad`, adding them to `files`; return the output pad.

        Without a `rate`, in pictures a second, there is one picture, and all texts are on it.
        """
        if not options.texts:
            return pad
        self._require("subtitles", "draws text (libass)")
        file = f"texts-{len(files)}.ass"
        files[file] = text_file(options.texts, self._style.canvas, fonts, rate)
        folder = f":fontsdir={FONTS_FOLDER}" if fonts.found else ""
        return self._graph.chain(pad, self._drawn(f"filename={file}{folder}"))

    def _drawn(self, options: str) -> list[str]:
        """Return the filters that draw subtitles with `options`, also over transparent parts."""
        pixels = self._style.pixel_format
        alpha = ":alpha=1" if stores_alpha(pixels) else ""
        return [f"subtitles={options}{alpha}", f"format={pixels}"]

    def with_images(self, pad: str, options: RenderOptions, inputs: list[int]) -> str:
        """Lay the images of `options` over `pad`; `inputs` are the numbers of their files."""
        for image, file in zip(options.images, inputs, strict=True):
            width = max(round(image.width * self._style.canvas.width), 2)
            filters = [f"scale={width}:-1", "format=rgba"]
            if image.opacity < 1:
                filters.append(f"colorchannelmixer=aa={image.opacity:.4f}")
            small = self._graph.chain(f"[{file}:v]", filters)
            x, y = _position(image.place)
            options_ = [f"x={x}", f"y={y}", "format=auto", *_enabled(image)]
            pad = self._graph.chain(pad + small, [f"overlay={':'.join(options_)}"])
        return pad

    def _segment(self, segment: Segment, file: int | None, burned: BurnedSubtitles | None) -> str:
        piece, part, size = segment.piece, segment.excerpt, self._style.canvas
        if isinstance(piece, ImageClip):
            return self._image(segment, piece)
        if part is None or not isinstance(piece, Clip):
            black = f"color=c=black:size={size.width}x{size.height}:rate={segment.rate}"
            form = [f"format={self._style.pixel_format}", self._style.colors.tags, "setsar=1"]
            return self._graph.chain("", [black, f"trim=end_frame={segment.frames}", *form])
        video = main_video(part.source, piece.video_id)
        style = replace(
            self._style, canvas=enlarged_canvas(piece, size, shape(piece, video).cropped)
        )
        picture = style.filters(piece, part.source, self._tools)
        if burned is None:
            filters = [*in_time(part, piece), *even_frames(segment), *picture]
        else:
            # Subtitles follow the time of the file, and are drawn at the final picture size.
            self._require("subtitles", "burns subtitles in")
            lead = number(burned.lead)
            filters = [
                *shift(part),
                *picture,
                *([f"setpts=round(PTS+{lead}/TB)"] if burned.lead else []),
                *self._drawn(burned.options),
                *([f"setpts=round(PTS-{lead}/TB)"] if burned.lead else []),
                *speed(piece),
                *even_frames(segment),
            ]
        fades = _fades(piece, segment.seconds)
        if not piece.effects:
            return self._graph.chain(f"[{file}:{video.index}]", [*filters, *fades])
        pad = self._graph.chain(f"[{file}:{video.index}]", filters)
        return self._faded(self.with_effects(pad, piece, segment.rate, segment.own_frames), fades)

    def _image(self, segment: Segment, piece: ImageClip) -> str:
        if self._style.colors.transfer:
            raise RenderRefusedError(
                "An image has standard dynamic range, and the result would have a high one. Set "
                "`hdr` to `sdr`.",
                piece=piece,
                field="image",
            )
        picture = self._picture(segment.rate, segment.own_frames)
        canvas = enlarged_canvas(piece, picture.size, None)
        pad = self._effects.image(piece.image, picture, canvas, self._style.fit)
        pad = self._effects.picture(pad, piece, picture)
        return self._faded(pad, _fades(piece, segment.seconds))

    def with_effects(self, pad: str, piece: Clip, rate: Fraction, frames: int) -> str:
        """Apply the effects of `piece` to the `frames` pictures of `pad`."""
        return self._effects.picture(pad, piece, self._picture(rate, frames))

    def _picture(self, rate: Fraction, frames: int) -> Picture:
        style = self._style
        return Picture(style.canvas, style.pixel_format, style.colors, rate, frames)

    def _faded(self, pad: str, fades: list[str]) -> str:
        return self._graph.chain(pad, fades) if fades else pad

    def _crossed(self, whole: str, run: list[str], first: Segment, frames: int, total: int) -> str:
        """Cross-fade the video so far, after `frames`, into the segments in `run`.

        The result has `total` frames.
        """
        rate = f"fps={first.rate}"
        pad = run[0]
        if len(run) > 1:
            pad = self._graph.chain("".join(run), _joined(len(run), first.rate, total - frames))
        transition = transition_of(first.piece)
        if not whole or transition is None:
            return pad
        self._require("xfade", "cross-fades pictures")
        known = self._tools.transitions
        if known and transition.kind not in known:
            raise RenderRefusedError(
                f"The ffmpeg of this machine is too old for the transition {transition.kind}. "
                "Choose another one, such as fade, or install a newer ffmpeg (the extra `ffmpeg`).",
                piece=first.piece,
                field="transition.kind",
            )
        duration = microseconds(first.shared_frames / first.rate)
        offset = microseconds(frames / first.rate)
        fade = f"xfade=transition={transition.kind}:duration={duration}:offset={offset}"
        # The filter of FFmpeg 5.1 drops the last frame.
        pad = self._graph.chain(pad, ["tpad=stop_mode=clone:stop=1"])
        return self._graph.chain(whole + pad, [fade, rate, f"trim=end_frame={total}"])

    def _require(self, name: str, purpose: str) -> None:
        if name not in self._tools.filters:
            raise RenderRefusedError(
                f"The ffmpeg of this machine lacks the filter {name}, which {purpose}. "
                "Install a fuller one: the extra `ffmpeg` of this package has it."
            )


def in_time(part: Excerpt, clip: Clip) -> list[str]:
    """Return filters that set timestamps from the excerpt's start, at the speed of the clip."""
    return [*shift(part), *speed(clip)]


def shift(part: Excerpt) -> list[str]:
    """Return the filter that counts timestamps from the excerpt's start."""
    # The filter would cut off fractions of a tick, which may be as long as a picture.
    return [f"setpts=round(PTS-{number(part.lead)}/TB)"] if part.lead else []


def speed(clip: Clip) -> list[str]:
    """Return the filter that scales timestamps to the speed of the clip."""
    factor = Fraction(repr(clip.speed))
    return [f"setpts=PTS/{number(factor)}"] if factor != 1 else []


def even_frames(segment: Segment) -> list[str]:
    """Return filters that yield the frames of the segment before its effects, from time 0.

    Each takes the nearest picture; if the pictures end early, the last one is repeated.
    """
    return even_pictures(segment.rate, segment.own_frames)


def _joined(count: int, rate: Fraction, frames: int) -> list[str]:
    """Return filters that concatenate `count` pads into exactly `frames` frames.

    Timestamps are counted anew: for a pad with a single picture, the filter concat does not know
    its duration.
    """
    return [
        f"concat=n={count}:v=1:a=0",
        # The duration of the last picture is unknown too, so one more is added that may be dropped.
        "tpad=stop_mode=clone:stop=1",
        f"settb={1 / rate}",
        "setpts=N",
        f"fps={rate}",
        f"trim=end_frame={frames}",
    ]


def _fades(clip: Clip | ImageClip, length: Fraction) -> list[str]:
    filters = []
    if clip.fade_in_seconds:
        filters.append(f"fade=t=in:st=0:d={microseconds(clip.fade_in_seconds)}")
    if clip.fade_out_seconds:
        start = microseconds(length - clip.fade_out_seconds)
        filters.append(f"fade=t=out:st={start}:d={microseconds(clip.fade_out_seconds)}")
    return filters


def _position(place: Place) -> tuple[str, str]:
    """Return the position of an image with a margin, in the variables of the filter overlay."""
    margin = f"{MARGIN}*H"
    across = (margin, "(W-w)/2", f"W-w-{margin}")
    down = (margin, "(H-h)/2", f"H-h-{margin}")
    return across[_ACROSS[place]], down[_DOWN[place]]


def _enabled(overlay: ImageOverlay) -> list[str]:
    """Return the option that limits an overlay to its time; empty if it is always shown."""
    conditions = []
    if overlay.start_seconds:
        conditions.append(f"gte(t,{_just_before(overlay.start_seconds)})")
    if overlay.end_seconds is not None:
        conditions.append(f"lt(t,{_just_before(overlay.end_seconds)})")
    return [f"enable='{'*'.join(conditions)}'"] if conditions else []


def _just_before(moment: Fraction) -> str:
    """Return a time slightly earlier, so that rounding does not exclude a frame at this moment."""
    return microseconds(max(moment * 1_000_000 - 100, type(moment)(0)) / 1_000_000)
