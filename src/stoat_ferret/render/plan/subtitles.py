"""Plans for subtitles: burned into the picture, or kept as streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.effects import changes_time
from stoat_ferret.render.plan.excerpt import reading
from stoat_ferret.render.plan.filter_graph import Inputs, microseconds
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.subtitle_ends import subtitle_end_arguments
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Tools
    from stoat_ferret.render.request.request import RenderRequest

TEXT_CODECS = frozenset(
    "ass ssa subrip srt mov_text webvtt text eia_608 microdvd sami subviewer".split()
)
"""The text codecs that FFmpeg can decode; not TTML, which it can only encode."""
PICTURE_CODECS = frozenset("hdmv_pgs_subtitle dvd_subtitle dvb_subtitle".split())
MATROSKA_SUBTITLES = PICTURE_CODECS | frozenset(
    "ass ssa subrip srt webvtt text arib_caption hdmv_text_subtitle".split()
)
"""The codecs that a Matroska file can contain unchanged."""
_WEIGHT = 0.02


@dataclass(frozen=True, slots=True)
class SubtitlePlan:
    """The passes that extract subtitles, and their part in the encoding."""

    passes: tuple[RenderPass, ...] = ()
    files: dict[int, str] = field(default_factory=dict)
    kept: tuple[Excerpt, tuple[int, ...]] | None = None
    codec_arguments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def kept_streams(self) -> int:
        """The number of subtitle streams in the result."""
        return len(self.kept[1]) if self.kept else 0

    def burnt(self, assembly: Assembly) -> list[str | None]:
        """Return the file of the subtitles to burn into each segment."""
        return [self.files.get(number) for number in range(len(assembly.segments))]

    def maps(self, inputs: Inputs) -> list[str]:
        """Open the file of the kept subtitles at the excerpt's start; return `-map` arguments."""
        if self.kept is None:
            return []
        part, streams = self.kept
        part = reading(part, streams)
        number = inputs.add_video(part.source.path, part.start - part.origin, part.length)
        return [word for stream in streams for word in ("-map", f"{number}:{stream}")]


def plan_subtitles(
    request: RenderRequest, assembly: Assembly, container: Container | None, tools: Tools
) -> SubtitlePlan:
    """Plan the subtitles of `request`; raise `RenderRefusedError` if that is not possible."""
    match request.options.subtitles:
        case Subtitles.BURN:
            return _plan_burning(request, assembly, tools)
        case Subtitles.KEEP:
            return _plan_keeping(request, assembly, container)
        case _:
            return SubtitlePlan()


def _plan_burning(request: RenderRequest, assembly: Assembly, tools: Tools) -> SubtitlePlan:
    if "subtitles" not in tools.filters:
        raise RenderRefusedError(
            "The ffmpeg of this machine lacks the filter subtitles (libass), which burns them in. "
            "Install a fuller one: the extra `ffmpeg` of this package has it."
        )
    passes, files, notes = [], {}, []
    for number, segment in enumerate(assembly.segments):
        stream = _selected_stream(request, segment)
        if stream is None or segment.excerpt is None:
            if segment.excerpt:
                notes.append("A clip has no subtitles, so none are burnt into it.")
            continue
        if stream.codec not in TEXT_CODECS:
            raise _refusal(stream.codec)
        files[number] = f"subtitles-{number}.ass"
        passes.append(_reading(segment.excerpt, stream, files[number]))
    if not files:
        raise RenderRefusedError(
            "None of the clips has subtitles that could be burnt in.", field="options.subtitles"
        )
    return SubtitlePlan(tuple(passes), files, notes=tuple(dict.fromkeys(notes)))


def _refusal(codec: str) -> RenderRefusedError:
    if codec in PICTURE_CODECS:
        return RenderRefusedError(
            f"The subtitles of a clip are pictures ({codec}), and only text can be burnt in. "
            "Choose another subtitle stream, or keep them in an mkv file.",
            field="options.subtitles",
        )
    return RenderRefusedError(
        f"The subtitles of a clip are of a kind that FFmpeg does not read ({codec}). Choose "
        "another subtitle stream, or leave them out.",
        field="options.subtitles",
    )


