"""The streams of clips that are copied without encoding, and whether they can be joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.excerpt import audio_stream, main_video
from stoat_ferret.render.plan.subtitles import PICTURE_CODECS, TEXT_CODECS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.media.media_info import AudioStream, SubtitleStream
    from stoat_ferret.render.plan.containers import Container
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.clip import Clip
    from stoat_ferret.render.request.request import RenderRequest


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
    """Raise if the audio streams of the parts cannot play as one without encoding."""
    kinds = [[(one.codec, one.sample_rate, one.channels) for one in streams] for streams in sounds]
    if any(other != kinds[0] for other in kinds[1:]):
        raise RenderRefusedError(
            "Clips with different sound cannot be joined without encoding. "
            "Use another preset, or leave the sound out (`mute`)."
        )


def requested_audio(request: RenderRequest, clip: Clip, source: Source) -> tuple[AudioStream, ...]:
    """Return the audio streams to copy, all of them unless the clip names one."""
    if request.options.mute or clip.mute:
        return ()
    chosen = audio_stream(clip, source)
    if chosen is None:
        return ()
    return source.info.audio if clip.audio_stream is None else (chosen,)


def choose_streams(
    parts: list[Excerpt], sounds: list[tuple[AudioStream, ...]], container: Container
) -> tuple[list[list[int]], list[str]]:
    """Return the indexes of the streams to copy of each part, and a note for each one left out.

    Those are the picture, the requested audio, and the subtitles, if the container supports them
    and if all parts have the like.
    """
    texts = TEXT_CODECS if container.text else frozenset()
    texts |= PICTURE_CODECS if container.text == "copy" else frozenset()
    notes: list[str] = []
    chosen, words = [], []
    for part, sound in zip(parts, sounds, strict=True):
        supported = [stream for stream in sound if stream.codec in container.audio]
        subtitles = [one for one in part.source.info.subtitles if one.codec in texts]
        foreign: list[AudioStream | SubtitleStream] = [
            *(stream for stream in sound if stream not in supported),
            *(stream for stream in part.source.info.subtitles if stream not in subtitles),
        ]
        notes += [
            f"A stream of {stream.codec} is left out, for this kind of file does not hold it. "
            "Another container may: mkv holds most."
            for stream in foreign
        ]
        chosen.append([main_video(part.source, "").index, *(one.index for one in supported)])
        words.append(subtitles)
    alike = _count_alike([[one.codec for one in subtitles] for subtitles in words])
    for numbers, subtitles in zip(chosen, words, strict=True):
        numbers += [one.index for one in subtitles[:alike]]
        notes += [
            f"Subtitles in {one.codec} are left out, for not all clips have the like."
            for one in subtitles[alike:]
        ]
    return chosen, notes


def _count_alike(lists: list[list[str]]) -> int:
    """Return the number of leading items that all lists share."""
    pairs = enumerate(zip(*lists, strict=False))
    return next((at for at, items in pairs if len(set(items)) > 1), min(map(len, lists)))
