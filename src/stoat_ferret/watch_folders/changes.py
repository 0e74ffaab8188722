"""Gathers changes in a root until they have settled."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.library.scope import FolderPart, folders_above
from stoat_ferret.watch_folders.open_files import open_for_writing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MAX_PATHS = 20_000
"""The most changed files that are observed one by one; beyond, only their folders are kept."""
MAX_GROWING = 1000
"""The most files that a scan leaves out because they are still being written."""
OVERDUE = 12
"""Settled changes wait for others for this many times the time to settle."""


@dataclass(frozen=True, slots=True)
class SettledChanges:
    """Changes that have settled; paths are relative to the root.

    `files` have the size and time that they settled at. What is in `gone` and `gone_folders` does
    not exist any more. `parts` are to be scanned whatever is known of them; if anything may have
    changed, `is_everything` is set, and they are all that is watched. `growing` are files that
    still change. `new_folders` contain some of the files.
    """

    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    gone_folders: frozenset[str] = frozenset()
    parts: frozenset[FolderPart] = frozenset()
    new_folders: frozenset[str] = frozenset()
    growing: frozenset[str] = frozenset()
    is_everything: bool = False


@dataclass(slots=True)
class _File:
    state: tuple[int, int] | None
    since: float


class Changes:
    """The changes in one root that have not been passed on. Not safe for threads.

    A file has settled when its size and time stay the same for `settle_seconds` and no process has
    it open for writing. All changes are taken together when nothing has changed for that long, or
    those that have settled when they have waited for others long enough.
    """

    def __init__(
        self,
        root: str,
        *,
        settle_seconds: float,
        clock: Callable[[], float],
        find_writers: Callable[[Collection[str]], set[str]] = open_for_writing,
    ) -> None:
        self._root = root
        self._settle_seconds = settle_seconds
        self._clock = clock
        self._find_writers = find_writers
        self._files: dict[str, _File] = {}
        self._gone: set[str] = set()
        self._gone_folders: set[str] = set()
        self._parts: set[FolderPart] = set()
        self._new_folders: set[str] = set()
        self._is_everything = False
        self._first: float | None = None
        self._last = 0.0

    @property
    def are_waiting(self) -> bool:
        """True if there are changes that were not taken."""
        return self._first is not None

    def add_file(self, path: str) -> None:
        """Note that a file was created or changed."""
        self._note()
        self._gone.discard(path)
        if path in self._files or len(self._files) < MAX_PATHS:
            self._files[path] = _File(None, self._last)
        else:
            self._parts.add(FolderPart(posixpath.dirname(path), recursive=False))

    def remove_file(self, path: str) -> None:
        """Note that a file is gone."""
        self._note()
        self._files.pop(path, None)
        if len(self._gone) < MAX_PATHS:
            self._gone.add(path)
        else:
            self._parts.add(FolderPart(posixpath.dirname(path), recursive=False))

    def add_folder(self, folder: str) -> None:
        """Note that a folder is new; its files are added one by one."""
        self._new_folders.add(folder)

    def remove_folder(self, folder: str) -> None:
        """Note that a folder is gone, with all that was in it."""
        self._note()
        if len(self._gone_folders) < MAX_PATHS:
            self._gone_folders.add(folder)
        else:
            self._parts.add(FolderPart(posixpath.dirname(folder)))

    def add_part(self, part: FolderPart) -> None:
        """Note that a part of the root has to be scanned, whatever is known of its files."""
        self._note()
        self._parts.add(part)

    def add_everything(self) -> None:
        """Note that anything may have changed."""
        self._note()
        self._is_everything = True

    def take(self) -> SettledChanges | None:
        """Return what has settled, and forget it; None if it is to wait. Blocking."""
        if self._first is None:
            return None
        now = self._clock()
        if self._is_everything:
            # A whole scan covers all of these; what still grows is left to the next one.
            growing = self._unsettled(now)
            growing |= self._written(growing, now)
            self._forget(keep=growing, now=now)
            return SettledChanges(is_everything=True, growing=_few(growing))
        growing = self._unsettled(now)
        if not self._are_due(growing, now):
            return None
        growing |= self._written(growing, now)  # last: it looks at all processes
        if not self._are_due(growing, now):
            return None
        files = {
            path: file.state
            for path, file in self._files.items()
            if path not in growing and file.state is not None
        }
        settled = SettledChanges(
            files=files,
            gone=frozenset(self._gone),
            gone_folders=_outermost(self._gone_folders),
            parts=frozenset(self._parts),
            new_folders=frozenset(self._new_folders),
            growing=growing,
        )
        self._forget(keep=growing, now=now)
        is_anything = files or settled.gone or settled.gone_folders or settled.parts
        return settled if is_anything else None

    def _are_due(self, growing: frozenset[str], now: float) -> bool:
        is_quiet = now - self._last >= self._settle_seconds
        is_overdue = now - (self._first or now) >= OVERDUE * self._settle_seconds
        return (is_quiet and not growing) or (is_overdue and len(growing) <= MAX_GROWING)

    def _unsettled(self, now: float) -> frozenset[str]:
        """Look at all files, and return those that have changed lately."""
        growing: set[str] = set()
        for path, file in list(self._files.items()):
            state = self._look(path)
            if state is None:
                del self._files[path]
                self._gone.add(path)
                continue
            if state != file.state:
                file.state = state
                file.since = now
            if now - file.since < self._settle_seconds:
                growing.add(path)
        return frozenset(growing)

    def _written(self, growing: frozenset[str], now: float) -> frozenset[str]:
        """Return the other files that a process has open for writing; they do not settle now."""
        quiet = {self._real(path): path for path in self._files if path not in growing}
        written = frozenset(quiet[path] for path in self._find_writers(quiet.keys()))
        for path in written:
            self._files[path].since = now
        return written

    def _look(self, path: str) -> tuple[int, int] | None:
        try:
            status = os.stat(self._real(path))  # noqa: PTH116  text, not UTF-8
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    def _real(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _note(self) -> None:
        self._last = self._clock()
        if self._first is None:
            self._first = self._last

    def _forget(self, *, keep: frozenset[str], now: float) -> None:
        self._files = {path: file for path, file in self._files.items() if path in keep}
        for taken in (self._gone, self._gone_folders, self._parts, self._new_folders):
            taken.clear()
        self._is_everything = False
        self._first = now if self._files else None


def _outermost(folders: set[str]) -> frozenset[str]:
    """Return those folders that lie in none of the others."""
    return frozenset(folder for folder in folders if folders.isdisjoint(folders_above(folder)[:-1]))


def _few(growing: frozenset[str]) -> frozenset[str]:
    return growing if len(growing) <= MAX_GROWING else frozenset()
