"""Notes about characters of burned-in subtitles that no font can draw."""

from __future__ import annotations

import itertools
from contextlib import suppress
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.render.plan.text.cues import read_cues
from stoat_ferret.render.plan.text.fonts import visible
from stoat_ferret.render.run.fonts import FOLDERS, find_fonts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stoat_ferret.render.plan.plan import RenderPlan

_SECONDS = 10.0


async def glyph_notes(plan: RenderPlan, scratch: Path) -> tuple[str, ...]:
    """Return notes about the subtitles that the passes of `plan` read from the videos.

    What they contain is not known before. None if looking it up is slow.
    """
    written = [one for one in plan.passes if one.subtitle_file is not None]
    if not written:
        return ()

    def look() -> tuple[str, ...]:
        notes: list[str] = []
        # By clip, if each becomes a file of its own: with the fonts that are attached to it.
        for folder, group in itertools.groupby(written, key=lambda one: one.folder):
            begin = f"{folder}/" if folder else ""
            fonts = [str(scratch / one) for one in plan.folders if one.startswith(begin)]
            shown = next(
                f"{one.name}{one.extension}: " if one.name else ""
                for one in plan.outputs
                if one.file.startswith(begin)
            )
            names = [scratch / folder / one.subtitle_file for one in group if one.subtitle_file]
            found = find_fonts(sorted(visible(_words(names))), [*FOLDERS, *fonts])
            notes += [f"{shown}{note}" for note in found.notes]
        return tuple(notes)

    with suppress(TimeoutError):
        return await run_on_disk_thread(look, timeout_seconds=_SECONDS)
    return ()


def _words(files: Iterable[Path]) -> list[str]:
    """Return the words of subtitle files."""
    words: list[str] = []
    for file in files:
        with suppress(OSError, ValueError):  # without any subtitle, for example
            words += read_cues(file.read_text("utf-8", "replace"), file.suffix).words()
    return words
