"""Job records in SQLite or PostgreSQL: table, store and cursor."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, text

from stoat_ferret import database as db
from stoat_ferret.database import UtcDateTime, metadata
from stoat_ferret.errors import (
    InvalidCursorError,
    JobActiveError,
    JobNotFoundError,
    JobNotWaitingError,
    JobOrderError,
)
from stoat_ferret.jobs.job import Job, JobStatus, Progress, check_move
from stoat_ferret.jobs.order import Before, QueuePlace, priorities_of, turn
from stoat_ferret.jobs.queue import JobPage
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.jobs.queue import JobFilter

is_active = text("status IN ('queued', 'running', 'paused')")

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    # JSON, not JSONB: it preserves the order of keys and accepts every Python string.
    Column("params", JSON, nullable=False),
    Column("progress", JSON, nullable=False),
    Column("result", JSON(none_as_null=True)),
    Column("error", Text),
    Column("key", Text),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("interruptions", Integer, nullable=False, server_default="0"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("cancel_requested", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Column("timeout_seconds", Float),
    Column("worker", Text),
    Index("ix_jobs_status", "status"),
    Index("ix_jobs_created_at_id", "created_at", "id"),
    Index(
        "ux_jobs_active_key",
        "key",
        unique=True,
        sqlite_where=is_active,
        postgresql_where=is_active,
    ),
)


class JobCursor(NamedTuple):
    """The position of the last job of a page."""

    created_at: datetime
    id: str

    def encode(self) -> str:
        """Return the cursor as URL-safe text."""
        text = json.dumps([self.created_at.isoformat(), self.id])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> JobCursor:
        """Parse the text returned by `encode`. Raises `InvalidCursorError`."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            created_at, job_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            moment = datetime.fromisoformat(created_at).astimezone(UTC)
        except (
            binascii.Error,
            OverflowError,
            RecursionError,
            TypeError,
            ValueError,
        ) as error:
            raise InvalidCursorError from error
        if not isinstance(job_id, str) or not job_id.isascii():
            raise InvalidCursorError
        return cls(moment, storable(job_id))


async def insert_job(connection: AsyncConnection, job: Job) -> None:
    """Insert `job` within a transaction of the caller. Its key must be its own."""
    await connection.execute(sa.insert(jobs).values(_to_row(job)))


