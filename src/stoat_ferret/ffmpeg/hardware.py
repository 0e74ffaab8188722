"""Hardware encoders: the arguments of each, and a trial of which work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.errors import MediaProcessError
from stoat_ferret.ffmpeg.executor import run_program

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_TRY_SECONDS = 10.0
_CODECS = ("h264", "hevc", "av1", "vp9")
_TRIAL = "color=color=gray:size=320x256:rate=25"
_TRIAL_LEVEL = 25
PIXEL_FORMAT = "nv12"
"""The pixel format that all of them accept."""


@dataclass(frozen=True, slots=True)
class HardwareUse:
    """The arguments of a hardware encoder.

    `quality` are output arguments with `{level}` in place of a CRF of at most 51. `upload` are the
    last filters before it, `opening` the options before the first input.
    """

    quality: tuple[str, ...]
    upload: tuple[str, ...] = (f"format={PIXEL_FORMAT}",)
    opening: tuple[str, ...] = ()

    def quality_arguments(self, level: int) -> list[str]:
        """Return the arguments for a quality level from 0 to 51; lower is better."""
        names = {"level": level, "percent": 100 - 2 * min(level, 49)}
        return [argument.format(**names) for argument in self.quality]


def _on_a_device(kind: str, *quality: str) -> HardwareUse:
    """Return the use of an encoder that needs pictures in the memory of the device FFmpeg finds."""
    opening = ("-init_hw_device", f"{kind}=hw", "-filter_hw_device", "hw")
    return HardwareUse(quality, (f"format={PIXEL_FORMAT}", "hwupload"), opening)


# The preferred ones come first.
_FAMILIES = {
    "nvenc": HardwareUse(("-rc", "vbr", "-cq", "{level}", "-b:v", "0")),
    "qsv": HardwareUse(("-global_quality", "{level}")),
    "videotoolbox": HardwareUse(("-q:v", "{percent}", "-allow_sw", "0")),
    "amf": HardwareUse(("-rc", "cqp", "-qp_i", "{level}", "-qp_p", "{level}")),
    "vaapi": _on_a_device("vaapi", "-rc_mode", "CQP", "-qp", "{level}"),
    "vulkan": _on_a_device("vulkan", "-rc_mode", "cqp", "-qp", "{level}"),
    "v4l2m2m": HardwareUse(("-b:v", "8M")),
}


def hardware_use(encoder: str) -> HardwareUse | None:
    """Return how the encoder is used; None for a software encoder.

    The trial uses the encoder with the same arguments.
    """
    return _FAMILIES.get(encoder.rpartition("_")[2])


def known_hardware(encoders: Collection[str]) -> tuple[str, ...]:
    """Return those of `encoders` that use hardware and are worth a trial, preferred ones first."""
    wanted = [f"{codec}_{family}" for codec in _CODECS for family in _FAMILIES]
    return tuple(name for name in wanted if name in encoders)


async def find_hardware_encoders(ffmpeg: Path, encoders: Collection[str]) -> tuple[str, ...]:
    """Return those of `encoders` that can encode a few frames now, the preferred ones first.

    Tries them one after the other, at low priority; may take seconds. Raises nothing.
    """
    return tuple([name for name in known_hardware(encoders) if await _works(ffmpeg, name)])


async def _works(ffmpeg: Path, encoder: str) -> bool:
    use = hardware_use(encoder)
    assert use is not None  # noqa: S101  only called for encoders of a known family
    arguments = [
        *("-v", "error", "-nostdin", *use.opening, "-f", "lavfi", "-i", _TRIAL),
        *("-vf", ",".join(use.upload), "-frames:v", "5", "-c:v", encoder),
        *(*use.quality_arguments(_TRIAL_LEVEL), "-f", "null", "-"),
    ]
    try:
        completed = await run_program([ffmpeg, *arguments], timeout_seconds=_TRY_SECONDS)
    except MediaProcessError:  # drivers hang and crash
        return False
    return completed.exit_code == 0
