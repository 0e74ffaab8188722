"""Stored jobs come back unchanged, and only the process that holds a job can change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.jobs.fake_clock import NEW_YEAR

from stoat_ferret.errors import (
    DatabaseError,
    IllegalTransitionError,
    InvalidCursorError,
    JobActiveError,
    JobNotFoundError,
)
from stoat_ferret.jobs.job import Job, JobStatus, Progress
from stoat_ferret.jobs.queue import JobFilter
from stoat_ferret.jobs.store import JobStore, jobs

if TYPE_CHECKING:
    from stoat_ferret.database import Database

JSON = st.dictionaries(
    st.text(st.characters(exclude_categories=())),
    st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=())) | st.none(),
)


def _job(name: str, *, age: float = 0, status: JobStatus = JobStatus.QUEUED, **more: object) -> Job:
    values = {"kind": "scan", "params": {}, **more}
    created_at = NEW_YEAR - timedelta(seconds=age)
    return Job(id=name, created_at=created_at, status=status, **values)  # type: ignore[arg-type]  # any facts


def _run(job: Job) -> Job:
    return replace(job, status=JobStatus.RUNNING, attempt=job.attempt + 1, started_at=NEW_YEAR)


def _end(job: Job, status: JobStatus = JobStatus.SUCCEEDED) -> Job:
    return replace(job, status=status, finished_at=NEW_YEAR)


@given(params=JSON, result=JSON | st.none())
@settings(
    max_examples=30,
    # Each example empties the table.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_a_record_comes_back_as_it_went(
    database: Database, params: dict[str, object], result: dict[str, object] | None
) -> None:
    job = _job(
        "1",
        status=JobStatus.RUNNING,
        params=params,
        result=result,
        progress=Progress(fraction=0.5, done=1, total=2, unit="files", phase="probing"),
        error="It is so.",
        key="scan:films",
        priority=3,
        attempt=2,
        interruptions=1,
        cancel_requested=True,
        started_at=datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))),
        timeout_seconds=2.5,
        worker="here:1",
    )
    async with database.write() as connection:
        await connection.execute(jobs.delete())
    store = JobStore(database)
    await store.insert(job)
    kept = await store.get("1")
    assert kept == job
    assert kept.started_at is not None
    assert kept.started_at.tzinfo is UTC


async def test_a_key_is_held_by_one_active_job(store: JobStore) -> None:
    first = _job("1", key="films")
    assert await store.insert(first) == first
    assert await store.insert(_job("2", key="films")) == first
    assert await store.insert(_job("3", key="series")) != first
    await store.move(first, running := _run(first))
    assert (await store.insert(_job("4", key="films"))).id == "1"
    await store.move(running, _end(running))
    assert (await store.insert(_job("5", key="films"))).id == "5"


async def test_many_at_once_with_one_key_are_one_job(store: JobStore) -> None:
    kept: set[str] = set()

    async def insert(name: int) -> None:
        kept.add((await store.insert(_job(str(name), key="films"))).id)

    async with anyio.create_task_group() as group:
        for name in range(10):
            group.start_soon(insert, name)
    assert len(kept) == 1
    assert (await store.list()).total == 1


async def test_the_index_refuses_a_second_holder_of_a_key(database: Database) -> None:
    async def put(name: str, status: JobStatus) -> None:
        row = {"id": name, "kind": "scan", "params": {}, "progress": {}, "created_at": NEW_YEAR}
        async with database.write() as connection:
            await connection.execute(jobs.insert(), {**row, "key": "films", "status": status})

    await put("1", JobStatus.RUNNING)
    await put("2", JobStatus.SUCCEEDED)
    with pytest.raises(DatabaseError):
        await put("3", JobStatus.QUEUED)


async def test_only_what_is_kept_can_be_moved(store: JobStore) -> None:
    queued = await store.insert(_job("1"))
    first = _run(queued)
    assert await store.move(queued, first)
    assert not await store.move(queued, first)
    second = _run(again := replace(first, status=JobStatus.QUEUED))
    assert await store.move(first, again)
    assert await store.move(again, second)
    assert not await store.move(first, _end(first))
    await store.save_progress([replace(first, progress=Progress(fraction=1.0))])
    assert not await store.request_cancel(first)
    assert await store.get("1") == second


async def test_no_move_that_is_not_legal(store: JobStore) -> None:
    running = _run(await store.insert(_job("1")))
    with pytest.raises(IllegalTransitionError):
        await store.move(_end(running), running)


async def test_a_request_to_cancel_outlives_a_move_that_does_not_know_it(
    store: JobStore,
) -> None:
    queued = await store.insert(_job("1"))
    assert await store.request_cancel(queued)
    assert await store.move(queued, _run(queued))
    assert (await store.get("1")).cancel_requested


async def test_progress_is_kept_for_those_that_run(store: JobStore) -> None:
    queued = await store.insert(_job("1"))
    await store.move(queued, running := _run(queued))
    told = replace(running, progress=Progress(fraction=0.5), result={"found": 1})
    await store.save_progress([told])
    assert await store.get("1") == told
    ended = _end(told)
    await store.move(running, ended)
    await store.save_progress([replace(told, progress=Progress(fraction=0.6))])
    assert await store.get("1") == ended


async def test_the_active_are_listed_oldest_first(store: JobStore) -> None:
    for name, age in (("1", 1), ("2", 3), ("3", 2)):
        await store.insert(_job(name, age=age))
    await store.move(job := await store.get("3"), _end(job, JobStatus.CANCELLED))
    await store.move(job := await store.get("2"), _run(job))
    assert [job.id for job in await store.active()] == ["2", "1"]


@given(ages=st.lists(st.integers(0, 4), max_size=12), limit=st.integers(1, 5))
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_pages_give_every_job_once_newest_first(
    database: Database, ages: list[int], limit: int
) -> None:
    async with database.write() as connection:
        await connection.execute(jobs.delete())
    store = JobStore(database)
    for name, age in enumerate(ages):
        await store.insert(_job(f"{name:02}", age=age))
    seen: list[Job] = []
    page = await store.list(limit=limit)
    while True:
        assert page.total == len(ages)
        assert len(page.items) <= limit
        seen += page.items
        if page.next_cursor is None:
            break
        page = await store.list(limit=limit, cursor=page.next_cursor)
    assert seen == sorted(seen, key=lambda job: (job.created_at, job.id), reverse=True)
    assert len(seen) == len(ages)


async def test_a_list_holds_what_was_asked_for(store: JobStore) -> None:
    for name, kind in (("1", "scan"), ("2", "render"), ("3", "scan")):
        await store.insert(_job(name, kind=kind))
    await store.move(job := await store.get("3"), _run(job))
    scans = await store.list(kind="scan")
    assert ([job.id for job in scans.items], scans.total) == (["3", "1"], 2)
    queued_scans = await store.list(kind="scan", status=JobStatus.QUEUED)
    assert ([job.id for job in queued_scans.items], queued_scans.total) == (["1"], 1)
    with pytest.raises(InvalidCursorError):
        await store.list(cursor="nonsense")


async def test_only_what_has_ended_can_be_deleted(store: JobStore) -> None:
    with pytest.raises(JobNotFoundError):
        await store.delete("1")
    queued = await store.insert(_job("1"))
    with pytest.raises(JobActiveError):
        await store.delete("1")
    await store.move(queued, _end(queued, JobStatus.CANCELLED))
    await store.delete("1")
    with pytest.raises(JobNotFoundError):
        await store.get("1")


async def test_old_jobs_that_have_ended_go_and_no_others(store: JobStore) -> None:
    for name in "12":
        queued = await store.insert(_job(name))
        ended = _end(queued, JobStatus.CANCELLED)
        await store.move(queued, replace(ended, finished_at=NEW_YEAR + timedelta(days=int(name))))
    await store.insert(_job("3", age=1e6))
    assert await store.delete_finished(before=NEW_YEAR + timedelta(days=2)) == 1
    assert [job.id for job in (await store.list()).items] == ["2", "3"]


async def test_all_that_has_ended_goes_or_that_of_a_kind_or_state(store: JobStore) -> None:
    for name, kind, status in (
        ("1", "scan", JobStatus.CANCELLED),
        ("2", "scan", JobStatus.FAILED),
        ("3", "storyboard", JobStatus.CANCELLED),
        ("4", "storyboard", JobStatus.FAILED),
    ):
        queued = await store.insert(replace(_job(name), kind=kind))
        running = replace(queued, status=JobStatus.RUNNING)
        await store.move(queued, running)
        await store.move(running, _end(running, status))
    await store.insert(_job("5"))

    async def left() -> list[str]:
        return sorted(job.id for job in (await store.list()).items)

    assert await store.delete_finished(kind="scan", status=JobStatus.FAILED) == 1
    assert await left() == ["1", "3", "4", "5"]
    assert await store.delete_finished(status=JobStatus.CANCELLED) == 2
    assert await left() == ["4", "5"]
    assert await store.delete_finished() == 1
    assert await left() == ["5"]


async def test_a_list_holds_the_jobs_of_a_video(store: JobStore) -> None:
    named = {"video_ids": ["x", "7"], "name": "8"}
    await store.insert(_job("named", age=5, params=named))
    await store.insert(_job("inside", age=4, params={"clips": [{"video_id": "7"}]}))
    await store.insert(_job("longer", age=3, params={"video_ids": ["77"]}))
    await store.insert(_job("by key", age=2, key="scan:r:films:"))
    await store.insert(_job("other key", age=1, key="scan:r:films:old"))
    subject = JobFilter("7", NEW_YEAR, frozenset({"scan:r:films:", "scan:r:films:new"}))
    page = await store.list(matching=subject)
    assert [job.id for job in page.items] == ["by key", "inside", "named"]
    assert page.total == 3
    assert not (await store.list(matching=JobFilter("%", NEW_YEAR))).items
    ended = _end(_run(_job("by key", age=2, key="scan:r:films:")))
    assert await store.move(_job("by key"), _run(_job("by key")))
    assert await store.move(_run(_job("by key")), ended)
    assert (await store.list(matching=subject)).total == 3
    later = replace(subject, since=NEW_YEAR + timedelta(microseconds=1))
    assert (await store.list(matching=later)).total == 2
