"""Plans for subtitles: burned into the picture, or kept as streams."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.attached_fonts import (
    STYLED_CODECS,
    FontFolders,
    extraction_pass,
    fonts_among,
    keeping_arguments,
)
from stoat_ferret.render.plan.excerpt import reading
from stoat_ferret.render.plan.external_subtitles import (
    check_times,
    cues_in,
    has_external,
    kept_texts,
    selected_text,
    texts_of,
)
from stoat_ferret.render.plan.filter_graph import Inputs, microseconds
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.subtitle_ends import subtitle_end_arguments
from stoat_ferret.render.plan.subtitle_streams import (
    MATROSKA_SUBTITLES,
    PICTURE_CODECS,
    TEXT_CODECS,
    conversion_arguments,
    selected_stream,
)
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.external_subtitles import KeptText
    from stoat_ferret.render.plan.source import Materials, SubtitleText, Tools
    from stoat_ferret.render.request.request import RenderRequest

_PLAIN_CODECS = frozenset("subrip srt webvtt text mov_text".split())
_LEAD_SECONDS = Fraction(60)
_WEIGHT = 0.02


@dataclass(frozen=True, slots=True)
class BurntSubtitles:
    """Subtitles to burn into a segment: the `options` of FFmpeg's filter.

    Their file begins `lead` seconds before the segment, for those that are shown already.
    """

    options: str
    lead: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class SubtitlePlan:
    """The passes that extract subtitles, and their part in the encoding."""

    passes: tuple[RenderPass, ...] = ()
    burned: dict[int, BurntSubtitles] = field(default_factory=dict)
    kept: tuple[Excerpt, tuple[int, ...]] | None = None
    codec_arguments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    """Files to write into the scratch folder."""
    kept_texts: tuple[KeptText, ...] = ()
    fonts: frozenset[tuple[str, int]] = frozenset()
    """The attached fonts that are used, or in `notes`: paths of files with indexes of streams."""

    @property
    def kept_streams(self) -> int:
        """The number of subtitle streams in the result."""
        return len(self.kept[1]) if self.kept else len(self.kept_texts)

    def burnt(self, assembly: Assembly) -> list[BurntSubtitles | None]:
        """Return the subtitles to burn into each segment."""
        return [self.burned.get(number) for number in range(len(assembly.segments))]

    def maps(self, inputs: Inputs) -> list[str]:
        """Open the file of the kept subtitles at the excerpt's start; return `-map` arguments."""
        if self.kept is None:
            opened = [text.open(inputs) for text in self.kept_texts]
            return [word for number in opened for word in ("-map", f"{number}:0")]
        part, streams = self.kept
        part = reading(part, streams)
        number = inputs.add_video(part.source.path, part.start - part.origin, part.length)
        return [word for stream in streams for word in ("-map", f"{number}:{stream}")]


def plan_subtitles(
    request: RenderRequest,
    assembly: Assembly,
    container: Container | None,
    materials: Materials,
    tools: Tools,
) -> SubtitlePlan:
    """Plan the subtitles of `request`; raise `RenderRefusedError` if that is not possible."""
    match request.options.subtitles:
        case Subtitles.BURN:
            return _plan_burning(request, assembly, materials, tools)
        case Subtitles.KEEP if has_external(request):
            return _plan_keeping_texts(request, assembly, container, materials)
        case Subtitles.KEEP:
            return _plan_keeping(request, assembly, container)
        case _:
            return SubtitlePlan()


def _plan_burning(
    request: RenderRequest, assembly: Assembly, materials: Materials, tools: Tools
) -> SubtitlePlan:
    if "subtitles" not in tools.filters:
        raise RenderRefusedError(
            "The ffmpeg of this machine lacks the filter subtitles (libass), which burns them in. "
            "Install a fuller one: the extra `ffmpeg` of this package has it."
        )
    passes, notes = [], []
    burned: dict[int, BurntSubtitles] = {}
    fonts = FontFolders()
    texts: dict[str, str] = {}
    for number, segment in enumerate(assembly.segments):
        external = texts_of(request, segment, materials)
        if external is not None:
            notes += [note for text in external for note in text.notes]
            burned |= _burning_text(request, segment, number, external, texts)
            if segment.excerpt and number not in burned:
                notes.append("A clip has no subtitles, so none are burnt into it.")
            continue
        stream = selected_stream(request, segment)
        if stream is None or segment.excerpt is None:
            if segment.excerpt:
                notes.append("A clip has no subtitles, so none are burnt into it.")
            continue
        if stream.codec not in TEXT_CODECS:
            raise _refusal(stream.codec)
        part = reading(segment.excerpt, [stream.index])
        lead = max(min(part.start - part.origin, _LEAD_SECONDS), Fraction(0))
        # libass breaks lines without spaces, as in Chinese, in plain text alone.
        file = f"subtitles-{number}.{'srt' if stream.codec in _PLAIN_CODECS else 'ass'}"
        folder, extraction = fonts.of(part.source, stream)
        options = f"filename={file}" + (f":fontsdir={folder}" if folder else "")
        burned[number] = BurntSubtitles(options, lead)
        passes.append(_reading(part, stream, lead, file, extraction))
    if not burned:
        raise RenderRefusedError(
            "None of the clips has subtitles that could be burnt in.", field="options.subtitles"
        )
    notes += fonts.notes
    return SubtitlePlan(
        tuple(passes),
        burned,
        notes=tuple(dict.fromkeys(notes)),
        folders=tuple(filter(None, fonts.folders.values())),
        texts=texts,
        fonts=frozenset(fonts.found),
    )


