"""What the planner must know of the files that it makes use of."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.request.options import ImageFile


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A picture that can be decoded by itself.

    Times are from the start of the file. It is clean where nothing that comes after it in the
    file is shown before it.
    """

    seconds: Fraction
    is_clean: bool = True


@dataclass(frozen=True, slots=True)
class CleanEnd:
    """A place where packets can be left off without a picture missing before it.

    All that is shown before `seconds` is in the file before the packet that is decoded at
    `decoded_at`, and nothing else is; both from the start of the file.
    """

    seconds: Fraction
    decoded_at: Fraction


@dataclass(frozen=True, slots=True)
class Timing:
    """When the pictures of a file are shown, as far as probing does not say.

    `video_start` is when the first one is, from the start of the file. `key_frames` and
    `clean_ends` are those near the places that were asked for, in order. `starts` are those of
    all streams by their numbers, from the start of the file. What is encrypted shows nothing.
    """

    video_start: Fraction = Fraction(0)
    is_variable: bool = False
    key_frames: tuple[KeyFrame, ...] = ()
    clean_ends: tuple[CleanEnd, ...] = ()
    starts: Mapping[int, Fraction] = field(default_factory=dict)
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be opened; `path` is absolute, as `os.fsdecode` gives it."""

    path: str
    info: MediaInfo
    timing: Timing = Timing()


@dataclass(frozen=True, slots=True)
class Materials:
    """All that a request may name: videos by their ids, and pictures with their paths.

    `font` is the file of the font that words are written in; None leaves the choice to FFmpeg.
    """

    videos: Mapping[str, Source]
    images: Mapping[ImageFile, str] = field(default_factory=dict)
    font: str | None = None


class Tools(Protocol):
    """What the ffmpeg at hand can do, by FFmpeg's names.

    `hardware_encoders` are those that were tried and work, the preferred ones first.
    """

    @property
    def encoders(self) -> Collection[str]: ...
    @property
    def decoders(self) -> Collection[str]: ...
    @property
    def filters(self) -> Collection[str]: ...
    @property
    def muxers(self) -> Collection[str]: ...
    @property
    def hardware_encoders(self) -> Sequence[str]: ...
