"""Bulk edits and their undoing: small ones at once, large ones as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.edits.job import EDIT_VIDEOS, UNDO_EDIT, edit_params, undo_params
from stoat_ferret.errors import EditActiveError, JobNotFoundError
from stoat_ferret.library.bulk_edits import MAX_AT_ONCE, BulkEdits, BulkOutcome
from stoat_ferret.library.undo import UndoLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.database import Database
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobQueue
    from stoat_ferret.library.bulk_edits import BulkChange
    from stoat_ferret.library.query import VideoFilter
    from stoat_ferret.library.undo import Restored, Undo


class BulkEditor:
    """Edits many videos, and undoes that."""

    def __init__(self, database: Database, queue: JobQueue) -> None:
        self._edits = BulkEdits(database)
        self._undos = UndoLog(database)
        self._queue = queue

    async def edit_videos(
        self,
        video_ids: Sequence[str],
        change: BulkChange,
        *,
        token: str | None = None,
        key: str | None = None,
    ) -> BulkOutcome:
        """Edit these videos at once; see `BulkEdits.edit_at_once`."""
        return await self._edits.edit_at_once(video_ids, change, token=token, key=key)

    async def known(self, key: str | None, change: BulkChange) -> Undo | None:
        """Return the edit that was made with this key. Raises `EditMismatchError`."""
        return await self._edits.known(key, change)

    async def start(self, change: BulkChange, *, token: str | None = None) -> Undo:
        """Record an edit that is made in parts; see `BulkEdits.start`."""
        return await self._edits.start(change, token=token)

    async def edit_found(
        self, query: VideoFilter, change: BulkChange, *, key: str | None = None
    ) -> BulkOutcome | Job:
        """Edit what `query` finds: at once, or by a job if it is more than `MAX_AT_ONCE` videos.

        The same `key` again returns the job that there is. Raises `TooManyTagsError`,
        `EditMismatchError`, `QueueClosedError`.
        """
        known = await self._edits.known(key, change)
        is_job = known is not None and (known.job_id is not None or known.found is None)
        if not is_job and (known or await self._edits.count(query) <= MAX_AT_ONCE):
            return await self._edits.edit_at_once(query, change, key=key)
        return await self._submit(query, change, key)

    async def _submit(self, query: VideoFilter, change: BulkChange, key: str | None) -> Job:
        undo = await self._edits.start(change, key=key)
        if undo.job_id is not None:
            try:
                return await self._queue.get(undo.job_id)
            except JobNotFoundError:
                pass  # it has ended, and its record was deleted: it finds nothing left to edit
        name = EDIT_VIDEOS.name
        job = await self._queue.submit(name, edit_params(undo, query), key=f"{name}:{undo.number}")
        await self._undos.set_job(undo.number, job.id)
        return job

    async def undoable(self, limit: int) -> Sequence[Undo]:
        """Return the newest edits that can still be undone, the newest first."""
        return await self._undos.recent(limit)

    async def removed_root(self, token: str) -> str | None:
        """Return the root that an edit has removed, as `path_to_send` does; raises as `undo`."""
        undo = await self._undos.find(token)
        if undo.job_id is not None:
            await self._refuse_active(undo.job_id)
        return undo.root

    async def undo(self, token: str) -> Restored | Job:
        """Undo an edit: at once, or by a job if it has changed more than `MAX_AT_ONCE` videos.

        Raises `UndoNotFoundError`, `UndoEndedError`, `EditActiveError`, `QueueClosedError`.
        """
        undo = await self._undos.find(token)
        if undo.job_id is not None:
            await self._refuse_active(undo.job_id)
        if undo.edited <= MAX_AT_ONCE:
            return await self._undos.undo_at_once(token)
        key = f"{UNDO_EDIT.name}:{undo.number}"
        return await self._queue.submit(UNDO_EDIT.name, undo_params(undo), key=key)

    async def _refuse_active(self, job_id: str) -> None:
        try:
            job = await self._queue.get(job_id)
        except JobNotFoundError:
            return
        if not job.status.is_final:
            raise EditActiveError(job_id)
