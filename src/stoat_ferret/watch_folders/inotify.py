"""The inotify interface of Linux, by which the kernel reports changes in folders."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTRIB = 0x4
CLOSE_WRITE = 0x8
MOVED_FROM = 0x40
MOVED_TO = 0x80
CREATE = 0x100
DELETE = 0x200
DELETE_SELF = 0x400
MOVE_SELF = 0x800
UNMOUNT = 0x2000
OVERFLOW = 0x4000
IGNORED = 0x8000
IS_FOLDER = 0x40000000

_ONLY_FOLDERS = 0x01000000
_FOLLOW_NO_LINK = 0x02000000
_NO_UNLINKED = 0x04000000
# Not each write: a log that grows would be reported a thousand times a second.
_CHANGES = CREATE | DELETE | MOVED_FROM | MOVED_TO | CLOSE_WRITE | ATTRIB | DELETE_SELF | MOVE_SELF

_FLAGS = os.O_NONBLOCK | os.O_CLOEXEC
_HEAD = struct.Struct("iIII")
_BUFFER_BYTES = 1 << 18
_MAX_READS = 64


class Event(NamedTuple):
    """A change in the folder of a watch; `name` is that of an entry, "" for the folder itself."""

    watch: int
    mask: int
    name: str


class Inotify:
    """Watches of folders, and the changes that the kernel reports of them. All methods block.

    The kernel is called directly: it gives names as bytes, says when its queue has overflowed and
    when there are no more watches, and the interpreter is free during each call.
    """

    def __init__(self) -> None:
        """Raise `OSError`: ENOSYS without inotify, EMFILE if too many instances are in use."""
        self._libc = _libc()
        self._file = self._libc.inotify_init1(_FLAGS)
        if self._file < 0:
            raise _last_error()

    def fileno(self) -> int:
        """Return the file descriptor, which is readable when there are events."""
        return int(self._file)

    def add(self, path: str, *, follow_link: bool = False) -> int:
        """Watch the folder `path`; return the number of its watch, the same if it has one.

        Raises `OSError`: ENOSPC if the limit of watches is reached.
        """
        mask = _CHANGES | _ONLY_FOLDERS | _NO_UNLINKED
        if not follow_link:
            mask |= _FOLLOW_NO_LINK
        watch = self._libc.inotify_add_watch(self._file, os.fsencode(path), mask)
        if watch < 0:
            raise _last_error()
        return int(watch)

    def remove(self, watch: int) -> None:
        """End a watch; one that has ended already is ignored."""
        self._libc.inotify_rm_watch(self._file, watch)

    def read(self) -> Iterator[Event]:
        """Yield the waiting events."""
        for _ in range(_MAX_READS):
            try:
                block = os.read(self._file, _BUFFER_BYTES)
            except BlockingIOError:
                return
            yield from _parse(block)

    def close(self) -> None:
        """End all watches."""
        os.close(self._file)


def _parse(block: bytes) -> Iterator[Event]:
    place = 0
    while place < len(block):
        watch, mask, _, length = _HEAD.unpack_from(block, place)
        place += _HEAD.size
        name = block[place : place + length].rstrip(b"\0")
        place += length
        yield Event(watch, mask, os.fsdecode(name))


def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "inotify_init1"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    return libc


def _last_error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))


_LIMITS = {
    errno.ENOSPC: ("fs.inotify.max_user_watches", 524_288),
    errno.EMFILE: ("fs.inotify.max_user_instances", 1024),
}


def limit_advice(error: OSError) -> str | None:
    """Return what to do if `error` reports a limit of the kernel; None for other errors."""
    if error.errno not in _LIMITS:
        return None
    name, value = _LIMITS[error.errno]
    return (
        f"The limit {name} is reached. Raise it with `sudo sysctl {name}={value}`, and restart the "
        "server."
    )
