"""One owner per data folder, and how others find the server that owns it."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import filelock

from stoat_ferret.errors import ConfigurationError, DataFolderInUseError, shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

# Asking whether the folder is owned takes the lock for an instant; whoever finds it held asks
# again for this long, so that a question is not taken for an owner.
_QUESTION_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a data folder; `url` is None until it serves."""

    purpose: str
    pid: int
    url: str | None = None

    def __str__(self) -> str:
        where = f" at {self.url}" if self.url else ""
        return f"`{self.purpose}` (process {self.pid}){where}"


class DataFolder:
    """The folder of the database and of everything else this program keeps.

    The lock is the kernel's: it is gone the moment its process is, however that ended. All
    methods but `own` block for a moment: where an event loop runs they belong in a thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_file = path / "lock"
        self._owner_file = path / "owner.json"

    def create(self) -> None:
        """Make the folder, for this user only. Raises `ConfigurationError`."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    @contextmanager
    def acquire(self, purpose: str, *, wait_seconds: float = _QUESTION_SECONDS) -> Iterator[None]:
        """Own the folder, made where it is missing, until the block ends.

        `purpose` is the command that others are told about; an owner is waited for no longer
        than `wait_seconds`. Raises `DataFolderInUseError`, and `ConfigurationError` for a
        folder that cannot be written.
        """
        self.create()
        lock = self._lock()
        try:
            lock.acquire(timeout=wait_seconds)
        except filelock.Timeout as error:
            owner = self._read_owner()
            name = str(owner) if owner else "another stoat-ferret process"
            raise DataFolderInUseError(self.path, name) from error
        except OSError as error:
            raise self._unusable(error) from error
        try:
            self._write_owner(Owner(purpose, os.getpid()))
            yield
        finally:
            self._forget_owner()
            lock.release()

    @asynccontextmanager
    async def own(
        self, purpose: str, *, wait_seconds: float = _QUESTION_SECONDS
    ) -> AsyncIterator[None]:
        """As `acquire`, with the waiting done in a thread."""
        block = self.acquire(purpose, wait_seconds=wait_seconds)
        # Owned or not: a cancellation in between would leave the folder owned by nobody's block.
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(block.__enter__)
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(block.__exit__, None, None, None)

    def publish_server(self, url: str) -> None:
        """Tell other commands where the owner, which is this process, serves."""
        owner = self._read_owner()
        purpose = owner.purpose if owner else "stoat-ferret serve"
        self._write_owner(Owner(purpose, os.getpid(), url))

    def owner(self) -> Owner | None:
        """Who holds the folder now; None where nobody does or it does not say."""
        if not self._lock_file.exists():
            return None
        lock = self._lock()
        try:
            lock.acquire(timeout=_QUESTION_SECONDS)
        except filelock.Timeout:
            return self._read_owner()
        except OSError as error:
            raise self._unusable(error) from error
        self._forget_owner()  # left by a process that was killed
        lock.release()
        return None

    def running_server(self) -> str | None:
        """The address of the server that owns the folder, believed only while it holds the lock."""
        owner = self.owner()
        return owner.url if owner else None

    def _lock(self) -> filelock.BaseFileLock:
        return filelock.FileLock(
            self._lock_file,
            mode=0o600,
            thread_local=False,
            poll_interval=0.01,
            fallback_to_soft=False,  # a marker file would outlive a killed process
        )

    def _read_owner(self) -> Owner | None:
        try:
            record: Any = json.loads(self._owner_file.read_text("utf-8"))
            return Owner(str(record["purpose"]), int(record["pid"]), record["url"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _write_owner(self, owner: Owner) -> None:
        record = {"purpose": owner.purpose, "pid": owner.pid, "url": owner.url}
        temporary: str | None = None
        try:
            handle, temporary = tempfile.mkstemp(dir=self.path, prefix="owner.", suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(record, file)
            Path(temporary).replace(self._owner_file)
        except OSError as error:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise self._unusable(error) from error

    def _forget_owner(self) -> None:
        with suppress(OSError):
            self._owner_file.unlink()

    def _unusable(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(
            f"The data folder {shown(self.path)} cannot be used ({error.strerror or error}). "
            "Make it writable, or choose another folder with --data-dir (STOAT_DATA_DIR)."
        )
