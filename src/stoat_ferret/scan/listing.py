"""The regular files of one folder, and the signatures by which a later scan recognizes them."""

from __future__ import annotations

import os
import stat
from array import array
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from stoat_ferret.library.video import FoundFile, FoundFolder

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

MOST_FILES = 50_000
"""The most files of a folder that are held in memory until its signature is known."""
FRESH_NS = 60 * 10**9
"""Times are trusted once they are this old.

It covers the coarse clocks of file systems, and the minute for which NFS may answer from memory.
"""
_DIGEST_BYTES = 16


@dataclass(slots=True)
class FolderListing:
    """What a scan found in the folder at `path`: names, sizes and times of files, by name."""

    path: str
    times_ns: tuple[int, int] | None = None
    """The folder's mtime and ctime before it was listed; None if they are not to be trusted."""
    names: list[str] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    mtimes_ns: array[int] = field(default_factory=lambda: array("q"))
    newest_ns: int = 0
    """The newest ctime of a file; only counted if `times_ns` is set."""
    is_odd: bool = False
    """True if something in the folder is not a regular file that could be examined.

    Such folders have no signature: their files are always compared one by one.
    """

    def add(self, names: list[str], statuses: list[os.stat_result]) -> bool:
        """Add files; return False, without adding any, if not all are regular ones.

        A file whose time has no place in 64 bits does not count as one.
        """
        if not all(map(stat.S_ISREG, [status.st_mode for status in statuses])):
            return False
        try:
            mtimes_ns = array("q", [status.st_mtime_ns for status in statuses])
        except OverflowError:
            return False
        self.names += names
        self.sizes.extend([status.st_size for status in statuses])
        self.mtimes_ns += mtimes_ns
        if self.times_ns is not None:
            self.newest_ns = max(self.newest_ns, *(status.st_ctime_ns for status in statuses))
        return True

    def known_by_times(self, names: list[str], known: Container[bytes]) -> FoundFolder | None:
        """Return the folder if files of these names, and its times, are those of a known one."""
        if self.is_odd or self.times_ns is None or not names:
            return None
        signature = self._times_signature(names)
        if signature not in known:
            return None
        return FoundFolder(self.path, len(names), None, signature, is_known=True)

    def folder(self, known: Container[bytes], now_ns: int) -> FoundFolder | None:
        """Return the folder with its signatures; None if it has none."""
        if self.is_odd or not self.names:
            return None
        numbers = self.sizes.tobytes() + self.mtimes_ns.tobytes()
        signature = _digest("files", self.path, self.names, numbers)
        by_times = None
        if self.times_ns and max(*self.times_ns, self.newest_ns) < now_ns - FRESH_NS:
            by_times = self._times_signature(self.names)
        is_known = signature in known
        return FoundFolder(self.path, len(self.names), signature, by_times, is_known=is_known)

    def take_files(self) -> Iterator[FoundFile]:
        """Yield the files and forget them."""
        prefix = f"{self.path}/" if self.path else ""
        for name, size_bytes, mtime_ns in zip(self.names, self.sizes, self.mtimes_ns, strict=True):
            yield FoundFile.of(prefix + name, size_bytes, mtime_ns)
        self.names, self.sizes, self.mtimes_ns = [], array("q"), array("q")

    def _times_signature(self, names: Iterable[str]) -> bytes:
        return _digest("times", self.path, names, repr(self.times_ns).encode())


def _digest(kind: str, path: str, names: Iterable[str], more: bytes) -> bytes:
    # No path contains NUL, and no name is empty: different lists make different texts.
    text = os.fsencode("\0".join((kind, path, *names, "")))
    return blake2b(text + b"\0" + more, digest_size=_DIGEST_BYTES).digest()
