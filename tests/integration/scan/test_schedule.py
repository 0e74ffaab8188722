"""Scans of all roots that were scanned before, at the times of a schedule."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.cron import CronTimes
from stoat_ferret.library.scanned_folders import whole_scans
from stoat_ferret.library.tables import scanned_folders
from stoat_ferret.scan.schedule import LONGEST_WAIT_SECONDS, ScanSchedule

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.jobs.job import Job
    from stoat_ferret.library.video import Root


async def _ended(services: Services, job: Job) -> None:
    with services.queue.subscribe() as snapshots:
        if (await services.queue.get(job.id)).status.is_final:
            return
        async for snapshot in snapshots:
            if snapshot.id == job.id and snapshot.status.is_final:
                return


async def test_what_was_missed_is_scanned_at_the_start(tmp_path: Path) -> None:
    roots = tuple(tmp_path / name for name in ("late", "fresh", "new"))
    for root in roots:
        (root / "sub").mkdir(parents=True)
    unscheduled = load_settings(roots=roots, data_dir=tmp_path, shutdown_grace_seconds=0)
    settings = unscheduled.model_copy(update={"scan_schedule": "0 3 1 1 *"})
    async with open_services(unscheduled) as services:
        await _ended(services, await services.submit_scan(str(roots[2] / "sub")))
        for root in roots[:2]:
            await _ended(services, await services.submit_scan(str(root)))
        late = services.roots[0].id
        assert set(await whole_scans(services.database)) == {late, services.roots[1].id}
        before = datetime.now(UTC) - timedelta(days=1000)
        async with services.database.write() as connection:
            await connection.execute(
                sa.update(scanned_folders)
                .where(scanned_folders.c.root_id == late)
                .values(scanned_at=before)
            )
    async with open_services(settings) as services:
        with services.queue.subscribe() as snapshots:
            async for snapshot in snapshots:
                if snapshot.status.is_final:
                    break
        assert snapshot.params["root"] == "late"
        assert (await whole_scans(services.database))[late] > before + timedelta(days=2)
    async with open_services(settings) as services:
        assert (await services.queue.list(kind="scan")).total == 4


async def test_scans_follow_each_time_once_even_if_it_was_slept_through(tmp_path: Path) -> None:
    roots = (tmp_path / "films", tmp_path / "new")
    for root in roots:
        root.mkdir()
    settings = load_settings(roots=roots, data_dir=tmp_path, shutdown_grace_seconds=0)
    async with open_services(settings) as services:
        await _ended(services, await services.submit_scan(str(roots[0])))
        now = [datetime(2099, 1, 1, 12, 0, 30, tzinfo=UTC)]
        submitted: list[tuple[str, str]] = []
        waits: list[float] = []
        done = asyncio.Event()

        async def submit(root: Root) -> None:
            submitted.append((root.name, f"{now[0]:%d %H:%M:%S}"))
            if len(submitted) == 4:
                done.set()
                await asyncio.Event().wait()

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(0)
            waits.append(seconds)
            # The machine sleeps for days after the second scan.
            slept = timedelta(days=3) if len(submitted) == 2 else timedelta(seconds=seconds)
            now[0] += slept

        schedule = ScanSchedule(
            CronTimes("* * * * *"),
            services.roots,
            partial(whole_scans, services.database),
            submit,
            lambda: now[0],
            sleep,
        )
        running = asyncio.ensure_future(schedule.run())
        await done.wait()
        running.cancel()
    assert submitted == [
        ("films", "01 12:00:30"),  # missed
        ("films", "01 12:01:00"),
        ("films", "04 12:01:00"),
        ("films", "04 12:02:00"),
    ]
    assert max(waits) <= LONGEST_WAIT_SECONDS