def _burning_text(
    request: RenderRequest,
    segment: Segment,
    number: int,
    external: tuple[SubtitleText, ...],
    texts: dict[str, str],
) -> dict[int, BurntSubtitles]:
    """Return the subtitles for a segment with a subtitle file, which is added to `texts`."""
    text = selected_text(request, segment, external)
    cues = cues_in(segment, text) if text else None
    if cues is None or not cues.found:
        return {}
    file = f"subtitles-{number}{cues.extension}"
    texts[file] = cues.written()
    return {number: BurntSubtitles(f"filename={file}")}


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


def _reading(
    part: Excerpt, stream: SubtitleStream, lead: Fraction, file: str, extraction: list[str]
) -> RenderPass:
    inputs = Inputs()
    seek, length = part.start - part.origin - lead, part.length + lead
    number = inputs.add_video(part.source.path, seek, length)
    form = file.rpartition(".")[2]
    arguments = (
        *extraction,
        *inputs.arguments,
        *("-map", f"{number}:{stream.index}", "-c:s", form, "-f", form, file),
    )
    return RenderPass(
        RenderPhase.READING_SUBTITLES, arguments, length, weight=float(length) * _WEIGHT
    )


def _plan_keeping_texts(
    request: RenderRequest, assembly: Assembly, container: Container | None, materials: Materials
) -> SubtitlePlan:
    form = _text_form(container)
    kept, notes = kept_texts(request, assembly, materials)
    arguments = ["-c:s", form] if kept else []
    for number, text in enumerate(kept):
        arguments += [f"-metadata:s:s:{number}", f"language={text.language or 'und'}"]
        arguments += [f"-disposition:s:{number}", "forced" if text.is_forced else "0"]
    return SubtitlePlan(
        codec_arguments=tuple(arguments),
        notes=tuple(notes),
        texts={text.file: text.cues.written() for text in kept},
        kept_texts=tuple(kept),
    )


def _text_form(container: Container | None) -> str:
    """Return the codec of text subtitles in a container."""
    if container is None or container.text is None:
        raise RenderRefusedError(
            "This kind of file holds no subtitles. Use mp4 or mkv.", field="options.subtitles"
        )
    return container.text


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
    check_times(clip)
    form = _text_form(container)
    assert container  # noqa: S101  it has a form
    one = selected_stream(request, segment) if request.options.subtitle_stream is not None else None
    streams = (one,) if one else part.source.info.subtitles
    _check_kept([stream.codec for stream in streams], container)
    if not streams:
        return SubtitlePlan(notes=("The video has no subtitles that could be kept.",))
    is_styled = any(stream.codec in STYLED_CODECS for stream in streams)
    fonts, notes = fonts_among(part.source.attachments) if is_styled else ([], [])
    found = frozenset((part.source.path, font.index) for font in fonts)
    if fonts and form != "copy":
        notes = ["The fonts of the subtitles are left out: this kind of file holds none. Use mkv."]
        fonts = []
    folder = "fonts-0"
    return SubtitlePlan(
        passes=(extraction_pass(part, fonts, folder),) if fonts else (),
        kept=(part, tuple(stream.index for stream in streams)),
        notes=tuple(notes),
        codec_arguments=(
            *_codec_arguments(streams, form, segment.seconds),
            *keeping_arguments(fonts, folder),
        ),
        folders=(folder,) if fonts else (),
        fonts=found,
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
        arguments += [*conversion_arguments(streams), "-copypriorss:s", "0"]
    arguments += subtitle_end_arguments(streams, seconds)
    # Without it, subtitles that begin after the out point would be included.
    return (*arguments, "-t", microseconds(seconds))
