"""The folder of rendered files, accessed with a deadline, and its health check."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio
import structlog

from stoat_ferret.database import finish
from stoat_ferret.disk import in_thread, run_on_disk_thread
from stoat_ferret.errors import DatabaseError, OutputFolderError, OutputSpaceError, reason_of
from stoat_ferret.render.run.publish import Manifest, publish, sync
from stoat_ferret.render.run.scratch import Scratch, scratches, sweep
from stoat_ferret.render.run.subfolder import check_subfolder, make_subfolder, remove_empty
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.library.video import Root
    from stoat_ferret.render.plan.plan import RenderPlan

ANSWER_SECONDS = 3.0
SPARE_BYTES = 16 * 2**20
"""The bytes that a render leaves free on its disk."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder that can be written or created, and the free bytes of its disk."""

    is_there: bool
    free_bytes: int


def inspect_folder(path: Path) -> FolderState:
    """Return the state of the folder. Blocking; raises `OSError` if it cannot be used."""
    is_there = path.is_dir()
    if not is_there and path.exists():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    holder = path if is_there else path.parent
    if not holder.is_dir():  # the disk is not mounted
        raise FileNotFoundError(errno.ENOENT, f"there is no folder {for_display(holder)}")
    if not os.access(holder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return FolderState(is_there, shutil.disk_usage(holder).free)


class OutputFolderCheck:
    """A health check that returns a sentence with the folder and its free space.

    A disk that does not respond is not asked again until it does. Raises `OutputFolderError`,
    `OutputSpaceError`.
    """

    def __init__(self, path: Path, inspect: Callable[[Path], FolderState] = inspect_folder) -> None:
        self._path = path
        self._inspect = inspect
        self._inspection: asyncio.Future[FolderState] | None = None

    async def __call__(self) -> str:
        if self._inspection is None or self._inspection.done():
            self._inspection = in_thread(self._inspect, self._path)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                state = await asyncio.shield(self._inspection)
        except TimeoutError as error:
            raise OutputFolderError(self._path, "its disk does not answer") from error
        except OSError as error:
            reason = reason_of(error)
            raise OutputFolderError(self._path, reason) from error
        return self._sentence(state)

    def _sentence(self, state: FolderState) -> str:
        if state.free_bytes < SPARE_BYTES:
            raise OutputSpaceError(self._path, SPARE_BYTES, state.free_bytes)
        made = "" if state.is_there else ", made when it is needed"
        return f"{for_display(self._path)}{made}, {state.free_bytes / 1e9:,.1f} GB free"


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """Files under their final names: their paths in the root, with their status.

    `new_folders` are those that were made for them.
    """

    files: list[tuple[str, os.stat_result]]
    new_folders: list[Path]


T = TypeVar("T")

logger = structlog.get_logger(__name__)

_SYNC_SECONDS = 3600.0
"""Flushing a large file to a slow disk takes time."""


@dataclass(frozen=True, slots=True)
class OutputFolder:
    """The folder `path`, which is `relative` to `root` ("" for the root itself).

    `skipped` are the names of folders, case-folded, that scans skip.
    """

    path: Path
    root: Root
    relative: str
    skipped: frozenset[str] = frozenset()

    async def check_room(self, needed_bytes: int) -> None:
        """Raise `OutputSpaceError` if space is short, `OutputFolderError` if it is unusable."""
        await self._ask(make_folder, self.path)
        free_bytes = (await self._ask(shutil.disk_usage, self.path)).free
        if free_bytes < needed_bytes + SPARE_BYTES:
            raise OutputSpaceError(self.path, needed_bytes + SPARE_BYTES, free_bytes)

    async def check_subfolder(self, folder: str | None) -> None:
        """Raise `RenderRefusedError` if no file can be moved into `folder` inside this one."""
        await self._ask(make_folder, self.path)
        await self._ask(check_subfolder, self.path, folder, self.skipped)

    def scratch(self, name: str, job_id: str, attempt: int) -> Scratch:
        """Return the scratch folder for an attempt of a job, not created yet."""
        return Scratch.of(self.path, name, job_id, attempt)

    async def make(self, scratch: Scratch, plan: RenderPlan) -> None:
        """Create a scratch folder with what `plan` needs in it. Raises `OutputFolderError`."""

        def work() -> None:
            scratch.set_up()
            scratch.fill(plan)

        # If it is cancelled, it must not create the folder after its removal.
        await finish(self._ask(work))

    async def take_over(self, job_id: str, attempt: int) -> tuple[Scratch, Manifest] | None:
        """Return what an attempt of the job before this one finished but did not publish."""

        def take_over() -> tuple[Scratch, Manifest] | None:
            make_folder(self.path)
            scratch = Scratch.take_over(self.path, job_id, attempt)
            return None if scratch is None else (scratch, Manifest.read(scratch.path))

        return await self._ask(take_over)

    async def size_of(self, scratch: Scratch, file: str) -> int:
        """Return the size of a finished file; 0 if there is none. Raises `OutputFolderError`."""

        def read_size() -> int:
            try:
                return (scratch.path / file).stat().st_size
            except FileNotFoundError:
                return 0

        return await self._ask(read_size)

    async def settle(self, scratch: Scratch, plan: RenderPlan) -> None:
        """Delete what the outputs of a plan were made of, and flush them to the disk.

        Both may take as long as a check of the outputs, and need no processor. Raises
        `OutputFolderError`.
        """
        files = [one.file for one in plan.outputs]

        def work() -> None:
            scratch.remove_parts(files)
            for file in files:
                with suppress(FileNotFoundError):  # the check says so
                    sync(scratch.path / file)

        await self._ask(work, timeout_seconds=_SYNC_SECONDS)

    async def keep(self, scratch: Scratch, manifest: Manifest) -> None:
        """Flush the finished files and their manifest to the disk. Raises `OutputFolderError`."""
        await self._ask(manifest.write, scratch.path, timeout_seconds=_SYNC_SECONDS)

    async def take_back(
        self, scratch: Scratch, manifest: Manifest, published: PublishedFiles
    ) -> None:
        """Move published files back, and delete the folders that were made for them.

        Does nothing if another attempt has taken over the scratch folder: they are its files now.
        """

        def work() -> None:
            if not scratch.path.exists():
                return
            for finished, (path, _) in zip(manifest.files, published.files, strict=True):
                place = self.path / Path(path).relative_to(self.relative)
                source = scratch.path / finished.file
                with suppress(FileNotFoundError):
                    if source.exists():  # they are links to the same file
                        place.unlink()
                    else:
                        place.replace(source)
            remove_empty(published.new_folders)

        await self._ask(work)

    async def publish(self, scratch: Scratch, manifest: Manifest) -> PublishedFiles:
        """Move the files to their final places.

        Raises `OutputFolderError`, and `RenderRefusedError` if its folder cannot be used any more.
        """

        def work() -> PublishedFiles:
            folder, made = make_subfolder(self.path, manifest.folder)
            try:
                paths = publish(scratch.path, manifest, folder)
                for parent in {place.parent for place in made}:
                    sync(parent)
            except BaseException:
                remove_empty(made)
                raise
            inside = Path(self.relative)
            files = [(str(inside / path.relative_to(self.path)), path.stat()) for path in paths]
            return PublishedFiles(files, made)

        return await self._ask(work, timeout_seconds=_SYNC_SECONDS)

    async def remove(self, scratch: Scratch) -> None:
        """Delete a scratch folder, even if the task is being cancelled."""
        with anyio.CancelScope(shield=True):
            await in_thread(scratch.remove)

    async def let_go(self, scratch: Scratch) -> None:
        """Leave the files of a scratch folder to the next attempt of its job."""
        await self._ask(scratch.let_go)

    async def scratches(self) -> list[Path]:
        """Return the scratch folders of all jobs. Raises `OutputFolderError`."""
        return await self._ask(scratches, self.path)

    async def sweep(self, paths: Sequence[Path], active: Mapping[str, int]) -> int:
        """Remove those of these scratch folders that renders of dead processes left.

        `active` has the ids and attempts of jobs that had not ended when the folders had been
        found.
        """
        return await self._ask(sweep, paths, active)

    async def _ask(
        self, question: Callable[..., T], *args: object, timeout_seconds: float = 30.0
    ) -> T:
        try:
            return await run_on_disk_thread(question, *args, timeout_seconds=timeout_seconds)
        except TimeoutError as error:
            raise OutputFolderError(self.path, "its disk does not answer") from error
        except OSError as error:
            reason = reason_of(error)
            raise OutputFolderError(self.path, reason) from error


class _Jobs(Protocol):
    async def active(self) -> Sequence[Job]: ...


async def sweep_renders(output: OutputFolder, jobs: _Jobs) -> None:
    """Remove what renders of dead processes left, except for the active `jobs`."""
    try:
        found = await output.scratches()
        # Asked for afterwards: the job of a folder that was found is known by then.
        active = {job.id: job.attempt for job in await jobs.active()} if found else {}
        count = await output.sweep(found, active) if found else 0
    except (OutputFolderError, DatabaseError) as error:
        logger.warning("renders_not_swept", reason=str(error))
    else:
        if count:
            logger.info("renders_swept", folders=count)


def make_folder(path: Path) -> None:
    """Create the folder if its parent exists: an unmounted disk has none.

    Blocking; raises `OSError`.
    """
    path.mkdir(exist_ok=True)
