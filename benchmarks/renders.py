"""Wall time of renders beside the ffmpeg that they run, and of a smart cut beside a full encode.

python -m benchmarks.renders [--part presets command smart-cut] [--preset web-720p …]
                             [--rounds 3] [--longer 1] [--minutes 10]

Each preset is made in up to three ways in turn, at the same priority: as a job makes it (looked
into, planned, run, checked, published, put into the library), by the very same arguments in the
same starts of ffmpeg, and by commands as somebody would type them. Each ends when the result is on
the disk. Ratios are of neighbours, the median of all rounds, of wall time and of the CPU time
of all processes, which a busy machine changes less. `command` is `stoat-ferret render` itself, with
all that it imports and opens. The smart cut takes 60 seconds out of a file of some minutes, and is
set beside encoding those 60 seconds with the preset for the web. A line is printed as soon as it is
known, with --json as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from tests.integration.render.render_harness import job_until
from uuid_utils.compat import uuid7

from stoat_ferret.bootstrap import Services, open_services
from stoat_ferret.config import load_settings
from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg, packaged_ffprobe
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.processes.child_process import NICENESS
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.publish import sync
from stoat_ferret.render.run.renderer import prepare, render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

PARTS = ("presets", "command", "smart-cut")
X264 = "-c:v libx264 -preset medium -pix_fmt yuv420p -g 150"
WEB_SOUND = "-c:a aac -b:a 160k -ac 2 -movflags +faststart"
BY_HAND = {
    "web-720p": f"{{input}} {X264} -crf 22 {WEB_SOUND} by-hand.mp4",
    "web-1080p": f"{{input}} {X264} -crf 21 {WEB_SOUND} by-hand.mp4",
    "web-2160p": f"{{input}} {X264} -crf 21 {WEB_SOUND} by-hand.mp4",
    "proxy": (
        "{input} -vf scale=960:540 -c:v libx264 -preset ultrafast -crf 26 -pix_fmt yuv420p -g 15 "
        "-c:a aac -b:a 96k -ac 2 -movflags +faststart by-hand.mp4"
    ),
    "archive": (
        "{input} -c:v libx265 -preset medium -crf 20 -pix_fmt yuv420p10le "
        "-x265-params log-level=error -g 150 -c:a flac -sample_fmt s32 by-hand.mkv"
    ),
    "prores": (
        "{input} -c:v prores_ks -profile:v 3 -vendor apl0 -pix_fmt yuv422p10le "
        "-c:a pcm_s24le by-hand.mov"
    ),
    "audio": "{input} -vn -c:a aac -b:a 192k -ac 2 -movflags +faststart by-hand.m4a",
    "gif": (
        "{input} -an -filter_complex "
        "fps=15,scale=480:270,split[a][b];[a]palettegen=stats_mode=diff[p];"
        "[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle by-hand.gif"
    ),
    "webp": "{input} -an -vf fps=15,scale=480:270 -c:v libwebp_anim -q:v 70 -loop 0 by-hand.webp",
    "copy": "{input} -c copy -movflags +faststart by-hand.mp4",
    "smart-cut": (
        "-ss 1.2 -t 3.8 {input} -c:v libx264 -preset medium -crf 18 -c:a copy start.mp4 ; "
        "-ss 5 {input} -c copy rest.mp4 ; "
        "-f concat -i by-hand.txt -c copy -movflags +faststart by-hand.mp4"
    ),
}
BY_HAND_LIST = "file start.mp4\nfile rest.mp4\n"
SECONDS = {
    "web-720p": 4,
    "web-1080p": 4,
    "web-2160p": 4,
    "proxy": 10,
    "archive": 1,
    "prores": 2,
    "audio": 60,
    "gif": 4,
    "webp": 4,
    "copy": 60,
    "smart-cut": 60,
    "stills": 20,
    "contact-sheet": 20,
}
"""Seconds of video for each preset: a few seconds of work on two cores."""
PARTS_OF_CLIPS: dict[str, dict[str, float]] = {"smart-cut": {"start_seconds": 1.2}}
OPTIONS = {"stills": {"count": 20}}
LOOP_SECONDS = 20
CUT_SECONDS = 60.0


@dataclass(frozen=True)
class Cost:
    """Seconds of wall time, and of CPU time of this process and those that have ended."""

    wall: float
    cpu: float

    @classmethod
    def so_far(cls) -> Cost:
        """Return those until now."""
        used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return cls(time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used))

    def until_now(self) -> Cost:
        """Return those from this moment on."""
        now = self.so_far()
        return Cost(now.wall - self.wall, now.cpu - self.cpu)


@dataclass(frozen=True)
class Bench:
    """Services over a folder of clips, and a folder to run ffmpeg in by hand."""

    services: Services
    ffmpeg: Path
    root: Path
    work: Path

    async def make(self, seconds: float) -> str:
        """Return the id of a 720p clip with audio, motion and noise; make it once."""
        path = self.root / f"clip-{seconds:g}.mp4"
        if not path.exists():
            source = self.root.parent / "source.mp4"
            if not source.exists():
                self.run([*_pictures(LOOP_SECONDS), str(source)])
            # With audio in the loop too, frames would not be even at the start of each repetition.
            loop = ["-stream_loop", str(int(seconds // LOOP_SECONDS)), "-i", str(source)]
            sound = ["-f", "lavfi", "-i", "sine=sample_rate=48000"]
            kept = ["-map", "0:v", "-map", "1:a", "-t", str(seconds), "-c:v", "copy", "-c:a", "aac"]
            self.run([*loop, *sound, *kept, str(path)])
            job = await self.services.submit_scan(str(self.root))
            await job_until(self.services, job.id, lambda job: job.status.is_final)
        found = await self.services.videos.find(VideoQuery(limit=100))
        return next(video.id for video in found.items if video.path == path.name)

    async def ours(self, request: RenderRequest) -> Cost:
        """Return what it costs from the request to the file in the library, as a job makes it."""
        started = Cost.so_far()
        await render(request, self.services.renders, job_id=str(uuid7()))
        cost = started.until_now()
        shutil.rmtree(self.services.settings.renders_dir)
        return cost

    async def same(self, request: RenderRequest) -> Cost:
        """Return what ffmpeg alone costs with the arguments of our plan."""
        plan = (await prepare(request, self.services.renders)).plan
        for name, text in plan.files.items():
            (self.work / name).write_text(text, "utf-8")
        started = Cost.so_far()
        for one in plan.passes:
            self.run(one.command({}))
        self._flush([one.file for one in plan.outputs])
        return started.until_now()

    def by_hand(self, preset: str, path: Path) -> Cost:
        """Return what the commands cost that a person would type, with `;` between them."""
        (self.work / "by-hand.txt").write_text(BY_HAND_LIST, "utf-8")
        started = Cost.so_far()
        for command in BY_HAND[preset].split(" ; "):
            words = command.replace("{input}", f"-i {path}").split()
            self.run(words)
        self._flush([words[-1]])
        return started.until_now()

    def _flush(self, names: Sequence[str]) -> None:
        """Wait until files are on the disk, as a job does before it says that they are there."""
        for name in names:
            sync(self.work / name)

    def clear(self) -> None:
        """Remove what was written, and wait for the disk, so that it does not hinder what follows.

        Files that stay fill the memory of the system, and it is cheap to overwrite them.
        """
        for path in self.work.iterdir():
            if path.is_file():
                path.unlink()
        os.sync()

    def run(self, arguments: Sequence[str]) -> None:
        """Run ffmpeg as renders do: at low priority."""
        command = [str(self.ffmpeg), "-hide_banner", "-nostdin", "-v", "error", "-y", *arguments]
        subprocess.run(
            command, check=True, cwd=self.work, preexec_fn=lambda: os.nice(NICENESS) and None
        )


def _pictures(seconds: int) -> list[str]:
    picture = f"testsrc2=size=1280x720:rate=30:duration={seconds},noise=alls=8:allf=t"
    return [
        *("-f", "lavfi", "-i", picture),
        *("-c:v", "libx264", "-preset", "superfast", "-crf", "24", "-g", "150"),
        *("-pix_fmt", "yuv420p"),
    ]


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    """Open a bench in `folder`, with the programs of the extra `ffmpeg`."""
    ffmpeg, ffprobe = packaged_ffmpeg(), packaged_ffprobe()
    assert ffmpeg
    assert ffprobe
    root, work = folder / "clips", folder / "work"
    for one in (root, work):
        one.mkdir()
    settings = load_settings(
        roots=(root,), data_dir=folder, ffmpeg=ffmpeg, ffprobe=ffprobe, thumbnails=False
    )
    async with open_services(settings) as services:
        await services.ffmpeg.abilities()
        yield Bench(services, ffmpeg, root, work)


def request_of(preset: str, video_id: str, **part: float) -> RenderRequest:
    """Return a request for all of a clip, or a part."""
    clip = {"video_id": video_id, **PARTS_OF_CLIPS.get(preset, {}), **part}
    return RenderRequest.model_validate(
        {"preset": preset, "clips": [clip], "name": "ours", "options": OPTIONS.get(preset, {})}
    )


async def measure_preset(bench: Bench, preset: str, seconds: float, rounds: int) -> dict[str, Any]:
    """Measure the ways in turn, each time in another order."""
    video_id = await bench.make(seconds)
    path = bench.root / f"clip-{seconds:g}.mp4"
    request = request_of(preset, video_id)
    ways = ("ours", "same", "by_hand") if preset in BY_HAND else ("ours", "same")
    costs: dict[str, list[Cost]] = {way: [] for way in ways}
    for number in range(rounds):
        for way in sorted(costs, reverse=bool(number % 2)):
            await asyncio.to_thread(bench.clear)
            if way == "by_hand":
                costs[way].append(await asyncio.to_thread(bench.by_hand, preset, path))
            else:
                costs[way].append(await getattr(bench, way)(request))
    walls = {way: [cost.wall for cost in series] for way, series in costs.items()}
    cpus = {way: [cost.cpu for cost in series] for way, series in costs.items()}
    return {
        "preset": preset,
        "video_seconds": seconds,
        **{f"{way}_seconds": round(statistics.median(series), 3) for way, series in walls.items()},
        **{f"ours_to_{way}": _ratio(walls["ours"], walls[way]) for way in ways[1:]},
        **{f"cpu_ours_to_{way}": _ratio(cpus["ours"], cpus[way]) for way in ways[1:]},
    }


async def measure_command(bench: Bench, rounds: int) -> dict[str, Any]:
    """Measure `stoat-ferret render` without a server, and the copy that it makes typed by hand."""
    seconds = SECONDS["copy"]
    await bench.make(seconds)
    path = bench.root / f"clip-{seconds:g}.mp4"
    environment = {
        **os.environ,
        "STOAT_DATA_DIR": str(bench.work / "data"),
        "STOAT_ROOTS": str(bench.root),
        "STOAT_FFMPEG": str(bench.ffmpeg),
        "STOAT_FFPROBE": str(bench.services.settings.ffprobe),
    }

    def command(*words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "stoat_ferret", *words, "--json"],
            env=environment,
            check=True,
            capture_output=True,
        )
        return json.loads(done.stdout)

    await asyncio.to_thread(command, "scan", str(bench.root))
    items = (await asyncio.to_thread(command, "videos"))["items"]
    video_id = next(item["id"] for item in items if item["path"] == path.name)
    words = ("render", video_id, "--preset", "copy", "--name", "ours", "--overwrite")
    ours, by_hand = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        await asyncio.to_thread(command, *words)
        ours.append(time.perf_counter() - started)
        by_hand.append((await asyncio.to_thread(bench.by_hand, "copy", path)).wall)
    return {
        "command": "render --preset copy",
        "ours_seconds": round(statistics.median(ours), 3),
        "by_hand_seconds": round(statistics.median(by_hand), 3),
    }


async def measure_smart_cut(bench: Bench, minutes: float, rounds: int) -> dict[str, Any]:
    """Measure a cut of 60 seconds that does not start at a key frame; the full encode once."""
    video_id = await bench.make(minutes * 60)
    start = minutes * 30 + 1.2
    part = {"start_seconds": start, "end_seconds": start + CUT_SECONDS}
    smart = [
        (await bench.ours(request_of("smart-cut", video_id, **part))).wall for _ in range(rounds)
    ]
    full = (await bench.ours(request_of("web-720p", video_id, **part))).wall
    return {
        "smart_cut_of_seconds": CUT_SECONDS,
        "file_minutes": minutes,
        "smart_cut_seconds": round(statistics.median(smart), 3),
        "full_encode_seconds": round(full, 3),
        "full_to_smart_cut": round(full / statistics.median(smart), 1),
    }


def _ratio(ours: list[float], others: list[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(ours, others, strict=True)), 3)


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print one line at once."""
    words = "  ".join(f"{name} {value}" for name, value in figures.items())
    print(json.dumps(figures) if as_json else words, flush=True)


async def measure(options: argparse.Namespace) -> None:
    """Print the requested measurements."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_bench(Path(folder)) as bench:
            if "presets" in options.part:
                for preset in options.preset:
                    seconds = SECONDS[preset] * options.longer
                    figures = await measure_preset(bench, preset, seconds, options.rounds)
                    show(figures, as_json=options.json)
            if "command" in options.part:
                show(await measure_command(bench, options.rounds), as_json=options.json)
            if "smart-cut" in options.part:
                cut = await measure_smart_cut(bench, options.minutes, options.rounds)
                show(cut, as_json=options.json)


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--preset", nargs="*", choices=list(SECONDS), default=list(SECONDS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--longer", type=int, default=1, help="times the usual length")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
