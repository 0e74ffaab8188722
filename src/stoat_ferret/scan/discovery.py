"""Discovery of the files of a scan: walks a folder in a thread and yields batches."""

from __future__ import annotations

import os
import posixpath
import stat
import time
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import RootUnavailableError, reason_of
from stoat_ferret.library.scope import FolderPart, folders_above
from stoat_ferret.library.video import FoundFile
from stoat_ferret.scan.batch import Batch, Batches, Obstacle, unforeseen, without_stat
from stoat_ferret.scan.ignore_rules import (
    IGNORE_FILE_NAME,
    NO_MEDIA_NAME,
    IgnoreRules,
    NameRules,
    read_ignore_file,
)
from stoat_ferret.scan.listing import MOST_FILES, FolderListing
from stoat_ferret.scan.result import Why
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Container, Iterator, Sequence

logger = structlog.get_logger(__name__)

_PART = 64
_NAME = attrgetter("name")
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
OUTSIDE_LINK = "a link to a file outside the root is not followed"
NOT_REGULAR = "not a regular file"


@dataclass(slots=True)
class _Folder:
    path: str
    real_path: str
    rules: IgnoreRules
    through_link: bool


class Discovery:
    """A single walk over `folder` below `root` (both as returned by `os.fsdecode`).

    If there are `parts`, it walks over these parts of the folder alone, of which some may not exist
    any more. The files in `growing` are left out: they are still being written.

    Hidden entries and entries excluded by `names` or ignore files are skipped. Links are followed
    if their target is inside the root. A link to one of its own parent folders is not followed, and
    each folder is entered through links only once, so that links between folders cannot multiply
    without bound. Folders are identified by their real paths because not every file system has
    stable inode numbers.

    The files of folders whose signature is in `known` are not reported one by one. With
    `trust_times`, they are not even examined if neither their names nor the times of their folder
    have changed.
    """

    def __init__(
        self,
        root: str,
        folder: str,
        *,
        recursive: bool,
        names: NameRules,
        should_stop: Callable[[], bool],
        known: Container[bytes] = frozenset(),
        trust_times: bool = False,
        clock: Callable[[], float] = time.time,
        parts: Sequence[FolderPart] = (),
        growing: Collection[str] = frozenset(),
    ) -> None:
        self._root = root
        self._real_root = root
        self._parts = parts or (FolderPart(folder, recursive),)
        self._may_be_gone = bool(parts)
        self._growing = growing
        self._names = names
        self._suffixes = frozenset(f".{name}" for name in names.extensions if len(name) == 3)
        self._should_stop = should_stop
        self._has_stopped = False
        self._known = known
        self._trust_times = trust_times
        self._now_ns = int(clock() * 1e9)
        self._batches = Batches()
        self._entered_by_link: set[str] = set()

    def walk(self) -> Iterator[Batch]:
        """Yield batches, several per second even if nothing is found. Blocking.

        Raises `OSError` if the first folder cannot be read. Errors in its subfolders become
        obstacles.
        """
        self._real_root = os.path.realpath(self._root)
        for part in self._parts:
            start = self._start(part.folder)
            stack = [] if start is None else [start]
            while stack and not self._must_stop():
                below: list[_Folder] = []
                yield from self._visit(stack.pop(), below)
                if part.recursive:
                    stack += below
        yield self._batches.take()

    def _start(self, first: str) -> _Folder | None:
        """Return the folder `first` to visit; None if the rules of its parents exclude it."""
        rules = IgnoreRules()
        start = self._absolute(first)
        try:
            with os.scandir(start):  # raise at once if it cannot be read
                pass
        except OSError as error:
            if not self._may_be_gone:
                raise
            if not isinstance(error, FileNotFoundError | NotADirectoryError):
                self._obstacle(first, reason_of(error), hides_files=True)
            return None
        for outer, folder in pairwise([*reversed(folders_above(first)), first]):
            rules = self._with_ignore_file(outer, rules)
            why = self._why_passed_over(folder, rules)
            # `_entries` checks the first folder for this marker.
            if why is None and folder != first and self._has_nomedia(folder):
                why = Why.EXCLUDED
            if why is not None:
                self._batches.current.passed_over.note(why, folder)
                return None
        return _Folder(first, os.path.realpath(start), rules, through_link=False)

    def _why_passed_over(self, folder: str, rules: IgnoreRules) -> Why | None:
        if self._names.is_excluded(posixpath.basename(folder)):
            return Why.EXCLUDED
        return Why.IGNORED if rules.ignore(folder, is_folder=True) else None

    def _has_nomedia(self, folder: str) -> bool:
        marker = os.path.join(self._absolute(folder), NO_MEDIA_NAME)
        return self._names.heed_nomedia and os.path.isfile(marker)

    def _absolute(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root

    def _visit(self, folder: _Folder, below: list[_Folder]) -> Iterator[Batch]:
        """Add what is directly in the folder to batches, and its subfolders to `below`."""
        try:
            descriptor = os.open(self._absolute(folder.path), _FOLDER)
        except OSError as error:
            # A folder that disappeared may return with its disk before the next scan.
            self._obstacle(folder.path, reason_of(error), hides_files=True)
            return
        try:
            # Entries are examined relative to the open folder, which spares looking up their paths.
            yield from self._visit_open(folder, descriptor, below)
        finally:
            os.close(descriptor)

    def _visit_open(
        self, folder: _Folder, descriptor: int, below: list[_Folder]
    ) -> Iterator[Batch]:
        listing = FolderListing(folder.path)
        entries = self._entries(folder, descriptor, listing)
        wanted: list[os.DirEntry[str]] = []
        yield from self._in_parts(
            entries, lambda some: self._sort_out(some, folder, listing, wanted, below)
        )
        wanted.sort(key=_NAME)  # file systems list them in any order
        found = None
        if self._trust_times:
            found = listing.known_by_times([entry.name for entry in wanted], self._known)
        if found is None:
            yield from self._in_parts(wanted, lambda some: self._examine(some, listing))
            found = listing.folder(self._known, self._now_ns)
        if self._has_stopped:  # perhaps not all of the folder was seen
            return
        if found is not None:
            self._batches.current.folders.append(found)
        if found is None or not found.is_known:
            self._batches.current.files += listing.take_files()
        if self._batches.are_due():
            yield from self._batches.take_all()

    def _in_parts(
        self,
        entries: Sequence[os.DirEntry[str]],
        handle: Callable[[Sequence[os.DirEntry[str]]], None],
    ) -> Iterator[Batch]:
        """Handle the entries; stop, and yield batches, between some of them and the next."""
        for start in range(0, len(entries), _PART):
            if self._must_stop():
                return
            handle(entries[start : start + _PART])
            if self._batches.are_due():
                yield from self._batches.take_all()

    def _must_stop(self) -> bool:
        self._has_stopped = self._has_stopped or self._should_stop()
        return self._has_stopped

    def _entries(
        self, folder: _Folder, descriptor: int, listing: FolderListing
    ) -> list[os.DirEntry[str]]:
        try:
            if self._trust_times:
                status = os.fstat(descriptor)
                listing.times_ns = (status.st_mtime_ns, status.st_ctime_ns)
            with os.scandir(descriptor) as scan:
                entries = list(scan)
        except OSError as error:
            self._obstacle(folder.path, reason_of(error), hides_files=True)
            return []
        names = [entry.name for entry in entries]
        # The root itself was configured explicitly, so its own marker is ignored.
        if NO_MEDIA_NAME in names and folder.path and self._has_nomedia(folder.path):
            self._batches.current.passed_over.note(Why.EXCLUDED, folder.path)
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
        self._batches.current.obstacles.append(Obstacle(path, reason, hides_files))

    def _sort_out(
        self,
        entries: Sequence[os.DirEntry[str]],
        parent: _Folder,
        listing: FolderListing,
        wanted: list[os.DirEntry[str]],
        below: list[_Folder],
    ) -> None:
        """Add the files to scan to `wanted`, and the folders to enter to `below`."""
        # Nearly all files of large folders end in one of these, and need no closer look.
        suffixes = self._suffixes if not parent.rules.files else frozenset[str]()
        for entry in entries:
            name = entry.name
            try:
                if entry.is_dir():
                    folder = self._visit_folder(entry, _join(parent.path, name), parent)
                    if folder is not None:
                        below.append(folder)
                    continue
                is_plain = name[-4:] in suffixes and name[0] != "."
                if not (is_plain or self._is_wanted(name, parent)):
                    continue
                if self._growing and _join(parent.path, name) in self._growing:
                    continue
                wanted.append(entry)
            except Exception as error:  # noqa: BLE001  reported
                self._note_failure(entry, listing, error)

    def _examine(self, entries: Sequence[os.DirEntry[str]], listing: FolderListing) -> None:
        """Add the entries to the listing if they are regular files, else to the batch."""
        try:
            statuses = [entry.stat(follow_symlinks=False) for entry in entries]
            is_added = listing.add([entry.name for entry in entries], statuses)
        except OSError:
            is_added = False
        if not is_added:
            for entry in entries:
                self._examine_alone(entry, listing)
        if len(listing.names) > MOST_FILES:
            listing.is_odd = True
            self._batches.current.files += listing.take_files()

    def _examine_alone(self, entry: os.DirEntry[str], listing: FolderListing) -> None:
        try:
            status = entry.stat(follow_symlinks=False)
            if not listing.add([entry.name], [status]):
                self._visit_odd(entry, status, listing)
        except Exception as error:  # noqa: BLE001  reported
            self._note_failure(entry, listing, error)

    def _visit_odd(
        self, entry: os.DirEntry[str], status: os.stat_result, listing: FolderListing
    ) -> None:
        """Add a link, or what is not a regular file, to the batch."""
        listing.is_odd = True
        unusable = None
        path = _join(listing.path, entry.name)
        if entry.is_symlink() and not _holds(
            self._real_root, os.path.realpath(self._absolute(path))
        ):
            unusable = OUTSIDE_LINK
        else:
            status = entry.stat()
            if not stat.S_ISREG(status.st_mode):
                unusable = NOT_REGULAR
        self._batches.current.files.append(FoundFile.from_stat(path, status, unusable))

    def _note_failure(
        self, entry: os.DirEntry[str], listing: FolderListing, error: Exception
    ) -> None:
        listing.is_odd = True
        path = _join(listing.path, entry.name)
        if isinstance(error, FileNotFoundError):
            # The entry was deleted meanwhile, or it is a broken link.
            if entry.is_symlink():
                self._batches.current.passed_over.note(Why.LINK, path)
        elif not isinstance(error, OSError):
            logger.error(
                "entry_not_visited", path=for_display(self._absolute(path)), exc_info=error
            )
            self._obstacle(path, unforeseen(error), hides_files=True)
        elif self._names.is_video(entry.name):
            self._batches.current.files.append(without_stat(path, error))
        else:
            self._obstacle(path, reason_of(error), hides_files=True)

    def _is_wanted(self, name: str, parent: _Folder) -> bool:
        why = self._why_file_passed_over(name, parent)
        if why is not None:
            kind = self._names.extension(name) if why is Why.EXTENSION else None
            self._batches.current.passed_over.note(why, _join(parent.path, name), kind)
            return False
        return self._names.is_video(name)

    def _why_file_passed_over(self, name: str, parent: _Folder) -> Why | None:
        if not self._names.is_video(name):
            return None if self._names.is_hidden(name) else Why.EXTENSION
        if self._names.is_hidden(name):
            return Why.HIDDEN
        return Why.IGNORED if parent.rules.ignore(_join(parent.path, name)) else None

    def _visit_folder(self, entry: os.DirEntry[str], path: str, parent: _Folder) -> _Folder | None:
        if self._names.is_hidden(entry.name):
            self._batches.current.passed_over.note(Why.HIDDEN, path)
            return None
        why = self._why_passed_over(path, parent.rules)
        if why is not None:
            self._batches.current.passed_over.note(why, path)
            return None
        through_link = parent.through_link
        real_path = f"{parent.real_path}/{entry.name}"
        if entry.is_symlink():
            real_path = os.path.realpath(self._absolute(path))
            if not _holds(self._real_root, real_path):
                reason = "a link to a folder outside the root is not followed"
                self._obstacle(path, reason, hides_files=False)
                return None
            if _holds(real_path, parent.real_path):
                self._batches.current.passed_over.note(Why.LINK, path)
                return None
            through_link = True
        if through_link:
            if real_path in self._entered_by_link:
                self._batches.current.passed_over.note(Why.LINK, path)
                return None
            self._entered_by_link.add(real_path)
        return _Folder(path, real_path, parent.rules, through_link)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _holds(folder: str, path: str) -> bool:
    """Return whether `path` is `folder` or inside it; both must be real paths."""
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


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
