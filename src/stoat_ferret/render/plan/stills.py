"""Plans for images: still frames, and contact sheets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.assembly import Assembly, assemble
from stoat_ferret.render.plan.container.containers import CONTAINERS, IMAGES, container_of
from stoat_ferret.render.plan.excerpt import Excerpt, frame_at, main_video
from stoat_ferret.render.plan.filter_graph import FilterGraph, Inputs
from stoat_ferret.render.plan.plan import (
    OutputKind,
    PlannedOutput,
    RenderPass,
    RenderPhase,
    RenderPlan,
)
from stoat_ferret.render.plan.size_samples import PRINTING, ImageSample
from stoat_ferret.render.plan.text.texts import font_links
from stoat_ferret.render.plan.video.colors import EXACT
from stoat_ferret.render.plan.video.effect_graph import EffectFiles
from stoat_ferret.render.plan.video.effects import check_still
from stoat_ferret.render.plan.video.framing import Size
from stoat_ferret.render.plan.video.size_estimate import estimated_image
from stoat_ferret.render.plan.video.transparency import alpha_notes, any_alpha, stores_alpha
from stoat_ferret.render.plan.video.video_graph import PictureGraph, shift
from stoat_ferret.render.plan.video.video_style import VideoStyle, choose_style
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.options import RenderOptions
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

_ENCODERS = {".png": "png", ".jpg": "mjpeg", ".webp": "libwebp"}
_PIXELS = {".png": "rgb24", ".jpg": "yuvj420p", ".webp": "yuv420p"}
_ALPHA_PIXELS = {".png": "rgba", ".webp": "yuva420p"}
_CODECS = {".png": "png", ".jpg": "mjpeg", ".webp": "webp"}
_TILE_WIDTH = 320
_TILE_GAP = 4
_STILL_WEIGHT = 0.3
_FEW_FRAMES = 3
_STILL_RATE = Fraction(1000)
_IMAGE_FILE = ("-update", "1", "-f", "image2")
_IMAGE_BYTES, _EDGE_BYTES = 400, 450
"""The bytes that an image has beside its pixels, and a tile of a sheet at its edges."""
_SAMPLES, _SAMPLE_FILE = 3, "sample"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A moment of the result: its clip, and the excerpt to read from the file."""

    clip: Clip
    excerpt: Excerpt


