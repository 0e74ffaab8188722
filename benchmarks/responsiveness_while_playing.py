"""Answer times of a server with ten players during a scan, compared with an idle one.

python -m benchmarks.responsiveness_while_playing [--players 10] [--files 2000] [--seconds 20]

Each player watches another part of a video that has to be encoded, at its own speed, and asks again
when the server is busy. Meanwhile small files are scanned again and again. The status of a job and
a page of videos are asked for in turn.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil
from benchmarks.responsiveness import describe
from benchmarks.responsiveness_at_work import p99, poll
from benchmarks.running_server import FINAL, RunningServer, running_server, start_scan, wait_for
from tests.clips import ffmpeg, small_clips

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection

FILM_SECONDS = 3600
SEGMENT_SECONDS = 3
BUSY = 503


class Audience:
    """Players that watch until `end`, in a process of their own: threads would delay the polls."""

    def __init__(self, base_url: str, video: str, players: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=watch_all, args=(base_url, video, players, other))
        self._process.start()
        self._pipe.recv()

    def end(self) -> tuple[Counter[int], list[float]]:
        """End all players; return how often each status was answered, and the milliseconds."""
        self._pipe.send(None)
        answers, waits = self._pipe.recv()
        self._process.join()
        return answers, waits


def watch_all(base_url: str, video: str, players: int, pipe: Connection) -> None:
    """Watch with each player in a thread, until the other process sends something."""
    answers: Counter[int] = Counter()
    waits: list[float] = []
    over = threading.Event()

    def watch(number: int) -> None:
        segment = number * FILM_SECONDS // SEGMENT_SECONDS // players
        query = {"height": "360", "viewer": f"player-{number}"}
        with httpx.Client(base_url=base_url, timeout=90) as client:
            while not over.is_set():
                start = time.perf_counter()
                answer = client.get(f"/videos/{video}/hls/{segment}.m4s", params=query)
                waited = time.perf_counter() - start
                answers[answer.status_code] += 1
                if answer.status_code != BUSY:
                    answer.raise_for_status()
                    waits.append(waited * 1000)
                    segment += 1
                    over.wait(max(0.0, SEGMENT_SECONDS - waited))

    threads = [threading.Thread(target=watch, args=(number,)) for number in range(players)]
    for thread in threads:
        thread.start()
    pipe.send(None)
    pipe.recv()
    over.set()
    for thread in threads:
        thread.join()
    pipe.send((answers, waits))


class Scans:
    """A scan that starts again whenever it has ended; a thread, until `end`."""

    def __init__(self, base_url: str, folder: Path) -> None:
        self.count = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, args=(base_url, folder))
        self._thread.start()

    def end(self) -> None:
        """Cancel the scan."""
        self._over.set()
        self._thread.join()

    def _go_on(self, base_url: str, folder: Path) -> None:
        with httpx.Client(base_url=base_url, timeout=30) as client:
            while not self._over.is_set():
                job = start_scan(client, folder, force=True)
                self.count += 1
                while client.get(job).json()["status"] not in FINAL:
                    if self._over.wait(0.5):
                        client.post(f"{job}/cancel")
                        wait_for(client, job)


def make_film(path: Path) -> None:
    """Write a video of an hour, by repeating a minute."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(".part.avi")
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=60"),
        *("-c:v", "mpeg4", "-q:v", "6", "-g", "250", part),
    )
    ffmpeg("-stream_loop", str(FILM_SECONDS // 60 - 1), "-i", part, "-c", "copy", path)
    part.unlink()


def report(
    names: Sequence[str], idle: dict[str, list[float]], busy: dict[str, list[float]]
) -> None:
    """Print both times of each request, and their ratio."""
    for name in names:
        print(describe(f"{name}, idle", idle[name]))
        print(describe(f"{name}, busy", busy[name]))
        print(f"  p99 with players is {p99(busy[name]) / p99(idle[name]):.1f} times that of idle")


def measure(server: RunningServer, films: Path, players: int, seconds: float) -> None:
    """Poll the idle server, then the one with players and a scan."""
    job = start_scan(server.client, films)
    wait_for(server.client, job)
    (film,) = server.client.get("/videos", params={"q": "film.avi"}).json()["items"]
    addresses = {"job": job, "videos": "/videos?limit=100"}
    idle = poll(server, addresses, seconds, None)
    base_url = str(server.client.base_url)
    audience = Audience(base_url, film["id"], players)
    scans = Scans(base_url, films / "small")
    process = psutil.Process(server.pid)
    before = sum(process.cpu_times()[:2])
    try:
        busy = poll(server, addresses, seconds, None)
        used = sum(process.cpu_times()[:2]) - before
    finally:
        answers, waits = audience.end()
        scans.end()
    report([*addresses], idle, busy)
    print(describe("a segment", waits))
    # If this is low and answers are slow, the machine was busy with something else.
    print(f"the server used {used / seconds:.0%} of a processor core")
    print(f"answers to players: {dict(answers)}; scans begun: {scans.count}")


def main() -> None:
    """Make the videos, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--players", type=int, default=10)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films = Path(folder) / "films"
        make_film(films / "film.avi")
        small_clips(films / "small", options.files)
        with running_server(films, Path(folder) / "data") as server:
            measure(server, films, options.players, options.seconds)


if __name__ == "__main__":
    main()
