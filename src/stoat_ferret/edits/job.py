"""The job that edits many videos, and the job that undoes such an edit."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import TooManyTagsError, UndoEndedError, UndoNotFoundError
from stoat_ferret.jobs.job import Job, JobKind, LibraryChange, Progress
from stoat_ferret.library.bulk_edits import BulkChange
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.undo import KEPT_HOURS, refuse_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.library.bulk_edits import BulkEdits
    from stoat_ferret.library.undo import Undo, UndoLog


class EditPhase(StrEnum):
    """The phases of a bulk edit."""

    COLLECTING = "collecting videos"
    EDITING = "editing videos"


class UndoPhase(StrEnum):
    """The phases of the undoing of a bulk edit."""

    RESTORING = "restoring videos"


def _counts(*names: str) -> Callable[[Job], LibraryChange]:
    def change(job: Job) -> LibraryChange:
        result = job.result or {}
        counts = {name: result[name] for name in names if isinstance(result.get(name), int)}
        return LibraryChange(counts, job.progress.done, job.progress.total)

    return change


EDIT_VIDEOS = JobKind(
    name="edit-videos",
    runs_in_quiet_hours=True,
    label="Bulk edit",
    phases={EditPhase.COLLECTING: "Finding videos", EditPhase.EDITING: "Editing videos"},
    counts={
        "found": "videos",
        "edited": "edited",
        "removed": "removed from the library",
        "failed": "with too many tags",
    },
    change=_counts("edited", "removed"),
)

UNDO_EDIT = JobKind(
    name="undo-edit",
    runs_in_quiet_hours=True,
    label="Undo of a bulk edit",
    phases={UndoPhase.RESTORING: "Restoring videos"},
    counts={
        "found": "videos",
        "restored": "restored",
        "changed_since": "edited since and left alone",
    },
    change=_counts("restored"),
)


@dataclass(slots=True)
class EditResult:
    """Counts that grow during the edit; `undo` is the token that undoes it.

    `failed` videos would have too many tags, and stay as they were.
    """

    undo: str = ""
    found: int = 0
    edited: int = 0
    removed: int = 0
    failed: int = 0
    elapsed_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form of the job's result and the API."""
        return {
            "undo": self.undo,
            "found": self.found,
            "edited": self.edited,
            "removed": self.removed,
            "failed": self.failed,
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }


@dataclass(slots=True)
class UndoResult:
    """Counts that grow while an edit is undone."""

    found: int = 0
    restored: int = 0
    changed_since: int = 0
    elapsed_seconds: float = 0.0

    @property
    def done(self) -> int:
        """The number of videos that were looked at."""
        return self.restored + self.changed_since

    def as_json(self) -> dict[str, Any]:
        """Return the result in the form of the job's result and the API."""
        return {
            "found": self.found,
            "restored": self.restored,
            "changed_since": self.changed_since,
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }


def edit_params(undo: Undo, query: VideoFilter) -> dict[str, Any]:
    """Return the params of the job that makes an edit; what it changes is in its undo."""
    return {"undo": undo.number, "query": query.as_params(), "change": dict(undo.change)}


def undo_params(undo: Undo) -> dict[str, Any]:
    """Return the params of the job that undoes an edit."""
    return {"undo": undo.number}


class EditHandler:
    """The handler of bulk edits. An edit that was interrupted continues with the next video."""

    def __init__(self, edits: BulkEdits, undos: UndoLog) -> None:
        self._edits = edits
        self._undos = undos

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        undo = await self._undo_of(params)
        result = EditResult(undo=undo.token, failed=(context.earlier_result or {}).get("failed", 0))
        context.keep_result(result.as_json)
        with _timed(result):
            context.set_progress(Progress(phase=EditPhase.COLLECTING, unit="videos"))
            query = VideoFilter.model_validate(params["query"])
            result.found = await self._edits.collect(undo, query)
            await self._edit(context, undo.number, result)
        return result.as_json()

    async def _undo_of(self, params: dict[str, Any]) -> Undo:
        try:
            undo = await self._undos.get(params["undo"])
        except UndoNotFoundError:
            raise UndoEndedError(is_used=False, kept_hours=KEPT_HOURS) from None
        refuse_ended(undo)
        return undo

    async def _edit(self, context: JobContext, number: int, result: EditResult) -> None:
        undo = await self._undos.get(number)
        change, rate = BulkChange.from_json(undo.change), _Rate(undo.done)
        # Read again after each slice: an earlier attempt may have edited the first videos.
        while True:
            if undo.is_forgetting:
                result.removed = undo.edited
            else:
                result.edited = undo.edited
            context.set_progress(rate.progress(EditPhase.EDITING, undo.done, result.found))
            if context.cancel_requested or undo.done >= result.found:
                return
            try:
                await self._edits.edit_slice(number, change)
            except TooManyTagsError:
                result.failed += await self._skip_full(number, change)
            undo = await self._undos.get(number)

    async def _skip_full(self, number: int, change: BulkChange) -> int:
        """Edit the next videos up to one that would have too many tags, and skip that one."""
        while True:
            try:
                if await self._edits.edit_slice(number, change, limit=1) is None:
                    return 0
            except TooManyTagsError:
                await self._edits.skip(number)
                return 1


class UndoHandler:
    """The handler of jobs that undo a bulk edit, continuing where an attempt has stopped."""

    def __init__(self, undos: UndoLog) -> None:
        self._undos = undos

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        undo = await self._undos.get(params["undo"])
        before = context.earlier_result or {}
        result = UndoResult(undo.edited, before.get("restored", 0), before.get("changed_since", 0))
        context.keep_result(result.as_json)
        rate = _Rate(result.done)
        with _timed(result):
            while not context.cancel_requested:
                context.set_progress(rate.progress(UndoPhase.RESTORING, result.done, result.found))
                part = await self._undos.undo_slice(undo.number)
                if part is None:
                    break
                result.restored += part.restored
                result.changed_since += part.changed_since
        return result.as_json()


@contextmanager
def _timed(result: EditResult | UndoResult) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    finally:
        result.elapsed_seconds = time.monotonic() - started


@dataclass(slots=True)
class _Rate:
    """The speed of an attempt that started after the `first` videos."""

    first: int
    started: float = field(default_factory=time.monotonic)

    def progress(self, phase: StrEnum, done: int, total: int) -> Progress:
        elapsed, new = time.monotonic() - self.started, done - self.first
        rate = new / elapsed if new and elapsed else None
        return Progress(
            fraction=min(1.0, done / total) if total else 1.0,
            done=done,
            total=max(total, done),
            unit="videos",
            phase=phase,
            rate=None if rate is None else round(rate, 1),
            eta_seconds=None if rate is None else round(max(total - done, 0) / rate, 1),
        )
