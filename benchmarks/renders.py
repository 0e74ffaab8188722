"""Wall time of each preset beside the same command typed by hand, and of a smart cut.

python -m benchmarks.renders [--seconds 20] [--rounds 3] [--minutes 10] [--preset web-720p …]

Both sides run in turn at the same priority. Ours counts all that a render does before and beside
ffmpeg: looking for key frames, planning, reading progress. The smart cut takes 60 seconds out of a
file of some minutes, and is set beside encoding those 60 seconds with the preset for the web.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg, packaged_ffprobe
from stoat_ferret.ffmpeg.description import describe_ffmpeg, list_abilities
from stoat_ferret.ffmpeg.executor import run_ffmpeg
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.media.child_process import NICENESS
from stoat_ferret.render.planner import plan_render
from stoat_ferret.render.request import RenderRequest
from stoat_ferret.render.source import Materials
from stoat_ferret.render.timing import look_into, places

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.ffmpeg.progress import FfmpegProgress
    from stoat_ferret.render.source import Tools

X264 = "-c:v libx264 -preset medium -pix_fmt yuv420p -g 150"
BY_HAND = {
    "web-720p": f"{X264} -crf 22 -c:a aac -b:a 160k -ac 2 -movflags +faststart by-hand.mp4",
    "proxy": (
        "-vf scale=960:540 -c:v libx264 -preset ultrafast -crf 26 -pix_fmt yuv420p -g 15 "
        "-c:a aac -b:a 96k -ac 2 -movflags +faststart by-hand.mp4"
    ),
    "archive": (
        "-c:v libx265 -preset medium -crf 20 -pix_fmt yuv420p10le -x265-params log-level=error "
        "-g 150 -c:a flac -sample_fmt s32 by-hand.mkv"
    ),
    "prores": (
        "-c:v prores_ks -profile:v 3 -vendor apl0 -pix_fmt yuv422p10le -c:a pcm_s24le by-hand.mov"
    ),
    "audio": "-vn -c:a aac -b:a 192k -ac 2 -movflags +faststart by-hand.m4a",
    "gif": (
        "-an -filter_complex fps=15,scale=480:270,split[a][b];[a]palettegen=stats_mode=diff[p];"
        "[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle by-hand.gif"
    ),
    "copy": "-c copy -movflags +faststart by-hand.mp4",
}
SHORT = {"gif": 5.0}
"""How much of the clip an animation takes, in seconds."""


class Bench:
    """An ffmpeg, and a folder to work in."""

    def __init__(self, folder: Path, ffmpeg: Path, ffprobe: Path, tools: Tools) -> None:
        self._folder = folder
        self._ffmpeg = ffmpeg
        self._ffprobe = ffprobe
        self._tools = tools

    def make(self, name: str, seconds: float) -> Path:
        """A clip of 720p with sound, which moves and has noise in it."""
        path = self._folder / name
        picture = f"testsrc2=size=1280x720:rate=30:duration={seconds},noise=alls=8:allf=t"
        self._run(
            [
                *("-f", "lavfi", "-i", picture),
                *("-f", "lavfi", "-i", f"sine=sample_rate=48000:duration={seconds}"),
                *("-c:v", "libx264", "-preset", "superfast", "-crf", "24", "-g", "150"),
                *("-pix_fmt", "yuv420p", "-c:a", "aac", str(path)),
            ]
        )
        return path

    def by_hand(self, path: Path, preset: str) -> float:
        """Seconds of the command alone."""
        length = ["-t", str(SHORT[preset])] if preset in SHORT else []
        started = time.perf_counter()
        self._run([*length, "-i", str(path), *BY_HAND[preset].split()])
        return time.perf_counter() - started

    async def ours(self, path: Path, preset: str, start: float, end: float | None) -> float:
        """Seconds from the request to the finished file."""
        clip: dict[str, Any] = {"video_id": "a", "start_seconds": start, "end_seconds": end}
        request = RenderRequest.model_validate({"preset": preset, "clips": [clip]})
        info = await ffprobe_video(path, ffprobe=self._ffprobe)
        started = time.perf_counter()
        around = places(request)["a"]
        source = await look_into(str(path), info, ffprobe=self._ffprobe, around=around)
        plan = plan_render(request, Materials({"a": source}), self._tools)
        for name, text in plan.files.items():
            (self._folder / name).write_text(text, "utf-8")
        measured: dict[str, str] = {}
        for one in plan.passes:
            arguments = one.command(measured)
            await run_ffmpeg(self._ffmpeg, arguments, on_progress=_ignore, cwd=self._folder)
        return time.perf_counter() - started

    def _run(self, arguments: list[str]) -> None:
        command = [str(self._ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments]
        subprocess.run(
            command, check=True, cwd=self._folder, preexec_fn=lambda: os.nice(NICENESS) and None
        )


def _ignore(progress: FfmpegProgress) -> None:
    pass


def print_presets(bench: Bench, clip: Path, presets: list[str], rounds: int) -> None:
    """A line for each preset."""
    print(f"{'preset':12} {'ours':>8} {'by hand':>8} {'ratio':>7}")
    for preset in presets:
        pairs = [
            (
                asyncio.run(bench.ours(clip, preset, 0, SHORT.get(preset))),
                bench.by_hand(clip, preset),
            )
            for _ in range(rounds)
        ]
        ours, raw = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(a / b for a, b in pairs)
        print(f"{preset:12} {ours:7.2f}s {raw:7.2f}s {ratio:7.3f}")


def print_smart_cut(bench: Bench, minutes: float, make: Callable[[str, float], Path]) -> None:
    """60 seconds, not from a key frame on."""
    path = make("long.mp4", minutes * 60)
    start = minutes * 30 + 1.2
    smart, full = (
        asyncio.run(bench.ours(path, preset, start, start + 60))
        for preset in ("smart-cut", "web-720p")
    )
    print(f"60 s of {minutes:g} minutes: smart cut {smart:.2f} s, encoded whole {full:.2f} s")


def main() -> None:
    """Print what it measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--preset", nargs="*", default=list(BY_HAND))
    options = parser.parse_args()
    ffmpeg, ffprobe = packaged_ffmpeg(), packaged_ffprobe()
    assert ffmpeg
    assert ffprobe

    async def tools() -> Tools:
        return await describe_ffmpeg(await list_abilities(ffmpeg))

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), ffmpeg, ffprobe, asyncio.run(tools()))
        clip = bench.make("clip.mp4", options.seconds)
        print_presets(bench, clip, options.preset, options.rounds)
        if options.minutes:
            print_smart_cut(bench, options.minutes, bench.make)


if __name__ == "__main__":
    main()
