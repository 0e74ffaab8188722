"""Watches one root in a thread of its own, which may hang with its disk."""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import reason_of
from stoat_ferret.scan.root_guard import holds_most, read_state
from stoat_ferret.text import for_display
from stoat_ferret.watch_folders.changes import Changes
from stoat_ferret.watch_folders.folder_poll import FolderPoll
from stoat_ferret.watch_folders.folder_watches import FolderWatches, WatchesLostError
from stoat_ferret.watch_folders.ignored_paths import IgnoredPaths
from stoat_ferret.watch_folders.inotify import limit_advice
from stoat_ferret.watch_folders.mounts import read_mounts
from stoat_ferret.watch_folders.watch_status import WatchState, WatchStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.scan.root_guard import RootState
    from stoat_ferret.watch_folders.changes import SettledChanges
    from stoat_ferret.watch_folders.coverage import Coverage
    from stoat_ferret.watch_folders.mounts import Mount
    from stoat_ferret.watch_folders.watch_status import WatchOptions

_GATHER_SECONDS = 0.1
"""Events are read together, so that thousands a second cost little."""
_FIRST_RETRY_SECONDS = 1.0
_MAX_RETRY_SECONDS = 60.0
_POLL_SHARE = 20
"""Polling takes one part in so many of the time, at most."""

logger = structlog.get_logger(__name__)


class _RootGoneError(Exception):
    """The root is absent, empty, or another folder; the message says which."""


_NO_INOTIFY = "This system has no inotify"
_NO_EVENTS = "Its file system does not report changes"
_NO_WATCHES = "It has more folders than can be watched"


