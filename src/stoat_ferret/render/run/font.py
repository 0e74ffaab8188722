"""A font to write words with, where FFmpeg would have to be told which."""

from __future__ import annotations

import os
from pathlib import Path

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
)
_PREFERRED = (
    "NotoSans-Regular.ttf",
    "DejaVuSans.ttf",
    "LiberationSans-Regular.ttf",
    "Arial.ttf",
    "Helvetica.ttc",
)
_EXTENSIONS = (".ttf", ".otf", ".ttc")
_MOST_FILES = 20_000


def find_font(folders: tuple[str, ...] = _FOLDERS) -> str | None:
    """The file of a plain font, the best known first; None where there is none.

    Reads folders: not for an event loop.
    """
    found: dict[str, str] = {}
    for folder in folders:
        for parent, _, names in os.walk(Path(folder).expanduser()):
            fonts = (name for name in names if name.lower().endswith(_EXTENSIONS))
            found |= {name: str(Path(parent) / name) for name in fonts if name not in found}
            if len(found) > _MOST_FILES:
                break
    best = next((found[name] for name in _PREFERRED if name in found), None)
    return best or (found[min(found)] if found else None)
