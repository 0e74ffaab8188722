"""What ffmpeg is told to do for a request, without doing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class OutputKind(StrEnum):
    """What sort of file is made."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    ANIMATION = "animation"


@dataclass(frozen=True, slots=True)
class PlannedOutput:
    """A file that is there when all passes have run, in the scratch folder as `file`.

    It is published as the request's name, `name_suffix` (such as `-001`) and `extension` (with
    its dot). `frames` and the sizes are None where they cannot be known before; a duration is
    right where it is within `tolerance_seconds`. Codecs are named as `MediaInfo` names them.
    """

    file: str
    extension: str
    muxer: str
    kind: OutputKind
    name_suffix: str = ""
    duration_seconds: Fraction | None = None
    tolerance_seconds: Fraction = Fraction(0)
    frames: int | None = None
    width: int | None = None
    height: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    audio_streams: int = 0
    subtitle_streams: int = 0


class Measurement(Protocol):
    """What a pass leaves in a file of the scratch folder for those after it."""

    @property
    def file(self) -> str:
        """The file that the pass writes."""

    def read(self, text: str) -> dict[str, str]:
        """What `text` of that file says, by the names that stand in later passes."""


@dataclass(frozen=True, slots=True)
class RenderPass:
    """One run of ffmpeg, in the scratch folder as its working directory.

    `arguments` follow the runner's own (`-progress`, `-y` and the like). `weight` is its share
    of the work, in seconds of encoding more or less; progress within it is what ffmpeg says of
    `duration_seconds` (how far `out_time` will get), or of `frames`.
    """

    title: str
    arguments: tuple[str, ...]
    duration_seconds: Fraction
    frames: int | None = None
    weight: float = 1.0
    measurement: Measurement | None = None

    def command(self, measured: Mapping[str, str]) -> list[str]:
        """The arguments, with what earlier passes have measured in place of its names."""
        return [_filled(argument, measured) for argument in self.arguments]


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """All that is run, in order, and what comes of it.

    `files` are to be written into the scratch folder first: UTF-8 text by name. `notes` are
    sentences for people, such as where a cut really lies. `estimated_bytes` is a generous guess
    of all that is written.
    """

    passes: tuple[RenderPass, ...]
    outputs: tuple[PlannedOutput, ...]
    duration_seconds: Fraction
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    estimated_bytes: int = 0

    @property
    def weight(self) -> float:
        """That of all passes."""
        return sum(one.weight for one in self.passes)


def _filled(argument: str, measured: Mapping[str, str]) -> str:
    for name, value in measured.items():
        argument = argument.replace(f"{{{name}}}", value)
    return argument
