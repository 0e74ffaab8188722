"""Memory and threads of ffmpeg for a render of many clips, relative to one of a few.

python -m benchmarks.render_joins [--clips 100] [--few 8] [--preset proxy audio]

Both are made of clips of one 1080p file: the peak of resident memory and of threads over all
passes, and the wall time for each second of the result.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import psutil
from tests.integration.render.conftest import source_of

from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg
from stoat_ferret.ffmpeg.capabilities import describe_ffmpeg, list_abilities
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.request.request import RenderRequest

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPlan
    from stoat_ferret.render.plan.source import Source

PRESETS = ("proxy", "web-1080p", "audio")
SECONDS = 6
CLIP_FRAMES = 12
RATE = 30
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Taken:
    """What a render took: bytes and threads at most, and seconds for each second of its result."""

    resident_bytes: int
    threads: int
    seconds: float

    def relative_to(self, few: Taken) -> str:
        """Return the three ratios."""
        return (
            f"memory {self.resident_bytes / few.resident_bytes:.2f}, "
            f"threads {self.threads / few.threads:.2f}, time {self.seconds / few.seconds:.2f} "
            f"({self.resident_bytes / 1e6:.0f} MB and {self.threads} threads)"
        )


def make_source(ffmpeg: Path, path: Path) -> Source:
    """Make a 1080p file with motion, noise and a tone."""
    picture = f"testsrc2=size=1920x1080:rate={RATE}:duration={SECONDS},noise=alls=6:allf=t"
    arguments = [
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"sine=duration={SECONDS}"),
        *("-c:v", "libx264", "-preset", "superfast", "-g", "60", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", str(path)),
    ]
    subprocess.run([str(ffmpeg), "-v", "error", "-nostdin", *arguments], check=True)
    return source_of(path)


def request_of(preset: str, count: int) -> RenderRequest:
    """Return a request of `count` clips, each from another place of the file."""
    places = SECONDS * RATE - CLIP_FRAMES
    starts = [number * 7 % places for number in range(count)]
    clips: list[dict[str, Any]] = [
        {
            "video_id": "a",
            "start_seconds": Fraction(start, RATE),
            "end_seconds": Fraction(start + CLIP_FRAMES, RATE),
        }
        for start in starts
    ]
    options = {} if preset == "audio" else {"effort": "draft"}
    return RenderRequest.model_validate({"preset": preset, "clips": clips, "options": options})


def taken_by(ffmpeg: Path, plan: RenderPlan) -> Taken:
    """Run the passes of a plan, and watch them."""
    resident = threads = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, text in plan.files.items():
            (Path(folder) / name).write_text(text, "utf-8")
        started = time.perf_counter()
        for one in plan.passes:
            command = [str(ffmpeg), "-v", "error", "-nostdin", "-y", *one.command({})]
            child = psutil.Popen(command, cwd=folder)
            while child.poll() is None:
                with child.oneshot():
                    if child.status() != psutil.STATUS_ZOMBIE:
                        resident = max(resident, child.memory_info().rss)
                        threads = max(threads, child.num_threads())
                time.sleep(LOOK_SECONDS)
            assert child.returncode == 0
        seconds = time.perf_counter() - started
    return Taken(resident, threads, seconds / float(plan.duration_seconds))


def main() -> None:
    """Print a line for each preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--few", type=int, default=8)
    parser.add_argument("--preset", nargs="+", choices=PRESETS, default=("proxy", "audio"))
    given = parser.parse_args()
    ffmpeg = packaged_ffmpeg()
    assert ffmpeg

    async def describe() -> Any:
        return await describe_ffmpeg(await list_abilities(ffmpeg))

    tools = anyio.run(describe)
    with tempfile.TemporaryDirectory() as folder:
        materials = Materials({"a": make_source(ffmpeg, Path(folder) / "source.mp4")})
        for preset in given.preset:
            few, many = (
                taken_by(ffmpeg, plan_render(request_of(preset, count), materials, tools))
                for count in (given.few, given.clips)
            )
            print(f"{preset}: {given.clips} clips beside {given.few}: {many.relative_to(few)}")


if __name__ == "__main__":
    main()
