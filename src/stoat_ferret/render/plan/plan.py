"""The plan of a render: the ffmpeg commands to run, and the files they make."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.plan.size_samples import SizeSample
    from stoat_ferret.render.plan.video.size_limit import SizeLimit


class OutputKind(StrEnum):
    """The kinds of files that a render makes."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    ANIMATION = "animation"


class RenderPhase(StrEnum):
    """The phases of a render: its passes, and what is before and after them."""

    WAITING = "waiting"
    PREPARING = "preparing"
    READING_SUBTITLES = "reading subtitles"
    MEASURING_LOUDNESS = "measuring loudness"
    CHOOSING_COLORS = "choosing colors"
    ANALYZING = "analyzing"
    ENCODING = "encoding"
    ENCODING_AROUND_CUT = "encoding around a cut"
    COPYING = "copying"
    JOINING = "joining"
    DRAWING = "drawing"
    JOINING_PICTURES = "putting the pictures together"
    CHECKING = "checking"
    PUBLISHING = "publishing"


@dataclass(frozen=True, slots=True)
class Seam:
    """A place in the result at which parts meet, in seconds.

    `shown` are the times of the pictures around it, as far as they are known. `sources` are the
    files whose packets are copied there, with the times in them. Nothing `is_cut` at the end of a
    result that is the end of its source, so nothing can be missing there for a decoder.
    """

    at: Fraction
    shown: tuple[Fraction, ...] = ()
    sources: tuple[tuple[str, Fraction], ...] = ()
    is_cut: bool = True


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """A file that the passes leave in the scratch folder as `file`.

    It is published as the request's name, `name_suffix` (such as `-001`) and `extension` (with its
    dot). If it is made of one clip alone, it has a `name` of its own, and `clip` is the number of
    that clip, counted from 0. `frames` and the sizes are None if they cannot be known before; a
    duration is correct if it is within `tolerance_seconds`. Codecs are named as in `MediaInfo`. The
    pictures around its `seams` are decoded before it is published, where something is cut.
    `audio_ends` are the earliest times at which its audio streams may end, where they are known.
    If `frames` is None, up to `spare_frames` of the copied packets may make no picture.
    """

    file: str
    extension: str
    muxer: str
    kind: OutputKind
    name_suffix: str = ""
    duration_seconds: Fraction | None = None
    tolerance_seconds: Fraction = Fraction(0)
    frames: int | None = None
    spare_frames: int = 0
    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    audio_streams: int = 0
    subtitle_streams: int = 0
    seams: tuple[Seam, ...] = ()
    name: str | None = None
    clip: int | None = None
    audio_ends: tuple[Fraction | None, ...] = ()


def lost_audio(planned: PlannedOutput, ends: Sequence[float | None]) -> list[str]:
    """Return the faults of audio streams that end too early, from their `ends` in seconds."""
    return [
        f"audio stream {number} ends at {end:.3f} s, before {float(least):.3f} s"
        for number, (least, end) in enumerate(zip(planned.audio_ends, ends, strict=False))
        if least is not None and end is not None and end < least
    ]


def faults_of(planned: PlannedOutput, info: MediaInfo) -> list[str]:
    """Return the faults of a finished file, as parts of a sentence; unplanned facts are ignored."""
    video, audio = info.main_video, info.audio
    found: list[tuple[str, object, object]] = [
        ("audio streams", planned.audio_streams, len(audio)),
        ("subtitle streams", planned.subtitle_streams, len(info.subtitles)),
    ]
    if planned.video_codec is not None:
        if video is None:
            return ["it has no picture: there is none in what was chosen, or it cannot be decoded"]
        found.append(("video codec", planned.video_codec, video.codec))
    if planned.audio_codec is not None and planned.audio_streams:
        found.append(("audio codec", planned.audio_codec, audio[0].codec if audio else "none"))
    if video and planned.width is not None and planned.height is not None:
        size = f"{video.width}x{video.height}"
        found.append(("size", f"{planned.width}x{planned.height}", size))
    faults = [
        f"{what} {is_now}, not {should}" for what, should, is_now in found if should != is_now
    ]
    return faults + _wrong_duration(planned, info)