class JobStore:
    """Persists jobs; every call is one transaction.

    Writes are fenced: they change a record only while it still has the state and the attempt of the
    job they are based on, so that a process that lost a job can no longer change it. All methods
    raise `DatabaseError` if the database cannot be used; its schema must be up to date.
    """

    def __init__(self, database: db.Database) -> None:
        """Create a store; nothing is read yet."""
        self._database = database

    async def insert(self, job: Job) -> Job:
        """Insert `job` durably, or return the active job with the same key."""
        async with self._database.write() as connection:
            # Not the count of rows: the driver of PostgreSQL gives none for such an insert.
            statement = (
                db.insert(connection, jobs)
                .on_conflict_do_nothing(index_elements=["key"], index_where=is_active)
                .returning(jobs.c.id)
            )
            while True:
                if await connection.scalar(statement, _to_row(job)) is not None:
                    return job
                holder = await self._holder_of(connection, job.key)
                if holder is not None:
                    return holder

    async def get(self, job_id: str) -> Job:
        """Return the record of a job. Raises `JobNotFoundError`."""
        async with self._database.read() as connection:
            found = sa.select(jobs).where(jobs.c.id == storable(job_id))
            row = (await connection.execute(found)).mappings().first()
        if row is None:
            raise JobNotFoundError(job_id)
        return _to_job(row)

    async def list(
        self,
        *,
        kind: str | None = None,
        status: JobStatus | None = None,
        matching: JobFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> JobPage:
        """Return a page of records, newest first. Raises `InvalidCursorError`."""
        wanted = _matching(kind, status)
        if matching is not None:
            wanted.append(_is_selected(matching))
        key = (jobs.c.created_at, jobs.c.id)
        page = sa.select(jobs).where(*wanted)
        if cursor is not None:
            page = page.where(sa.tuple_(*key) < sa.tuple_(*JobCursor.decode(cursor)))
        page = page.order_by(*(column.desc() for column in key)).limit(limit + 1)
        async with self._database.read() as connection:
            count = sa.select(sa.func.count()).select_from(jobs).where(*wanted)
            total = (await connection.execute(count)).scalar_one()
            found = [_to_job(row) for row in (await connection.execute(page)).mappings()]
        items = found[:limit]
        more = len(found) > limit and items
        last = JobCursor(items[-1].created_at, items[-1].id).encode() if more else None
        return JobPage(items, last, total)

    async def active(self) -> Sequence[Job]:
        """Return all records that have not ended, oldest first."""
        query = sa.select(jobs).where(is_active).order_by(jobs.c.created_at, jobs.c.id)
        async with self._database.read() as connection:
            return [_to_job(row) for row in (await connection.execute(query)).mappings()]

    async def move(self, old: Job, new: Job) -> bool:
        """Change `old` to `new`; return False without any change if `old` is outdated.

        Raises `IllegalTransitionError`. A stored cancellation request is preserved. Final states
        are durable.
        """
        check_move(old.status, new.status)
        row = _to_row(new)
        values = {name: row[name] for name in _TRANSITION_COLUMNS}
        if new.cancel_requested:
            values["cancel_requested"] = True
        statement = sa.update(jobs).where(*_fence(old)).values(values)
        async with self._database.write(durable=new.status.is_final) as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def save_progress(self, running: Sequence[Job]) -> None:
        """Store progress and partial results of jobs that still have this state and attempt."""
        if not running:
            return
        async with self._database.write(durable=False) as connection:
            for job in running:
                await connection.execute(_update_of_progress(job))

    async def save_result(self, running: Job) -> None:
        """Store progress and partial result of a job durably, if it has this state and attempt."""
        async with self._database.write() as connection:
            await connection.execute(_update_of_progress(running))

    async def may_commit(self, job: Job) -> bool:
        """Return whether the attempt of `job` is on, and nobody has asked it to stop."""
        mine = sa.select(jobs.c.cancel_requested).where(*is_of_attempt(job.id, job.attempt))
        async with self._database.write(durable=False) as connection:
            return await connection.scalar(mine.with_for_update()) is False

    async def release_held(self) -> None:
        """End the attempts of jobs that were paused or held back when their process died."""
        held = jobs.c.status.in_((JobStatus.QUEUED, JobStatus.PAUSED)) & jobs.c.worker.is_not(None)
        async with self._database.write(durable=False) as connection:
            await connection.execute(
                sa.update(jobs).where(held).values(worker=None, started_at=None)
            )

    async def reorder(self, job_id: str, place: QueuePlace | Before) -> Mapping[str, int]:
        """Change the order of queued jobs; return the priorities that have changed, by id.

        Raises `JobNotFoundError`, `JobNotWaitingError`, `JobOrderError`.
        """
        async with self._database.write() as connection:
            moved = await _waiting(connection, job_id)
            queued = sa.select(jobs).where(
                jobs.c.kind == moved.kind, jobs.c.status == JobStatus.QUEUED
            )
            rows = (await connection.execute(queued)).mappings()
            # Jobs for idle hours have an order of their own, behind all others.
            same = (job for row in rows if _are_alike(job := _to_job(row), moved))
            waiting = sorted(same, key=turn)
            others = [job.id for job in waiting if job.id != moved.id]
            before = others[0] if place is QueuePlace.FIRST and others else None
            if isinstance(place, Before):
                other = await _waiting(connection, place.job_id)
                if other.kind != moved.kind or not _are_alike(other, moved):
                    raise JobOrderError(other.id, moved.id, same_kind=other.kind == moved.kind)
                if other.id == moved.id:
                    return {}
                before = other.id
            changed = priorities_of(waiting, moved.id, before)
            for one, priority in changed.items():
                update = sa.update(jobs).where(jobs.c.id == one)
                await connection.execute(update.values(priority=priority))
        return changed

    async def request_cancel(self, job: Job) -> bool:
        """Store a cancellation request; return False if `job` is outdated."""
        statement = sa.update(jobs).where(*_fence(job)).values(cancel_requested=True)
        async with self._database.write() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def delete(self, job_id: str) -> None:
        """Delete a finished job. Raises `JobNotFoundError`, `JobActiveError`."""
        async with self._database.write() as connection:
            query = sa.select(jobs.c.status).where(jobs.c.id == storable(job_id))
            status = (await connection.execute(query)).scalar_one_or_none()
            if status is None:
                raise JobNotFoundError(job_id)
            if not JobStatus(status).is_final:
                raise JobActiveError(job_id, status)
            await connection.execute(sa.delete(jobs).where(jobs.c.id == job_id))

    async def delete_finished(
        self,
        *,
        before: datetime | None = None,
        kind: str | None = None,
        status: JobStatus | None = None,
    ) -> int:
        """Delete all finished jobs that match the arguments; return how many."""
        # Only finished jobs have a finish time.
        wanted = [jobs.c.finished_at.is_not(None), *_matching(kind, status)]
        if before is not None:
            wanted.append(jobs.c.finished_at < before)
        async with self._database.write(durable=before is None) as connection:
            return (await connection.execute(sa.delete(jobs).where(*wanted))).rowcount

    async def _holder_of(self, connection: AsyncConnection, key: str | None) -> Job | None:
        query = sa.select(jobs).where(jobs.c.key == key, is_active)
        row = (await connection.execute(query)).mappings().first()
        return None if row is None else _to_job(row)


async def _waiting(connection: AsyncConnection, job_id: str) -> Job:
    found = sa.select(jobs).where(jobs.c.id == storable(job_id))
    row = (await connection.execute(found)).mappings().first()
    if row is None:
        raise JobNotFoundError(job_id)
    job = _to_job(row)
    if job.status is not JobStatus.QUEUED:
        raise JobNotWaitingError(job.id, job.status)
    return job


def _are_alike(one: Job, other: Job) -> bool:
    """Return whether both jobs, or neither, are for idle hours."""
    return one.is_for_idle_hours is other.is_for_idle_hours


_TRANSITION_COLUMNS = (
    "status progress result error attempt interruptions revision started_at finished_at worker"
).split()
"""The columns that a transition changes; of the others, only the priority changes at all."""


def _update_of_progress(job: Job) -> sa.Update:
    row = _to_row(job)
    values = {name: row[name] for name in ("progress", "result")}
    return sa.update(jobs).where(*_fence(job)).values(values)


def _fence(job: Job) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        jobs.c.id == job.id,
        jobs.c.status == job.status,
        jobs.c.attempt == job.attempt,
    )


