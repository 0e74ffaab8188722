"""A regular file opened for reading inside its root, its fingerprint, and a limit on bytes read."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import Self, TypeAlias

from stoat_ferret.errors import (
    FileUnreadableError,
    FileVanishedError,
    InvalidMediaError,
    MediaError,
)
from stoat_ferret.media.limits import READ_BYTES

MediaPath: TypeAlias = "bytes | RootedPath"
"""An absolute path, as passed to worker processes."""

END_BYTES = 64 * 1024
"""The size of each end of a file in its fingerprint."""

_AHEAD_BYTES = 1024
_MOST_AHEAD_BYTES = 2**20
"""The largest reads right after a seek, and later."""

_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE}


@dataclass(frozen=True, slots=True)
class RootedPath(os.PathLike[str]):
    """The absolute `path` of a file that must be in the folder `root` after following links.

    It can be used like any path, and passed to worker processes.
    """

    path: str
    root: str

    def __fspath__(self) -> str:
        return self.path

    def refuse_outside(self, descriptor: int) -> None:
        """Raise `FileUnreadableError` if the open file `descriptor` is outside the root.

        The check uses the location of the open file, so that links changed before or after opening
        make no difference.
        """
        root = os.path.realpath(self.root)
        if os.path.commonpath((root, _real_path(descriptor, self.path))) != root:
            raise FileUnreadableError(self.path, "It is a link that leads out of its root.")


def _real_path(descriptor: int, path: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  it may not be valid text
    except FileNotFoundError:
        # The location of an open file is not available: it must be the file the path leads to now.
        real = os.path.realpath(path)
        opened, found = os.fstat(descriptor), os.lstat(real)
        is_same = (opened.st_dev, opened.st_ino) == (found.st_dev, found.st_ino)
        return real if is_same else os.devnull


class MediaFile:
    """A file that libav reads through; raises `MediaError`s if it cannot be opened.

    libav never opens the file by its name, so no name can be taken for a protocol, an option or a
    pattern. It uses only the extension in `name`.
    """

    def __init__(self, path: str | bytes | RootedPath, *, read_bytes: int = READ_BYTES) -> None:
        self.path = os.fsdecode(path)
        self.name = f"file:{self.path}"
        self._rest = read_bytes
        self._limit = read_bytes
        self._ahead = _MOST_AHEAD_BYTES
        try:
            # Non-blocking: opening a named pipe without a writer would block forever.
            self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (OSError, ValueError) as error:
            raise media_error(self.path, error) from error
        if isinstance(path, RootedPath):
            self._check_root(path)
        status = os.fstat(self._descriptor)
        self.size_bytes = status.st_size
        if not stat.S_ISREG(status.st_mode):
            self.close()
            raise FileUnreadableError(self.path, "It is not a regular file.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _check_root(self, path: RootedPath) -> None:
        try:
            path.refuse_outside(self._descriptor)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; calling it twice does no harm."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, size: int) -> bytes:
        """Return the next bytes, for libav; few after a seek, then increasingly more.

        libav requests a whole buffer after every seek, even to look at a few bytes of each of
        thousands of places.
        """
        data = os.read(self._descriptor, min(size, self._ahead))
        self._ahead = min(2 * self._ahead, _MOST_AHEAD_BYTES)
        self._rest -= len(data)
        if self._rest < 0:
            megabytes = self._limit / 1e6
            raise InvalidMediaError(
                self.path,
                f"More than {megabytes:g} MB of it would have to be read to learn what it holds. "
                "Its index is damaged or missing; a remux may mend it.",
            )
        return data

    def seek(self, offset: int, whence: int) -> int:
        """Seek, for libav; return the negative error number on failure.

        File systems differ in how far they can seek, and libav handles the failure.
        """
        try:
            place = os.lseek(self._descriptor, offset, whence)
        except OSError as error:
            return -(error.errno or errno.EIO)
        except OverflowError:
            return -errno.EOVERFLOW
        self._ahead = _AHEAD_BYTES
        return place

    def tell(self) -> int:
        """Return the current position, for libav."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR)

    def peek(self, place: int, size: int) -> bytes:
        """Return at most `size` bytes at a position, without affecting libav's reads."""
        return os.pread(self._descriptor, size, place)

    def allow(self, read_bytes: int) -> None:
        """Let libav read this many bytes from now on."""
        self._limit += read_bytes - self._rest
        self._rest = read_bytes

    @property
    def bytes_read(self) -> int:
        """The bytes that libav has read."""
        return self._limit - self._rest

    def fingerprint(self) -> str:
        """Return BLAKE2b of the size (8 bytes, little-endian) and of both ends, in hexadecimal.

        An end has 64 KiB; a file of up to 128 KiB is hashed completely.
        """
        digest = hashlib.blake2b(self.size_bytes.to_bytes(8, "little"), digest_size=20)
        try:
            if self.size_bytes <= 2 * END_BYTES:
                digest.update(self._read_at(0, self.size_bytes))
            else:
                digest.update(self._read_at(0, END_BYTES))
                digest.update(self._read_at(self.size_bytes - END_BYTES, END_BYTES))
        except OSError as error:
            raise media_error(self.path, error) from error
        return digest.hexdigest()

    def _read_at(self, offset: int, size: int) -> bytes:
        data = b""
        while len(data) < size:
            part = os.pread(self._descriptor, size - len(data), offset + len(data))
            if not part:
                raise FileUnreadableError(self.path, "It became shorter while it was read.")
            data += part
        return data


def media_error(path: str, error: OSError | ValueError) -> MediaError:
    """Return the error of the file at `path` for an error of the operating system."""
    if isinstance(error, OSError) and error.errno in _GONE:
        return FileVanishedError(path, "It is not there any more.")
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return FileUnreadableError(
        path, f"It cannot be read ({reason}). Check its permissions and its disk."
    )
