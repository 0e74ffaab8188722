"""Plans for short animations: GIF with its own palette, and animated WebP."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.container.containers import CONTAINERS
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.parts import open_files
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.size_samples import PRINTING, AnimationSample
from stoat_ferret.render.plan.text.subtitles import plan_subtitles
from stoat_ferret.render.plan.text.texts import font_links
from stoat_ferret.render.plan.video.effect_graph import EffectFiles
from stoat_ferret.render.plan.video.size_estimate import estimated_image, sampled
from stoat_ferret.render.plan.video.transparency import alpha_notes, any_alpha, stores_alpha
from stoat_ferret.render.plan.video.video_graph import PictureGraph
from stoat_ferret.render.plan.video.video_style import choose_style

if TYPE_CHECKING:
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.plan.text.subtitle_plan import SubtitlePlan
    from stoat_ferret.render.plan.video.video_style import VideoStyle
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_RATE = Fraction(15)
_TOP_RATE = Fraction(50)  # players slow a GIF with shorter frames down to ten a second
_MOST_SECONDS = 120
_PIXELS = 1_000_000
_STORED, _STORED_PIXELS, _STORED_PIXEL_BYTES = "pictures.nut", "rgb32", 4
"""The file of the pictures that wait for their palette, in the form that the filters need."""
_MOST_STORED_BYTES = 2**30
_STORED_SHARE = 0.3
"""The work of a pass on a stored picture, as a share of drawing it."""
_INDEX_BYTES = 250
_LEAST_BYTES = {"gif": 36}
"""The bytes of a frame that is like the one before."""
_DITHER = "paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle"


def plan_animation(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan a GIF in several passes, one of them for its palette, or a WebP in one."""
    options = request.options
    rate = options.frame_rate or _RATE
    if rate > _TOP_RATE:
        raise RenderRefusedError(
            f"An animation has {_TOP_RATE} frames a second at most.", field="options.frame_rate"
        )
    timed = request.model_copy(update={"options": options.model_copy(update={"frame_rate": rate})})
    assembly = assemble(timed, materials)
    if assembly.seconds > _MOST_SECONDS:
        raise RenderRefusedError(
            f"An animation may be {_MOST_SECONDS} seconds long, and this one would be "
            f"{float(assembly.seconds):.0f}. Choose shorter clips, or make a video."
        )
    style = choose_style(
        assembly,
        options,
        "yuva420p" if any_alpha(assembly, tools) else "yuv420p",
        short_side=preset.short_side,
        long_side=preset.long_side,
        sdr_matrix="bt709" if preset.container == "gif" else "bt601",
    )
    silent = assembly.reading(pictures=True, sound=False)
    return _Animation(timed, silent, style, materials, tools).plan(preset)


@dataclass(frozen=True)
class _Drawn:
    """The pictures at `pad` of a graph; working on one takes a `share` of drawing it."""

    inputs: Inputs
    graph: FilterGraph
    pad: str
    share: float = 1.0


