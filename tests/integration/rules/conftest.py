"""A library with rules, and a queue whose storyboards and renders end when a test says so."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.integration.library.conftest import (  # noqa: F401  fixtures
    database,
    database_of_module,
    new_library,
)
from tests.integration.library.rows import save, video

from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.queue import JobContext, JobRunner
from stoat_ferret.jobs.store import JobStore
from stoat_ferret.library.recipes import MadeFile, RecipeBook
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import rule_runs, videos
from stoat_ferret.pictures.storyboard_job import STORYBOARD
from stoat_ferret.render.run.batch_job import RENDER_BATCH
from stoat_ferret.rules.definition import RuleDefinition
from stoat_ferret.rules.engine import RuleEngine
from stoat_ferret.rules.store import RuleStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root
    from stoat_ferret.rules.store import Rule


@dataclass
class RuleHarness:
    """The rules of a library, whose engine takes its steps when a test asks for them."""

    database: Database
    root: Root
    output: Root
    store: RuleStore
    queue: AsyncioJobQueue = field(init=False)
    engine: RuleEngine = field(init=False)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    fails: bool = False
    jobs: list[tuple[str, list[str]]] = field(default_factory=list)
    """The kind and the videos of each job that has begun."""

    @asynccontextmanager
    async def process(self) -> AsyncIterator[None]:
        """Run a queue and an engine as one process would; leaving puts unfinished jobs back."""
        kinds = {STORYBOARD.name: self.make_storyboards, RENDER_BATCH.name: self.render}
        runners = {name: JobRunner(handler) for name, handler in kinds.items()}
        store = JobStore(self.database)
        async with AsyncioJobQueue(runners, store, shutdown_grace_seconds=0) as self.queue:
            self.engine = RuleEngine(self.database, self.queue, self.output)
            yield

    async def add(self, when: str, actions: dict[str, Any], **more: Any) -> Rule:
        """Make a rule called after its trigger."""
        include_existing = more.pop("include_existing", False)
        definition = RuleDefinition.model_validate({"when": when, "actions": actions, **more})
        return await self.store.add(when, definition, include_existing=include_existing)

    async def save(self, path: str, **known: object) -> None:
        """Add or change a video, as a scan does."""
        await save(self.database, self.root, video(path, **known))

    async def settle(self) -> None:
        """Let the engine work until nothing is due and all jobs have ended."""
        while True:
            while await self.engine.step():
                pass
            with self.queue.subscribe() as snapshots:
                if not await JobStore(self.database).active():
                    if not await self.engine.step():
                        return
                    continue
                async for job in snapshots:
                    if job.status.is_final:
                        break

    async def tagged(self, name: str) -> list[str]:
        """Return the names of the videos with a tag."""
        found = await VideoRepository(self.database).find(_tagged(name))
        return [one.path for one in found.items]

    async def runs(self, rule: Rule) -> list[tuple[str, str]]:
        """Return the names and the states of all runs of a rule that people see."""
        page = await self.store.runs(rule.id, limit=500)
        return [(run.name or "", run.state) for run in reversed(page.items)]

    async def states(self) -> dict[str, int]:
        """Count all runs by state."""
        counted = sa.select(rule_runs.c.state, sa.func.count()).group_by(rule_runs.c.state)
        async with self.database.read() as connection:
            return {row[0]: row[1] for row in await connection.execute(counted)}

    async def make_storyboards(self, _: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        self.jobs.append((STORYBOARD.name, params["video_ids"]))
        await self.may_end.wait()
        return {"made": len(params["video_ids"]), "errors": []}

    async def render(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        self.jobs.append((RENDER_BATCH.name, params["video_ids"]))
        await self.may_end.wait()
        if self.fails:
            raise RuntimeError("planted")
        outputs = []
        for video_id in params["video_ids"]:
            path = f"{params.get('folder', '')}/{video_id}.mp4".removeprefix("/")
            made = MadeFile(self.output, video(path), {})
            (made_id,) = await RecipeBook(self.database).add([made], job_id=context.job_id)
            outputs.append({"video_id": made_id, "path": path, "source_id": video_id})
        return {"outputs": outputs, "errors": []}

    async def id_of(self, path: str) -> str:
        """Return the id of a video of the root."""
        mine = (videos.c.root_id == self.root.id) & (videos.c.path == os.fsencode(path))
        async with self.database.read() as connection:
            return str(await connection.scalar(sa.select(videos.c.id).where(mine)))


def _tagged(name: str) -> Any:
    from stoat_ferret.library.query import VideoQuery

    return VideoQuery(tags=frozenset({name}), limit=500)


@pytest.fixture
async def harness(database: Database) -> AsyncIterator[RuleHarness]:  # noqa: F811  a fixture
    """Return a harness in a running process, whose jobs may end at once."""
    root, output = await VideoRepository(database).ensure_roots(["/films", "/renders"])
    made = RuleHarness(database, root, output, RuleStore(database))
    made.may_end.set()
    async with made.process():
        yield made
