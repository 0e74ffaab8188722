"""An attempt that is over can neither save nor flag, publish nor end anything."""

from __future__ import annotations

import asyncio
import random
import shutil
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import sqlalchemy as sa
from tests.examples import examples
from tests.integration.jobs.fenced_attempts import AttemptedJob, fenced
from tests.integration.library.scans import PROBE_VERSION, open_inventory, scanned
from tests.unit.jobs.controlled_handler import ControlledHandler

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import NoLongerMineError
from stoat_ferret.jobs.fence import Fence
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.lifecycle import put_back
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import JobStore, jobs
from stoat_ferret.library.bulk_edits import BulkEdits
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.library.recipes import MadeFile, RecipeBook
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import found_files, inventories, videos
from stoat_ferret.library.undo import UndoLog
from stoat_ferret.library.video import FoundFile
from stoat_ferret.library.video_paths import flag_gone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.integration.jobs.conftest import Backend

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.library.video import Root

PATIENCE_SECONDS = 60

written = sa.Table(
    "written_by_attempts",
    sa.MetaData(),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("attempt", sa.Integer, nullable=False),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Any:
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path / "library.db")
        return sqlite_url(tmp_path / "library.db")
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
async def database(url: Any) -> AsyncIterator[Database]:
    database = Database(url)
    yield database
    await database.aclose()


@pytest.fixture
async def root(database: Database) -> Root:
    return (await VideoRepository(database).ensure_roots(["/films"]))[0]


async def state_of(database: Database) -> dict[str, list[Any]]:
    """Return what handlers write."""
    tables = (videos, found_files, inventories)
    async with database.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in await connection.execute(
                    sa.select(table).order_by(*table.primary_key.columns)
                )
            ]
            for table in tables
        }


def _file(name: str = "a.mp4") -> FoundFile:
    return FoundFile(name, 1, 1)


async def test_a_scan_that_another_attempt_does_changes_nothing(
    database: Database, root: Root
) -> None:
    async with open_inventory(database, root) as before:
        await before.save([scanned(_file("gone.mp4"), "1:gone")])
    attempts = await AttemptedJob.submit(database)
    mine = fenced(database, await attempts.claim())
    async with open_inventory(mine, root) as zombie:
        await zombie.add([_file("b.mp4")])
        assert (await zombie.compare()).vanished == 1
        await attempts.claim()
        state = await state_of(database)
        for writing in (
            zombie.add([_file("new.mp4")]),
            zombie.protect("folder"),
            zombie.compare(),
            zombie.save([scanned(_file("new.mp4"), "x")]),
            zombie.save_thumbnails({"1:gone": 2}),
            zombie.set_fingerprints({"b.mp4": "1:b"}),
            zombie.mark_missing(),
            zombie.remember_scan(),
        ):
            with pytest.raises(NoLongerMineError, match="another attempt has been started"):
                await writing
        assert await state_of(database) == state
    assert not (await state_of(database))["inventories"], "it takes its own rows with it"


async def test_an_attempt_that_is_over_does_not_touch_the_inventory_of_the_next(
    database: Database, root: Root
) -> None:
    attempts = await AttemptedJob.submit(database)
    old = fenced(database, await attempts.claim())
    new = fenced(database, await attempts.claim())

    def scan_in(database: Database) -> Any:
        return Inventory.open(
            database,
            scan_id=attempts.job.id,
            root=root,
            folder="",
            recursive=True,
            force=False,
            probe_version=PROBE_VERSION,
        )

    async with scan_in(new) as inventory:
        await inventory.add([_file()])
        with pytest.raises(NoLongerMineError):
            async with scan_in(old):
                raise AssertionError("it was opened")
        assert (await inventory.compare()).found == 1


async def test_no_other_handler_changes_anything_when_its_attempt_is_over(
    database: Database, root: Root
) -> None:
    async with open_inventory(database, root) as scan:
        await scan.save([scanned(_file(), "1:a")])
    attempts = await AttemptedJob.submit(database)
    mine = fenced(database, await attempts.claim())
    undo = await UndoLog(database).find((await BulkEdits(database).start(_no_change())).token)
    await attempts.end(JobStatus.CANCELLED)
    state = await state_of(database)
    made = MadeFile(root, scanned(_file("made.mp4"), "1:made"), {})
    for writing in (
        RecipeBook(mine).add([made], job_id=attempts.job.id),
        PictureVersions(mine).set_storyboard("1:a", 1),
        PictureVersions(mine).set_storyboard_of(1, -1),
        flag_gone(mine, root.id, ["a.mp4"]),
        BulkEdits(mine).skip(undo.number),
        UndoLog(mine).set_job(undo.number, attempts.job.id),
    ):
        with pytest.raises(NoLongerMineError):
            await writing
    assert await state_of(database) == state


def _no_change() -> Any:
    from stoat_ferret.library.annotations import VideoEdit
    from stoat_ferret.library.bulk_edits import BulkChange

    return BulkChange(VideoEdit(rating=3))


async def test_a_paused_job_that_waits_may_write_and_one_that_was_put_back_may_not(
    database: Database,
) -> None:
    attempts = await AttemptedJob.submit(database)
    mine = fenced(database, await attempts.claim())
    for status in (JobStatus.PAUSED, JobStatus.QUEUED):
        await attempts.move(replace(attempts.job, status=status))
        async with mine.write():
            pass
        await attempts.move(replace(attempts.job, status=JobStatus.RUNNING))
    await attempts.move(put_back(attempts.job, JobStatus.PAUSED))
    with pytest.raises(NoLongerMineError):
        async with mine.write():
            raise AssertionError("it was open")


