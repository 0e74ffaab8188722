"""The hardware encoder that makes the segments of players, where one works."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import structlog

from stoat_ferret.errors import MediaProcessError, StoatFerretError
from stoat_ferret.ffmpeg.capabilities import hardware_use, known_hardware
from stoat_ferret.ffmpeg.executor import run_program

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities

EncoderChoice = Literal["software", "auto"]

_LEVEL = 26
"""The quality, about that of the software encoder."""
_CODEC = "h264_"
_IDR = {
    # Without these, a picture at the start of a segment may refer to earlier ones.
    "nvenc": ("-forced-idr", "1", "-no-scenecut", "1"),
    "qsv": ("-forced_idr", "1"),
}
_TRIAL = "color=black:s=640x360:r=25:d=1"
_TRIAL_SECONDS = 20.0

log = structlog.get_logger(__name__)


def hardware_arguments(encoder: str) -> list[str]:
    """Return the arguments of an encoder for pictures that `upload_filters` have prepared."""
    use = hardware_use(encoder)
    quality = use.quality_arguments(_LEVEL) if use else []
    family = encoder.rpartition("_")[2]
    return ["-c:v", encoder, *quality, "-bf", "0", *_IDR.get(family, ())]


def upload_filters(encoder: str) -> list[str]:
    """Return the last filters before an encoder."""
    use = hardware_use(encoder)
    return list(use.upload) if use else []


def opening_arguments(encoder: str) -> list[str]:
    """Return the options before the first input."""
    use = hardware_use(encoder)
    return list(use.opening) if use else []


class PlaybackEncoder:
    """Finds the encoder for players, in the background: the first of them do not wait for it.

    One that fails for a player is not used again until the server starts anew.
    """

    def __init__(self, choice: EncoderChoice, ffmpeg: FfmpegCapabilities) -> None:
        self._choice = choice
        self._ffmpeg = ffmpeg
        self._finding: asyncio.Task[str | None] | None = None
        self._failed: set[str] = set()

    def current(self) -> str | None:
        """Return the hardware encoder to use; None for software, or if it is not known yet."""
        if self._choice == "software":
            return None
        if self._finding is None:
            self._finding = asyncio.create_task(self._find())
        if not self._finding.done() or self._finding.cancelled():
            return None
        found = self._finding.result()
        return None if found in self._failed else found

    def give_up(self, encoder: str, reason: str) -> None:
        """Use `encoder` no more."""
        if encoder not in self._failed:
            self._failed.add(encoder)
            log.warning("hardware_encoder_given_up", encoder=encoder, reason=reason)

    async def close(self) -> None:
        """End the search."""
        if self._finding is not None:
            self._finding.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self._finding])

    async def _find(self) -> str | None:
        try:
            abilities = await self._ffmpeg.abilities()
        except StoatFerretError:
            return None  # health says so
        for encoder in known_hardware(abilities.encoders):
            if encoder.startswith(_CODEC) and await _works(abilities.path, encoder):
                log.info("hardware_encoder_found", encoder=encoder)
                return encoder
        return None


async def _works(ffmpeg: Path, encoder: str) -> bool:
    """Return whether a second of video can be encoded as for players."""
    command = [
        *("-v", "error", "-nostdin", *opening_arguments(encoder), "-f", "lavfi", "-i", _TRIAL),
        *("-vf", ",".join(upload_filters(encoder)), *hardware_arguments(encoder)),
        *("-g", "9999", "-force_key_frames", "0,0.5", "-f", "null", "-"),
    ]
    try:
        completed = await run_program([ffmpeg, *command], timeout_seconds=_TRIAL_SECONDS)
    except MediaProcessError:  # drivers hang and crash
        return False
    return completed.exit_code == 0
