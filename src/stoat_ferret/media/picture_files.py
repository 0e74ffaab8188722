"""Files of pictures made from videos: their names, by fingerprint, their versions and sizes."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

THUMBNAIL_VERSION = 2
"""Increased when thumbnails improve, so that a scan makes them all again."""
STORYBOARD_VERSION = 1
"""The same for storyboards."""

THUMBNAIL_WIDTHS = (640, 320)
"""Largest first, in pixels. A change of them needs a new `THUMBNAIL_VERSION`, and the web app."""
PICTURE_KINDS = ("thumbnails", "storyboards")
"""The folders of pictures, each with subfolders by the first digits of the fingerprint."""
EXTENSION = ".webp"
TEMPORARY = ".tmp"
_OLD_STORYBOARDS = "strips"


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """The paths of pictures below `folder`.

    A file name begins with the fingerprint, and contains the version of the code that made it. A
    file is written under a temporary name and renamed, so that a final name always means a complete
    file.
    """

    folder: str

    def thumbnail(self, fingerprint: str, width: int, version: int = THUMBNAIL_VERSION) -> Path:
        """Return the path of a thumbnail of this width, one of `THUMBNAIL_WIDTHS`."""
        return self._path("thumbnails", fingerprint, f"{version}-{width}{EXTENSION}")

    def sheet(self, fingerprint: str, number: int, version: int = STORYBOARD_VERSION) -> Path:
        """Return the path of a storyboard sheet, counted from zero."""
        return self._path("storyboards", fingerprint, f"{version}-{number}{EXTENSION}")

    def index(self, fingerprint: str, version: int = STORYBOARD_VERSION) -> Path:
        """Return the path of a storyboard's index; it is written last, so it implies the rest."""
        return self._path("storyboards", fingerprint, f"{version}.vtt")

    def _path(self, kind: str, fingerprint: str, name: str) -> Path:
        return Path(self.folder, kind, fingerprint[:2], f"{fingerprint}-{name}")

    def make_folder(self) -> None:
        """Create the folder, without which no picture is kept. Blocking; raises nothing."""
        with suppress(OSError):  # reported when a picture is made
            Path(self.folder).mkdir(parents=True, exist_ok=True)

    def make_only_folder(self) -> None:
        """Create the folder, but not the one that it is in. Blocking; raises nothing."""
        with suppress(OSError):
            Path(self.folder).mkdir(exist_ok=True)

    def adopt_old(self) -> None:
        """Rename the storyboard folder of an older version."""
        with suppress(OSError):  # there is none, or a newer one exists already
            Path(self.folder, _OLD_STORYBOARDS).rename(Path(self.folder, "storyboards"))

    def has_thumbnail(self, fingerprint: str) -> bool:
        """Return whether there is one already: a copy of the file has the same fingerprint."""
        return _is_whole(self.thumbnail(fingerprint, THUMBNAIL_WIDTHS[-1]))

    def has_storyboard(self, fingerprint: str) -> bool:
        """Return whether there is one already."""
        return _is_whole(self.index(fingerprint))


class PictureName(NamedTuple):
    """The parts of a picture's file name."""

    fingerprint: str
    version: int


def picture_name(path: Path) -> PictureName:
    """Parse the file name of `path`; version 0 if this program did not make it."""
    match = re.match(r"(\w+)-(\d+)[-.]", path.name)
    return PictureName(match[1], int(match[2])) if match else PictureName(path.name, 0)


def write_whole(path: Path, data: bytes) -> None:
    """Write `path` atomically, so that no reader sees a part of it. Raises `OSError`.

    The folder of all pictures must exist: the disk that it is on may not be mounted.
    """
    # Not the number of the process: those of other machines may write there, too.
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}{TEMPORARY}")
    try:
        try:
            temporary.write_bytes(data)
        except FileNotFoundError:
            for folder in (path.parent.parent, path.parent):
                folder.mkdir(exist_ok=True)
            temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _is_whole(path: Path) -> bool:
    # A power failure may leave an empty file if a rename was stored before its content.
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
