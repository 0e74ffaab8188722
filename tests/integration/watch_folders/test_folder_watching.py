"""Changes become scan jobs: one at a time, and none that nobody needs."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips

from stoat_ferret.config import EXCLUDED_FOLDERS
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.queue import JobRunner
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.scanned_folders import remember_scanned
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.scan.ignore_rules import NameRules
from stoat_ferret.watch_folders import root_watcher
from stoat_ferret.watch_folders.folder_watches import FolderWatches
from stoat_ferret.watch_folders.folder_watching import FolderWatching
from stoat_ferret.watch_folders.watch_status import WatchOptions, WatchState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.library.video import Root

DEADLINE_SECONDS = 30.0
NAMES = NameRules(extensions=frozenset({"mp4"}), excluded_folders=EXCLUDED_FOLDERS)
OPTIONS = WatchOptions(names=NAMES, settle_seconds=0.2, root_seconds=0.2)


@dataclass
class Watched:
    """A root that is watched, and the scans that were begun, which end when they are let."""

    path: Path
    database: Database
    queue: AsyncioJobQueue
    root: Root
    watching: FolderWatching
    begun: list[dict[str, Any]]
    go_on: asyncio.Event
    errors: list[Exception]

    @property
    def state(self) -> WatchState:
        return self.watching.watch_of(self.root).status.state

    def seen(self, *, since: int) -> set[str]:
        """Return the folders of all scans from that number on."""
        return {folder for number in range(since, len(self.begun)) for folder in self.parts(number)}

    def parts(self, number: int) -> list[str]:
        return [part["folder"] for part in self.begun[number].get("parts", ())]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not condition():  # noqa: ASYNC110  threads and the disk set no event
            await asyncio.sleep(0.02)


@asynccontextmanager
async def watched(
    tmp_path: Path,
    migrated_file: Path,
    *,
    scanned: tuple[str, ...] = ("",),
    options: WatchOptions = OPTIONS,
) -> AsyncIterator[Watched]:
    """Watch the folder `root`, whose scans are recorded and do nothing."""
    path = tmp_path / "root"
    shutil.copy(migrated_file, tmp_path / "library.db")  # blocking-ok: a small file of a test
    database = Database(sqlite_url(tmp_path / "library.db"))
    begun: list[dict[str, Any]] = []
    go_on = asyncio.Event()
    go_on.set()
    errors: list[Exception] = []

    async def scan(_: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        begun.append(params)
        await go_on.wait()
        if errors:
            raise errors.pop()
        return {}

    try:
        (root,) = await VideoRepository(database).ensure_roots([str(path)])
        for folder in scanned:
            await remember_scanned(database, root.id, FolderPart(folder), datetime.now(UTC))
        async with AsyncioJobQueue({"scan": JobRunner(scan)}, JobStore(database)) as queue:
            watching = FolderWatching(database, queue, [root], options)
            async with watching:
                yield Watched(path, database, queue, root, watching, begun, go_on, errors)
    finally:
        await database.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    small_clips(tmp_path / "root" / "films", 1)
    return tmp_path / "root"


async def test_one_scan_at_a_time_and_none_is_forgotten(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file) as it:
        await until(lambda: it.state is WatchState.EVENTS and it.begun)
        assert it.begun[0]["folder"] == ""
        it.go_on.clear()
        small_clips(path / "a", 1)
        await until(lambda: len(it.begun) == 2)
        small_clips(path / "b", 1)
        small_clips(path / "c", 1)
        (path / "films" / "more.mp4").write_bytes(b"x")
        await asyncio.sleep(0)
        # They settle while the scan goes on, and wait for its end.
        await until(lambda: it.watching._roots[it.root.id]._waiting is not None)
        assert len(it.begun) == 2
        it.go_on.set()
        await until(lambda: it.seen(since=2) == {"b", "c", "films"})
        assert it.parts(1) == ["a"]


async def test_a_root_that_stays_is_not_scanned_anew_when_another_comes_or_goes(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file) as it:
        await until(lambda: it.state is WatchState.EVENTS and it.begun)
        small_clips(tmp_path / "other", 1)
        roots = [str(path), str(tmp_path / "other")]
        root, other = await VideoRepository(it.database).ensure_roots(roots)
        await remember_scanned(it.database, other.id, FolderPart(""), datetime.now(UTC))
        await it.watching.change([root, other], OPTIONS)
        await until(lambda: len(it.begun) == 2)
        assert it.begun[1]["root"] == other.name
        small_clips(path / "a", 1)
        await until(lambda: len(it.begun) == 3)
        await it.watching.change([root], OPTIONS)
        assert it.watching.watch_of(other).status.state is WatchState.OFF
        small_clips(path / "b", 1)
        await until(lambda: len(it.begun) == 4)
        assert [it.parts(number) for number in (2, 3)] == [["a"], ["b"]]
        await it.watching.change([root], None)
        assert it.state is WatchState.OFF


async def test_a_scan_that_fails_is_done_with_the_next_one(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file) as it:
        await until(lambda: it.state is WatchState.EVENTS and it.begun)
        it.errors.append(OSError("no luck"))
        small_clips(path / "a", 1)
        await until(lambda: len(it.begun) == 2)
        await until(lambda: it.watching._roots[it.root.id]._failed is not None)
        small_clips(path / "b", 1)
        await until(lambda: len(it.begun) == 3)
        assert it.parts(2) == ["a", "b"]
        small_clips(path / "c", 1)
        await until(lambda: len(it.begun) == 4)
        assert it.parts(3) == ["c"]


async def test_a_cancelled_scan_is_not_begun_again(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file) as it:
        await until(lambda: it.state is WatchState.EVENTS and it.begun)
        it.go_on.clear()
        small_clips(path / "a", 1)
        await until(lambda: len(it.begun) == 2)
        (job, _) = (await it.queue.list(kind="scan")).items
        await it.queue.cancel(job.id)
        small_clips(path / "b", 1)
        it.go_on.set()
        await until(lambda: len(it.begun) == 3)
        assert it.parts(2) == ["b"]


async def test_nothing_is_watched_before_it_was_scanned(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file, scanned=()) as it:
        assert it.state is WatchState.NOT_SCANNED
        assert await it.watching.check() == "1 never scanned"
        part = FolderPart("films")
        await remember_scanned(it.database, it.root.id, part, datetime.now(UTC))
        request = {"root": it.root.name, "folder": "films", "recursive": True, "force": False}
        await it.queue.submit("scan", request)
        await until(lambda: it.state is WatchState.EVENTS)
        assert await it.watching.check() == "1 watched"
        (path / "films" / "new.mp4").write_bytes(b"x")
        await until(lambda: len(it.begun) == 2)
        assert it.parts(1) == ["films"]


async def test_a_scanned_folder_that_is_not_there_is_not_missed_at_the_start(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file, scanned=("films", "unplugged/films")) as it:
        await until(lambda: it.begun)
        assert it.parts(0) == ["films"]
        small_clips(path / "unplugged" / "films", 1)
        await until(lambda: len(it.begun) == 2)
        assert it.parts(1) == ["unplugged/films"]


async def test_a_watcher_that_fails_is_started_again(
    path: Path, tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [RuntimeError("a fault of the program"), OSError(5, "Input/output error")]
    read = FolderWatches.read

    def fail_at_first(watches: FolderWatches) -> None:
        if failures:
            raise failures.pop()
        read(watches)

    monkeypatch.setattr(FolderWatches, "read", fail_at_first)
    monkeypatch.setattr(root_watcher, "_FIRST_RETRY_SECONDS", 0.1)
    async with watched(tmp_path, migrated_file) as it:
        for number in (1, 2):
            await until(lambda: it.state is WatchState.EVENTS)
            await until(lambda: len(it.begun) == number)  # noqa: B023  awaited here
            (path / "films" / f"{number}.mp4").write_bytes(b"x")
        await until(lambda: len(it.begun) >= 3)  # all of it, as something may have been missed
        assert all(params["folder"] == "" for params in it.begun)
        (path / "films" / "3.mp4").write_bytes(b"x")
        await until(lambda: it.parts(-1) == ["films"])


@pytest.mark.parametrize("always_poll", [False, True])
async def test_a_disk_that_hangs_does_not_hold_up_the_end(
    path: Path,
    tmp_path: Path,
    migrated_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    always_poll: bool,
) -> None:
    options = WatchOptions(names=NAMES, settle_seconds=0.2, always_poll=always_poll)
    hangs, answers = asyncio.Event(), os.pipe()
    loop = asyncio.get_running_loop()

    def hang(_: str) -> Any:
        loop.call_soon_threadsafe(hangs.set)
        os.read(answers[0], 1)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(root_watcher, "read_state", hang)
    try:
        async with watched(tmp_path, migrated_file, options=options) as it:
            await hangs.wait()
            assert it.state is WatchState.STARTING
            started = time.monotonic()
        assert time.monotonic() - started < DEADLINE_SECONDS
    finally:
        os.close(answers[1])  # the thread goes on, and ends


async def test_watching_is_turned_off_and_on_while_the_server_runs(
    path: Path, tmp_path: Path, migrated_file: Path
) -> None:
    async with watched(tmp_path, migrated_file) as folder:
        await until(lambda: folder.state is WatchState.EVENTS and folder.begun)
        await folder.watching.change([folder.root], None)
        assert folder.state is WatchState.OFF
        small_clips(path / "meanwhile", 1)
        begun = len(folder.begun)
        await folder.watching.change([folder.root], OPTIONS)
        await until(lambda: len(folder.begun) > begun)
        assert folder.begun[begun]["folder"] == ""
        await folder.watching.change([], OPTIONS)
        assert folder.state is WatchState.OFF