def _reading(part: Excerpt, stream: SubtitleStream, file: str) -> RenderPass:
    inputs = Inputs()
    part = reading(part, [stream.index])
    number = inputs.add_video(part.source.path, part.start - part.origin, part.length)
    arguments = (
        *inputs.arguments,
        *("-map", f"{number}:{stream.index}", "-c:s", "ass", "-f", "ass", file),
    )
    return RenderPass(
        RenderPhase.READING_SUBTITLES, arguments, part.length, weight=float(part.length) * _WEIGHT
    )


def _plan_keeping(
    request: RenderRequest, assembly: Assembly, container: Container | None
) -> SubtitlePlan:
    parts = [*assembly.clips()]
    if len(parts) != 1 or len(assembly.segments) != 1:
        raise RenderRefusedError(
            "Subtitles can be kept of one clip only. Burn them in, or leave them out.",
            field="options.subtitles",
        )
    segment, clip, part = parts[0]
    if clip.speed != 1:
        raise RenderRefusedError(
            "Subtitles cannot be kept when the speed is changed. Burn them in, or leave them out.",
            field="options.subtitles",
        )
    if changes_time(clip.effects):
        raise RenderRefusedError(
            "Subtitles cannot be kept when an effect changes the times of a clip. Burn them in, or "
            "leave them out.",
            field="options.subtitles",
        )
    if container is None or container.text is None:
        raise RenderRefusedError(
            "This kind of file holds no subtitles. Use mp4 or mkv.", field="options.subtitles"
        )
    one = (
        _selected_stream(request, segment) if request.options.subtitle_stream is not None else None
    )
    streams = (one,) if one else part.source.info.subtitles
    _check_kept([stream.codec for stream in streams], container)
    if not streams:
        return SubtitlePlan(notes=("The video has no subtitles that could be kept.",))
    return SubtitlePlan(
        kept=(part, tuple(stream.index for stream in streams)),
        codec_arguments=_codec_arguments(streams, container.text, segment.seconds),
    )


def _check_kept(codecs: Sequence[str], container: Container) -> None:
    """Raise if the container does not support one of these subtitle codecs."""
    kind = container.extension[1:]
    for codec in codecs:
        if codec in TEXT_CODECS or (container.text == "copy" and codec in MATROSKA_SUBTITLES):
            continue
        if codec in PICTURE_CODECS:
            raise RenderRefusedError(
                f"Subtitles that are pictures ({codec}) fit into no {kind} file. Use mkv, or "
                "choose another subtitle stream.",
                field="options.subtitles",
            )
        raise RenderRefusedError(
            f"The subtitles of a clip are of a kind that FFmpeg does not put into an {kind} file "
            f"({codec}). Choose another subtitle stream, or leave them out.",
            field="options.subtitles",
        )


def _codec_arguments(
    streams: Sequence[SubtitleStream], form: str, seconds: Fraction
) -> tuple[str, ...]:
    arguments = ["-c:s", form]
    if form == "copy":
        # Subtitles that Matroska does not support are text anyway.
        foreign = [
            number for number, one in enumerate(streams) if one.codec not in MATROSKA_SUBTITLES
        ]
        for number in foreign:
            arguments += [f"-c:s:{number}", "srt"]
        arguments += ["-copypriorss:s", "0"]
    arguments += subtitle_end_arguments(streams, seconds)
    # Without it, subtitles that begin after the out point would be included.
    return (*arguments, "-t", microseconds(seconds))


def _selected_stream(request: RenderRequest, segment: Segment) -> SubtitleStream | None:
    piece, part = segment.piece, segment.excerpt
    if part is None:
        return None
    streams = part.source.info.subtitles
    number = request.options.subtitle_stream
    if number is not None and number >= len(streams):
        video_id = getattr(piece, "video_id", "")
        raise RenderRefusedError(
            f"Video {video_id} has {len(streams)} subtitle streams, so there is no subtitle stream "
            f"{number} (they are counted from 0).",
            field="options.subtitle_stream",
        )
    return streams[number or 0] if streams else None
