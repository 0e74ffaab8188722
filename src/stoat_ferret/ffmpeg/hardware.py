"""Encoders in hardware: how each is used, and which of them work, by trying them."""

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


@dataclass(frozen=True, slots=True)
class HardwareUse:
    """What an encoder in hardware wants: options before the first input, a filter before it."""

    opening: tuple[str, ...] = ()
    upload: str = "format=yuv420p"


# The ones that people prefer where there are several come first.
_FAMILIES = {
    "nvenc": HardwareUse(),
    "qsv": HardwareUse(upload="format=nv12"),
    "videotoolbox": HardwareUse(),
    "amf": HardwareUse(upload="format=nv12"),
    "vaapi": HardwareUse(
        ("-init_hw_device", "vaapi=hw:/dev/dri/renderD128", "-filter_hw_device", "hw"),
        "format=nv12,hwupload",
    ),
    "vulkan": HardwareUse(
        ("-init_hw_device", "vulkan=hw", "-filter_hw_device", "hw"), "format=nv12,hwupload"
    ),
    "v4l2m2m": HardwareUse(),
}


def hardware_use(encoder: str) -> HardwareUse | None:
    """How the encoder is used; None for one in software."""
    return _FAMILIES.get(encoder.rpartition("_")[2])


def known_hardware(encoders: Collection[str]) -> tuple[str, ...]:
    """Those of `encoders` that are in hardware and worth a trial, the preferred ones first."""
    wanted = [f"{codec}_{family}" for codec in _CODECS for family in _FAMILIES]
    return tuple(name for name in wanted if name in encoders)


async def find_hardware_encoders(ffmpeg: Path, encoders: Collection[str]) -> tuple[str, ...]:
    """Those of `encoders` that encode a few frames here and now, the preferred ones first.

    One after the other, at low priority; takes up to seconds. Raises nothing.
    """
    return tuple([name for name in known_hardware(encoders) if await _works(ffmpeg, name)])


async def _works(ffmpeg: Path, encoder: str) -> bool:
    use = hardware_use(encoder)
    assert use is not None  # noqa: S101  only those of a family are asked about
    arguments = [
        *("-v", "error", "-nostdin", *use.opening, "-f", "lavfi", "-i", _TRIAL),
        *("-vf", use.upload, "-frames:v", "5", "-c:v", encoder, "-f", "null", "-"),
    ]
    try:
        completed = await run_program([ffmpeg, *arguments], timeout_seconds=_TRY_SECONDS)
    except MediaProcessError:  # drivers hang and crash
        return False
    return completed.exit_code == 0
