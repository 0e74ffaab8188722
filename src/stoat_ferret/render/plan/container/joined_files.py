"""Files that FFmpeg reads one after the other as one input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.render.plan.filter_graph import microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction


def join_input(file: str) -> tuple[str, ...]:
    """Return the arguments that open the files listed in `file` of the scratch folder in order."""
    return ("-protocol_whitelist", "file", "-f", "concat", "-safe", "1", "-i", file)


def join_list(files: Iterable[tuple[str, Fraction, Fraction | None]]) -> str:
    """Return the list for FFmpeg's concat demuxer of files.

    Each has its duration, and the time of its first picture if sound may come before it.
    """
    lines = ["ffconcat version 1.0"]
    for name, seconds, start in files:
        lines += [f"file {name}", f"duration {microseconds(seconds)}"]
        if start is not None:
            lines.append(f"inpoint {microseconds(start)}")
    return "\n".join(lines) + "\n"