class RootWatcher:
    """A thread that watches the covered parts of the root at `path` until it is stopped.

    It calls `on_changes` with what has settled, in its thread: with everything when it begins to
    watch and when something was missed. Whatever goes wrong, it starts again after a while.
    """

    def __init__(
        self,
        path: str,
        coverage: Coverage,
        options: WatchOptions,
        on_changes: Callable[[SettledChanges], None],
        *,
        changed_since: float | None = None,
    ) -> None:
        """Create a watcher that is not started.

        With `changed_since`, it begins with the files that changed after that time, instead of
        everything.
        """
        self._path = path
        self._coverage = coverage
        self._options = options
        self._on_changes = on_changes
        self._changed_since = changed_since
        self._status = WatchStatus(WatchState.STARTING)
        self._stopped = threading.Event()
        self._seen: RootState | None = None
        self._mounts: frozenset[Mount] = frozenset()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    @property
    def status(self) -> WatchStatus:
        """The state of the watching."""
        return self._status

    def start(self) -> None:
        """Start the thread; call it once."""
        self._waker, self._wakened = socket.socketpair()
        self._waker.setblocking(False)
        self._thread.start()

    def stop(self) -> None:
        """Have the thread end, without waiting for it: it may hang with its disk."""
        self._stopped.set()
        with suppress(OSError):  # it has ended
            self._waker.send(b"\0")

    def _run(self) -> None:
        retry_seconds = _FIRST_RETRY_SECONDS
        try:
            while not self._stopped.is_set():
                started = time.monotonic()
                try:
                    self._watch()
                except _RootGoneError as error:
                    self._status = WatchStatus(WatchState.UNAVAILABLE, str(error))
                    self._wait(self._options.root_seconds)
                except Exception as error:  # noqa: BLE001  logged, shown and tried again
                    if time.monotonic() - started > 10 * _MAX_RETRY_SECONDS:
                        retry_seconds = _FIRST_RETRY_SECONDS
                    self._report(error, retry_seconds)
                    self._wait(retry_seconds)
                    retry_seconds = min(2 * retry_seconds, _MAX_RETRY_SECONDS)
        finally:
            self._wakened.close()
            self._waker.close()

    def _report(self, error: Exception, retry_seconds: float) -> None:
        reason = reason_of(error) if isinstance(error, OSError) else f"{error!r}"
        logger.error(
            "folder_watch_failed",
            root=for_display(self._path),
            retry_seconds=retry_seconds,
            exc_info=None if isinstance(error, OSError) else error,
            error=reason,
        )
        self._status = WatchStatus(
            WatchState.FAILED, f"Watching has failed ({reason}), and is tried again."
        )

    def _watch(self) -> None:
        """Watch until something makes a new start necessary."""
        self._check_root()
        real = os.path.realpath(self._path)
        self._mounts = read_mounts(real)
        changes = Changes(real, settle_seconds=self._options.settle_seconds, clock=time.monotonic)
        since, self._changed_since = self._changed_since, None
        if self._options.always_poll or not all(m.reports_changes for m in self._mounts):
            detail = None if self._options.always_poll else self._without(_NO_EVENTS)
            self._poll(real, changes, WatchStatus(WatchState.POLLING, detail))
            return
        watches = None
        try:
            watches = FolderWatches(
                real,
                self._coverage,
                self._options.names,
                changes,
                should_stop=self._stopped.is_set,
            )
            watches.open(changed_since=since)
        except OSError as error:
            status = self._status_without_inotify(error)
            if status is None:
                raise
            self._poll(real, changes, status)
            return
        try:
            self._follow(watches, changes, is_new=since is None)
        finally:
            watches.close()

    def _follow(self, watches: FolderWatches, changes: Changes, *, is_new: bool) -> None:
        """Read the events of `watches` until they are lost."""
        self._status = WatchStatus(WatchState.EVENTS)
        logger.info("folder_watch_started", root=for_display(self._path), means="inotify")
        if is_new:
            changes.add_everything()
        poll = select.poll()
        poll.register(watches.fileno(), select.POLLIN)
        poll.register(self._wakened, select.POLLIN)
        next_check = time.monotonic() + self._options.root_seconds
        while not self._stopped.is_set():
            self._pass_on(changes)
            wait = self._tick if changes.are_waiting else self._options.root_seconds
            if any(file == watches.fileno() for file, _ in poll.poll(1000 * wait)):
                self._stopped.wait(_GATHER_SECONDS)
                try:
                    watches.read()
                except WatchesLostError:
                    logger.warning("folder_watch_lost", root=for_display(self._path))
                    return
                except OSError as error:
                    # Without a watch for a new folder, all of the root is polled.
                    if limit_advice(error) is None:
                        raise
                    return
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + self._options.root_seconds
                if self._has_moved():
                    return

    def _status_without_inotify(self, error: OSError) -> WatchStatus | None:
        """Return the status of polling instead, if `error` says that there is no other way."""
        advice = limit_advice(error)
        if advice is not None:
            logger.warning("folder_watch_limit", root=for_display(self._path), advice=advice)
            return WatchStatus(WatchState.LIMITED, f"{self._without(_NO_WATCHES)} {advice}")
        if error.errno == errno.ENOSYS:
            return WatchStatus(WatchState.POLLING, self._without(_NO_INOTIFY))
        return None

    def _without(self, reason: str) -> str:
        return f"{reason}, so its folders are read every {self._options.poll_seconds:g} s."

    def _poll(self, real: str, changes: Changes, status: WatchStatus) -> None:
        """Read the covered folders again and again."""
        poll_seconds = self._options.poll_seconds
        poll = FolderPoll(
            real, self._coverage, self._options.names, changes, should_stop=self._stopped.is_set
        )
        changes.add_everything()
        next_look = 0.0
        while not self._stopped.is_set():
            now = time.monotonic()
            if now >= next_look:
                if self._has_moved():
                    return
                poll.look(self._check_root)
                if self._status is not status:
                    self._status = status
                    logger.info("folder_watch_started", root=for_display(self._path), means="poll")
                elapsed = time.monotonic() - now
                next_look = time.monotonic() + max(poll_seconds, _POLL_SHARE * elapsed)
            self._pass_on(changes)
            left = max(next_look - time.monotonic(), 0.0)
            self._wait(min(left, self._tick) if changes.are_waiting else left)

    @property
    def _tick(self) -> float:
        return min(max(self._options.settle_seconds / 4, 0.1), 5.0)

    def _pass_on(self, changes: Changes) -> None:
        settled = changes.take() if changes.are_waiting else None
        if settled is None or self._stopped.is_set():
            return
        self._check_root()
        if settled.is_everything:
            # A scanned folder that is not there may be on a disk that is not mounted.
            there = (part for part in self._coverage.parts if self._is_folder(part.folder))
            self._on_changes(replace(settled, parts=frozenset(there)))
            return
        ignored = IgnoredPaths(self._path, self._options.names)
        files = {p: state for p, state in settled.files.items() if not ignored.ignores_file(p)}
        self._on_changes(replace(settled, files=files))

    def _is_folder(self, folder: str) -> bool:
        return os.path.isdir(f"{self._path}/{folder}")  # noqa: PTH112  text, not UTF-8

    def _check_root(self) -> None:
        """Remember what the root holds. Raises `_RootGoneError` if it is not what it was."""
        path = for_display(self._path)
        try:
            state = read_state(self._path)
        except OSError as error:
            raise _RootGoneError(f"It cannot be read ({reason_of(error)}).") from error
        if state.is_empty:
            raise _RootGoneError("It is empty. Is its disk plugged in and mounted?")
        if (
            self._seen is not None
            and state.identity != self._seen.identity
            and not holds_most(self._path, self._seen.names)
        ):
            logger.warning("folder_watch_other_root", root=path)
            raise _RootGoneError(
                "Another folder is in its place. Mount its disk, or scan it to accept the change."
            )
        self._seen = state

    def _has_moved(self) -> bool:
        """Return whether the root has to be watched anew: it was mounted or moved meanwhile.

        File systems that were unmounted below it change nothing: their files may come back. Raises
        `_RootGoneError`.
        """
        before = self._seen
        self._check_root()
        if before is not None and self._seen is not None and before.identity != self._seen.identity:
            return True
        mounts = read_mounts(os.path.realpath(self._path))
        is_new = bool(mounts - self._mounts)
        self._mounts = mounts
        return is_new

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(seconds)
