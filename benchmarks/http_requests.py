"""The processor time of the server per request: jobs, a list, health, a file of the page, 304.

python -m benchmarks.http_requests [--rounds 7] [--requests 300] [--only NAME] [--before FOLDER]

Real servers with their usual log, asked over one connection that stays open. FOLDER is the top of
another source tree: its server is measured in turn with this one, and the ratio is printed.
Processor time differs between machines; the first line says how fast this one is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.running_server import running_server, start_scan, wait_for
from benchmarks.search import fill
from tests.fake_programs import slow_program

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.migrations import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.running_server import RunningServer

TOP = Path(__file__).resolve().parents[1]
ADDITIONS = 10_000_000


@dataclass(frozen=True)
class Call:
    """A request to measure."""

    name: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


class Subject:
    """A server to measure, with its calls and the milliseconds of each, one a round."""

    def __init__(self, server: RunningServer, clips: Path) -> None:
        # The processor time of another process: https://man7.org/linux/man-pages/man2/clock_getres.2.html
        self._clock = (~server.pid << 3) | 2
        self._connection = HTTPConnection(urlsplit(str(server.client.base_url)).netloc)
        self.calls = {call.name: call for call in self._calls(server, clips)}
        self.milliseconds: dict[str, list[float]] = {name: [] for name in self.calls}

    def measure(self, name: str, requests: int) -> None:
        """Add a round of `requests`."""
        self._connection.close()  # the server may have done so while others were measured
        self._ask(self.calls[name])
        before = time.clock_gettime(self._clock)
        for _ in range(requests):
            self._ask(self.calls[name])
        spent_seconds = time.clock_gettime(self._clock) - before
        self.milliseconds[name].append(spent_seconds * 1000 / requests)

    def _ask(self, call: Call) -> tuple[bytes, str]:
        self._connection.request("GET", call.path, headers=call.headers)
        response = self._connection.getresponse()
        body = response.read()
        assert response.status == call.status, (call.path, response.status)
        return body, response.headers.get("etag", "")

    def _calls(self, server: RunningServer, clips: Path) -> Iterator[Call]:
        finished = start_scan(server.client, clips / "empty")
        wait_for(server.client, finished)
        running = start_scan(server.client, clips)
        while not server.client.get(running).json()["progress_detail"]["current"]:
            time.sleep(0.05)
        yield Call("a running job", f"/api/v1{running}")
        yield Call("a finished job", f"/api/v1{finished}")
        yield Call("100 videos", "/api/v1/videos?limit=100")
        yield Call("health", "/health/live")
        page, etag = self._ask(Call("", "/"))
        yield Call("the page: 304", "/", {"if-none-match": etag}, status=304)
        if script := re.search(rb'src="(/assets/[^"]+)', page):
            yield Call("a script, compressed", script[1].decode(), {"accept-encoding": "br, gzip"})


def additions() -> float:
    """Return the processor seconds of ten million additions."""
    start = time.process_time()
    total = 0
    for number in range(ADDITIONS):
        total += number
    return time.process_time() - start


async def fill_library(data_dir: Path, count: int) -> None:
    """Save `count` videos as a scan does, in the library of a server to come."""
    database = Database(sqlite_url(data_dir / "library.db"))
    await migrate(database)
    await fill(database, count)
    await database.aclose()


def make_clips(folder: Path) -> Path:
    """Make a root with a file that is never read to its end, and an empty folder."""
    clips = folder / "clips"
    (clips / "empty").mkdir(parents=True)
    (clips / "clip.mp4").write_bytes(b"not read")
    return clips


def subject(stack: ExitStack, source: Path, folder: Path, videos: int) -> Subject:
    """Start the server of the tree `source`, with a library of its own in `folder`."""
    folder.mkdir()
    clips = make_clips(folder)
    program = slow_program(folder, seconds=3600)
    (folder / "data").mkdir()
    asyncio.run(fill_library(folder / "data", videos))
    server = running_server(
        clips,
        folder / "data",
        source=str(source),
        log=os.devnull,
        log_level="info",
        prober="ffprobe",
        ffprobe=str(program.path),
        probe_timeout_seconds="3600",
    )
    return Subject(stack.enter_context(server), clips)


def measure(subjects: list[Subject], names: list[str], rounds: int, requests: int) -> None:
    """Measure the calls with these names, of all subjects in turn, and print the medians."""
    for name in names:
        for one in subjects:
            one.measure(name, requests // 4)  # until everything is loaded
            one.milliseconds[name].clear()
        for _ in range(rounds):
            for one in subjects:
                one.measure(name, requests)
        times = [one.milliseconds[name] for one in subjects]
        columns = [f"{statistics.median(each):7.3f} ms" for each in times]
        if len(times) > 1:
            columns.append(f"ratio {statistics.median(map(_ratio, *times)):.2f}")
        print(f"{name:<22}{'  '.join(columns)}", flush=True)


def _ratio(now: float, before: float) -> float:
    return now / before


def main() -> None:
    """Read the arguments."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--only", default="", help="only calls whose names contain this")
    given = parser.parse_args()
    print(f"10,000,000 additions: {additions():.2f} s")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        trees = [TOP, *([given.before.resolve()] if given.before else [])]
        subjects = [
            subject(stack, tree / "src", Path(name) / str(number), given.videos)
            for number, tree in enumerate(trees)
        ]
        print(f"{'processor time':<22}{'now':>10}{'before' if given.before else '':>12}")
        names = [name for name in subjects[0].calls if given.only in name]
        measure(subjects, names, given.rounds, given.requests)


if __name__ == "__main__":
    main()
