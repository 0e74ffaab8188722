"""3D lookup tables in files (`.cube`), read with bounds and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from stoat_ferret.library.files import VideoFile

MOST_BYTES = 12_000_000
"""A table of 65 points a side has 274,625 lines."""
_MOST_POINTS = 65
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_SIZE = re.compile(r"^LUT_3D_SIZE[ \t]+(\d{1,4})[ \t]*$", re.MULTILINE)
_ROW = re.compile(rf"^{_NUMBER}[ \t]+{_NUMBER}[ \t]+{_NUMBER}$")
_DOMAIN = re.compile(rf"^DOMAIN_M(?:IN|AX)(?:[ \t]+{_NUMBER}){{3}}$")


def read_cube(file: VideoFile, path: str) -> str:
    """Return the table in an open file as FFmpeg reads it; `path` is for the message. Blocking.

    Raises `RenderRefusedError` if it is not a 3D table.
    """
    if file.size_bytes > MOST_BYTES:
        raise _refusal(path, f"has more than {MOST_BYTES // 1_000_000} MB")
    return check_cube(file.read(0, MOST_BYTES), path)


def check_cube(content: bytes, path: str) -> str:
    """Return the lines of a table that FFmpeg needs; raise `RenderRefusedError` if it is none."""
    lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    sizes = [found[1] for line in lines if (found := _SIZE.match(line))]
    if any(line.startswith("LUT_1D_SIZE") for line in lines):
        raise _refusal(path, "holds a 1D table")
    if len(sizes) != 1 or not 2 <= int(sizes[0]) <= _MOST_POINTS:
        raise _refusal(path, f"does not say a LUT_3D_SIZE from 2 to {_MOST_POINTS}")
    points = int(sizes[0])
    rows = [line for line in lines if _ROW.match(line)]
    if len(rows) != points**3:
        raise _refusal(path, f"has {len(rows):,} lines of colors, not {points**3:,}")
    domain = [line for line in lines if _DOMAIN.match(line)]
    return "\n".join([f"LUT_3D_SIZE {points}", *domain, *rows]) + "\n"


def _refusal(path: str, reason: str) -> RenderRefusedError:
    return RenderRefusedError(
        f"{for_display(path)} {reason}. Choose a 3D lookup table in the format `.cube`."
    )
