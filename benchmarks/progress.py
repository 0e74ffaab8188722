"""The progress of one scan as two observers see it: by polling, and by the stream of events.

python -m benchmarks.progress [--files 300]

Fails if a fraction falls, stays absent, or does not end at 1.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from pathlib import Path

import httpx
from benchmarks.running_server import FINAL, running_server, start_scan
from tests.clips import small_clips


def watch_events(address: httpx.URL, ready: threading.Event, seen: list[float | None]) -> None:
    """Store every fraction of the stream of events until the job has ended."""
    with (
        httpx.Client(base_url=address, timeout=30) as client,
        client.stream("GET", "/events") as answer,
    ):
        ready.set()
        for line in answer.iter_lines():
            if line.startswith("data:") and '"kind"' in line:
                job = json.loads(line.removeprefix("data:"))
                seen.append(job["progress"])
                if job["status"] in FINAL:
                    return


def watch_polls(client: httpx.Client, job: str, seen: list[float | None]) -> None:
    """Store every fraction of one request after another until the job has ended."""
    while True:
        state = client.get(job).json()
        seen.append(state["progress"])
        if state["status"] in FINAL:
            return


def describe(name: str, seen: list[float | None]) -> str:
    """Check the fractions; return how many answers and values there were."""
    fractions = [fraction for fraction in seen if fraction is not None]
    assert fractions == sorted(fractions), "a fraction fell"
    assert fractions[-1] == 1.0, "the last fraction is not 1"
    between = len({fraction for fraction in fractions if 0 < fraction < 1})
    return f"{name:7} {len(seen):5} answers, {between:4} values between 0 and 1, rising, last 1.0"


def main() -> None:
    """Observe one scan in both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    files = parser.parse_args().files
    polled: list[float | None] = []
    pushed: list[float | None] = []
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        small_clips(clips, files)
        with running_server(clips, Path(folder) / "data") as server:
            ready = threading.Event()
            arguments = (server.client.base_url, ready, pushed)
            watcher = threading.Thread(target=watch_events, args=arguments, daemon=True)
            watcher.start()
            assert ready.wait(30)
            watch_polls(server.client, start_scan(server.client, clips), polled)
            watcher.join(30)
    print(describe("polled", polled))
    print(describe("pushed", pushed))


if __name__ == "__main__":
    main()
