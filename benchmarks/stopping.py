"""The time in which a scan stops when it is cancelled, times out, or meets a file that hangs.

python -m benchmarks.stopping [--rounds 5]

Every scan is one of 20 files by a real server. Its ffprobe is a program that sleeps for a minute;
its libav workers are stopped by SIGSTOP once some files are read.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.running_server import RunningServer, running_server, start_scan, wait_for
from tests.clips import small_clips
from tests.fake_programs import slow_program

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

FILES = 20
DEADLINE_SECONDS = 1.5


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + 30
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.01)


def cancelled(server: RunningServer, job: str) -> tuple[float, float, dict[str, Any]]:
    """Return the seconds from the request to the final state, and to the end of the last child."""
    start = time.perf_counter()
    server.client.post(f"{job}/cancel").raise_for_status()
    state = wait_for(server.client, job, every_seconds=0.005)
    ended = time.perf_counter() - start
    wait_until(lambda: not server.children())
    assert state["status"] == "cancelled", state
    return ended, time.perf_counter() - start, state


def stop_workers(server: RunningServer, job: str) -> list[psutil.Process]:
    """Send SIGSTOP to every worker once the scan has begun to read; return the workers."""

    def is_reading() -> bool:
        detail = server.client.get(job).json()["progress_detail"]
        return bool(detail["phase"] == "probing" and detail["done"])

    wait_until(is_reading)
    workers = server.children()
    for worker in workers:
        os.kill(worker.pid, signal.SIGSTOP)
    return workers


def overshoot(state: dict[str, Any]) -> float:
    """Return the seconds that a job ran beyond its deadline."""
    assert state["status"] == "timed_out", state
    started, finished = (
        datetime.fromisoformat(state[f"{at}_at"]) for at in ("started", "finished")
    )
    return (finished - started).total_seconds() - DEADLINE_SECONDS


def show(name: str, seconds: list[float]) -> None:
    """Print median and longest."""
    print(f"{name:60} median {statistics.median(seconds):.3f} s, longest {max(seconds):.3f} s")


def by_ffprobe(folder: Path, clips: Path, rounds: int) -> None:
    """Time scans of which every file hangs."""
    program = str(slow_program(folder).path)
    ends, gone = [], []
    with running_server(clips, folder / "1", prober="ffprobe", ffprobe=program) as server:
        for _ in range(rounds):
            job = start_scan(server.client, clips)
            wait_until(lambda: len(server.children()) >= 2)
            end, last, _ = cancelled(server, job)
            ends.append(end)
            gone.append(last)
    show("ffprobe hangs: cancel to `cancelled`", ends)
    show("ffprobe hangs: cancel to no child process", gone)
    timed = {"scan_timeout_seconds": str(DEADLINE_SECONDS)}
    with running_server(clips, folder / "2", prober="ffprobe", ffprobe=program, **timed) as server:
        overs = [
            overshoot(wait_for(server.client, start_scan(server.client, clips)))
            for _ in range(rounds)
        ]
    show(f"ffprobe hangs: beyond the job's deadline of {DEADLINE_SECONDS} s", overs)
    short = {"probe_timeout_seconds": "0.5"}
    with running_server(clips, folder / "3", prober="ffprobe", ffprobe=program, **short) as server:
        state = wait_for(server.client, start_scan(server.client, clips))
        result = state["result"]
        assert (state["status"], result["failed"]) == ("succeeded", FILES), state
        ideal = FILES / server_processes() * 0.5
        show(f"ffprobe hangs: {FILES} files with 0.5 s each", [result["elapsed_seconds"]])
        print(f"{'':60} {ideal:.1f} s by arithmetic; e.g. {result['errors'][0]}")


def server_processes() -> int:
    """Return the default number of media processes."""
    return os.cpu_count() or 2


def by_libav(folder: Path, clips: Path, rounds: int) -> None:
    """Time scans whose workers are stopped."""
    ends, gone, kept = [], [], []
    for number in range(rounds):
        with running_server(clips, folder / f"libav-{number}") as server:
            job = start_scan(server.client, clips)
            stop_workers(server, job)
            end, last, state = cancelled(server, job)
            ends.append(end)
            gone.append(last)
            videos = server.client.get("/videos").json()["total"]
            assert videos == state["result"]["added"], state
            kept.append(videos)
    show("libav workers stopped: cancel to `cancelled`", ends)
    show("libav workers stopped: cancel to no child process", gone)
    print(f"{'':60} kept, of {len(list(clips.iterdir()))}: {kept}")
    short = {"probe_timeout_seconds": "1"}
    with running_server(clips, folder / "deadline", **short) as server:
        job = start_scan(server.client, clips)
        workers = stop_workers(server, job)
        state = wait_for(server.client, job)
        assert state["status"] == "succeeded", state
        assert not any(worker.is_running() for worker in workers)
        result = state["result"]
        print(f"libav workers stopped: {result['failed']} bad, {result['added']} added, e.g.")
        print(result["errors"])


def main() -> None:
    """Print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few", Path(folder) / "many"
        small_clips(few, FILES)
        small_clips(many, 2000)
        by_ffprobe(Path(folder), few, rounds)
        by_libav(Path(folder), many, rounds)


if __name__ == "__main__":
    main()
