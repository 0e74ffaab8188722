"""One owner for each data folder, and how others find the server that owns it."""

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

# Asking whether the folder is owned takes the lock for an instant; whoever finds it held asks
# again for this long, so that a question is not taken for an owner.
QUESTION_SECONDS = 0.1
COMMAND_SECONDS = 1.0
"""The time to wait for a short command that owns the folder."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that holds something; `url` is None until it serves."""

    purpose: str
    pid: int
    url: str | None = None
    data_dir: str | None = None

    def __str__(self) -> str:
        where = f" at {self.url}" if self.url else ""
        return f"`{self.purpose}` (process {self.pid}){where}"


class LockInUseError(Exception):
    """Another process holds a lock; `owner` is None if it does not say who it is."""

    def __init__(self, owner: Owner | None) -> None:
        super().__init__(str(owner))
        self.owner = owner


class OwnerLock:
    """A lock of the kernel, and a file beside it that says who holds it.

    It is gone the moment its process is, however that ended. All methods block for a moment, and
    raise `OSError` for files that cannot be written.
    """

    def __init__(self, lock_file: Path, owner_file: Path, *, is_of_process: bool = False) -> None:
        """Nothing is locked yet; one `is_of_process` that this process may take several times."""
        self._is_of_process = is_of_process
        self._lock_file = lock_file
        self._owner_file = owner_file

    @contextmanager
    def acquire(self, owner: Owner, *, wait_seconds: float) -> Iterator[None]:
        """Hold the lock until the block ends. Raises `LockInUseError`."""
        lock = self._lock()
        try:
            lock.acquire(timeout=wait_seconds)
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
        """Return the record of the last owner, whether it still holds the lock or not."""
        try:
            record: Any = json.loads(self._owner_file.read_text("utf-8"))
            data_dir = record.get("data_dir")
            return Owner(str(record["purpose"]), int(record["pid"]), record["url"], data_dir)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write_owner(self, owner: Owner) -> None:
        """Say who holds the lock; the caller does."""
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
    """`block`, entered and left in a thread, to the end also in a task that is cancelled."""
    # Owned or not: a cancellation in between would leave it owned by nobody's block.
    with anyio.CancelScope(shield=True):
        await anyio.to_thread.run_sync(block.__enter__)
    try:
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(block.__exit__, None, None, None)


class DataFolder:
    """The folder of the database and of everything else this program keeps.

    All methods but `own` block for a moment: where an event loop runs they belong in a thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = OwnerLock(path / "lock", path / "owner.json")

    def create(self) -> None:
        """Make the folder, for this user only. Raises `ConfigurationError`."""
        with self._own_errors():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def acquire(self, purpose: str, *, wait_seconds: float = QUESTION_SECONDS) -> Iterator[None]:
        """Own the folder, made where it is missing, until the block ends.

        `purpose` is the command that others are told about; an owner is waited for no longer
        than `wait_seconds`. Raises `DataFolderInUseError`, and `ConfigurationError` for a
        folder that cannot be written.
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
        """As `acquire`, with the waiting done in a thread."""
        async with entered(self.acquire(purpose, wait_seconds=wait_seconds)):
            yield

    def publish_server(self, url: str) -> None:
        """Tell other commands where the owner, which is this process, serves."""
        owner = self._lock.read_owner()
        purpose = owner.purpose if owner else "stoat-ferret serve"
        with self._own_errors():
            self._lock.write_owner(Owner(purpose, os.getpid(), url))

    def owner(self) -> Owner | None:
        """Who holds the folder now; None where nobody does or it does not say."""
        with self._own_errors():
            return self._lock.owner()

    def running_server(self) -> str | None:
        """The address of the server that owns the folder, believed only while it holds the lock."""
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
                f"({reason_of(error)}). "
                "Make it writable, or choose another folder with --data-dir (STOAT_DATA_DIR)."
            ) from error
