"""A library with clips in it, and the services that render from it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from tests.clips import make_clip

from stoat_ferret.bootstrap import Services, open_services
from stoat_ferret.config import Settings, load_settings
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.render.request.request import RenderRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from stoat_ferret.jobs.job import Job

DEADLINE_SECONDS = 100.0


@dataclass(frozen=True)
class RenderHarness:
    """Services over a root with two clips, `short` and `long`, which has 200 s."""

    services: Services
    folder: Path
    short: str
    long: str

    @property
    def renders(self) -> Path:
        """The output folder."""
        return self.services.settings.renders_dir

    @property
    def left(self) -> list[str]:
        """The names of everything in the output folder, hidden or not."""
        return sorted(path.name for path in self.renders.iterdir())

    def request(self, video_id: str | None = None, **more: Any) -> RenderRequest:
        """Return a small, fast render of a second of the short clip, or of all of another one."""
        clip = {"video_id": video_id or self.short}
        if video_id is None:
            clip |= {"start_seconds": 0.5, "end_seconds": 1.5}  # type: ignore[dict-item]  # a JSON object
        document = {
            "preset": "web-720p",
            "clips": [clip],
            "name": "holiday",
            "options": {"effort": "draft"},
        }
        return RenderRequest.from_params({**document, **more})

    async def render(self, request: RenderRequest) -> Job:
        """Submit a request; return the job after it has ended."""
        return await self.ended((await self.services.submit_render(request)).id)

    async def render_until(self, condition: Callable[[Job], bool]) -> Job:
        """Render the long clip; return the job when `condition` holds."""
        job = await self.services.submit_render(self.request(self.long))
        return await self.until(job.id, condition)

    async def ended(self, job_id: str) -> Job:
        """Return the job after it has ended."""
        return await self.until(job_id, lambda job: job.status.is_final)

    async def empties(self) -> bool:
        """Return whether the output folder is empty, if need be after a while.

        The handler of a stopped job is abandoned if it needs longer to clean up than such a job may
        take to end.
        """
        end = anyio.current_time() + DEADLINE_SECONDS
        while self.left and anyio.current_time() < end:  # noqa: ASYNC110  a folder has no event
            await anyio.sleep(0.05)
        return not self.left

    async def until(self, job_id: str, condition: Callable[[Job], bool]) -> Job:
        """Return the job when `condition` holds."""
        return await job_until(self.services, job_id, condition)


@asynccontextmanager
async def open_harness(folder: Path, **settings: Any) -> AsyncIterator[RenderHarness]:
    """Open a harness in `folder`, its clips scanned.

    Files are read by ffprobe unless `settings` names another prober: a worker process takes many
    times as long to start.
    """
    root = folder / "films"
    if not root.exists():
        root.mkdir(parents=True)
        (root / "short.mp4").write_bytes(make_clip("small-0.mp4").read_bytes())
        (root / "long.mp4").write_bytes(make_clip("long.mp4").read_bytes())
    async with open_services(harness_settings(folder, **settings)) as services:
        scan = await services.submit_scan(str(root))
        await job_until(services, scan.id, lambda job: job.status.is_final)
        ids = {video.path: video.id for video in (await services.videos.find(VideoQuery())).items}
        yield RenderHarness(services, folder, ids["short.mp4"], ids["long.mp4"])


async def job_until(services: Services, job_id: str, condition: Callable[[Job], bool]) -> Job:
    """Return the job when `condition` holds. Raises `AssertionError` if it ends before."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        with services.queue.subscribe() as snapshots:
            job = await services.queue.get(job_id)
            while not condition(job):
                assert not job.status.is_final, job.error
                snapshot = await anext(snapshots)
                job = snapshot if snapshot.id == job_id else job
    return job


def harness_settings(folder: Path, **settings: Any) -> Settings:
    """Return settings for a harness in `folder`."""
    (folder / "data").mkdir(exist_ok=True)
    given = {
        "data_dir": folder / "data",
        "roots": (folder / "films",),
        "prober": "ffprobe",
        **settings,
    }
    return load_settings(thumbnails=False, shutdown_grace_seconds=0.1, **given)
