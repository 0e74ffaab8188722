"""Files a second of a scan, compared with loops that people write by hand, in turn in one run.

python -m benchmarks.scan [--files 300] [--rounds 5] [--hd] [--ffprobe NAME=PROGRAM …]
python -m benchmarks.scan --workers 1 2 4 --json FILE [--files 300] [--rounds 5] [--hd]

The loops have two processes: `xargs ffprobe`, `av.open` with the codecs of the streams, and the
latter with the hash of both ends and the thumbnails of the scan. The scan does what no loop does:
it walks, compares, stores and reports. Its clock runs from the request to the first answer that
says it has ended, with the server and its database as they are at the first scan of a folder.
With `--workers`, scans and the loop that only opens are measured with so many processes, for
`benchmarks.plots`, the loop as nice as the workers of a scan. Ratios above 1 mean that the scan is
faster than the loop that does as much of a file. `--hd` takes clips of 1280x720 in several codecs
and containers.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import av
from benchmarks.running_server import running_server, start_scan, wait_for
from tests.clips import ffmpeg, small_clips

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.media.libav_thumbnails import make_thumbnails
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.processes.child_process import NICENESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROCESSES = 2
HD_ENCODERS = {
    "h264.mp4": ("libx264", "-preset", "veryfast"),
    "h264.mkv": ("libx264", "-preset", "veryfast", "-bf", "0"),
    "hevc.mp4": ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=error"),
    "mpeg2.ts": ("mpeg2video", "-b:v", "4M"),
    "vp9.webm": ("libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-b:v", "1M"),
}


def hd_clips(folder: Path, count: int) -> None:
    """Make clips of 1280x720 and 4 s, some encoded, the others copies with other bytes at the end.

    Readers ignore the bytes after the end of each of these containers.
    """
    folder.mkdir()
    picture = ["-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=25:duration=4"]
    sound = ["-f", "lavfi", "-i", "sine=duration=4"]
    sources = []
    for name, encoder in HD_ENCODERS.items():
        path = folder.parent / name
        ffmpeg([*picture, *sound], ["-c:v", *encoder, "-pix_fmt", "yuv420p"], path)
        sources.append(path)
    for number in range(count):
        source = sources[number % len(sources)]
        copy = folder / f"clip-{number:05d}{source.suffix}"
        # A `free` box of MP4, a void element of EBML, null packets of MPEG-TS.
        tail = {
            ".mp4": (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big"),
            ".ts": b"\x47\x1f\xff\x10" + number.to_bytes(184, "big"),
        }.get(source.suffix, b"\xec\x88" + number.to_bytes(8, "big"))
        copy.write_bytes(source.read_bytes() + tail)


def open_each(paths: Iterable[str]) -> None:
    """Open files and look at the codecs of their streams."""
    av.logging.set_level(av.logging.PANIC)
    for path in paths:
        with av.open(path) as container:
            for stream in container.streams:
                assert stream.codec_context.name


def picture_each(paths: Iterable[str], folder: str) -> None:
    """Open files, look at the codecs, hash both ends, and make the thumbnails of a scan."""
    av.logging.set_level(av.logging.PANIC)
    for path in paths:
        with MediaFile(path) as file, av.open(path) as container:
            for stream in container.streams:
                assert stream.codec_context.name
            make_thumbnails(file, container, folder, file.fingerprint())


def in_processes(
    work: Callable[[list[str]], None],
    clips: Path,
    *,
    processes: int = PROCESSES,
    niceness: int = 0,
) -> float:
    """Time `work` on every clip, in processes that are there already."""
    paths = sorted(os.fspath(clip) for clip in clips.iterdir())
    with multiprocessing.get_context("spawn").Pool(processes, os.nice, (niceness,)) as pool:
        pool.map(open_each, [[]] * processes)
        start = time.perf_counter()
        pool.map(work, [paths[first::processes] for first in range(processes)], chunksize=1)
        return time.perf_counter() - start


def scan_seconds(clips: Path, data_dir: Path, files: int, **settings: str) -> float:
    """Time a first scan by a running server."""
    with running_server(clips, data_dir, **settings) as server:
        client = server.client
        client.get("/jobs").raise_for_status()
        start = time.perf_counter()
        state = wait_for(client, start_scan(client, clips))
        seconds = time.perf_counter() - start
    assert state["result"]["added"] == files, state
    return seconds


def loop_seconds(clips: Path, ffprobe: str) -> float:
    """Time a loop of ffprobe with two processes at a time."""
    probe = f"{ffprobe} -v error -show_format -show_streams -of json"
    start = time.perf_counter()
    subprocess.run(
        ["sh", "-c", f"ls | xargs -P2 -n1 {probe} >/dev/null"],
        cwd=clips,
        check=True,
    )
    return time.perf_counter() - start


def measure_workers(clips: Path, folder: Path, arguments: argparse.Namespace) -> None:
    """Measure scans and a loop by the number of processes; store the rates after each round."""
    seconds: dict[str, dict[int, list[float]]] = {}
    for number in range(arguments.rounds):
        for workers in arguments.workers:
            for name, thumbnails in {"scan": "false", "scan with thumbnails": "true"}.items():
                taken = scan_seconds(
                    clips,
                    folder / f"{name}-{workers}-{number}",
                    arguments.files,
                    thumbnails=thumbnails,
                    media_processes=str(workers),
                )
                seconds.setdefault(name, {}).setdefault(workers, []).append(taken)
            taken = in_processes(open_each, clips, processes=workers, niceness=NICENESS)
            seconds.setdefault("av.open in a loop", {}).setdefault(workers, []).append(taken)
        rates = {
            name: {
                workers: round(arguments.files / statistics.median(times), 1)
                for workers, times in by_workers.items()
            }
            for name, by_workers in seconds.items()
        }
        print(f"{number + 1} rounds, files a second by processes: {rates}", flush=True)
        if arguments.json:
            arguments.json.write_text(json.dumps(rates, indent=1))


def main() -> None:
    """Print a line for each way, with the median and the range of files a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--hd", action="store_true", help="clips of 1280x720, mixed")
    parser.add_argument("--ffprobe", action="append", default=[], metavar="NAME=PROGRAM")
    parser.add_argument("--workers", type=int, nargs="+", default=[])
    parser.add_argument("--json", type=Path, help="where to write the rates by workers")
    arguments = parser.parse_args()
    probes = dict(part.split("=", 1) for part in arguments.ffprobe)
    if on_path := shutil.which("ffprobe"):
        probes.setdefault("ffprobe of PATH", on_path)
    if packaged := packaged_ffprobe():
        probes.setdefault("static ffprobe", str(packaged))
    loops: dict[str, Callable[[Path], float]] = {
        name: partial(loop_seconds, ffprobe=program) for name, program in probes.items()
    }
    loops["av.open"] = partial(in_processes, open_each)
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        (hd_clips if arguments.hd else small_clips)(clips, arguments.files)
        if arguments.workers:
            measure_workers(clips, Path(folder), arguments)
            return
        for number in range(arguments.rounds):
            for name, thumbnails in {"scan": "false", "with thumbnails": "true"}.items():
                data_dir = Path(folder) / f"{name}-{number}"
                taken = scan_seconds(clips, data_dir, arguments.files, thumbnails=thumbnails)
                seconds.setdefault(name, []).append(taken)
            pictures = Path(folder) / f"pictures-{number}"
            pictures.mkdir()
            loops["av.open, thumbnails"] = partial(
                in_processes, partial(picture_each, folder=str(pictures))
            )
            for name, loop in loops.items():
                seconds.setdefault(name, []).append(loop(clips))
    for name, times in seconds.items():
        rates = sorted(arguments.files / one for one in times)
        mine = seconds["with thumbnails" if "thumbnails" in name else "scan"]
        ratios = [other / scan for scan, other in zip(mine, times, strict=True)]
        print(
            f"{name:20} {statistics.median(rates):7.0f} files/s"
            f"  (from {rates[0]:.0f} to {rates[-1]:.0f}),"
            f" scan is {statistics.median(ratios):.2f} times as fast"
        )


if __name__ == "__main__":
    main()
