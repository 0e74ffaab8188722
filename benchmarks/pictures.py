"""Files a second of a scan with thumbnails, compared with a bare loop, in turn in one run.

python -m benchmarks.pictures [--files 400] [--rounds 5] [--processes 2] [--clip wide.mp4 …]

The bare loop is what the workers do and nothing else: as many processes, as nice, call the same
functions to open, probe, decode and save, with no library, no server and nobody to tell. The
scan's clock runs from the request to the answer that says it has ended, of a server that runs.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.running_server import running_server, start_scan, wait_for
from tests.clips import make_clip

from stoat_ferret.media.libav import probe_and_picture
from stoat_ferret.processes.child_process import NICENESS

CLIPS = ("wide.mp4", "small-0.mp4")


def make_files(folder: Path, count: int, clips: list[str]) -> None:
    """Make files with their own content: the clips in turn, each with a `free` box at the end."""
    folder.mkdir()
    for number, clip in zip(range(count), itertools.cycle(clips)):
        source = make_clip(clip)
        mark = b"clip %08d" % number
        box = (8 + len(mark)).to_bytes(4, "big") + b"free" + mark
        (folder / f"clip-{number:05d}{source.suffix}").write_bytes(source.read_bytes() + box)


def prepare() -> None:
    """Set the niceness of the workers."""
    os.nice(NICENESS)


def one_file(work: tuple[bytes, str]) -> int:
    """Open, probe, decode and save one file."""
    steps = probe_and_picture(*work)
    next(steps)
    try:
        next(steps)
    except StopIteration as end:
        version: int = end.value[0]
        return version
    raise AssertionError("it has two steps")


def bare_seconds(clips: Path, pictures: Path, processes: int) -> float:
    """Time the loop, in processes that have loaded everything."""
    work = [(os.fsencode(path), str(pictures)) for path in sorted(clips.iterdir())]
    with multiprocessing.get_context("spawn").Pool(processes, prepare) as pool:
        pool.map(one_file, [(os.fsencode(make_clip(clip)), str(pictures)) for clip in CLIPS] * 4)
        start = time.perf_counter()
        versions = set(pool.imap_unordered(one_file, work, chunksize=4))
        seconds = time.perf_counter() - start
    assert versions == {1}, versions
    return seconds


def scan_seconds(clips: Path, data_dir: Path, files: int, processes: int) -> float:
    """Time a first scan by a running server."""
    with running_server(clips, data_dir, media_processes=str(processes)) as server:
        server.client.get("/jobs").raise_for_status()
        start = time.perf_counter()
        state = wait_for(server.client, start_scan(server.client, clips), every_seconds=0.05)
        seconds = time.perf_counter() - start
        videos = server.client.get("/videos", params={"limit": 1}).json()["items"]
    assert state["result"]["added"] == files, state
    assert videos[0]["thumbnail_url"], videos
    return seconds


def main() -> None:
    """Print a line for each way, with the median and the range of files a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--clip", action="append", default=[], metavar="NAME")
    arguments = parser.parse_args()
    files, processes = arguments.files, arguments.processes
    seconds: dict[str, list[float]] = {"scan": [], "bare loop": []}
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        make_files(clips, files, arguments.clip or list(CLIPS))
        for number in range(arguments.rounds):
            data_dir = Path(folder) / f"data-{number}"
            seconds["scan"].append(scan_seconds(clips, data_dir, files, processes))
            pictures = Path(folder) / f"pictures-{number}"
            seconds["bare loop"].append(bare_seconds(clips, pictures, processes))
    for name, times in seconds.items():
        rates = sorted(files / one for one in times)
        print(
            f"{name:10} {statistics.median(rates):7.0f} files/s"
            f"  (from {rates[0]:.0f} to {rates[-1]:.0f})"
        )
    pairs = zip(seconds["bare loop"], seconds["scan"], strict=True)
    ratios = sorted(bare / scan for bare, scan in pairs)
    print(
        f"the scan has {statistics.median(ratios):.2f} of the rate of the bare loop"
        f"  (from {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


if __name__ == "__main__":
    main()
