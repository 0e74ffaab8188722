"""Watches a root by inotify: one watch for each folder of it that is covered."""

from __future__ import annotations

import errno
import os
import posixpath
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from stoat_ferret.library.scope import FolderPart
from stoat_ferret.scan.ignore_rules import IGNORE_FILE_NAME, NO_MEDIA_NAME
from stoat_ferret.watch_folders import inotify
from stoat_ferret.watch_folders.coverage import lies_in
from stoat_ferret.watch_folders.inotify import Inotify

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.scan.ignore_rules import NameRules
    from stoat_ferret.watch_folders.changes import Changes
    from stoat_ferret.watch_folders.coverage import Coverage
    from stoat_ferret.watch_folders.inotify import Event

_APPEARED = inotify.CREATE | inotify.MOVED_TO
_VANISHED = inotify.DELETE | inotify.MOVED_FROM
_PASSING = {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ELOOP, errno.ENAMETOOLONG}


class WatchesLostError(Exception):
    """Events were lost, or the root is another one: everything has to be watched anew."""


class FolderWatches:
    """The watches of the folders of one root; `root` is a real path. All methods block.

    Hidden and excluded folders have none, and links are not followed: a folder that links lead to
    is watched where it is, and counts as changed below each link, too.
    """

    def __init__(
        self,
        root: str,
        coverage: Coverage,
        names: NameRules,
        changes: Changes,
        *,
        should_stop: Callable[[], bool],
    ) -> None:
        self._root = root
        self._coverage = coverage
        self._names = names
        self._changes = changes
        self._should_stop = should_stop
        self._inotify = Inotify()
        self._folders: dict[int, str] = {}
        self._watches: dict[str, int] = {}
        self._subfolders: defaultdict[str, set[str]] = defaultdict(set)
        self._links: dict[str, str] = {}
        self._links_to: defaultdict[str, set[str]] = defaultdict(set)

    def open(self, *, changed_since: float | None) -> None:
        """Watch all covered folders; note files that changed after that time.

        Raises `OSError` if there are not enough watches, or the root cannot be watched.
        """
        try:
            self._add_below("", changed_since=changed_since)
        except BaseException:
            self.close()
            raise

    def fileno(self) -> int:
        """Return the file descriptor that is readable when there are events."""
        return self._inotify.fileno()

    def close(self) -> None:
        """End all watches."""
        self._inotify.close()

    def read(self) -> None:
        """Note the changes that were reported. Raises `WatchesLostError` and `OSError`."""
        for event in self._inotify.read():
            self._handle(event)
            if self._should_stop():
                return

    def _handle(self, event: Event) -> None:
        if event.mask & inotify.OVERFLOW:
            raise WatchesLostError
        folder = self._folders.get(event.watch)
        if folder is None:
            return
        if event.mask & inotify.IGNORED:
            self._forget(event.watch)
        elif not event.name:
            is_lost = event.mask & (inotify.DELETE_SELF | inotify.MOVE_SELF | inotify.UNMOUNT)
            if is_lost and not folder:
                raise WatchesLostError
        elif event.mask & inotify.IS_FOLDER:
            self._handle_folder(_join(folder, event.name), event)
        else:
            self._handle_file(folder, event)

    def _handle_folder(self, path: str, event: Event) -> None:
        if not self._is_entered(path, event.name):
            return
        if event.mask & _APPEARED:
            self._add_below(path, changed_since=0.0)
            if self._coverage.covers(path):
                for place in self._places_of(path):
                    self._changes.add_folder(place)
        elif event.mask & _VANISHED:
            self._remove_below(path)
            for place in self._places_of(path):
                self._changes.remove_folder(place)

    def _handle_file(self, folder: str, event: Event) -> None:
        name = event.name
        if not self._coverage.covers(folder):
            return
        if name in (IGNORE_FILE_NAME, NO_MEDIA_NAME):
            for place in self._places_of(folder):
                for part in self._coverage.within(place, recursive=True):
                    self._changes.add_part(part)
        elif self._names.is_hidden(name):
            pass
        elif self._names.is_video(name):
            has_vanished = event.mask & _VANISHED
            note = self._changes.remove_file if has_vanished else self._changes.add_file
            for place in self._places_of(folder):
                note(_join(place, name))
        else:
            self._handle_link(_join(folder, name), event)

    def _handle_link(self, path: str, event: Event) -> None:
        """Note what a link to a folder brings or takes away; other entries are none."""
        if event.mask & _VANISHED and path in self._links:
            self._links_to[self._links.pop(path)].discard(path)
            self._changes.remove_folder(path)
        elif event.mask & _APPEARED and self._add_link(path):
            self._changes.add_part(FolderPart(path))

    def _places_of(self, folder: str) -> list[str]:
        """Return the paths of a folder: its own, and those through links."""
        places = [folder]
        for target, links in self._links_to.items():
            if lies_in(folder, target):
                rest = folder[len(target) :].lstrip("/")
                places += [_join(link, rest) if rest else link for link in links]
        return places

    def _is_entered(self, path: str, name: str) -> bool:
        if self._names.is_hidden(name) or self._names.is_excluded(name):
            return False
        return self._coverage.enters(path)

    def _add_below(self, first: str, *, changed_since: float | None) -> None:
        """Watch the folder `first` and what is below it; note files changed after that time."""
        stack = [first]
        while stack and not self._should_stop():
            folder = stack.pop()
            try:
                # The watch comes first, so that no entry is overlooked.
                self._add(folder)
                with os.scandir(self._absolute(folder)) as entries:
                    for entry in entries:
                        self._visit(folder, entry, stack, changed_since)
            except OSError as error:
                if not folder or error.errno not in _PASSING:
                    raise

    def _visit(
        self,
        folder: str,
        entry: os.DirEntry[str],
        stack: list[str],
        changed_since: float | None,
    ) -> None:
        path = _join(folder, entry.name)
        if entry.is_dir(follow_symlinks=False):
            if self._is_entered(path, entry.name):
                stack.append(path)
        elif self._names.is_hidden(entry.name):
            pass
        elif self._names.is_video(entry.name):
            if changed_since is None or not self._coverage.covers(folder):
                return
            with suppress(OSError):
                if changed_since and entry.stat().st_ctime < changed_since:
                    return
            for place in self._places_of(folder):
                self._changes.add_file(_join(place, entry.name))
        elif entry.is_symlink():
            self._add_link(path)

    def _add_link(self, path: str) -> bool:
        """Keep the link at `path` in mind if it leads to a folder of the root; return whether."""
        absolute = self._absolute(path)
        if not (os.path.islink(absolute) and os.path.isdir(absolute)):  # noqa: PTH112, PTH114
            return False
        real = os.path.realpath(absolute)
        if real == self._root or not lies_in(real, self._root):
            return False
        target = real[len(self._root) :].lstrip("/")
        self._links[path] = target
        self._links_to[target].add(path)
        return True

    def _add(self, folder: str) -> None:
        watch = self._inotify.add(self._absolute(folder), follow_link=not folder)
        # The same folder keeps its watch wherever it is moved to.
        self._forget(watch)
        self._folders[watch] = folder
        self._watches[folder] = watch
        if folder:
            self._subfolders[posixpath.dirname(folder)].add(folder)

    def _remove_below(self, folder: str) -> None:
        stack = [folder]
        while stack:
            path = stack.pop()
            stack += self._subfolders.get(path, ())
            watch = self._watches.get(path)
            if watch is not None:
                self._forget(watch)
                self._inotify.remove(watch)

    def _forget(self, watch: int) -> None:
        folder = self._folders.pop(watch, None)
        if folder is None or self._watches.get(folder) != watch:
            return
        del self._watches[folder]
        outer = posixpath.dirname(folder)
        if outer in self._subfolders:
            self._subfolders[outer].discard(folder)
            if not self._subfolders[outer]:
                del self._subfolders[outer]

    def _absolute(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root


def _join(folder: str, name: str) -> str:
    return posixpath.join(folder, name)
