"""The part of a filter graph that makes the picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import main_video
from stoat_ferret.render.plan.filter_graph import microseconds, number
from stoat_ferret.render.plan.framing import (
    Colors,
    Size,
    canvas,
    choose_colors,
    color_filters,
    color_matrix,
    framing_filters,
    is_high_range,
    shape,
)
from stoat_ferret.render.plan.text_overlay import enabled, position, text_filter
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import VideoStream
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.filter_graph import FilterGraph
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.request.options import Fit, RenderOptions

_INTERLACED = frozenset("tt bb tb bt".split())


@dataclass(frozen=True, slots=True)
class VideoStyle:
    """How every picture of the result looks: its size, colours and pixels."""

    canvas: Size
    fit: Fit
    colors: Colors
    pixel_format: str

    def filters(self, clip: Clip, video: VideoStream, tools: Tools) -> list[str]:
        """What takes a decoded picture of `clip` to it."""
        matrix = "bt2020" if is_high_range(video) else self.colors.matrix
        return [
            *(["bwdif=mode=send_frame"] if video.field_order in _INTERLACED else []),
            *framing_filters(
                clip, shape(clip, video), self.canvas, self.fit, color_matrix(video, matrix)
            ),
            *color_filters(video, self.colors, self.pixel_format, tools),
        ]


def choose_style(
    assembly: Assembly,
    options: RenderOptions,
    pixel_format: str,
    *,
    short_side: int | None = None,
    long_side: int | None = None,
    keeps_hdr: bool = False,
) -> VideoStyle:
    """How the result of `assembly` looks, within the bounds of a preset."""
    pairs = [(clip, main_video(part.source, clip.video_id)) for _, clip, part in assembly.clips()]
    sizes = [shape(clip, video).cropped for clip, video in pairs]
    colors = choose_colors(options.hdr, [video for _, video in pairs], keeps=keeps_hdr)
    size = canvas(sizes, options, short_side, long_side)
    return VideoStyle(size, options.fit, colors, pixel_format)


class PictureGraph:
    """Adds to `graph` what makes all that is seen."""

    def __init__(self, graph: FilterGraph, choose_style: VideoStyle, tools: Tools) -> None:
        self._graph = graph
        self._look = choose_style
        self._tools = tools

    def whole(
        self, assembly: Assembly, inputs: list[int | None], subtitles: list[str | None]
    ) -> str:
        """The pad of all segments joined.

        `inputs` are the numbers of their files, `subtitles` the files of what is burnt in.
        """
        pads = [
            self._segment(segment, file, burnt)
            for segment, file, burnt in zip(assembly.segments, inputs, subtitles, strict=True)
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
        self, pad: str, options: RenderOptions, files: dict[str, str], font: str | None
    ) -> str:
        """`pad` with the words of `options`, which are put into `files`."""
        if not options.texts:
            return pad
        self._need("drawtext", "writes text")
        filters = []
        for text in options.texts:
            file = f"text-{len(files)}.txt"
            files[file] = text.text
            filters.append(text_filter(text, file, self._look.canvas.height, font))
        return self._graph.chain(pad, filters)

    def with_images(self, pad: str, options: RenderOptions, inputs: list[int]) -> str:
        """`pad` with the pictures of `options`, whose files have the numbers `inputs`."""
        for image, file in zip(options.images, inputs, strict=True):
            width = max(round(image.width * self._look.canvas.width), 2)
            filters = [f"scale={width}:-1", "format=rgba"]
            if image.opacity < 1:
                filters.append(f"colorchannelmixer=aa={image.opacity:.4f}")
            small = self._graph.chain(f"[{file}:v]", filters)
            x, y = position(image.place, "W", "H", "w", "h")
            options_ = [f"x={x}", f"y={y}", "format=auto", *enabled(image)]
            pad = self._graph.chain(pad + small, [f"overlay={':'.join(options_)}"])
        return pad

    def _segment(self, segment: Segment, file: int | None, burnt: str | None) -> str:
        piece, part, size = segment.piece, segment.excerpt, self._look.canvas
        if part is None or not isinstance(piece, Clip):
            black = f"color=c=black:size={size.width}x{size.height}:rate={segment.rate}"
            form = [f"format={self._look.pixel_format}", self._look.colors.tags, "setsar=1"]
            return self._graph.chain("", [black, f"trim=end_frame={segment.frames}", *form])
        video = main_video(part.source, piece.video_id)
        picture = self._look.filters(piece, video, self._tools)
        if burnt is None:
            filters = [*in_time(part, piece), *even_frames(segment), *picture]
        else:
            # Words come by the time of the file, on a picture that has its final size.
            self._need("subtitles", "burns subtitles in")
            words = [f"subtitles=filename={burnt}", f"format={self._look.pixel_format}"]
            filters = [*shift(part), *picture, *words, *speed(piece), *even_frames(segment)]
        filters += _fades(piece, segment.seconds)
        return self._graph.chain(f"[{file}:{video.index}]", filters)

    def _crossed(self, whole: str, run: list[str], first: Segment, frames: int, total: int) -> str:
        """What there is up to now, crossed after `frames` with the segments in `run`.

        That makes `total` frames.
        """
        rate = f"fps={first.rate}"
        pad = run[0]
        if len(run) > 1:
            pad = self._graph.chain("".join(run), _joined(len(run), first.rate, total - frames))
        transition = first.piece.transition if isinstance(first.piece, Clip) else None
        if not whole or transition is None:
            return pad
        self._need("xfade", "cross-fades pictures")
        duration = microseconds(first.shared_frames / first.rate)
        offset = microseconds(frames / first.rate)
        fade = f"xfade=transition={transition.kind}:duration={duration}:offset={offset}"
        # The filter of FFmpeg 5.1 loses the last frame.
        pad = self._graph.chain(pad, ["tpad=stop_mode=clone:stop=1"])
        return self._graph.chain(whole + pad, [fade, rate, f"trim=end_frame={total}"])

    def _need(self, name: str, deed: str) -> None:
        if name not in self._tools.filters:
            raise RenderRefusedError(
                f"The ffmpeg of this machine lacks the filter {name}, which {deed}. "
                "Install a fuller one: the extra `ffmpeg` of this package has it."
            )


def in_time(part: Excerpt, clip: Clip) -> list[str]:
    """From where the excerpt starts, at the speed of the clip."""
    return [*shift(part), *speed(clip)]


def shift(part: Excerpt) -> list[str]:
    """Times that count from where the excerpt starts."""
    return [f"setpts=PTS-{number(part.lead)}/TB"] if part.lead else []


def speed(clip: Clip) -> list[str]:
    """Times at the speed of the clip."""
    factor = Fraction(repr(clip.speed))
    return [f"setpts=PTS/{number(factor)}"] if factor != 1 else []


def even_frames(segment: Segment) -> list[str]:
    """Exactly the frames of the segment, from time 0 on, at an even rate.

    The frame that is nearest is taken; where pictures end early the last one stays.
    """
    return [
        # A clip that is over in less than half a frame has one all the same.
        f"fps=fps={segment.rate}:start_time=0:round=near:eof_action=pass",
        "tpad=stop_mode=clone:stop=-1",
        f"trim=end_frame={segment.frames}",
    ]


def _joined(count: int, rate: Fraction, frames: int) -> list[str]:
    """The pictures of `count` pads one after another, which are `frames` in all.

    Counted anew: of a pad with a single picture the filter concat does not know how long it is.
    """
    return [
        f"concat=n={count}:v=1:a=0",
        # Where the last picture ends is not known either; this one may be lost.
        "tpad=stop_mode=clone:stop=1",
        f"settb={1 / rate}",
        "setpts=N",
        f"fps={rate}",
        f"trim=end_frame={frames}",
    ]


def _fades(clip: Clip, length: Fraction) -> list[str]:
    filters = []
    if clip.fade_in_seconds:
        filters.append(f"fade=t=in:st=0:d={microseconds(clip.fade_in_seconds)}")
    if clip.fade_out_seconds:
        start = microseconds(length - clip.fade_out_seconds)
        filters.append(f"fade=t=out:st={start}:d={microseconds(clip.fade_out_seconds)}")
    return filters
