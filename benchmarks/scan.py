"""Files a second of a scan, compared with `xargs ffprobe` over the same files, in turn in one run.

python -m benchmarks.scan [--files 300] [--rounds 5] [--ffprobe NAME=PROGRAM …]

The scan does what the loop does not: it walks, hashes, saves and reports. Its clock runs from the
request to the first answer that says it has ended, with the server and its database as they are
at the first scan of a folder. Ratios above 1 mean that the scan is faster. A scan that makes no
thumbnails does what ffprobe does; one that makes them is what people run.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.running_server import running_server, start_scan, wait_for
from tests.clips import small_clips

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe


def scan_seconds(clips: Path, data_dir: Path, files: int, *, thumbnails: str) -> float:
    """Time a first scan by a running server."""
    with running_server(clips, data_dir, thumbnails=thumbnails) as server:
        client = server.client
        client.get("/jobs").raise_for_status()
        start = time.perf_counter()
        state = wait_for(client, start_scan(client, clips))
        seconds = time.perf_counter() - start
    assert state["result"]["added"] == files, state
    return seconds


def loop_seconds(clips: Path, ffprobe: str) -> float:
    """Time the bare loop with two processes at a time."""
    probe = f"{ffprobe} -v error -show_format -show_streams -of json"
    start = time.perf_counter()
    subprocess.run(
        ["sh", "-c", f"ls | xargs -P2 -n1 {probe} >/dev/null"],
        cwd=clips,
        check=True,
    )
    return time.perf_counter() - start


def main() -> None:
    """Print a line for each way, with the median and the range of files a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--ffprobe", action="append", default=[], metavar="NAME=PROGRAM")
    arguments = parser.parse_args()
    probes = dict(part.split("=", 1) for part in arguments.ffprobe)
    if on_path := shutil.which("ffprobe"):
        probes.setdefault("ffprobe of PATH", on_path)
    if packaged := packaged_ffprobe():
        probes.setdefault("static ffprobe", str(packaged))
    scans = {"scan": "false", "with thumbnails": "true"}
    seconds: dict[str, list[float]] = {name: [] for name in (*scans, *probes)}
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder) / "clips"
        small_clips(clips, arguments.files)
        for number in range(arguments.rounds):
            for name, thumbnails in scans.items():
                data_dir = Path(folder) / f"{name}-{number}"
                taken = scan_seconds(clips, data_dir, arguments.files, thumbnails=thumbnails)
                seconds[name].append(taken)
            for name, program in probes.items():
                seconds[name].append(loop_seconds(clips, program))
    for name, times in seconds.items():
        rates = sorted(arguments.files / one for one in times)
        ratios = [other / scan for scan, other in zip(seconds["scan"], times, strict=True)]
        print(
            f"{name:20} {statistics.median(rates):7.0f} files/s"
            f"  (from {rates[0]:.0f} to {rates[-1]:.0f}),"
            f" scan is {statistics.median(ratios):.2f} times as fast"
        )


if __name__ == "__main__":
    main()
