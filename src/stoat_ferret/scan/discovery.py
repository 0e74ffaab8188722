"""Discovery of the files of a scan: walks a folder in a thread and yields batches."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import RootUnavailableError, reason_of
from stoat_ferret.library.scope import folders_above
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile
from stoat_ferret.scan.ignore_rules import (
    IGNORE_FILE_NAME,
    NO_MEDIA_NAME,
    IgnoreRules,
    NameRules,
    read_ignore_file,
)
from stoat_ferret.scan.result import PassedOver, Why
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

logger = structlog.get_logger(__name__)

BATCH_SIZE = 1000
_BATCH_SECONDS = 0.25
OUTSIDE_LINK = "a link to a file outside the root is not followed"
NOT_REGULAR = "not a regular file"
# `stat` errors caused by the entry itself. All other errors come from the disk and may be
# temporary.
_ENTRY_ERRORS = {errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.EOVERFLOW}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An entry or ignore file that could not be used; `path` is relative to the root."""

    path: str
    reason: str
    hides_files: bool
    """True if files at or below the path may have been missed by this walk."""


@dataclass(slots=True)
class Batch:
    """The files and obstacles found since the previous batch."""

    files: list[FoundFile] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)


@dataclass(slots=True)
class _Folder:
    path: str
    real_path: str
    rules: IgnoreRules
    through_link: bool


