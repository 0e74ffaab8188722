"""Plans for subtitles that are drawn into the picture."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import reading
from stoat_ferret.render.plan.filter_graph import Inputs
from stoat_ferret.render.plan.plan import RenderPass, RenderPhase
from stoat_ferret.render.plan.text.attached_fonts import FontFolders
from stoat_ferret.render.plan.text.external_subtitles import cues_in, selected_text, texts_of
from stoat_ferret.render.plan.text.subtitle_plan import BurnedSubtitles, SubtitlePlan
from stoat_ferret.render.plan.text.subtitle_streams import (
    PICTURE_CODECS,
    TEXT_CODECS,
    selected_stream,
)

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Materials, SubtitleText, Tools
    from stoat_ferret.render.request.request import RenderRequest

_PLAIN_CODECS = frozenset("subrip srt webvtt text mov_text".split())
_LEAD_SECONDS = Fraction(60)
_WEIGHT = 0.02


def plan_burning(
    request: RenderRequest, assembly: Assembly, materials: Materials, tools: Tools
) -> SubtitlePlan:
    """Plan subtitles that are drawn into the picture of each segment that has any.

    Raises `RenderRefusedError` if none has, or if they are pictures.
    """
    if "subtitles" not in tools.filters:
        raise RenderRefusedError(
            "The ffmpeg of this machine lacks the filter subtitles (libass), which burns them in. "
            "Install a fuller one: the extra `ffmpeg` of this package has it."
        )
    passes, notes = [], []
    burned: dict[int, BurnedSubtitles] = {}
    fonts = FontFolders()
    texts: dict[str, str] = {}
    for number, segment in enumerate(assembly.segments):
        external = texts_of(request, segment, materials)
        if external is not None:
            notes += [note for text in external for note in text.notes]
            burned |= _burning_text(request, segment, number, external, texts)
            if segment.excerpt and number not in burned:
                notes.append("A clip has no subtitles, so none are burned into it.")
            continue
        stream = selected_stream(request, segment)
        if stream is None or segment.excerpt is None:
            if segment.excerpt:
                notes.append("A clip has no subtitles, so none are burned into it.")
            continue
        if stream.codec not in TEXT_CODECS:
            raise _refusal(stream.codec)
        part = reading(segment.excerpt, [stream.index])
        lead = max(min(part.start - part.origin, _LEAD_SECONDS), Fraction(0))
        # libass breaks lines without spaces, as in Chinese, in plain text alone.
        file = f"subtitles-{number}.{'srt' if stream.codec in _PLAIN_CODECS else 'ass'}"
        folder, extraction = fonts.of(part.source, stream)
        options = f"filename={file}" + (f":fontsdir={folder}" if folder else "")
        burned[number] = BurnedSubtitles(options, lead)
        passes.append(_reading(part, stream, lead, file, extraction))
    if not burned:
        raise RenderRefusedError(
            "None of the clips has subtitles that could be burned in.", field="options.subtitles"
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
) -> dict[int, BurnedSubtitles]:
    """Return the subtitles for a segment with a subtitle file, which is added to `texts`."""
    text = selected_text(request, segment, external)
    cues = cues_in(segment, text) if text else None
    if cues is None or not cues.found:
        return {}
    file = f"subtitles-{number}{cues.extension}"
    texts[file] = cues.written()
    return {number: BurnedSubtitles(f"filename={file}")}


def _refusal(codec: str) -> RenderRefusedError:
    if codec in PICTURE_CODECS:
        return RenderRefusedError(
            f"The subtitles of a clip are pictures ({codec}), and only text can be burned in. "
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
        RenderPhase.READING_SUBTITLES,
        arguments,
        length,
        weight=float(length) * _WEIGHT,
        subtitle_file=file,
    )
