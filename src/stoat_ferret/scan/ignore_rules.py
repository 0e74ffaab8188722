"""Rules for what a scan reads and skips: names, and ignore files (`.stoatignore`, as gitignore)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.errors import FileVanishedError, MediaError, reason_of
from stoat_ferret.library.files import open_in_root
from stoat_ferret.scan.ignore_pattern import IgnorePattern

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_MEDIA_NAME = ".nomedia"
"""A file of this name excludes its folder from media libraries; the convention is Android's."""
IGNORE_FILE_NAME = ".stoatignore"
_MAX_BYTES = 1_000_000
_MAX_PATTERNS = 10_000
_MAX_FAULTS = 10
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRules:
    """The video extensions and the names of excluded folders.

    Extensions are lower case without the dot; folder names are case-folded (`str.casefold`).
    """

    extensions: frozenset[str]
    excluded_folders: frozenset[str] = frozenset()
    heed_nomedia: bool = True

    def extension(self, name: str) -> str:
        """Return the extension of `name` in lower case, or "" if it has none.

        Trailing dots and blanks are ignored: they are easily added unnoticed.
        """
        return os.path.splitext(name.rstrip(". "))[1][1:].lower()

    def is_video(self, name: str) -> bool:
        """Return whether a file of this name is scanned."""
        return self.extension(name) in self.extensions

    def is_hidden(self, name: str) -> bool:
        """Return whether the name is hidden; a title may start with an ellipsis."""
        return name.startswith(".") and not name.startswith("...")

    def is_excluded(self, name: str) -> bool:
        """Return whether folders of this name are excluded."""
        return name.casefold() in self.excluded_folders


@dataclass(slots=True)
class IgnoreFile:
    """The patterns of one ignore file and the errors of its invalid lines."""

    patterns: list[IgnorePattern] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_ignore_file(root: str, folder: str) -> IgnoreFile:
    """Read the ignore file in `folder`, relative to `root`; empty if there is none. Blocking.

    Raises `ValueError` with the reason if no part of the file can be used: it is not a regular file
    inside the root, cannot be read, is too large, or is neither UTF-8 nor text in the encoding of
    file names.
    """
    content = _read(root, f"{folder}/{IGNORE_FILE_NAME}" if folder else IGNORE_FILE_NAME)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"larger than {_MAX_BYTES:,} bytes")
    if b"\0" in content:
        raise ValueError("it is not UTF-8 text")
    found = IgnoreFile()
    faulty = 0
    for number, line in enumerate(_lines(content), 1):
        try:
            pattern = IgnorePattern.parse(line)
        except ValueError as error:
            faulty += 1
            if faulty <= _MAX_FAULTS:
                found.faults.append(f"line {number}: {error}")
            continue
        if pattern is not None:
            if len(found.patterns) == _MAX_PATTERNS:
                found.faults.append(f"line {number} and all after it: more than {number - 1:,}")
                break
            found.patterns.append(pattern)
    if faulty > _MAX_FAULTS:
        found.faults.append(f"{faulty - _MAX_FAULTS:,} more lines")
    return found


def _read(root: str, path: str) -> bytes:
    try:
        file = open_in_root(root, path)
    except FileVanishedError:
        return b""
    except MediaError as error:
        raise ValueError(error.reason[0].lower() + error.reason[1:].rstrip(".")) from error
    content = b""
    try:
        while len(content) <= _MAX_BYTES:
            part = file.read(len(content), 65536)
            if not part:
                break
            content += part
    except OSError as error:
        raise ValueError(reason_of(error)) from error
    finally:
        file.close()
    return content


def _lines(content: bytes) -> Iterator[str]:
    """Yield the lines, decoded with surrogate escapes as are the file names to match."""
    for line in content.removeprefix(_BOM).split(b"\n"):
        yield os.fsdecode(line.removesuffix(b"\r"))


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The ignore files from the root down to one folder, each with the folder that contains it."""

    files: tuple[tuple[str, tuple[IgnorePattern, ...]], ...] = ()

    def and_below(self, folder: str, patterns: list[IgnorePattern]) -> IgnoreRules:
        """Return these rules extended by the patterns of the ignore file in `folder`."""
        if not patterns:
            return self
        # The last matching line decides, and a deeper file overrides a higher one.
        added = (f"{folder}/" if folder else "", tuple(reversed(patterns)))
        return IgnoreRules((added, *self.files))

    def ignore(self, path: str, *, is_folder: bool = False) -> bool:
        """Return whether the entry at `path` is ignored, assuming that its folder is not."""
        name = path.rpartition("/")[2]
        for prefix, patterns in self.files:
            below = path.removeprefix(prefix)
            for pattern in patterns:
                if pattern.only_folders and not is_folder:
                    continue
                if pattern.regex.match(name if pattern.by_name else below):
                    return not pattern.includes
        return False
