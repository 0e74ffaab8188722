"""Whether there is an ffmpeg that runs, and in short what it can do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.ffmpeg.description import FfmpegAbilities, FfmpegDescriber, FfmpegDescription

ANSWER_SECONDS = 1.0


class FfmpegCheck:
    """A health check: a sentence with version, place and abilities.

    One that takes its time to tell is there all the same; what it says is heard in the
    background. Raises what `FfmpegDescriber` raises.
    """

    def __init__(self, describer: FfmpegDescriber) -> None:
        self._describer = describer

    async def __call__(self) -> str:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                abilities = await self._describer.abilities()
        except TimeoutError:
            return "It is there, and slow to tell what it can do."
        return sentence(abilities, await self._describer.known())


def sentence(abilities: FfmpegAbilities, description: FfmpegDescription | None) -> str:
    """What an ffmpeg can do; what is not known yet is left out."""
    counts = f"{len(abilities.encoders)} encoders, {len(abilities.filters)} filters"
    said = f"{abilities.version} at {abilities.path}, {counts}"
    if description is None:
        return said
    return f"{said}, in hardware: {', '.join(description.hardware_encoders) or 'none'}"
