"""The streams of clips that are copied without encoding, and whether they can be joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.container.tracks import (
    TrackLabel,
    common_label,
    described,
    is_plain_data,
    label_arguments,
    label_of,
    left_out_audio,
    name_of,
)
from stoat_ferret.render.plan.excerpt import main_video
from stoat_ferret.render.plan.filter_graph import microseconds
from stoat_ferret.render.plan.text.subtitle_ends import subtitle_end_arguments
from stoat_ferret.render.plan.text.subtitle_streams import (
    MATROSKA_SUBTITLES,
    TEXT_CODECS,
    conversion_arguments,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import AudioStream, SubtitleStream, VideoStream
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.clip import Clip


@dataclass(frozen=True, slots=True)
class CopiedStreams:
    """The streams of a clip that the result holds beside its picture.

    Cover art and attachments have no place in time: they are those of the first clip. The
    attachments and data streams are given by their indexes.
    """

    audio: tuple[AudioStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()
    data: tuple[int, ...] = ()
    covers: tuple[VideoStream, ...] = ()
    attachments: tuple[int, ...] = ()


def check_same_pictures(parts: list[Excerpt]) -> None:
    """Raise if the pictures of the parts cannot play as one stream without encoding."""
    first = main_video(parts[0].source, "")
    for part in parts[1:]:
        other = main_video(part.source, "")
        for name in ("codec", "coded_width", "coded_height", "pixel_format", "rotation"):
            if getattr(first, name) != getattr(other, name):
                raise RenderRefusedError(
                    "Clips of different kinds cannot be joined without encoding: "
                    f"{name.replace('_', ' ')} is {getattr(first, name)} in the first and "
                    f"{getattr(other, name)} in another. Use another preset."
                )


def check_same_audio(sounds: Sequence[Sequence[AudioStream]]) -> None:
    """Raise if the first audio streams of the parts cannot play as one without encoding."""
    kinds = [[_kind_of(one) for one in streams[:1]] for streams in sounds]
    if any(other != kinds[0] for other in kinds[1:]):
        raise RenderRefusedError(
            "Clips with different sound cannot be joined without encoding. "
            "Use another preset, or leave the sound out (`mute`)."
        )


def choose_streams(
    clips: Sequence[Clip],
    parts: Sequence[Excerpt],
    sounds: Sequence[tuple[AudioStream, ...]],
    container: Container,
    *,
    keeps_metadata: bool,
) -> tuple[list[CopiedStreams], list[str]]:
    """Return the streams to copy of each part, and a note for each one left out.

    Those are the requested audio (`sounds`), subtitles, data, cover art and attachments, as far as
    the container supports them, and for audio and subtitles if all parts have the like. Data
    streams are metadata too: cameras write places into them.
    """
    chosen, notes = [], []
    for clip, part, sound in zip(clips, parts, sounds, strict=True):
        streams, part_notes = _supported(clip, part.source, sound, container)
        chosen.append(streams)
        notes += part_notes
    chosen, alike_notes = _alike(clips, parts, chosen)
    notes += alike_notes
    first = clips[0], parts[0].source
    data, data_notes = _data_of(*first, container, is_kept=keeps_metadata and len(parts) == 1)
    still, still_notes = _timeless(*first, container)
    chosen[0] = replace(chosen[0], data=data, covers=still.covers, attachments=still.attachments)
    return chosen, list(dict.fromkeys([*notes, *data_notes, *still_notes]))


def track_arguments(
    parts: Sequence[Excerpt], chosen: Sequence[CopiedStreams], *, is_new: bool
) -> list[str]:
    """Return arguments that name the tracks, which are `chosen` of each part.

    FFmpeg itself keeps most names of streams that it copies from their file; all are given if
    `is_new`.
    """
    audio = _labels(parts, [streams.audio for streams in chosen])
    words = _labels(parts, [streams.subtitles for streams in chosen])
    if not is_new:
        # FFmpeg knows the title of a track in MP4 as its name only.
        audio, words = ([TrackLabel(title=one.title) for one in kind] for kind in (audio, words))
        known = [one.title for one in chosen[0].audio], [one.title for one in chosen[0].subtitles]
        if known == ([one.title for one in audio], [one.title for one in words]):
            return []
    language = main_video(parts[0].source, "").language
    named = ["-metadata:s:v:0", f"language={language}"] if language and is_new else []
    return [*named, *label_arguments("a", audio), *label_arguments("s", words)]


def _labels(
    parts: Sequence[Excerpt], chosen: Sequence[Sequence[AudioStream | SubtitleStream]]
) -> list[TrackLabel]:
    """Return what the tracks of one kind are called, each made of a stream of every part."""
    return [
        common_label([label_of(part.source, one) for part, one in zip(parts, track, strict=True)])
        for track in zip(*chosen, strict=True)
    ]


def _supported(
    clip: Clip, source: Source, sound: tuple[AudioStream, ...], container: Container
) -> tuple[CopiedStreams, list[str]]:
    """Return the audio and subtitles of a clip that the container supports."""
    texts = container.subtitles | (TEXT_CODECS if container.text else frozenset())
    texts |= MATROSKA_SUBTITLES if container.text == "copy" else frozenset()
    audio = tuple(stream for stream in sound if stream.codec in container.audio)
    subtitles = tuple(one for one in source.info.subtitles if one.codec in texts)
    foreign: list[AudioStream | SubtitleStream] = [
        *(stream for stream in sound if stream not in audio),
        *(stream for stream in source.info.subtitles if stream not in subtitles),
    ]
    notes = [
        f"A stream of {described(source, stream)} is left out, for this kind of file does not "
        "hold it. Another container may: mkv holds most."
        for stream in foreign
    ]
    if sound:
        notes += left_out_audio(clip, source, sound, "`audio` chooses the tracks to keep.")
    main = source.info.main_video
    notes += [
        f"Another video stream of video {clip.video_id} is left out: {stream.codec}, "
        f"{stream.width}x{stream.height}."
        for stream in source.info.video
        if stream is not main and not stream.attached_picture
    ]
    return CopiedStreams(audio, subtitles), notes


def _alike(
    clips: Sequence[Clip], parts: Sequence[Excerpt], chosen: Sequence[CopiedStreams]
) -> tuple[list[CopiedStreams], list[str]]:
    """Return the leading audio and subtitles that all parts have alike, and notes on the others."""
    # Clips need sound, but nobody wants words in turns of two languages.
    sounds = _count_alike(
        [[(_kind_of(stream), stream.language) for stream in one.audio] for one in chosen],
        of_any_language=1,
    )
    words = _count_alike(
        [[(stream.codec, stream.language) for stream in one.subtitles] for one in chosen]
    )
    notes = [
        f"{what} in {described(part.source, stream)} of video {clip.video_id} are left out, "
        "for not all clips have the like."
        for clip, part, one in zip(clips, parts, chosen, strict=True)
        for what, streams in (("Audio", one.audio[sounds:]), ("Subtitles", one.subtitles[words:]))
        for stream in streams
    ]
    kept = [
        replace(one, audio=one.audio[:sounds], subtitles=one.subtitles[:words]) for one in chosen
    ]
    return kept, notes


def _count_alike(
    lists: Sequence[Sequence[tuple[object, str | None]]], *, of_any_language: int = 0
) -> int:
    """Return the number of leading streams, by kind and language, that all lists share.

    The languages of the first ones may differ.
    """
    count = 0
    for streams in zip(*lists, strict=False):
        languages = {language for _, language in streams} - {None}
        is_one_language = len(languages) <= 1 or count < of_any_language
        if len({kind for kind, _ in streams}) > 1 or not is_one_language:
            break
        count += 1
    return count


def _kind_of(stream: AudioStream) -> tuple[str, int, int]:
    return stream.codec, stream.sample_rate, stream.channels


def _data_of(
    clip: Clip, source: Source, container: Container, *, is_kept: bool
) -> tuple[tuple[int, ...], list[str]]:
    """Return the data streams to copy, and notes on the others."""
    kept, left_out = [], []
    for index, header in source.timing.streams.items():
        if not is_plain_data(header, source):
            continue
        if is_kept and container.data & {header.tag, header.codec}:
            kept.append(index)
        else:
            left_out.append(name_of(header))
    names = ", ".join(left_out)
    notes = [f"Data streams of video {clip.video_id} are left out: {names}."] if left_out else []
    return tuple(kept), notes


def _timeless(clip: Clip, source: Source, container: Container) -> tuple[CopiedStreams, list[str]]:
    """Return the cover art and attachments that the container holds, and notes on the others."""
    covers = [one for one in source.info.video if one.attached_picture]
    attached = {i: one for i, one in source.timing.streams.items() if one.kind == "attachment"}
    where = f"of video {clip.video_id} is left out: {container.name} files do not hold it"
    notes = [
        f"The cover art ({cover.codec}) {where}."
        for cover in covers
        if cover.codec not in container.covers
    ]
    if not container.has_attachments:
        notes += [
            f"The attachment {name_of(header)} {where}. mkv files do."
            for header in attached.values()
        ]
        attached = {}
    kept = tuple(cover for cover in covers if cover.codec in container.covers)
    return CopiedStreams(covers=kept, attachments=tuple(attached)), notes


def subtitle_arguments(
    kept: Sequence[SubtitleStream],
    container: Container,
    end: Fraction,
    start: Fraction = Fraction(0),
) -> list[str]:
    """Return the arguments that copy or convert subtitles within a time of the output."""
    if not kept:
        return []
    ends = subtitle_end_arguments(kept, end, start)
    if container.text is None:
        return ["-c:s", "copy", *ends]
    if container.text != "copy":
        return ["-c:s", container.text, *ends]
    return ["-c:s", "copy", *conversion_arguments(kept), *ends]


def data_arguments(streams: CopiedStreams, seconds: Fraction) -> list[str]:
    """Return the arguments that copy data streams, whose packets end by `seconds`."""
    if not streams.data:
        return []
    left = rf"max({microseconds(seconds)}/TB-PTS\,0)"
    return ["-c:d", "copy", "-bsf:d", rf"setts=duration=min(DURATION\,{left})"]
