"""The tracks of a result: which streams of a clip are asked for, and their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import audio_stream

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from stoat_ferret.media.media_info import AudioStream, SubtitleStream
    from stoat_ferret.render.plan.source import Source, StreamHeader
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.options import AudioTracks

_TIME_CODE = "tmcd"
_CHAPTERS = "text"
_DISPOSITIONS = frozenset(
    "default dub original comment lyrics karaoke forced hearing_impaired visual_impaired "
    "clean_effects captions descriptions".split()
)
"""The dispositions that say what a track is for; others say how it is stored."""


@dataclass(frozen=True, slots=True)
class TrackLabel:
    """The language and title that players show of a track, and its dispositions in FFmpeg."""

    language: str | None = None
    title: str | None = None
    dispositions: tuple[str, ...] = ()


def label_of(source: Source, stream: AudioStream | SubtitleStream) -> TrackLabel:
    """Return the label of a stream of `source`."""
    header = source.timing.streams.get(stream.index)
    set_ones = header.dispositions if header else ()
    title = stream.title or (header.title if header else None)
    dispositions = tuple(name for name in set_ones if name in _DISPOSITIONS)
    return TrackLabel(stream.language, title, dispositions)


def common_label(labels: Sequence[TrackLabel]) -> TrackLabel:
    """Return what the labels of one track in several clips agree on."""
    languages, titles = {one.language for one in labels}, {one.title for one in labels}
    return TrackLabel(
        languages.pop() if len(languages) == 1 else None,
        titles.pop() if len(titles) == 1 else None,
        labels[0].dispositions if labels else (),
    )


def label_arguments(kind: str, labels: Sequence[TrackLabel]) -> list[str]:
    """Return arguments that name the tracks of one kind, FFmpeg's `a` or `s`.

    Dispositions are only given if they are not what FFmpeg sets anyway, the first being default.
    """
    arguments = []
    for number, label in enumerate(labels):
        for tag, value in (("language", label.language), ("title", label.title)):
            if value:
                arguments += [f"-metadata:s:{kind}:{number}", f"{tag}={value}"]
    if any(set(one.dispositions) - {"default"} for one in labels):
        for number, label in enumerate(labels):
            names = "+".join(label.dispositions) or "0"
            arguments += [f"-disposition:{kind}:{number}", names]
    return arguments


def requested_audio(clip: Clip, source: Source, tracks: AudioTracks) -> tuple[AudioStream, ...]:
    """Return the audio streams that the result keeps of a clip, in the order of its tracks.

    Those are the one that the clip names, or else those of `tracks`. Raises `RenderRefusedError`
    for one that is not there.
    """
    if clip.mute:
        return ()
    first = audio_stream(clip, source)
    if first is None:
        return ()
    if clip.audio_stream is not None or tracks == "first":
        return (first,)
    streams = source.info.audio
    if tracks == "all":
        return streams
    if missing := [number for number in tracks if number >= len(streams)]:
        raise RenderRefusedError(
            f"Video {clip.video_id} has {len(streams)} audio "
            f"stream{'' if len(streams) == 1 else 's'}, so there is no audio stream "
            f"{missing[0]} (they are counted from 0).",
            field="options.audio",
        )
    return tuple(streams[number] for number in tracks)


def left_out_audio(
    clip: Clip, source: Source, kept: Iterable[AudioStream], reason: str
) -> list[str]:
    """Return a note about the audio streams of a clip that are not `kept`; none if it is muted."""
    indexes = {stream.index for stream in kept}
    others = [stream for stream in source.info.audio if stream.index not in indexes]
    if clip.mute or clip.audio_stream is not None or not others:
        return []
    numbers = {stream.index: number for number, stream in enumerate(source.info.audio)}
    names = ", ".join(f"{numbers[stream.index]} ({described(source, stream)})" for stream in others)
    return [f"Audio streams of video {clip.video_id} are left out: {names}. {reason}"]


def left_out_of_encoding(
    clips: Iterable[tuple[Clip, Source]],
    *,
    uses_subtitles: bool,
    used: Collection[tuple[str, int]] = (),
) -> list[str]:
    """Return notes about the streams, other than audio, that a result does not take from clips.

    `used` are attachments that it takes, or that have notes of their own: paths of files with the
    indexes of streams.
    """
    notes = []
    for clip, source in clips:
        whose = f"of video {clip.video_id} are left out"
        if source.info.subtitles and not uses_subtitles:
            names = ", ".join(f"({described(source, one)})" for one in source.info.subtitles)
            notes.append(f"Subtitles {whose}: {names}. `subtitles` keeps them, or burns them in.")
        main = source.info.main_video
        others = [
            "cover art" if stream.attached_picture else f"video ({stream.codec})"
            for stream in source.info.video
            if main is None or stream.index != main.index
        ]
        others += [
            f"{header.kind} ({name_of(header)})"
            for index, header in source.timing.streams.items()
            if (header.kind == "attachment" and (source.path, index) not in used)
            or is_plain_data(header, source)
        ]
        if others:
            notes.append(f"Other streams {whose}: {', '.join(others)}. `copy` keeps most.")
    return list(dict.fromkeys(notes))


def is_plain_data(header: StreamHeader, source: Source) -> bool:
    """Return whether a stream is data other than a time code or titles of chapters.

    Those two are written anew into each result.
    """
    is_chapters = header.tag == _CHAPTERS and bool(source.info.chapters)
    return header.kind == "data" and header.tag != _TIME_CODE and not is_chapters


def name_of(header: StreamHeader) -> str:
    """Return the name of an attachment or a data stream for people."""
    # FFmpeg writes a missing code as `[0][0][0][0]`.
    tag = None if "[" in (header.tag or "[") else header.tag
    return header.file_name or tag or header.codec or "unknown"


def described(source: Source, stream: AudioStream | SubtitleStream) -> str:
    """Describe a stream for people: its codec, language and title."""
    label = label_of(source, stream)
    return ", ".join(part for part in (stream.codec, label.language, label.title) if part)
