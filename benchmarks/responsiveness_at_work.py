"""Answer times of a server that scans and renders at once, compared with an idle one.

python -m benchmarks.responsiveness_at_work [--files 2000] [--seconds 20]

The status of a job, a page of videos and the two health checks are asked for in turn. Meanwhile
small files are scanned again and again, every one read anew, and a long clip is rendered.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.render_stopping import make_long_clip, start_render
from benchmarks.responsiveness import describe
from benchmarks.running_server import FINAL, RunningServer, running_server, start_scan, wait_for
from tests.clips import small_clips

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE_SECONDS = 0.005


class Work:
    """A scan and a render that start again whenever they have ended."""

    def __init__(self, server: RunningServer, folder: Path, video_id: str) -> None:
        self._server = server
        self._begin: dict[str, Callable[[], str]] = {
            "scan": lambda: start_scan(server.client, folder, force=True),
            "render": lambda: start_render(server, video_id, effort="normal"),
        }
        self.jobs: dict[str, str] = {}
        self.begun: dict[str, int] = defaultdict(int)
        for kind in self._begin:
            self._start(kind)

    def go_on(self) -> None:
        """Start what has ended again."""
        for kind, job in list(self.jobs.items()):
            state = self._server.client.get(job).json()
            if state["status"] in FINAL:
                assert state["status"] == "succeeded", state
                self._start(kind)

    def end(self) -> None:
        """Cancel both, and wait for their end."""
        for job in self.jobs.values():
            self._server.client.post(f"{job}/cancel")
            wait_for(self._server.client, job)

    def _start(self, kind: str) -> None:
        self.begun[kind] += 1
        self.jobs[kind] = self._begin[kind]()


def run_in_real_time() -> None:
    """Give this process the processor at once whenever it wants it, if the system allows that."""
    if sys.platform == "linux":
        with suppress(PermissionError):
            priority = os.sched_param(os.sched_get_priority_min(os.SCHED_RR))
            os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, priority)


def poll(
    server: RunningServer, addresses: dict[str, str], seconds: float, work: Work | None
) -> dict[str, list[float]]:
    """Return the milliseconds of the answers by request, without waits of this process for a core.

    Users ask from other machines.
    """
    run_in_real_time()
    times: dict[str, list[float]] = defaultdict(list)
    until, looked = time.perf_counter() + seconds, time.perf_counter()
    while time.perf_counter() < until:
        for name, address in addresses.items():
            start = time.perf_counter()
            server.client.get(address).raise_for_status()
            times[name].append((time.perf_counter() - start) * 1000)
            time.sleep(PAUSE_SECONDS)
        if work and time.perf_counter() - looked > 0.5:
            work.go_on()
            looked = time.perf_counter()
    return times


def p99(times: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(times, n=100, method="inclusive")[98]


def main() -> None:
    """Poll an idle server, then one at work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films = Path(folder) / "films"
        make_long_clip(films)
        small_clips(films / "small", options.files)
        with running_server(films, Path(folder) / "data") as server:
            job = start_scan(server.client, films)
            wait_for(server.client, job)
            found = server.client.get("/videos", params={"q": "long"}).json()["items"]
            root = str(server.client.base_url).removesuffix("/").removesuffix("/api/v1")
            addresses = {
                "job": job,
                "videos": "/videos?limit=100",
                "ready": f"{root}/health/ready",
                "live": f"{root}/health/live",
            }
            idle = poll(server, addresses, options.seconds, None)
            work = Work(server, films / "small", found[0]["id"])
            busy = poll(server, addresses, options.seconds, work)
            work.end()
    for name in addresses:
        print(describe(f"{name}, idle", idle[name]))
        print(describe(f"{name}, busy", busy[name]))
        print(f"  p99 at work is {p99(busy[name]) / p99(idle[name]):.1f} times that of idle")
    print(f"begun meanwhile: {work.begun['scan']} scans, {work.begun['render']} renders")


if __name__ == "__main__":
    main()
