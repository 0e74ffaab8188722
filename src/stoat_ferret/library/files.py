"""Safe opening of video files: never outside their root, even through links."""

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
# Non-blocking, because opening a named pipe without a writer would block forever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class VideoFile:
    """An open regular file with its stat at that time; the owner closes it. Methods block."""

    descriptor: int
    size_bytes: int
    mtime_ns: int
    """As stored in the library; see `storable_mtime_ns`."""
    inode: int

    def read(self, offset: int, size_bytes: int) -> bytes:
        """Read at most `size_bytes` from `offset`; empty past the end."""
        return os.pread(self.descriptor, size_bytes, offset)

    def close(self) -> None:
        """Close the file; call once."""
        os.close(self.descriptor)


def open_in_root(root: str, path: str) -> VideoFile:
    """Open the file at `path`, relative to the folder `root`; follow links inside the root.

    Links are resolved once, and the resolved path is then opened without following links, so that
    no concurrent change can lead outside the root. Blocking. Raises `RootUnavailableError`,
    `FileVanishedError`, and `FileUnreadableError` for anything but a regular file in the root.
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
    """Open the file at the absolute `path`, which must not contain links.

    A path that was resolved inside a root is therefore still inside it. Blocking. Raises
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
    """Open `path` below the open `folder` without following links; close `folder`."""
    *folders, name = path.split("/")
    try:
        for part in folders:
            below = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = below
        # Check before opening, because opening alone triggers some devices.
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