def plan_stills(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan an image for each moment."""
    options, assembly = request.options, _assembled(request, materials)
    container = container_of(options.container or preset.container or "png", IMAGES)
    moments = options.at_seconds or _spread(assembly.seconds, options.count or 1)
    matrix = "bt709" if container.extension == ".png" else "bt601"
    is_kept = any_alpha(assembly, tools) and container.extension in _ALPHA_PIXELS
    pixel_format = "yuva420p" if is_kept else "yuv420p"
    style = choose_style(assembly, options, pixel_format, sdr_matrix=matrix)
    drawing = _Drawing(style, options, materials, tools, container)
    kind = container.extension.removeprefix(".")
    estimated = len(moments) * (_IMAGE_BYTES + estimated_image(assembly, style.canvas, kind))
    passes, outputs = [], []
    for number, moment in enumerate(moments, 1):
        file = f"still-{number:03d}{container.extension}"
        passes.append(drawing.still(_moment_at(assembly, moment), moment, file))
        suffix = f"-{number:03d}" if len(moments) > 1 else ""
        outputs.append(_output(file, container, style.canvas, suffix))
    return RenderPlan(
        tuple(passes),
        tuple(outputs),
        Fraction(0),
        drawing.files,
        (
            *assembly.notes,
            *_notes_on_alpha(assembly, tools, container, style),
            *materials.fonts.notes,
        ),
        estimated,
        links=font_links(materials.fonts),
        samples=_samples(drawing, assembly, moments, estimated),
    )


def plan_contact_sheet(
    request: RenderRequest, preset: Preset, materials: Materials, tools: Tools
) -> RenderPlan:
    """Plan one image with evenly spaced moments in a grid."""
    options, assembly = request.options, _assembled(request, materials)
    container = container_of(options.container or preset.container or "jpg", IMAGES)
    columns, rows = options.columns, options.rows
    width = max((options.width or columns * _TILE_WIDTH) // columns - _TILE_GAP, 16)
    tile_options = options.model_copy(update={"width": width, "height": None})
    style = choose_style(assembly, tile_options, "yuv420p")
    tiles = _Drawing(style, tile_options, materials, tools, CONTAINERS["png"])
    moments = _spread(assembly.seconds, columns * rows)
    passes = [
        tiles.still(_moment_at(assembly, moment), moment, f"tile-{number:03d}.png")
        for number, moment in enumerate(moments, 1)
    ]
    drawn = _Drawing(style, tile_options, materials, tools, container)
    kind = container.extension.removeprefix(".")
    estimated = len(moments) * estimated_image(assembly, style.canvas, kind) + _IMAGE_BYTES
    size = Size(
        columns * (style.canvas.width + _TILE_GAP) + _TILE_GAP,
        rows * (style.canvas.height + _TILE_GAP) + _TILE_GAP,
    )
    file = f"sheet{container.extension}"
    grid = f"tile={columns}x{rows}:padding={_TILE_GAP}:margin={_TILE_GAP}:color=black"
    passes.append(
        RenderPass(
            RenderPhase.JOINING_PICTURES,
            (
                *("-protocol_whitelist", "file", "-f", "image2", "-start_number", "1"),
                *("-i", "tile-%03d.png", "-vf", grid, "-frames:v", "1"),
                *_image_arguments(container, options),
                file,
            ),
            Fraction(0),
            1,
            _STILL_WEIGHT,
        )
    )
    return RenderPlan(
        tuple(passes),
        (_output(file, container, size, ""),),
        Fraction(0),
        tiles.files,
        (
            *assembly.notes,
            *_notes_on_alpha(assembly, tools, container, style),
            *materials.fonts.notes,
        ),
        estimated,
        links=font_links(materials.fonts),
        samples=_samples(drawn, assembly, moments, estimated, each=_EDGE_BYTES),
    )


class _Drawing:
    """A builder of passes that each draw one image; `files` are the text files that they read."""

    def __init__(
        self,
        style: VideoStyle,
        options: RenderOptions,
        materials: Materials,
        tools: Tools,
        container: Container,
    ) -> None:
        self.files: dict[str, str] = {}
        self._style = style
        self._options = options
        self._materials = materials
        self._tools = tools
        self._container = container

    def still(self, moment: _Moment, at: Fraction, file: str) -> RenderPass:
        """Return a pass that draws `moment`, which the result shows `at` a time."""
        inputs, graph = Inputs(self._tools), FilterGraph()
        part, video = moment.excerpt, main_video(moment.excerpt.source, moment.clip.video_id)
        number = inputs.add_excerpt(part)
        options = _shown_at(self._options, at)
        filters = [
            *shift(part),
            # Take the last picture up to the moment, or the first one after it.
            f"fps=fps={_STILL_RATE}:start_time=0:round=near",
            "trim=end_frame=1",
            *self._style.filters(moment.clip, part.source, self._tools),
        ]
        pad = graph.chain(f"[{number}:{video.index}]", filters)
        files = EffectFiles(inputs, self._materials, self.files)
        pictures = PictureGraph(graph, self._style, self._tools, files)
        pad = pictures.with_effects(pad, moment.clip, _STILL_RATE, 1)
        images = [inputs.add_image(self._materials.images[one.image]) for one in options.images]
        pad = pictures.with_images(pad, options, images)
        pad = pictures.with_texts(pad, options, self.files, self._materials.fonts)
        full_range = ":out_range=pc" if self._container.extension == ".jpg" else ""
        pixels = _ALPHA_PIXELS if stores_alpha(self._style.pixel_format) else _PIXELS
        last = [f"scale={EXACT}{full_range}", f"format={pixels[self._container.extension]}"]
        graph.finish(pad, last, "v")
        arguments = (
            *inputs.arguments,
            *("-filter_complex", str(graph), "-map", "[v]", "-frames:v", "1"),
            *_image_arguments(self._container, self._options),
            file,
        )
        return RenderPass(RenderPhase.DRAWING, arguments, Fraction(0), 1, _STILL_WEIGHT)

    def sample_arguments(self, moment: _Moment) -> tuple[str, ...]:
        """Return the arguments that draw `moment` without overlays, and print its packet."""
        options = self._options.model_copy(update={"texts": (), "images": ()})
        plain = _Drawing(self._style, options, self._materials, self._tools, self._container)
        clip = moment.clip.model_copy(update={"effects": ()})
        drawn = plain.still(replace(moment, clip=clip), Fraction(0), _SAMPLE_FILE).arguments
        return (*drawn[: -len(_IMAGE_FILE) - 1], *PRINTING)


def _samples(
    drawing: _Drawing,
    assembly: Assembly,
    moments: Sequence[Fraction],
    estimated_bytes: int,
    *,
    each: int = 0,
) -> tuple[ImageSample, ...]:
    """Return the sample that measures images at `moments`; `each` takes some bytes beside."""
    step = max(len(moments) // _SAMPLES, 1)
    some = moments[step // 2 :: step][:_SAMPLES]
    commands = tuple(drawing.sample_arguments(_moment_at(assembly, moment)) for moment in some)
    return (ImageSample(commands, len(moments), each, estimated_bytes),)


def _notes_on_alpha(
    assembly: Assembly, tools: Tools, container: Container, style: VideoStyle
) -> tuple[str, ...]:
    name = container.name.upper() if stores_alpha(style.pixel_format) else None
    return alpha_notes(assembly, tools, kept_in=name)


def _assembled(request: RenderRequest, materials: Materials) -> Assembly:
    for piece in request.clips:
        if not isinstance(piece, Clip):
            raise RenderRefusedError(
                "Single pictures are taken of videos, not of gaps and images. Leave them out.",
                piece=piece,
            )
        if piece.transition:
            raise RenderRefusedError("Single pictures show no transitions. Leave them out.")
        check_still(piece)
    return assemble(request, materials).reading(pictures=True, sound=False)


def _spread(seconds: Fraction, count: int) -> tuple[Fraction, ...]:
    return tuple(seconds * (2 * number + 1) / (2 * count) for number in range(count))


def _moment_at(assembly: Assembly, moment: Fraction) -> _Moment:
    rest = moment
    for segment, clip, part in assembly.clips():
        if rest < segment.seconds:
            place = frame_at(part.source, part.start + rest * Fraction(repr(clip.speed)))
            end = place + _FEW_FRAMES / assembly.rate
            return _Moment(clip, replace(part, start=place, end=end))
        rest -= segment.seconds
    raise RenderRefusedError(
        f"There is no moment {float(moment):g}: all of it is {float(assembly.seconds):g} seconds."
    )


def _shown_at(options: RenderOptions, at: Fraction) -> RenderOptions:
    """Return the options with the overlays that are shown at this time, without their times."""
    always = {"start_seconds": None, "end_seconds": None}
    shown = {
        kind: tuple(
            one.model_copy(update=always)
            for one in getattr(options, kind)
            if (one.start_seconds or 0) <= at and (one.end_seconds is None or at < one.end_seconds)
        )
        for kind in ("texts", "images")
    }
    return options.model_copy(update=shown)


def _image_arguments(container: Container, options: RenderOptions) -> list[str]:
    extension, quality = container.extension, options.quality
    arguments = ["-c:v", _ENCODERS[extension]]
    if extension == ".jpg":
        arguments += ["-q:v", str(min(max(quality or 3, 1), 31)), "-pix_fmt", "yuvj420p"]
    if extension == ".webp":
        arguments += ["-quality", str(80 if quality is None else quality)]
    return [*arguments, *_IMAGE_FILE]


def _output(file: str, container: Container, size: Size, suffix: str) -> PlannedOutput:
    return PlannedOutput(
        file,
        container.extension,
        container.muxer,
        OutputKind.IMAGE,
        suffix,
        frames=1,
        width=size.width,
        height=size.height,
        video_codec=_CODECS[container.extension],
    )
