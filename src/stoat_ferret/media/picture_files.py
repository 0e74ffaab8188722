"""Pictures made from videos, in a folder, by the fingerprint of the video."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

THUMBNAIL_VERSION = 2
"""Raised when thumbnails are made in a better way, so that a scan makes every one again."""
STORYBOARD_VERSION = 1
"""The same for storyboards."""

THUMBNAIL_WIDTHS = (640, 320)
PICTURE_KINDS = ("thumbnails", "storyboards")
"""The folders of pictures, each of which has folders by the beginning of the fingerprint."""
EXTENSION = ".webp"
TEMPORARY = ".tmp"
_OLD_STORYBOARDS = "strips"


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """Where pictures lie below `folder`, and how they get there.

    A name begins with the fingerprint, and says with which version the picture was made. A file
    is written under another name and renamed, so that one with its own name is whole.
    """

    folder: str

    def thumbnail(self, fingerprint: str, width: int, version: int = THUMBNAIL_VERSION) -> Path:
        """The picture of at most this width; one of `THUMBNAIL_WIDTHS`."""
        return self._path("thumbnails", fingerprint, f"{version}-{width}{EXTENSION}")

    def sheet(self, fingerprint: str, number: int, version: int = STORYBOARD_VERSION) -> Path:
        """A sheet of tiles of a storyboard, counted from zero."""
        return self._path("storyboards", fingerprint, f"{version}-{number}{EXTENSION}")

    def index(self, fingerprint: str, version: int = STORYBOARD_VERSION) -> Path:
        """The list of the tiles of a storyboard; written last, so where it is, all is."""
        return self._path("storyboards", fingerprint, f"{version}.vtt")

    def _path(self, kind: str, fingerprint: str, name: str) -> Path:
        return Path(self.folder, kind, fingerprint[:2], f"{fingerprint}-{name}")

    def adopt_old(self) -> None:
        """Give the folder of storyboards that an older version made its name of today."""
        with suppress(OSError):  # there is none, or there are newer ones already
            Path(self.folder, _OLD_STORYBOARDS).rename(Path(self.folder, "storyboards"))

    def has_thumbnail(self, fingerprint: str) -> bool:
        """Whether there is one already: the same content may lie at another place too."""
        return _is_whole(self.thumbnail(fingerprint, THUMBNAIL_WIDTHS[-1]))

    def has_storyboard(self, fingerprint: str) -> bool:
        """Whether there is one already."""
        return _is_whole(self.index(fingerprint))


class PictureName(NamedTuple):
    """What the name of a picture says."""

    fingerprint: str
    version: int


def picture_name(path: Path) -> PictureName:
    """What `path`, made by `PictureFiles`, is called; version 0 where somebody else made it."""
    match = re.match(r"(\w+)-(\d+)[-.]", path.name)
    return PictureName(match[1], int(match[2])) if match else PictureName(path.name, 0)


def write_whole(path: Path, data: bytes) -> None:
    """Write `path` so that nobody ever sees a part of it. Raises `OSError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    try:
        try:
            temporary.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _is_whole(path: Path) -> bool:
    # A power failure may leave an empty file where a rename was stored before its content.
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