def is_of_attempt(
    job_id: str | sa.BindParameter[str], attempt: int | sa.BindParameter[int]
) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions that this attempt of a job is on.

    A paused job whose handler waits has its worker still; one that was put back has none.
    """
    is_on = (jobs.c.attempt == attempt) & is_active & jobs.c.worker.is_not(None)
    return (jobs.c.id == job_id, is_on)


def active_ids() -> sa.Select[tuple[str]]:
    """Return the query of the ids of all jobs that have not ended."""
    return sa.select(jobs.c.id).where(is_active)


def _matching(kind: str | None, status: JobStatus | None) -> list[sa.ColumnElement[bool]]:
    wanted = ((jobs.c.kind, kind and storable(kind)), (jobs.c.status, status))
    return [column == value for column, value in wanted if value is not None]


def _is_selected(wanted: JobFilter) -> sa.ColumnElement[bool]:
    # Quoted as in JSON, so that no other id matches.
    named = sa.cast(jobs.c.params, sa.Text).contains(f'"{wanted.video}"', autoescape=True)
    seen = jobs.c.finished_at.is_(None) | (jobs.c.finished_at >= wanted.since)
    return seen & (jobs.c.key.in_(wanted.keys) | named)


def _to_row(job: Job) -> dict[str, Any]:
    row = {name: getattr(job, name) for name in jobs.c.keys()}  # noqa: SIM118  columns, no dict
    progress = asdict(job.progress)
    row["status"] = str(job.status)
    row["progress"] = {name: value for name, value in progress.items() if value is not None}
    return row


def _to_job(row: sa.RowMapping) -> Job:
    values = dict(row)
    values["status"] = JobStatus(values["status"])
    values["progress"] = Progress(**values["progress"])
    return Job(**values)
