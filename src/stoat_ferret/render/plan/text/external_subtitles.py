"""Subtitles from files beside or instead of those in the videos, cut to the clips."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.text.cues import joined
from stoat_ferret.render.plan.video.effects import changes_time
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.options import SubtitleSource

if TYPE_CHECKING:
    from stoat_ferret.render.plan.assembly import Assembly, Segment
    from stoat_ferret.render.plan.filter_graph import Inputs
    from stoat_ferret.render.plan.source import Materials, SubtitleText
    from stoat_ferret.render.plan.text.cues import Cues
    from stoat_ferret.render.request.request import RenderRequest


@dataclass(frozen=True, slots=True)
class KeptText:
    """A track of the result, written as `file` into the scratch folder."""

    file: str
    cues: Cues
    language: str | None
    is_forced: bool

    def open(self, inputs: Inputs) -> int:
        """Open the file, and return its number."""
        return inputs.add(
            ["-protocol_whitelist", "file", "-f", self.cues.muxer, "-i", self.file],
        )


def check_times(clip: Clip) -> None:
    """Raise if effects change the times of a clip, which its subtitles would not follow."""
    if changes_time(clip.effects):
        raise RenderRefusedError(
            "Subtitles cannot be kept when an effect changes the times of a clip. Burn them in, or "
            "leave them out.",
            field="options.subtitles",
        )


def has_external(request: RenderRequest) -> bool:
    """Return whether subtitles of any clip come from a file."""
    clips = [piece for piece in request.clips if isinstance(piece, Clip)]
    is_beside = request.options.subtitle_source is SubtitleSource.BESIDE
    return is_beside or any(clip.subtitle_file for clip in clips)


def texts_of(
    request: RenderRequest, segment: Segment, materials: Materials
) -> tuple[SubtitleText, ...] | None:
    """Return the subtitle files for a segment; None if its subtitles are those in the video."""
    piece = segment.piece
    if not isinstance(piece, Clip):
        return ()
    if piece.subtitle_file is not None:
        return (materials.subtitle_files[piece.subtitle_file],)
    if request.options.subtitle_source is SubtitleSource.BESIDE:
        return materials.beside.get(piece.video_id, ())
    return None


def selected_text(
    request: RenderRequest, segment: Segment, texts: tuple[SubtitleText, ...]
) -> SubtitleText | None:
    """Return the file to burn in; None if there is none. Raises if the request names another."""
    piece, number = segment.piece, request.options.subtitle_stream
    usable = [text for text in texts if text.cues.found]
    if isinstance(piece, Clip) and piece.subtitle_file is not None:
        return usable[0]
    if number is not None and number >= len(usable):
        names = ", ".join(text.name for text in usable) or "none"
        raise RenderRefusedError(
            f"There is no subtitle file {number} beside a video, counted from 0. It has: {names}.",
            field="options.subtitle_stream",
        )
    return usable[number or 0] if usable else None


def cues_in(segment: Segment, text: SubtitleText) -> Cues:
    """Return the cues of a file that are shown in a segment, from its start at normal speed."""
    part = segment.excerpt
    assert part is not None  # noqa: S101  only called for clips
    return text.cues.cut(part.start, part.end)


def kept_texts(
    request: RenderRequest, assembly: Assembly, materials: Materials
) -> tuple[list[KeptText], list[str]]:
    """Return the tracks that the subtitle files of all clips make, and notes.

    A track has one language; clips without a file in it have no subtitles there.
    """
    parts: dict[tuple[str | None, bool], list[Cues]] = {}
    notes: list[str] = []
    for at, segment in _placed(assembly):
        if not isinstance(segment.piece, Clip):
            continue
        check_times(segment.piece)
        texts = texts_of(request, segment, materials) or ()
        notes += [note for text in texts for note in text.notes]
        chosen = [text for text in texts if text.cues.found]
        if request.options.subtitle_stream is not None:
            one = selected_text(request, segment, texts)
            chosen = [one] if one else []
        if not chosen:
            notes.append("A clip has no subtitle file, so it has no subtitles.")
        speed = Fraction(repr(segment.piece.speed))
        for text in chosen:
            cues = cues_in(segment, text).placed(at, speed)
            parts.setdefault((text.language, text.is_forced), []).append(cues)
    kept = []
    for number, ((language, is_forced), pieces) in enumerate(parts.items()):
        whole = _whole(pieces)
        if whole.found:
            file = f"words-{number}{whole.extension}"
            kept.append(KeptText(file, whole, language, is_forced))
    if not kept:
        notes.append("No subtitle is shown in what was chosen, so none is kept.")
    return kept, list(dict.fromkeys(notes))


def _whole(pieces: list[Cues]) -> Cues:
    if any(one.header != pieces[0].header for one in pieces):
        raise RenderRefusedError(
            "The subtitle files of the clips have different styles, and one track has one. Burn "
            "them in, or use files of one kind.",
            field="options.subtitles",
        )
    return joined(pieces)


def _placed(assembly: Assembly) -> list[tuple[Fraction, Segment]]:
    """Return the segments with their starts in the result."""
    placed, frames = [], 0
    for segment in assembly.segments:
        frames -= segment.shared_frames
        placed.append((frames / assembly.rate, segment))
        frames += segment.frames
    return placed
