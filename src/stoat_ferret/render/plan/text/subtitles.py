"""Plans for subtitles: burned into the picture, or kept as streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.filter_graph import microseconds
from stoat_ferret.render.plan.text.attached_fonts import (
    STYLED_CODECS,
    extraction_pass,
    fonts_among,
    keeping_arguments,
)
from stoat_ferret.render.plan.text.burned_subtitles import plan_burning
from stoat_ferret.render.plan.text.external_subtitles import check_times, has_external, kept_texts
from stoat_ferret.render.plan.text.subtitle_ends import subtitle_end_arguments
from stoat_ferret.render.plan.text.subtitle_plan import SubtitlePlan
from stoat_ferret.render.plan.text.subtitle_streams import (
    MATROSKA_SUBTITLES,
    PICTURE_CODECS,
    TEXT_CODECS,
    conversion_arguments,
    selected_stream,
)
from stoat_ferret.render.request.options import Subtitles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from stoat_ferret.media.media_info import SubtitleStream
    from stoat_ferret.render.plan.assembly import Assembly
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.source import Materials, Tools
    from stoat_ferret.render.request.request import RenderRequest


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
            return plan_burning(request, assembly, materials, tools)
        case Subtitles.KEEP if has_external(request):
            return _plan_keeping_texts(request, assembly, container, materials)
        case Subtitles.KEEP:
            return _plan_keeping(request, assembly, container)
        case _:
            return SubtitlePlan()


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
    kind = container.name
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
