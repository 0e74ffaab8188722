"""Clips whose packets are copied: what may be asked of them, their container and their size."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.container.containers import (
    CONTAINERS,
    COPY_CONTAINERS,
    container_of,
    container_of_file,
)
from stoat_ferret.render.plan.container.tracks import requested_audio
from stoat_ferret.render.plan.excerpt import USUAL_RATE, even_rate, main_video
from stoat_ferret.render.request.clip import Clip

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import AudioStream, VideoStream
    from stoat_ferret.render.plan.container.containers import Container
    from stoat_ferret.render.plan.excerpt import Excerpt
    from stoat_ferret.render.plan.source import Source
    from stoat_ferret.render.request.preset import Preset
    from stoat_ferret.render.request.request import RenderRequest

COPY_WEIGHT = 0.02
"""The work for a second that is copied, in seconds of encoding."""
_INDEX_BYTES = 1_000
_DISPLAYED_BY_COUNT = frozenset({"h264", "hevc"})
"""The codecs in which any number of pictures can be decoded before they are shown."""
_NOT_IN_MATROSKA = frozenset("apng bmp flashsv2 gif qtrle svq1 webp".split())
"""The codecs that FFmpeg writes into Matroska without an error, and cannot read again."""
_DELAYING = frozenset({"matroska", "webm"})
"""The muxers whose files tell players to skip the start of the audio."""


@dataclass(frozen=True, slots=True)
class CopiedClips:
    """Clips that are copied, one after the other, into `container`.

    `parts` are what is copied of the file of each clip, and `sounds` the audio streams that the
    request keeps of it.
    """

    clips: list[Clip]
    parts: list[Excerpt]
    sounds: list[tuple[AudioStream, ...]]
    container: Container

    @property
    def seconds(self) -> Fraction:
        """The total duration in seconds."""
        return sum((part.length for part in self.parts), Fraction(0))

    @property
    def rate(self) -> Fraction:
        """The frame rate of the first file, or a usual one if it has none."""
        return even_rate(self.parts[0].source) or USUAL_RATE

    @property
    def video(self) -> VideoStream:
        """The video stream of the first file, like which all others are."""
        return main_video(self.parts[0].source, self.clips[0].video_id)

    @property
    def size_bytes(self) -> int:
        """An estimate of the bytes in the packets, from the sizes of the files."""
        size = 0
        for part in self.parts:
            info = part.source.info
            whole = info.duration_seconds or float(part.end) or 1.0
            size += int(info.size_bytes * min(float(part.length) / whole, 1.0)) + _INDEX_BYTES
        return size


def sounds_of(
    request: RenderRequest, preset: Preset, clips: list[Clip], parts: list[Excerpt]
) -> list[tuple[AudioStream, ...]]:
    """Return the audio streams that the request keeps of each clip."""
    if request.options.mute:
        return [() for _ in clips]
    tracks = request.options.audio or preset.audio
    return [
        requested_audio(clip, part.source, tracks) for clip, part in zip(clips, parts, strict=True)
    ]


def check_audible(copied: CopiedClips) -> None:
    """Raise `RenderRefusedError` if players would leave out the start of the audio.

    FFmpeg writes what an edit list hides of the first file as a delay that Matroska players skip.
    """
    is_delayed = copied.parts[0].source.timing.hides_packets and copied.sounds[0]
    if is_delayed and copied.container.muxer in _DELAYING:
        raise RenderRefusedError(
            f"The file of video {copied.clips[0].video_id} hides its start by an edit list, and in "
            f"a {copied.container.name} file the start of the audio would be missing. Use mp4 or "
            "mov, mute it, or encode it.",
            field="options.container",
        )


def check_display_times(clip: Clip, source: Source) -> None:
    """Raise `RenderRefusedError` if copied packets would be shown at wrong times.

    FFmpeg sets the times that an AVI file lacks, but only for codecs in which at most one picture
    is decoded before it is shown: of others, some are shown too late or at the same time.
    """
    codec = main_video(source, clip.video_id).codec
    if source.timing.early and codec in _DISPLAYED_BY_COUNT:
        raise RenderRefusedError(
            f"The file of video {clip.video_id} does not say when each picture is shown, so that "
            f"its {codec} cannot be copied exactly. Encode it.",
            piece=clip,
        )


def plain_clips(request: RenderRequest) -> list[Clip]:
    """Return the clips of a request that changes nothing but the cuts; raise for any other."""
    if request.audio:
        raise RenderRefusedError("Sound cannot be mixed in without encoding. Use another preset.")
    clips = []
    for piece in request.clips:
        if not isinstance(piece, Clip):
            raise RenderRefusedError(
                "A gap or an image cannot be made without encoding. Use another preset.",
                piece=piece,
            )
        usual = Clip(
            video_id=piece.video_id,
            start_seconds=piece.start_seconds,
            end_seconds=piece.end_seconds,
            audio_stream=piece.audio_stream,
            mute=piece.mute,
        )
        changed = [
            name for name in Clip.model_fields if getattr(piece, name) != getattr(usual, name)
        ]
        if changed:
            raise RenderRefusedError(
                f"{', '.join(changed)} cannot be done without encoding. Use another preset.",
                piece=piece,
            )
        clips.append(piece)
    return clips


def copy_container(request: RenderRequest, parts: list[Excerpt]) -> Container:
    """Return the requested container, or the one of the first file."""
    source, asked = parts[0].source, request.options.container
    name = asked or container_of_file(source.info.container, source.path)
    container = container_of(name, COPY_CONTAINERS)
    codec = main_video(source, "").codec
    if codec not in container.video and not asked:
        container = CONTAINERS["mkv"]
    is_unheld = container.muxer == "matroska" and codec in _NOT_IN_MATROSKA
    if is_unheld or codec not in container.video:
        other = "Encode it." if codec in _NOT_IN_MATROSKA else "Use mkv, or encode it."
        raise RenderRefusedError(
            f"A {container.name} file does not hold {codec}. {other}", field="options.container"
        )
    return container
