"""The modules of the program that one request crosses: those of which a function runs.

python -m benchmarks.modules [--list] [--json]

The requests are a scan of a folder with two new clips, a list of all videos, and a render of one of
them. The application, its services and their jobs are the real ones, in this process; only the
socket is left out. Each request is made twice and counted the second time, when everything is
loaded and read that is loaded or read once. A job counts to its end, without the requests for its
state. What runs in worker processes does not count, nor do the bodies of modules.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import threading
from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from tests.clips import small_clips

from stoat_ferret.api.app import create_app
from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator
    from types import FrameType

PACKAGE = "stoat_ferret"
CLIPS = 2
_QUESTION_SECONDS = 0.02
_REST_SECONDS = 1.0
"""Idle workers have ended by then, which would count for the request that follows."""

_is_question: ContextVar[bool] = ContextVar("is_question", default=False)
"""True while the running task only asks for the state of a job."""


@dataclass
class Recorder:
    """Records the modules whose functions run, in this thread and in those that begin later."""

    modules: set[str] = field(default_factory=set)
    _is_on: bool = False

    def install(self) -> None:
        """Watch the calls of functions from now on."""
        threading.setprofile(self._watch)
        sys.setprofile(self._watch)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record while the block runs, without what was recorded before."""
        self.modules.clear()
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    def _watch(self, frame: FrameType, event: str, _: object) -> None:
        if not self._is_on or event != "call" or frame.f_code.co_name == "<module>":
            return
        name = str(frame.f_globals.get("__name__"))
        if name.startswith(f"{PACKAGE}.") and not _is_question.get():
            self.modules.add(name)


@dataclass(frozen=True)
class Session:
    """A client of the application, and a root whose folders are to be scanned."""

    client: httpx.AsyncClient
    root: Path

    async def scan(self, folder: str) -> None:
        """Scan a folder."""
        await self._run_job("/scans", {"path": str(self.root / folder)})

    async def list_videos(self) -> None:
        """List the videos."""
        (await self.client.get("/videos")).raise_for_status()

    async def render(self, video_id: str, name: str) -> None:
        """Transcode a video."""
        body = {"preset": "web-720p", "clips": [{"video_id": video_id}], "name": name}
        await self._run_job("/renders", body)

    async def video_id(self) -> str:
        """Return the id of a video."""
        answer = await self.client.get("/videos", params={"limit": 1})
        video_id: str = answer.raise_for_status().json()["items"][0]["id"]
        return video_id

    async def _run_job(self, path: str, body: dict[str, Any]) -> None:
        answer = await self.client.post(path, json=body)
        job: dict[str, Any] = answer.raise_for_status().json()
        _is_question.set(True)
        try:
            while job["finished_at"] is None:
                await asyncio.sleep(_QUESTION_SECONDS)
                job = (await self.client.get(f"/jobs/{job['id']}")).raise_for_status().json()
        finally:
            _is_question.set(False)
        assert job["status"] == "succeeded", job


@asynccontextmanager
async def open_session(folder: Path) -> AsyncIterator[Session]:
    """Open the application with a root of new clips, in the folders `first` and `second`."""
    root = folder / "videos"
    for number, clip in enumerate(small_clips(folder / "clips", 2 * CLIPS)):
        target = root / ("first", "second")[number // CLIPS] / clip.name
        target.parent.mkdir(parents=True, exist_ok=True)
        clip.rename(target)
    settings = load_settings(roots=(root,), data_dir=folder / "data", port=0)
    async with (
        DataFolder(settings.data_dir).own("benchmarks.modules"),
        open_services(settings) as services,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(services)),
            base_url="http://localhost/api/v1",
            timeout=60,
        ) as client,
    ):
        yield Session(client, root)


async def measure(folder: Path) -> dict[str, list[str]]:
    """Return the modules that each request crosses."""
    recorder = Recorder()
    recorder.install()
    found: dict[str, list[str]] = {}

    async def record(name: str, first: Awaitable[None], second: Awaitable[None]) -> None:
        await first
        await asyncio.sleep(_REST_SECONDS)
        with recorder.recording():
            await second
        found[name] = sorted(recorder.modules)

    async with open_session(folder) as session:
        await record("scan", session.scan("first"), session.scan("second"))
        await record("list", session.list_videos(), session.list_videos())
        video_id = await session.video_id()
        await record("render", session.render(video_id, "one"), session.render(video_id, "two"))
    return found


def package_of(module: str) -> str:
    """Return the package of a module, `.` for the top."""
    return module.split(".")[1] if module.count(".") > 1 else "."


def main() -> None:
    """Print the counts, or the names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the names of the modules")
    parser.add_argument("--json", action="store_true", help="print the names as JSON")
    arguments = parser.parse_args()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder)))
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    for request, modules in found.items():
        counts = Counter(map(package_of, modules))
        parts = ", ".join(f"{package} {count}" for package, count in sorted(counts.items()))
        print(f"{request:8} {len(modules):4}   ({parts})")
        if arguments.list:
            print(*(f"  {name.removeprefix(f'{PACKAGE}.')}" for name in modules), sep="\n")


if __name__ == "__main__":
    main()
