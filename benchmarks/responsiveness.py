"""The time that a job's status takes to answer while its scan runs, compared with an idle server.

python -m benchmarks.responsiveness [--files 3000] [--slow]

With --slow, files are read by an ffprobe that does not answer, so that the scan only waits.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.running_server import FINAL, running_server, start_scan, wait_for
from tests.clips import small_clips
from tests.fake_programs import slow_program

if TYPE_CHECKING:
    import httpx

IDLE_POLLS = 500
MAX_POLLS = 5000


def poll(client: httpx.Client, job: str, *, polls: int, until_ended: bool) -> list[float]:
    """Return the milliseconds of one answer after another."""
    times = []
    for _ in range(polls):
        start = time.perf_counter()
        state = client.get(job).json()
        times.append((time.perf_counter() - start) * 1000)
        if until_ended and state["status"] in FINAL:
            break
        time.sleep(0.005)
    return times


def describe(name: str, times: list[float]) -> str:
    """Return p50, p99 and the longest."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return (
        f"{name:12} {len(times):5} answers: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms,"
        f" longest {max(times):.1f} ms"
    )


def main() -> None:
    """Poll an idle server, then one that scans."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--slow", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        small_clips(clips, arguments.files)
        settings = {}
        if arguments.slow:
            program = slow_program(Path(folder)).path
            settings = {"prober": "ffprobe", "ffprobe": str(program), "probe_timeout_seconds": "1"}
        with running_server(clips, Path(folder) / "data", **settings) as server:
            client = server.client
            empty = Path(clips) / "empty"
            empty.mkdir()
            job = start_scan(client, empty)
            wait_for(client, job)
            idle = poll(client, job, polls=IDLE_POLLS, until_ended=False)
            busy = poll(client, start_scan(client, clips), polls=MAX_POLLS, until_ended=True)
    print(describe("idle", idle))
    print(describe("scanning", busy))
    ratio = statistics.quantiles(busy, n=100)[98] / statistics.quantiles(idle, n=100)[98]
    print(f"p99 while scanning is {ratio:.1f} times that of the idle server")


if __name__ == "__main__":
    main()
