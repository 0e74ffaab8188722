"""Hundreds of codecs in containers with oddities: whether both probers return the same facts.

    python -m benchmarks.odd_combinations --files 2000 --seed 1

Every file is valid: made by ffmpeg from small sources, with tracks, tags, turns, sizes, rates,
colours and cuts drawn with a fixed seed. What a container does not hold is drawn anew.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from benchmarks.mutated_files import difference

from stoat_ferret.errors import MediaError
from stoat_ferret.ffmpeg.binaries import find_ffprobe, packaged_ffmpeg
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.media.prober import LibavProber
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    from stoat_ferret.media.prober import Prober

VIDEO = [
    "libx264 -preset ultrafast",
    "libx264 -preset ultrafast -pix_fmt yuv422p10le",
    "libx264 -preset ultrafast -pix_fmt yuv444p -g 1",
    "libx265 -preset ultrafast -x265-params log-level=none",
    "libx265 -preset ultrafast -x265-params log-level=none -pix_fmt yuv420p10le -tag:v hvc1",
    "libvpx -deadline realtime -cpu-used 8",
    "libvpx-vp9 -deadline realtime -cpu-used 8",
    "libsvtav1 -preset 12 -svtav1-params progress=0",
    "mpeg2video",
    "mpeg1video -r 25",
    "mpeg4",
    "mpeg4 -bf 2 -vtag xvid",
    "msmpeg4",
    "mjpeg -pix_fmt yuvj420p",
    "prores_ks",
    "prores_ks -profile:v 4444 -pix_fmt yuva444p10le",
    "dnxhd -profile:v dnxhr_lb -pix_fmt yuv422p",
    "ffv1",
    "ffv1 -pix_fmt gbrp10le",
    "huffyuv",
    "qtrle",
    "rawvideo",
    "v210 -pix_fmt yuv422p10le",
    "flv1",
    "wmv2",
    "libtheora",
    "h263p",
]
AUDIO = [
    *("aac", "libmp3lame", "mp2", "ac3", "eac3", "libopus", "libvorbis", "flac", "alac"),
    *("pcm_s16le", "pcm_s24be", "pcm_mulaw", "wmav2", "dca -strict -2", "wavpack", "tta"),
]
CONTAINERS = [
    *("mp4", "mov", "mkv", "webm", "avi", "ts", "m2ts", "mpg", "vob", "flv", "asf", "mxf", "nut"),
    *("ogv", "3gp", "gxf", "wtv", "m4v"),
]
LANGUAGES = ["eng", "und", "fra", "zxx", "English (US)", "   ", "e", "pt-BR", "日本語", "x" * 40]
TITLES = ["A title", "Stream #0:0: Video: h264", "two\nlines", "  Duration: N/A", "späße 🎬", "="]
SIZES = ["64x48", "320x240", "66x50", "720x576", "128x96", "352x288", "176x144", "48x64"]
RATES = ["25", "30000/1001", "24000/1001", "10", "60", "1", "50", "1000/33"]
COLOURS = [
    "bt709:color_trc=bt709:colorspace=bt709",
    "bt2020:color_trc=smpte2084:colorspace=bt2020nc",
    "bt2020:color_trc=arib-std-b67:colorspace=bt2020nc",
    "smpte170m:color_trc=smpte170m:colorspace=smpte170m",
    "bt470bg:color_trc=gamma28:colorspace=bt470bg",
    "smpte432:color_trc=iec61966-2-1:colorspace=bt709",
]


def command(dice: random.Random, target: Path) -> list[str]:
    """Draw the arguments of ffmpeg for one file."""
    size, rate, seconds = dice.choice(SIZES), dice.choice(RATES), dice.choice(["0.2", "1", "1.3"])
    source = f"testsrc2=size={size}:rate={rate}:duration={seconds}"
    arguments = []
    if dice.random() < 0.1:
        arguments += ["-display_rotation", dice.choice(["90", "180", "-90", "45", "270"])]
    arguments += ["-f", "lavfi", "-i", source]
    sounds = dice.choice([0, 1, 1, 1, 2])
    for number in range(sounds):
        arguments += ["-f", "lavfi", "-i", f"sine=frequency={300 + number}:duration={seconds}"]
    second = dice.random() < 0.12
    if second:
        arguments += ["-f", "lavfi", "-i", f"testsrc=size=32x24:rate=5:duration={seconds}"]
    arguments += [part for n in range(1 + sounds + second) for part in ("-map", str(n))]
    arguments += _filters(dice)
    arguments += ["-c:v", *dice.choice(VIDEO).split()]
    if sounds:
        arguments += ["-c:a", *dice.choice(AUDIO).split(), "-ac", dice.choice("112226")]
        arguments += ["-ar", dice.choice(["48000", "44100", "22050", "8000", "96000"])]
    return [*arguments, *_oddities(dice, sounds, second=second), str(target)]


def _filters(dice: random.Random) -> list[str]:
    chain = []
    if dice.random() < 0.2:
        chain.append(f"setsar={dice.choice(['4/3', '32/27', '1/2', '64/45', '0'])}")
    if dice.random() < 0.2:
        chain.append(f"setparams=color_primaries={dice.choice(COLOURS)}")
    if dice.random() < 0.1:
        chain.append("interlace")
    if dice.random() < 0.1:
        chain.append("select='not(mod(n,3))'")
    return ["-vf", ",".join(chain)] if chain else []


def _oddities(dice: random.Random, sounds: int, *, second: bool) -> list[str]:
    result = []
    if dice.random() < 0.5:
        kind = dice.choice(["a:0", "v:0"] if sounds else ["v:0"])
        result += [f"-metadata:s:{kind}", f"language={dice.choice(LANGUAGES)}"]
    if dice.random() < 0.4:
        where = dice.choice(["", ":s:v:0", *([":s:a:0"] if sounds else [])])
        key = dice.choice(["title", "TITLE", "creation_time", "comment", "Odd Key"])
        result += [f"-metadata{where}", f"{key}={dice.choice(TITLES)}"]
    if second:
        result += ["-disposition:v:0", "0", "-disposition:v:1", dice.choice(["default", "0"])]
    elif dice.random() < 0.1:
        result += ["-disposition:v:0", dice.choice(["attached_pic", "forced", "dub+original"])]
    if dice.random() < 0.08:
        result += ["-frames:v", "1"]
    if dice.random() < 0.1:
        result += ["-output_ts_offset", dice.choice(["5", "95443", "0.5"])]
    if dice.random() < 0.15:
        result += ["-movflags", dice.choice(["frag_keyframe+empty_moov", "+faststart", "rtphint"])]
    return result


@dataclass
class Report:
    """The results of a run."""

    made: int = 0
    containers: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


def make(folder: Path, seed: int, number: int) -> Path:
    """Write the file of this number, the same whenever it is made."""
    dice = random.Random(f"{seed} {number}")  # noqa: S311  not for security
    ffmpeg = packaged_ffmpeg()
    assert ffmpeg, "the extra `ffmpeg` is not installed"
    while True:
        target = folder / f"{number}.{dice.choice(CONTAINERS)}"
        drawn = [str(ffmpeg), "-v", "quiet", "-nostdin", "-y", *command(dice, target)]
        with suppress(subprocess.SubprocessError, FileNotFoundError):
            subprocess.run(drawn, capture_output=True, check=True, timeout=60)
            if target.stat().st_size:
                return target
        target.unlink(missing_ok=True)


async def run(files: int, seed: int) -> Report:
    """Make `files` files, and compare what both probers return for each."""
    report, numbers = Report(), iter(range(files))
    limiter = anyio.CapacityLimiter(2)
    async with MediaWorkers(limiter) as workers:
        with tempfile.TemporaryDirectory() as scratch:
            ffprobe = FfprobeProber(workers, limiter, find_ffprobe(), timeout_seconds=60)
            probers: list[Prober] = [LibavProber(workers, timeout_seconds=60), ffprobe]

            async def work() -> None:
                for number in numbers:
                    path = await asyncio.to_thread(make, Path(scratch), seed, number)
                    await _compare(path, probers, report)
                    await asyncio.to_thread(path.unlink)

            async with asyncio.TaskGroup() as tasks:
                for _ in range(2):
                    tasks.create_task(work())
    return report


async def _compare(path: Path, probers: list[Prober], report: Report) -> None:
    report.made += 1
    report.containers[path.suffix] += 1
    answers: list[object] = []
    for prober in probers:
        try:
            probed = await prober.probe(path)
        except MediaError as error:
            report.outcomes[f"{prober.name} {type(error).__name__}"] += 1
            answers.append(type(error).__name__)
        else:
            report.outcomes[f"{prober.name} ok"] += 1
            answers.append(probed.media_info.model_dump())
    if answers[0] != answers[1]:
        report.differences.append(f"{path.name}: {difference(answers[0], answers[1])}")


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    report = asyncio.run(run(arguments.files, arguments.seed))
    print(f"{report.made} files in {time.monotonic() - started:.0f} s: {dict(report.containers)}")
    print(f"outcomes: {dict(report.outcomes)}")
    print(f"probers that differ: {len(report.differences)}")
    print("\n".join(report.differences[:60]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