class Discovery:
    """A single walk over `folder` below `root` (both as returned by `os.fsdecode`).

    Hidden entries and entries excluded by `names` or ignore files are skipped. Links are followed
    if their target is inside the root. A link to one of its own parent folders is not followed, and
    each folder is entered through links only once, so that links between folders cannot multiply
    without bound. Folders are identified by their real paths because not every file system has
    stable inode numbers.
    """

    def __init__(
        self,
        root: str,
        folder: str,
        *,
        recursive: bool,
        names: NameRules,
        should_stop: Callable[[], bool],
    ) -> None:
        self._root = root
        self._real_root = root
        self._folder = folder
        self._recursive = recursive
        self._names = names
        self._should_stop = should_stop
        self._batch = Batch()
        self._batch_started = time.monotonic()
        self._entered_by_link: set[str] = set()

    def walk(self) -> Iterator[Batch]:
        """Yield batches, several per second even if nothing is found. Blocking.

        Raises `OSError` if the first folder cannot be read. Errors in its subfolders become
        obstacles.
        """
        self._real_root = os.path.realpath(self._root)
        start = self._start()
        stack = [] if start is None else [start]
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

    def _start(self) -> _Folder | None:
        """Return the first folder to visit; None if the rules of its parents exclude it."""
        rules = IgnoreRules()
        start = self._absolute(self._folder)
        with os.scandir(start):  # raise at once if it cannot be read
            pass
        for outer, folder in pairwise([*reversed(folders_above(self._folder)), self._folder]):
            rules = self._with_ignore_file(outer, rules)
            why = self._why_passed_over(folder, rules)
            # `_entries` checks the first folder for this marker.
            if why is None and folder != self._folder and self._has_nomedia(folder):
                why = Why.EXCLUDED
            if why is not None:
                self._batch.passed_over.note(why, folder)
                return None
        return _Folder(self._folder, os.path.realpath(start), rules, through_link=False)

    def _why_passed_over(self, folder: str, rules: IgnoreRules) -> Why | None:
        if self._names.is_excluded(posixpath.basename(folder)):
            return Why.EXCLUDED
        return Why.IGNORED if rules.ignore(folder, is_folder=True) else None

    def _has_nomedia(self, folder: str) -> bool:
        marker = os.path.join(self._absolute(folder), NO_MEDIA_NAME)
        return self._names.heed_nomedia and os.path.isfile(marker)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root

    def _entries(self, folder: _Folder) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._absolute(folder.path)) as scan:
                entries = list(scan)
        except OSError as error:
            # A folder that disappeared may return with its disk before the next scan.
            self._obstacle(folder.path, _reason(error), hides_files=True)
            return []
        names = {entry.name for entry in entries if entry.name.startswith(".")}
        # The root itself was configured explicitly, so its own marker is ignored.
        if NO_MEDIA_NAME in names and folder.path and self._has_nomedia(folder.path):
            self._batch.passed_over.note(Why.EXCLUDED, folder.path)
            return []
        if IGNORE_FILE_NAME in names:
            folder.rules = self._with_ignore_file(folder.path, folder.rules)
        return entries

    def _with_ignore_file(self, folder: str, rules: IgnoreRules) -> IgnoreRules:
        path = f"{folder}/{IGNORE_FILE_NAME}" if folder else IGNORE_FILE_NAME
        try:
            found = read_ignore_file(self._root, folder)
        except (ValueError, RootUnavailableError) as error:
            self._obstacle(path, f"not used: {error}", hides_files=False)
            return rules
        except Exception as error:
            logger.exception("ignore_file_not_read", path=for_display(self._absolute(path)))
            self._obstacle(path, f"not used: {unforeseen(error)}", hides_files=False)
            return rules
        for fault in found.faults:
            self._obstacle(path, f"not used: {fault}", hides_files=False)
        return rules.and_below(folder, found.patterns)

    def _obstacle(self, path: str, reason: str, *, hides_files: bool) -> None:
        self._batch.obstacles.append(Obstacle(path, reason, hides_files))

    def _visit(self, entry: os.DirEntry[str], parent: _Folder) -> _Folder | None:
        """Record the entry if it is a file to scan; return it if it is a folder to enter."""
        path = f"{parent.path}/{entry.name}" if parent.path else entry.name
        try:
            if entry.is_dir():
                return self._visit_folder(entry, path, parent)
            if self._is_wanted(entry.name, path, parent):
                self._visit_file(entry, path)
        except FileNotFoundError:
            # The entry was deleted meanwhile, or it is a broken link.
            if entry.is_symlink():
                self._batch.passed_over.note(Why.LINK, path)
        except OSError as error:
            self._note_failure(entry.name, path, error)
        except Exception as error:
            logger.exception("entry_not_visited", path=for_display(self._absolute(path)))
            self._obstacle(path, unforeseen(error), hides_files=True)
        return None

    def _note_failure(self, name: str, path: str, error: OSError) -> None:
        if self._names.is_video(name):
            self._batch.files.append(without_stat(path, error))
        else:
            self._obstacle(path, _reason(error), hides_files=True)

    def _is_wanted(self, name: str, path: str, parent: _Folder) -> bool:
        if not self._names.is_video(name):
            if not self._names.is_hidden(name):
                extension = self._names.extension(name)
                self._batch.passed_over.note(Why.EXTENSION, path, extension)
        elif self._names.is_hidden(name):
            self._batch.passed_over.note(Why.HIDDEN, path)
        elif parent.rules.ignore(path):
            self._batch.passed_over.note(Why.IGNORED, path)
        else:
            return True
        return False

    def _visit_folder(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> _Folder | None:
        if self._names.is_hidden(entry.name):
            self._batch.passed_over.note(Why.HIDDEN, path)
            return None
        why = self._why_passed_over(path, parent.rules)
        if why is not None:
            self._batch.passed_over.note(why, path)
            return None
        through_link = parent.through_link
        real_path = f"{parent.real_path}/{entry.name}"
        if entry.is_symlink():
            real_path = os.path.realpath(entry.path)
            if not _holds(self._real_root, real_path):
                reason = "a link to a folder outside the root is not followed"
                self._obstacle(path, reason, hides_files=False)
                return None
            if _holds(real_path, parent.real_path):
                self._batch.passed_over.note(Why.LINK, path)
                return None
            through_link = True
        if through_link:
            if real_path in self._entered_by_link:
                self._batch.passed_over.note(Why.LINK, path)
                return None
            self._entered_by_link.add(real_path)
        return _Folder(path, real_path, parent.rules, through_link)

    def _visit_file(self, entry: os.DirEntry[str], path: str) -> None:
        unusable = None
        is_outside = entry.is_symlink() and not _holds(
            self._real_root, os.path.realpath(entry.path)
        )
        status = entry.stat(follow_symlinks=not is_outside)
        if is_outside:
            unusable = OUTSIDE_LINK
        elif not stat.S_ISREG(status.st_mode):
            unusable = NOT_REGULAR
        self._batch.files.append(FoundFile.from_stat(path, status, unusable))


def unforeseen(error: Exception) -> str:
    """Return the reason to report for an unexpected error; the log has the traceback."""
    return f"{type(error).__name__}: {error}"


def without_stat(path: str, error: OSError) -> FoundFile:
    """Return the file at `path` whose size and time could not be read."""
    if error.errno in _ENTRY_ERRORS:
        return FoundFile(path, 0, 0, f"cannot be read: {_reason(error)}")
    reason = f"It cannot be read ({_reason(error)}). Check its permissions and its disk."
    return FoundFile(path, UNKNOWN_SIZE, 0, reason)


def _holds(folder: str, path: str) -> bool:
    """Return whether `path` is `folder` or inside it; both must be real paths."""
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


def _reason(error: OSError) -> str:
    return reason_of(error)


async def walk(
    discovery: Discovery,
    handle: Callable[[Batch], Awaitable[None]],
    *,
    silence_seconds: float,
) -> None:
    """Call `handle` with each batch.

    Raises `TimeoutError` if the file system does not respond for `silence_seconds`, and `OSError`
    if the first folder cannot be read.
    """
    batches = discovery.walk()
    while True:
        batch = await run_on_disk_thread(next, batches, None, timeout_seconds=silence_seconds)
        if batch is None:
            return
        await handle(batch)


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group at any depth; the others are its consequences."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
