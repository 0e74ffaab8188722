"""Files of timelines: read with a size limit, written atomically."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from stoat_ferret.errors import RenderRefusedError, TimelineRefusedError
from stoat_ferret.render.timeline.worker import MAX_TIMELINE_BYTES
from stoat_ferret.text import for_display


def read_timeline(path: Path) -> bytes:
    """Read the file, or for `-` standard input. Raises `TimelineRefusedError`."""
    try:
        if str(path) == "-":
            text = sys.stdin.buffer.read(MAX_TIMELINE_BYTES + 1)
        else:
            with path.open("rb") as file:
                text = file.read(MAX_TIMELINE_BYTES + 1)
    except OSError as error:
        raise TimelineRefusedError(
            f"{for_display(path)} cannot be read: {error.strerror}."
        ) from error
    if len(text) > MAX_TIMELINE_BYTES:
        raise TimelineRefusedError(
            f"{for_display(path)} is too large: a timeline may have {MAX_TIMELINE_BYTES:,} bytes "
            "at most."
        )
    return text


def save_timeline(text: str, target: Path, *, overwrite: bool) -> None:
    """Write the file atomically; replace an existing one only if asked for.

    Raises `RenderRefusedError`.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".otio")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            _publish(draft, target, overwrite=overwrite)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except FileExistsError as error:
        raise RenderRefusedError(
            f"{for_display(target)} is there already. Choose another name, or add --overwrite."
        ) from error
    except OSError as error:
        raise RenderRefusedError(
            f"{for_display(target)} cannot be written: {error.strerror}."
        ) from error


def _publish(draft: Path, target: Path, *, overwrite: bool) -> None:
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o666 & ~mask)
    if not overwrite:
        # Reserve the name before renaming, which any file system does in one step.
        target.touch(exist_ok=False)
    draft.replace(target)
