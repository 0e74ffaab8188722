"""Ownership of the data folder, and discovery of the server that owns it."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import filelock

from stoat_ferret.errors import ConfigurationError, DataFolderInUseError, reason_of
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractContextManager

# Checking for an owner takes the lock for an instant. A process that finds the lock held retries
# for this long, so that it does not mistake a check for an owner.
QUESTION_SECONDS = 0.1
COMMAND_SECONDS = 1.0
"""The maximum wait for a short command that owns the folder."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds a lock; `url` is None until it serves requests."""

    purpose: str
    pid: int
    url: str | None = None
    data_dir: str | None = None

    def __str__(self) -> str:
        address = f" at {self.url}" if self.url else ""
        return f"`{self.purpose}` (process {self.pid}){address}"


class LockInUseError(Exception):
    """Another process holds the lock; `owner` is None if it is unknown."""

    def __init__(self, owner: Owner | None) -> None:
        super().__init__(str(owner))
        self.owner = owner


class OwnerLock:
    """A kernel lock, and a file beside it that identifies its holder.

    The kernel frees the lock when its process ends, for whatever reason. All methods block briefly,
    and raise `OSError` if the files cannot be written.
    """

    def __init__(self, lock_file: Path, owner_file: Path, *, is_of_process: bool = False) -> None:
        """Create an unlocked lock; with `is_of_process`, this process may acquire it repeatedly."""
        self._is_of_process = is_of_process
        self._lock_file = lock_file
        self._owner_file = owner_file

    @contextmanager
    def acquire(self, owner: Owner, *, wait_seconds: float) -> Iterator[None]:
        """Hold the lock until the block ends. Raises `LockInUseError`.

        Waits longer for a holder that is not recorded: it only asks who the owner is, but the
        machine may be busy.
        """
        lock = self._lock()
        try:
            try:
                lock.acquire(timeout=wait_seconds)
            except filelock.Timeout:
                if self.read_owner() is not None:
                    raise
                lock.acquire(timeout=COMMAND_SECONDS)
        except filelock.Timeout as error:
            raise LockInUseError(self.read_owner()) from error
        try:
            self.write_owner(owner)
            yield
        finally:
            if lock.lock_counter == 1:
                self._forget_owner()
            lock.release()

    def owner(self) -> Owner | None:
        """Return the holder of the lock; None if nobody holds it or the holder is unknown."""
        if not self._lock_file.exists():
            return None
        lock = self._lock()
        try:
            lock.acquire(timeout=QUESTION_SECONDS)
        except filelock.Timeout:
            return self.read_owner()
        self._forget_owner()  # left by a process that was killed
        lock.release()
        return None

    def read_owner(self) -> Owner | None:
        """Return the recorded last owner, whether or not it still holds the lock."""
        try:
            record: Any = json.loads(self._owner_file.read_text("utf-8"))
            data_dir = record.get("data_dir")
            return Owner(str(record["purpose"]), int(record["pid"]), record["url"], data_dir)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write_owner(self, owner: Owner) -> None:
        """Record the holder of the lock; the caller must hold it."""
        temporary: str | None = None
        try:
            folder, prefix = self._owner_file.parent, f"{self._owner_file.name}."
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=prefix, suffix=".tmp")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(owner), file)
            Path(temporary).replace(self._owner_file)
        except OSError:
            if temporary:
                Path(temporary).unlink(missing_ok=True)
            raise

    def _forget_owner(self) -> None:
        with suppress(OSError):
            self._owner_file.unlink()

    def _lock(self) -> filelock.BaseFileLock:
        return filelock.FileLock(
            self._lock_file,
            mode=0o600,
            thread_local=False,
            is_singleton=self._is_of_process,
            poll_interval=0.01,
            fallback_to_soft=False,  # a marker file would outlive a killed process
        )


@asynccontextmanager
async def entered(block: AbstractContextManager[None]) -> AsyncIterator[None]:
    """Enter and leave `block` in a thread, to completion even if the task is cancelled."""
    # A cancellation halfway would leave the folder owned without a block that releases it.
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(block.__enter__)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(block.__exit__, None, None, None)


class DataFolder:
    """The folder of the database and of all other files of this program.

    All methods except `own` block briefly; call them in a thread if an event loop is running.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = OwnerLock(path / "lock", path / "owner.json")

    def create(self) -> None:
        """Create the folder, accessible to this user only. Raises `ConfigurationError`."""
        with self._own_errors():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def acquire(self, purpose: str, *, wait_seconds: float = QUESTION_SECONDS) -> Iterator[None]:
        """Own the folder until the block ends; create it if it is missing.

        `purpose` is the command shown to other processes. Waits for an owner at most
        `wait_seconds`. Raises `DataFolderInUseError`, or `ConfigurationError` if the folder is not
        writable.
        """
        self.create()
        with ExitStack() as stack:
            with self._own_errors():
                held = self._lock.acquire(Owner(purpose, os.getpid()), wait_seconds=wait_seconds)
                stack.enter_context(held)
            yield

    @asynccontextmanager
    async def own(
        self, purpose: str, *, wait_seconds: float = QUESTION_SECONDS
    ) -> AsyncIterator[None]:
        """Like `acquire`, but wait in a thread."""
        async with entered(self.acquire(purpose, wait_seconds=wait_seconds)):
            yield

    def publish_server(self, url: str) -> None:
        """Publish the address of this process, which owns the folder, for other commands."""
        owner = self._lock.read_owner()
        purpose = owner.purpose if owner else "stoat-ferret serve"
        with self._own_errors():
            self._lock.write_owner(Owner(purpose, os.getpid(), url))

    def owner(self) -> Owner | None:
        """Return the current owner of the folder; None if there is none or it is unknown."""
        with self._own_errors():
            return self._lock.owner()

    def running_server(self) -> str | None:
        """Return the address of the server that owns the folder; None without such a server."""
        owner = self.owner()
        return owner.url if owner else None

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except LockInUseError as error:
            name = str(error.owner or "another stoat-ferret process")
            raise DataFolderInUseError(self.path, name) from error
        except OSError as error:
            raise ConfigurationError(
                f"The data folder {for_display(self.path)} cannot be used "
                f"({reason_of(error)}). Make it writable, or choose another folder with "
                "--data-dir (STOAT_DATA_DIR)."
            ) from error
