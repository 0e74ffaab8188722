"""The ends of the audio streams of a file, as the file states them, read with libav."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.stream_facts import stated_seconds, states_ends

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

    from stoat_ferret.media.media_file import MediaPath


def audio_ends(path: MediaPath) -> list[float | None]:
    """Return when each audio stream ends, in seconds from the start of the file.

    None for one of which the file does not say it. Raises `MediaError`s.
    """
    with MediaFile(path) as file, opened(file) as container, converted_errors(file.path):
        if not states_ends(container.format.name):
            return [None] * len(container.streams.audio)
        start = (container.start_time or 0) / 1e6
        ends = [_end_of(stream) for stream in container.streams.audio]
        return [None if end is None else end - start for end in ends]


def _end_of(stream: AudioStream) -> float | None:
    if stream.duration is None or stream.time_base is None:
        return stated_seconds(stream.metadata)
    return float(((stream.start_time or 0) + stream.duration) * stream.time_base)
