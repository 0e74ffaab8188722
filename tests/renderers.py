"""The ffmpeg processes that render for a process."""

from __future__ import annotations

from contextlib import suppress

import psutil


def renderers(pid: int) -> list[psutil.Process]:
    """Return the rendering processes that process `pid` started and that still run."""
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie, too
            if "-progress" in child.cmdline():
                found.append(child)
    return found