def _wrong_duration(planned: PlannedOutput, info: MediaInfo) -> list[str]:
    should = planned.duration_seconds
    if should is None:
        return []
    if info.duration_seconds is None:
        return ["no duration"]
    if planned.subtitle_streams and info.duration_seconds > should:
        return []  # subtitles that begin before the out point may end after it
    # Containers round to a millisecond.
    if abs(info.duration_seconds - float(should)) <= float(planned.tolerance_seconds) + 0.001:
        return []
    return [f"it lasts {info.duration_seconds:.3f} s, not {float(should):.3f} s"]


class Measurement(Protocol):
    """A value that a pass writes to a file of the scratch folder for later passes."""

    @property
    def file(self) -> str:
        """The name of the file that the pass writes."""

    def read(self, text: str) -> dict[str, str]:
        """Parse `text` of that file into values for the placeholders in later passes."""


@dataclass(frozen=True, slots=True)
class RenderPass:
    """One run of ffmpeg, with `folder` of the scratch folder as its working directory.

    `arguments` follow the runner's own (`-progress`, `-y` and the like). `weight` is its share of
    the work, roughly in seconds of encoding. Its progress is what ffmpeg reports, relative to
    `duration_seconds` (the final `out_time`) or to `frames`. It `repeats` if the result is larger
    than its limit. `subtitle_file` is the text that it writes to burn in, if any.
    If it `is_counted`, the frames that ffmpeg reports in the end are frames of the result, of which
    all such passes write each one.
    """

    title: RenderPhase
    arguments: tuple[str, ...]
    duration_seconds: Fraction
    frames: int | None = None
    weight: float = 1.0
    measurement: Measurement | None = None
    folder: str = ""
    repeats: bool = False
    subtitle_file: str | None = None
    is_counted: bool = False

    def command(self, measured: Mapping[str, str]) -> list[str]:
        """Return the arguments, with measured values in place of their placeholders."""
        return [_filled(argument, measured) for argument in self.arguments]


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """The passes of a render in order, and the files they make.

    `files` are written into the scratch folder first: UTF-8 text by name. `links` are names in it,
    and the files of this machine that they lead to; `folders` are created in it, in this order.
    `notes` are sentences for people, such as the actual position of a cut. `estimated_bytes` is an
    estimate of the size of the outputs, and `temporary_bytes` of what else is written meanwhile.
    `limits` are those on the sizes of outputs, by the folder that they are made in. `samples`
    measure the sizes of some outputs better than that estimate.
    """

    passes: tuple[RenderPass, ...]
    outputs: tuple[PlannedOutput, ...]
    duration_seconds: Fraction
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    estimated_bytes: int = 0
    links: Mapping[str, str] = field(default_factory=dict)
    folders: tuple[str, ...] = ()
    temporary_bytes: int = 0
    limits: Mapping[str, SizeLimit] = field(default_factory=dict)
    samples: tuple[SizeSample, ...] = ()

    @property
    def needed_bytes(self) -> int:
        """The room that the render needs, as far as is known."""
        return self.estimated_bytes + self.temporary_bytes

    def with_sizes(self, measured: Sequence[int | None]) -> RenderPlan:
        """Return the plan with a better estimate, from what was `measured` with each sample.

        Those are bytes; None leaves the estimate as it is.
        """
        change = sum(
            size_bytes - sample.estimated_bytes
            for sample, size_bytes in zip(self.samples, measured, strict=True)
            if size_bytes is not None
        )
        return replace(self, estimated_bytes=self.estimated_bytes + change)

    @property
    def weight(self) -> float:
        """The total weight of all passes."""
        return sum(one.weight for one in self.passes)


def _filled(argument: str, measured: Mapping[str, str]) -> str:
    for name, value in measured.items():
        argument = argument.replace(f"{{{name}}}", value)
    return argument
