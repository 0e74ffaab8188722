"""Which files a scan is about: a walk with `os.scandir`, in a thread, handed over in batches."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.library.video import FoundFile
from stoat_ferret.scan.ignore_file import IGNORE_FILE_NAME, IgnoreRules, read_ignore_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH_SIZE = 1000
_BATCH_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A folder or an ignore file that could not be used; `path` is relative to the root."""

    path: str
    reason: str
    hides_folder: bool
    """Whether there may be files behind it that this walk could not see."""


@dataclass(slots=True)
class Batch:
    """What the walk found since the last batch."""

    files: list[FoundFile] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)


@dataclass(slots=True)
class _Folder:
    path: str
    rules: IgnoreRules
    ancestors: frozenset[tuple[int, int]]
    through_link: bool


class Discovery:
    """One walk over `folder` below `root` (both as `os.fsdecode` gives them).

    Hidden entries and those named by ignore files are left out. Links are followed to places
    inside the root. A link to a folder that it lies in ends there, and a folder is entered
    through links only once, so that links among folders cannot multiply without bound.
    """

    def __init__(
        self,
        root: str,
        folder: str,
        *,
        recursive: bool,
        extensions: frozenset[str],
        should_stop: Callable[[], bool],
    ) -> None:
        self._root = root
        self._real_root = root
        self._folder = folder
        self._recursive = recursive
        self._extensions = extensions
        self._should_stop = should_stop
        self._batch = Batch()
        self._batch_started = time.monotonic()
        self._entered_by_link: set[tuple[int, int]] = set()

    def walk(self) -> Iterator[Batch]:
        """All batches, several a second even where nothing is found; blocking, so for a thread.

        Raises the `OSError` of the first folder; those below it become obstacles.
        """
        self._real_root = os.path.realpath(self._root)
        stack = [self._start()]
        while stack and not self._should_stop():
            folder = stack.pop()
            for entry in self._entries(folder):
                if self._should_stop():
                    return
                below = self._visit(entry, folder)
                if below is not None and self._recursive:
                    stack.append(below)
                if self._is_batch_due():
                    yield self._take_batch()
            if self._is_batch_due():
                yield self._take_batch()
        yield self._take_batch()

    def _is_batch_due(self) -> bool:
        full = len(self._batch.files) >= BATCH_SIZE
        return full or time.monotonic() - self._batch_started >= _BATCH_SECONDS

    def _take_batch(self) -> Batch:
        batch, self._batch = self._batch, Batch()
        self._batch_started = time.monotonic()
        return batch

    def _start(self) -> _Folder:
        rules = IgnoreRules()
        parts = self._folder.split("/") if self._folder else []
        for depth in range(len(parts)):
            rules = self._with_ignore_file("/".join(parts[:depth]), rules)
        start = self._absolute(self._folder)
        status = os.stat(start)
        with os.scandir(start):  # that it can be read is the caller's to know at once
            pass
        ancestors = frozenset({(status.st_dev, status.st_ino)})
        return _Folder(self._folder, rules, ancestors, through_link=False)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root

    def _entries(self, folder: _Folder) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._absolute(folder.path)) as scan:
                entries = list(scan)
        except OSError as error:
            # A folder that went away meanwhile may be back at the next scan, with its disk.
            self._obstacle(folder.path, _reason(error), hides_folder=True)
            return []
        if any(entry.name == IGNORE_FILE_NAME for entry in entries):
            folder.rules = self._with_ignore_file(folder.path, folder.rules)
        return entries

    def _with_ignore_file(self, folder: str, rules: IgnoreRules) -> IgnoreRules:
        try:
            spec = read_ignore_file(self._absolute(folder))
        except (OSError, ValueError) as error:
            path = f"{folder}/{IGNORE_FILE_NAME}" if folder else IGNORE_FILE_NAME
            self._obstacle(path, f"not used: {_reason(error)}", hides_folder=False)
            return rules
        return rules if spec is None else rules.and_below(folder, spec)

    def _obstacle(self, path: str, reason: str, *, hides_folder: bool) -> None:
        self._batch.obstacles.append(Obstacle(path, reason, hides_folder))

    def _visit(self, entry: os.DirEntry[str], parent: _Folder) -> _Folder | None:
        """Note the entry if it is a file to look at; return it if it is a folder to enter."""
        if entry.name.startswith("."):
            return None
        path = f"{parent.path}/{entry.name}" if parent.path else entry.name
        try:
            if entry.is_dir():
                return self._visit_folder(entry, path, parent)
            if self._has_video_extension(entry.name) and not parent.rules.ignore(path):
                self._visit_file(entry, path)
        except FileNotFoundError:
            return None  # gone again, or a link to nothing: there is no such file
        except OSError as error:
            if self._has_video_extension(entry.name):
                unusable = f"cannot be read: {_reason(error)}"
                self._batch.files.append(FoundFile(path, 0, 0, unusable))
            else:
                self._obstacle(path, _reason(error), hides_folder=True)
        return None

    def _has_video_extension(self, name: str) -> bool:
        return os.path.splitext(name)[1][1:].lower() in self._extensions

    def _visit_folder(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> _Folder | None:
        if parent.rules.ignore(path + "/"):
            return None
        status = entry.stat()
        identity = (status.st_dev, status.st_ino)
        through_link = parent.through_link
        if entry.is_symlink():
            if identity in parent.ancestors:
                return None
            if not self._is_inside_root(entry.path):
                self._obstacle(
                    path, "a link to a folder outside the root is not followed", hides_folder=False
                )
                return None
            through_link = True
        if through_link:
            if identity in self._entered_by_link:
                return None
            self._entered_by_link.add(identity)
        return _Folder(path, parent.rules, parent.ancestors | {identity}, through_link)

    def _visit_file(self, entry: os.DirEntry[str], path: str) -> None:
        unusable = None
        if entry.is_symlink() and not self._is_inside_root(entry.path):
            unusable = "a link to a file outside the root is not followed"
            status = entry.stat(follow_symlinks=False)
        else:
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode):
                unusable = "not a regular file"
        self._batch.files.append(FoundFile(path, status.st_size, status.st_mtime_ns, unusable))

    def _is_inside_root(self, path: str) -> bool:
        return os.path.commonpath((self._real_root, os.path.realpath(path))) == self._real_root


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
