"""The time in which a render stops when it is cancelled at 10, 50 and 95 percent, by a real server.

python -m benchmarks.render_stopping [--rounds 5]

Three times are taken from the request on: until the job is `cancelled`, until its ffmpeg is gone,
and until nothing of it is left in the folder for rendered files. The promise is one second.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from benchmarks.running_server import FINAL, RunningServer, running_server, start_scan, wait_for
from benchmarks.stopping import show
from tests.clips import ffmpeg, make_clip

if TYPE_CHECKING:
    from collections.abc import Callable

PERCENTS = (10, 50, 95)
LOOPS = 99
"""Repetitions of a clip of 2 seconds: enough that the render takes seconds."""


def make_long_clip(folder: Path) -> None:
    """Make a clip of 200 seconds."""
    folder.mkdir()
    loop = ["-stream_loop", str(LOOPS), "-i", str(make_clip("small-1.mp4")), "-c", "copy"]
    ffmpeg(loop, folder / "long.mp4")


def start_render(server: RunningServer, video_id: str, **options: str) -> str:
    """Begin a render of a whole video and return the path of its job."""
    body = {"preset": "web-720p", "clips": [{"video_id": video_id}], "options": options}
    answer = server.client.post("/renders", json=body)
    answer.raise_for_status()
    return f"/jobs/{answer.json()['id']}"


def seconds_until(is_true: Callable[[], bool], since: float) -> float:
    """Return the seconds from `since` until the condition holds, checked every few milliseconds."""
    while not is_true():
        assert time.perf_counter() - since < 30
        time.sleep(0.003)
    return time.perf_counter() - since


def renders_nothing(server: RunningServer) -> bool:
    """Return whether no ffmpeg of the server runs."""
    for child in server.children():
        try:
            if "-progress" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                return False
        except psutil.NoSuchProcess:
            continue
    return True


def cancel_at(server: RunningServer, video_id: str, percent: int, renders: Path) -> list[float]:
    """Cancel a render at a percentage; return its three times."""
    job = start_render(server, video_id)

    def is_there() -> bool:
        state = server.client.get(job).json()
        assert state["status"] not in FINAL, state
        return (state["progress"] or 0) >= percent / 100

    seconds_until(is_there, time.perf_counter() + 300)
    assert not renders_nothing(server)
    start = time.perf_counter()
    server.client.post(f"{job}/cancel").raise_for_status()
    times = [
        seconds_until(lambda: server.client.get(job).json()["status"] in FINAL, start),
        seconds_until(lambda: renders_nothing(server), start),
        seconds_until(lambda: not any(renders.iterdir()), start),
    ]
    state = server.client.get(job).json()
    assert state["status"] == "cancelled", state
    return times


def main() -> None:
    """Print median and longest of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        films, data = Path(folder) / "films", Path(folder) / "data"
        make_long_clip(films)
        with running_server(films, data) as server:
            wait_for(server.client, start_scan(server.client, films))
            video_id = server.client.get("/videos").json()["items"][0]["id"]
            for percent in PERCENTS:
                times = [
                    cancel_at(server, video_id, percent, data / "renders") for _ in range(rounds)
                ]
                names = ("`cancelled`", "ffmpeg gone", "nothing left")
                for name, series in zip(names, zip(*times, strict=True), strict=True):
                    show(f"cancelled at {percent} %: {name}", list(series))


if __name__ == "__main__":
    main()
