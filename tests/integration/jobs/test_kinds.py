"""The services of a server run each kind of job that they list."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anyio
import sqlalchemy as sa

from stoat_ferret.bootstrap import open_services, open_task_services
from stoat_ferret.config import load_settings
from stoat_ferret.job_kinds import JOB_KINDS
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.fence import FencedHandler
from stoat_ferret.library.tables import inventories
from stoat_ferret.pictures.storyboard_job import ThenStoryboards

if TYPE_CHECKING:
    from pathlib import Path


async def test_each_kind_that_is_listed_has_a_handler(tmp_path: Path) -> None:
    """A job of a kind without a handler raises `UnknownJobKindError`."""
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, shutdown_grace_seconds=0)
    async with open_services(settings) as services:
        for name in JOB_KINDS:
            assert (await services.queue.submit(name, {})).kind == name


async def test_no_handler_gets_a_database_in_which_an_old_attempt_can_write(
    tmp_path: Path,
) -> None:
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path)
    async with open_services(settings) as services:
        assert isinstance(services.queue, AsyncioJobQueue)
        handlers = {name: kind.handler for name, kind in services.queue._kinds.items()}
        scan = handlers["scan"]
        assert isinstance(scan, ThenStoryboards)
        handlers["scan"] = scan._scan
        assert {name: type(one) for name, one in handlers.items()} == dict.fromkeys(
            JOB_KINDS, FencedHandler
        )


async def test_the_server_removes_what_only_jobs_that_have_ended_have_left(tmp_path: Path) -> None:
    settings = load_settings(roots=(tmp_path,), data_dir=tmp_path, shutdown_grace_seconds=0)
    async with open_services(settings) as services:
        active = await services.queue.submit("scan", {"root": None})  # it fails, or waits
        await services.queue.pause(active.id)
        async with services.database.write() as connection:
            rows = [{"scan_id": active.id}, {"scan_id": "00000000-0000-7000-8000-000000000000"}]
            await connection.execute(sa.insert(inventories), rows)

    async def left() -> list[str]:
        async with services.database.read() as connection:
            return list(await connection.scalars(sa.select(inventories.c.scan_id)))

    async with open_task_services(settings, "stoat-ferret scan") as services:
        assert len(await left()) == 2, "a command that just starts removes nothing"
    async with open_services(settings) as services:
        with anyio.fail_after(30):
            while len(await left()) > 1:  # noqa: ASYNC110  nothing tells when it is done
                await asyncio.sleep(0.01)
        assert await left() == [active.id]