class _Animation:
    def __init__(
        self,
        request: RenderRequest,
        assembly: Assembly,
        style: VideoStyle,
        materials: Materials,
        tools: Tools,
    ) -> None:
        self._request = request
        self._assembly = assembly
        self._style = style
        self._materials = materials
        self._tools = tools
        self._files: dict[str, str] = {}
        self._subtitles = plan_subtitles(request, assembly, None, materials, tools)

    def plan(self, preset: Preset) -> RenderPlan:
        assembly, size = self._assembly, self._style.canvas
        passes = list(self._subtitles.passes)
        if preset.container == "gif":
            passes += self._gif_passes()
        else:
            passes.append(self._webp(preset))
        container = CONTAINERS[preset.container or "gif"]
        output = PlannedOutput(
            f"output{container.extension}",
            container.extension,
            container.muxer,
            OutputKind.ANIMATION,
            duration_seconds=assembly.seconds,
            tolerance_seconds=1 / assembly.rate + Fraction(1, 20),
            # Frames that repeat the one before are not stored, so their number is not known.
            width=size.width,
            height=size.height,
            video_codec=preset.container,
        )
        kind = "gif" if preset.container == "gif" else "animated webp"
        estimated = _INDEX_BYTES + assembly.frames * (
            estimated_image(assembly, size, kind) + _LEAST_BYTES.get(kind, 0)
        )
        return RenderPlan(
            tuple(passes),
            (output,),
            assembly.seconds,
            {**self._files, **self._subtitles.texts},
            (
                *assembly.notes,
                *self._notes_on_alpha(container),
                *self._subtitles.notes,
                *self._materials.fonts.notes,
            ),
            estimated,
            links=font_links(self._materials.fonts),
            folders=self._subtitles.folders,
            temporary_bytes=self._stored_bytes if preset.container == "gif" else 0,
            samples=self._samples(preset, estimated),
        )

    @property
    def _stored_bytes(self) -> int:
        """The bytes of all pictures that wait for their palette in a file; 0 if they do not."""
        size_bytes = self._assembly.frames * self._style.canvas.area * _STORED_PIXEL_BYTES
        return size_bytes if size_bytes <= _MOST_STORED_BYTES else 0

    def _gif_passes(self) -> list[RenderPass]:
        """Return the passes of a GIF, whose palette is known only after the last picture.

        Unless the pictures are too many, they wait for it in a file.
        """
        palette = ("-frames:v", "1", "-update", "1", "-f", "image2", "palette.png")
        choosing = (["palettegen=stats_mode=diff"], palette)
        encoded = ("-c:v", "gif", "-loop", "0", "-f", "gif", "output.gif")
        if not self._stored_bytes:
            return [
                self._pass(RenderPhase.CHOOSING_COLORS, *choosing),
                self._with_palette(self._drawn(), encoded),
            ]
        stored = ([f"format={_STORED_PIXELS}"], ("-c:v", "rawvideo", "-f", "nut", _STORED))
        return [
            self._pass(RenderPhase.DRAWING, *stored),
            self._pass(RenderPhase.CHOOSING_COLORS, *choosing, _reading_stored()),
            self._with_palette(_reading_stored(), encoded),
        ]

    def _with_palette(self, drawn: _Drawn, arguments: tuple[str, ...]) -> RenderPass:
        palette = ["-protocol_whitelist", "file", "-f", "image2", "-i", "palette.png"]
        drawn = replace(drawn, pad=f"{drawn.pad}[{drawn.inputs.add(palette)}:v]")
        return self._pass(RenderPhase.ENCODING, [_DITHER], arguments, drawn)

    def _webp(self, preset: Preset) -> RenderPass:
        arguments = (*self._webp_encoding(preset), "-loop", "0", "-f", "webp", "output.webp")
        filters = [f"format={self._style.pixel_format}"]
        return self._pass(RenderPhase.ENCODING, filters, arguments)

    def _webp_encoding(self, preset: Preset) -> tuple[str, ...]:
        encoder = next(
            (name for name in ("libwebp_anim", "libwebp") if name in self._tools.encoders), None
        )
        if encoder is None:
            raise RenderRefusedError("The ffmpeg of this machine lacks libwebp, which makes WebP.")
        quality = self._request.options.quality
        level = str(preset.quality if quality is None else quality)
        return ("-c:v", encoder, "-quality", level, "-compression_level", "4")

    def _samples(self, preset: Preset, estimated_bytes: int) -> tuple[AnimationSample, ...]:
        """Return the sample that measures the size; none if it is all images."""
        ones, pieces = sampled(self._assembly, frames=1), sampled(self._assembly)
        if not pieces:
            return ()
        commands = tuple(self._sample_arguments(preset, one) for one in (ones[0], *pieces))
        lengths = tuple(piece.frames for piece in pieces)
        return (AnimationSample(commands, lengths, self._assembly.frames, estimated_bytes),)

    def _sample_arguments(self, preset: Preset, piece: Assembly) -> tuple[str, ...]:
        """Return the arguments that encode a piece, without overlays, and print its packets."""
        inputs, opened = open_files(piece, self._tools)
        graph = FilterGraph()
        files = EffectFiles(inputs, self._materials, {})
        pad = PictureGraph(graph, self._style, self._tools, files).whole(piece, opened, [None])
        if preset.container == "gif":
            first, second = graph.split_chain(pad, ["split"], 2)
            palette = graph.chain(first, ["palettegen=stats_mode=diff"])
            graph.finish(second + palette, [_DITHER], "v")
            encoding: tuple[str, ...] = ("-c:v", "gif")
        else:
            graph.finish(pad, [f"format={self._style.pixel_format}"], "v")
            encoding = self._webp_encoding(preset)
        maps = ("-filter_complex", str(graph), "-map", "[v]", "-fps_mode", "passthrough")
        return (*inputs.arguments, *maps, *encoding, *PRINTING)

    def _notes_on_alpha(self, container: Container) -> tuple[str, ...]:
        name = container.name.upper() if stores_alpha(self._style.pixel_format) else None
        return alpha_notes(self._assembly, self._tools, kept_in=name)

    def _pass(
        self,
        title: RenderPhase,
        filters: list[str],
        arguments: tuple[str, ...],
        drawn: _Drawn | None = None,
    ) -> RenderPass:
        """Return a pass over pictures that were `drawn`, or else draws them from the clips."""
        drawn = drawn or self._drawn()
        drawn.graph.finish(drawn.pad, filters, "v")
        assembly = self._assembly
        command = (
            *drawn.inputs.arguments,
            *("-filter_complex", str(drawn.graph), "-map", "[v]", "-an", "-fps_mode"),
            *("passthrough", *arguments),
        )
        weight = assembly.frames * (self._style.canvas.area / _PIXELS + 0.1) / 25 * drawn.share
        return RenderPass(title, command, assembly.seconds, assembly.frames, weight)

    def _drawn(self) -> _Drawn:
        inputs, opened = open_files(self._assembly, self._tools)
        graph, options = FilterGraph(), self._request.options
        files: dict[str, str] = {}
        effect_files = EffectFiles(inputs, self._materials, files)
        pictures = PictureGraph(graph, self._style, self._tools, effect_files)
        subtitles: SubtitlePlan = self._subtitles
        pad = pictures.whole(self._assembly, opened, subtitles.by_segment(self._assembly))
        images = [inputs.add_image(self._materials.images[one.image]) for one in options.images]
        pad = pictures.with_images(pad, options, images)
        pad = pictures.with_texts(pad, options, files, self._materials.fonts, self._assembly.rate)
        self._files = files
        return _Drawn(inputs, graph, pad)


def _reading_stored() -> _Drawn:
    inputs = Inputs()
    number = inputs.add(["-protocol_whitelist", "file", "-f", "nut", "-i", _STORED])
    return _Drawn(inputs, FilterGraph(), f"[{number}:v]", _STORED_SHARE)
