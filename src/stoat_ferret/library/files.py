"""The file of a video, opened where it may be: in its root, wherever links lead."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from stoat_ferret.errors import (
    FileUnreadableError,
    FileVanishedError,
    RootUnavailableError,
    reason_of,
)
from stoat_ferret.library.video import storable_mtime_ns

_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}
_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
# Without blocking: a named pipe with nobody at the other end would wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class VideoFile:
    """An open regular file as it was then; who has it closes it. Its methods block."""

    descriptor: int
    size_bytes: int
    mtime_ns: int
    """As the library keeps it; see `storable_mtime_ns`."""
    inode: int

    def read(self, offset: int, size_bytes: int) -> bytes:
        """At most `size_bytes` from `offset` on; nothing past the end."""
        return os.pread(self.descriptor, size_bytes, offset)

    def close(self) -> None:
        """Close it, once."""
        os.close(self.descriptor)


def open_in_root(root: str, path: str) -> VideoFile:
    """The file at `path`, relative to the folder `root`, links inside the root followed.

    Blocking. Links are resolved once, and what is opened then holds none, so that nothing that
    is changed meanwhile leads out of the root. Raises `RootUnavailableError`,
    `FileVanishedError`, and `FileUnreadableError` for what is no regular file in the root.
    """
    shown = os.path.join(root, path)  # noqa: PTH118  text, not UTF-8
    try:
        real_root, real = os.path.realpath(root), os.path.realpath(shown)
        if os.path.commonpath((real_root, real)) != real_root or real == real_root:
            raise FileUnreadableError(shown, "It is a link that leads out of its root.")
        folder = _open_root(root, real_root)
        return _open_below(folder, real[len(real_root.rstrip("/")) + 1 :], shown)
    except OSError as error:
        if error.errno in _GONE:
            raise FileVanishedError(shown, "It is not there any more.") from error
        reason = reason_of(error)
        raise FileUnreadableError(
            shown, f"It cannot be read ({reason}). Check its permissions and its disk."
        ) from error


def open_resolved(path: str) -> VideoFile:
    """The file at `path`, absolute, with no link on the way and none at its end.

    So what lay in a root when its path was resolved still does. Blocking. Raises
    `FileVanishedError` and `FileUnreadableError`.
    """
    try:
        return _open_below(os.open("/", _FOLDER), path.lstrip("/"), path)
    except OSError as error:
        if error.errno in _GONE and os.path.realpath(path) == path:
            raise FileVanishedError(path, "It is not there any more.") from error
        raise FileUnreadableError(
            path, "It has been replaced by a link, or cannot be read any more."
        ) from error


def _open_root(root: str, real_root: str) -> int:
    try:
        return os.open(real_root, _FOLDER)
    except OSError as error:
        raise RootUnavailableError(root, reason_of(error)) from error


def _open_below(folder: int, path: str, shown: str) -> VideoFile:
    """Open the file at `path` from the open `folder`, which is closed, without any link."""
    *folders, name = path.split("/")
    try:
        for part in folders:
            below = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        # Before it is opened: opening is enough to make some devices do something.
        _refuse_special(os.stat(name, dir_fd=folder, follow_symlinks=False), shown)
        descriptor = os.open(name, _FILE, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        status = os.fstat(descriptor)
        _refuse_special(status, shown)
    except BaseException:
        os.close(descriptor)
        raise
    mtime_ns = storable_mtime_ns(status.st_mtime_ns)
    return VideoFile(descriptor, status.st_size, mtime_ns, status.st_ino)


def _refuse_special(status: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise FileUnreadableError(shown, "It is not a regular file.")
