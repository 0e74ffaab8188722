"""The time until the first picture at one hour of a two-hour video, for each way to play it.

python -m benchmarks.first_picture [--runs 5]

Each run is a new player: it asks for the playlist, the beginning that all parts share, and the
segment at that moment. `ratio` is to the same request of the bytes that are there already.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.running_server import RunningServer, running_server, start_scan, wait_for
from tests.clips import ffmpeg

MINUTES = 120
MOMENT_SECONDS = 3600
FILMS = {
    "h264.mkv": ("-c:v", "libx264", "-preset", "ultrafast", "-g", "250"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-q:v", "6", "-g", "250"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-q:v", "6", "-g", "250"),
}


def make_films(folder: Path) -> None:
    """Write videos of two hours, each by repeating a minute."""
    for name, codec in FILMS.items():
        part = folder / f".part-{name}"
        picture = "testsrc2=size=640x360:rate=25:duration=60"
        ffmpeg("-f", "lavfi", "-i", picture, *codec, part)
        ffmpeg("-stream_loop", str(MINUTES - 1), "-i", part, "-c", "copy", folder / name)
        part.unlink()


def segment_at(playlist: str, seconds: float) -> str:
    """Return the address of the segment of a playlist that has this moment."""
    lines = playlist.splitlines()
    end = 0.0
    for line, address in itertools.pairwise(lines):
        if line.startswith("#EXTINF:"):
            end += float(line.removeprefix("#EXTINF:").split(",")[0])
            if end > seconds:
                return address
    raise ValueError(f"the playlist ends at {end}")


def first_picture(server: RunningServer, playlist: str, viewer: str) -> tuple[float, float]:
    """Return the seconds until a new player has its segment, and those of asking for it again."""
    folder = playlist.partition("?")[0].rpartition("/")[0].removeprefix("/api/v1")

    def get(address: str) -> str:
        answer = server.client.get(address, timeout=120)
        answer.raise_for_status()
        return answer.text if address.endswith("m3u8") or "m3u8?" in address else ""

    start = time.perf_counter()
    mark = "&" if "?" in playlist else "?"
    text = get(f"{playlist.removeprefix('/api/v1')}{mark}viewer={viewer}")
    # The first one of the list of qualities.
    text = get(f"{folder}/{next(line for line in text.splitlines() if line[:1] != '#')}")
    beginning = next(line for line in text.splitlines() if line.startswith("#EXT-X-MAP"))
    name = beginning.split('"')[1]
    get(f"{folder}/{name}")
    segment = f"{folder}/{segment_at(text, MOMENT_SECONDS)}"
    get(segment)
    first = time.perf_counter() - start
    start = time.perf_counter()
    get(segment)
    return first, time.perf_counter() - start


def main() -> None:
    """Make the videos, scan them, and let players start in the middle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        films = Path(folder) / "films"
        films.mkdir()
        make_films(films)
        for name in FILMS:
            times = []
            for run in range(options.runs):
                # A new data folder: segments of an earlier run would be there already.
                with running_server(films, Path(folder) / f"data-{name}-{run}") as server:
                    wait_for(server.client, start_scan(server.client, films))
                    query = {"q": name}
                    (film,) = server.client.get("/videos", params=query).json()["items"]
                    playback = server.client.get(f"/videos/{film['id']}/playback").json()
                    times.append(first_picture(server, playback["hls"]["url"], f"player-{run}"))
            first = [one for one, _ in times]
            again = statistics.median(other for _, other in times)
            print(
                f"{name:10} first segment: median {statistics.median(first):.2f} s, "
                f"longest {max(first):.2f} s, ratio {statistics.median(first) / again:.0f}"
            )


if __name__ == "__main__":
    main()