async def test_whatever_happens_in_whatever_order(database: Database) -> None:
    """A model knows which attempt is on; the database must agree after each step."""
    for seed in range(examples(3)):
        await _Story(database, random.Random(seed)).run()  # noqa: S311  no secret


class _Story:
    """A job whose attempts are claimed, put back and ended, while all of them go on."""

    def __init__(self, database: Database, choices: random.Random) -> None:
        self._database = database
        self._choices = choices
        self._store = JobStore(database)
        self._claimed: list[Job] = []
        self._is_on = False
        self._is_cancelled = False

    async def run(self) -> None:
        self._attempts = await AttemptedJob.submit(self._database)
        for _ in range(25):
            step = self._choices.choice(
                [self.claim, self.put_back, self.cancel, self.write, self.write, self.commit]
            )
            if not self._attempts.job.status.is_final:
                await step()
        await self.end()

    async def claim(self) -> None:
        self._claimed.append(await self._attempts.claim())
        self._is_on = True

    async def put_back(self) -> None:
        if self._is_on:
            await self._attempts.move(put_back(self._attempts.job))
            self._is_on = False

    async def cancel(self) -> None:
        self._is_cancelled |= await self._store.request_cancel(self._attempts.job)

    def _any(self) -> tuple[Job, bool] | None:
        if not self._claimed:
            return None
        job = self._choices.choice(self._claimed)
        return job, self._is_on and job is self._claimed[-1]

    async def write(self) -> None:
        if chosen := self._any():
            job, may_write = chosen
            assert await _is_let_through(fenced(self._database, job)) == may_write

    async def commit(self) -> None:
        if chosen := self._any():
            job, may_write = chosen
            expected = may_write and not self._is_cancelled
            assert await self._store.may_commit(job) == expected

    async def end(self) -> None:
        for job in self._choices.sample(self._claimed, len(self._claimed)):
            ends = self._is_on and job is self._claimed[-1]
            done = replace(job, status=JobStatus.SUCCEEDED, finished_at=datetime.now(UTC))
            assert await self._store.move(job, done) == ends
        for job in self._claimed:
            assert not await _is_let_through(fenced(self._database, job)) or not self._is_on


async def _is_let_through(database: Database) -> bool:
    try:
        async with database.write(durable=False):
            return True
    except NoLongerMineError:
        return False


async def test_no_write_of_an_attempt_follows_one_of_the_next(url: Any, database: Database) -> None:
    """Each attempt has connections of its own, and goes on until it is refused."""
    async with database.write() as connection:
        await connection.run_sync(written.create)
    attempts = await AttemptedJob.submit(database)
    choices = random.Random(1)  # noqa: S311  no secret
    writing, newest = asyncio.Event(), list[tuple[int, int | None]]()

    async def go_on(mine: Database, attempt: int) -> None:
        while await _is_written(mine, attempt):  # noqa: ASYNC110  it writes, it does not wait
            await asyncio.sleep(choices.random() / 200)

    async def _is_written(mine: Database, attempt: int) -> bool:
        try:
            async with mine.write(durable=False) as connection:
                writing.set()
                await asyncio.sleep(choices.random() / 10)
                await connection.execute(sa.insert(written).values(attempt=attempt))
                newest.append((attempt, await connection.scalar(sa.select(jobs.c.attempt))))
        except NoLongerMineError:
            return False
        return True

    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.aclose)
        with anyio.fail_after(PATIENCE_SECONDS):
            async with asyncio.TaskGroup() as tasks:
                for _ in range(6):
                    own = Database(url)
                    stack.push_async_callback(own.aclose)
                    job = await attempts.claim()
                    writing.clear()
                    tasks.create_task(go_on(fenced(own, job), job.attempt))
                    # The next one is claimed in the middle of a write.
                    await writing.wait()
                await attempts.end(JobStatus.CANCELLED)
        async with database.read() as connection:
            order = sa.select(written.c.attempt).order_by(written.c.number)
            found = list(await connection.scalars(order))
    assert found == sorted(found)
    assert set(found) == set(range(1, 7))
    assert all(mine == stored for mine, stored in newest), "it was taken away in a transaction"


async def test_a_handler_passes_the_point_of_no_return_unless_it_should_stop(
    open_queue: Backend,
) -> None:
    handler, committing = ControlledHandler(stubborn=True), asyncio.Queue[asyncio.Task[None]]()

    def commit(context: JobContext) -> None:
        committing.put_nowait(asyncio.create_task(context.commit()))

    async with open_queue({"render": JobRunner(handler)}) as queue:
        job = await queue.submit("render", {})
        with anyio.fail_after(PATIENCE_SECONDS):
            await handler.until_running(job.id)
            assert handler.contexts[job.id].fence == Fence(job.id, 1)
            handler.tell(job.id, commit)
            await (await committing.get())
            await queue.cancel(job.id)
            handler.tell(job.id, commit)
            with pytest.raises(NoLongerMineError):
                await (await committing.get())
        handler.end(job.id)


async def test_a_queue_that_takes_over_ends_the_attempts_that_waited(database: Database) -> None:
    attempts = await AttemptedJob.submit(database)
    mine = fenced(database, await attempts.claim())
    await attempts.move(replace(attempts.job, status=JobStatus.PAUSED))
    await JobStore(database).release_held()
    with pytest.raises(NoLongerMineError):
        async with mine.write():
            raise AssertionError("it was open")
    async with database.read() as connection:
        row = (await connection.execute(sa.select(jobs.c.status, jobs.c.worker))).one()
    assert tuple(row) == ("paused", None)
