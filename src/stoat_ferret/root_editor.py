"""Adding and removing library folders while a server runs."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.errors import (
    ForgettingChangedError,
    JobFinishedError,
    JobNotFoundError,
    RootRefusedError,
    RootUnavailableError,
)
from stoat_ferret.jobs.job import ACTIVE_STATUSES, JobStatus
from stoat_ferret.library.bulk_edits import BulkChange
from stoat_ferret.library.forget import Forgettable
from stoat_ferret.library.new_root import check_new_root, refuse_overlap
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.roots import with_disk_timeout
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.text import for_display, path_sent, path_to_send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.edits.editor import BulkEditor
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue
    from stoat_ferret.library.bulk_edits import BulkOutcome
    from stoat_ferret.library.forget import ForgetPreview, Forgetting
    from stoat_ferret.library.root_list import RootList
    from stoat_ferret.library.video import Root
    from stoat_ferret.server_settings import ServerSettings

_END_SECONDS = 5.0
"""The longest wait for the cancelled jobs of a removed root."""


@dataclass(frozen=True, slots=True)
class RemovedRoot:
    """A root that was, or would be, removed, and its videos.

    `outcome` is the removal of their records, or the job that does it; None if there are none, or
    if nothing was removed yet.
    """

    root: Root
    preview: ForgetPreview
    outcome: BulkOutcome | Job | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RootEditor:
    """Adds roots to those in use, and removes some; `output_root` is that of rendered files."""

    settings: ServerSettings
    roots: RootList
    output_root: Root
    queue: JobQueue
    forgetting: Forgetting
    editor: BulkEditor

    async def add(self, path: str) -> Root:
        """Make the folder `path` a root, if it may be one.

        One that was removed comes back as it was. Raises `RootRefusedError`, and the other errors
        of `check_new_root`.
        """
        async with self.settings.changing_roots:
            removed = _plain(path)
            if self.settings.was_root(removed):
                await _add_again(self.settings, removed)
                return self._at(str(removed))
            taken = sorted({root.path for root in self._all_roots()})
            base = self.settings.base
            real = await with_disk_timeout(
                path,
                lambda: check_new_root(
                    path, roots=taken, data_dir=base.data_dir, allowed=base.add_folders_from
                ),
            )
            await self.settings.add_root(real)
            return self._at(str(real))

    async def preview(self, path: str) -> RemovedRoot:
        """Return the root at `path`, and what its removal would remove. Raises as `remove`."""
        root = self._removable(path)
        return RemovedRoot(root, await self.forgetting.preview(_videos_of(root)))

    async def remove(self, path: str, *, expected_count: int) -> RemovedRoot:
        """Remove the root at `path`, its jobs, and the records of its videos; never a file.

        Undoing the removal of the records brings the root back. Raises `SettingFixedError`,
        `RootRefusedError`, and `ForgettingChangedError` if it has more than `expected_count`.
        """
        removed = await self.preview(path)
        root, preview = removed.root, removed.preview
        _refuse_more(preview, expected_count)
        await self.settings.remove_root(Path(root.path))
        try:
            await self._cancel_jobs(root)
            which = _videos_of(root)
            preview = await self.forgetting.preview(which)
            _refuse_more(preview, expected_count)  # a scan may have found more meanwhile
            if not preview.count or which.query is None:
                return RemovedRoot(root, preview)
            outcome = await self.editor.edit_found(
                which.query, BulkChange(None, path_to_send(root.path))
            )
        except BaseException:
            await self.settings.add_root(Path(root.path))
            raise
        return RemovedRoot(root, preview, outcome)

    def _all_roots(self) -> Sequence[Root]:
        return (*self.roots, self.output_root)

    def _at(self, path: str) -> Root:
        for root in self.roots:
            if root.path == path:
                return root
        raise RootRefusedError(
            f"{for_display(path)} is none of the library folders. Load them again."
        )

    def _removable(self, path: str) -> Root:
        root = self._at(path)
        self.settings.refuse_fixed_root(Path(path))
        if root == self.output_root:
            raise RootRefusedError(
                f"Rendered files are stored in {for_display(path)}, so it stays a library folder. "
                "Choose another folder for them with STOAT_OUTPUT_DIR first."
            )
        return root

    async def _cancel_jobs(self, root: Root) -> None:
        """Cancel the jobs that would bring the records back, and wait until they have ended."""
        cancelled = set[str]()
        for status in ACTIVE_STATUSES:
            page = await self.queue.list(status=JobStatus(status), limit=500)
            for job in page.items:
                if job.params.get("root") == root.name:
                    with suppress(JobFinishedError, JobNotFoundError):
                        await self.queue.cancel(job.id)
                        cancelled.add(job.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await self._wait_for(cancelled)

    async def _wait_for(self, job_ids: set[str]) -> None:
        left = set(job_ids)
        with self.queue.subscribe() as jobs:
            for job_id in job_ids:
                with suppress(JobNotFoundError):
                    if not (await self.queue.get(job_id)).status.is_final:
                        continue
                left.discard(job_id)
            while left:
                job = await anext(jobs)
                if job.status.is_final:
                    left.discard(job.id)


async def bring_back(settings: ServerSettings, path: str) -> None:
    """Make a removed root a root again; `path` is as `path_to_send` returns it.

    Raises `RootRefusedError` if it overlaps one that was added meanwhile, `ConfigurationError`.
    """
    async with settings.changing_roots:
        await _add_again(settings, Path(path_sent(path)))


async def _add_again(settings: ServerSettings, path: Path) -> None:
    """Add a root that was removed, wherever it is, and even if its disk is not there."""
    others = [str(root) for root in settings.current.roots if root != path]
    with suppress(RootUnavailableError):  # its disk does not respond
        await with_disk_timeout(str(path), lambda: refuse_overlap(path, others))
    await settings.add_root(path)


def _plain(path: str) -> Path:
    return Path(os.path.normpath(path))


def _refuse_more(preview: ForgetPreview, expected_count: int) -> None:
    if preview.count > expected_count:
        raise ForgettingChangedError(expected_count, preview.count)


def _videos_of(root: Root) -> Forgettable:
    every = VideoFilter(root=root.name, status=frozenset(VideoStatus))
    return Forgettable(None, (), every)
