"""Many clips are rendered in parts, and nobody sees or hears where one ends."""

from __future__ import annotations

import math
import subprocess
from array import array
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import (
    WIDTH,
    beeps,
    decoded,
    flashes,
    make_numbered,
    numbers,
)
from tests.integration.render.test_colors import bright, left_and_right, transparent
from tests.integration.render.test_cuts import DRAFT, RATE, clip
from tests.integration.render.test_kept_tracks import labels_of

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.source import Source

__all__ = ["bright", "transparent"]
"""The fixtures that other tests make."""

SYNC_SECONDS = 0.02
MOST_OPEN = 9
TONE = 440


def test_pictures_and_beeps_of_many_clips_are_those_of_each(
    runner: PlanRunner, clips: Materials
) -> None:
    spans = [(first, first + 5) for first in range(0, 100, 5)]
    parts = [frames_of("reordered", *span) for span in reversed(spans)]
    plan = runner.plan(clips, preset="web-720p", clips=parts, options=DRAFT)
    assert len(plan.passes) == 4
    assert max(one.arguments.count("-i") for one in plan.passes) <= MOST_OPEN
    [(path, output)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == [n for span in reversed(spans) for n in range(*span)]
    assert output.frames == 100
    assert shown_at(path, runner) == [Fraction(number, 25) for number in range(100)]
    lit, heard = flashes(runner.ffmpeg, path, RATE), beeps(runner.ffmpeg, path)
    assert len(lit) == len(heard) == 4
    assert max(abs(a - b) for a, b in zip(lit, heard, strict=True)) < SYNC_SECONDS


def test_a_part_may_begin_within_a_chain_of_transitions(
    runner: PlanRunner, clips: Materials
) -> None:
    fade = {"transition": {"seconds": 0.12}}
    parts = [
        frames_of("ntsc", n, n + 9, rate=Fraction(30000, 1001), **(fade if n else {}))
        for n in range(0, 48, 4)
    ]
    plan = runner.plan(clips, preset="web-720p", clips=parts, options=DRAFT)
    assert len(plan.passes) == 3
    [(path, output)] = runner.run(plan)
    shown = numbers(runner.ffmpeg, path)
    # Four frames of each clip are shared, either with the one before it or with the next.
    assert output.frames == len(shown) == 12 * 9 - 11 * 4
    assert [shown[n] for n in range(4, 64, 5)] == list(range(4, 52, 4))
    info = source_of(path).info
    assert info.video[0].frame_rate == Fraction(30000, 1001)


def test_overlays_keep_their_time_in_a_later_part(runner: PlanRunner, clips: Materials) -> None:
    parts = [frames_of("silent", 2, 7)] * 20
    text = {"text": "#" * 8, "place": "center", "start_seconds": 2.4, "end_seconds": 2.8}
    plan = runner.plan(clips, preset="web-720p", clips=parts, options={**DRAFT, "texts": [text]})
    assert len(plan.passes) == 4
    [(path, _)] = runner.run(plan)
    row = slice(WIDTH * 120 + WIDTH // 4, WIDTH * 120 + 3 * WIDTH // 4)
    boxed = [min(frame[row]) < 75 for frame in decoded(runner.ffmpeg, path)]
    assert boxed == [60 <= number < 70 for number in range(100)]


@pytest.mark.parametrize(
    ("preset", "options"),
    [
        ("web-720p", {**DRAFT, "audio_codec": "flac"}),
        ("audio", {"container": "flac", "loudness_lufs": -20}),
    ],
)
def test_a_tone_has_no_seam_between_parts(
    runner: PlanRunner, tone: Materials, preset: str, options: dict[str, Any]
) -> None:
    parts = [clip("tone", Fraction(n, 5), Fraction(n + 1, 5)) for n in range(20)]
    plan = runner.plan(tone, preset=preset, clips=parts, options=options)
    assert max(one.arguments.count("-i") for one in plan.passes) <= MOST_OPEN
    [(path, _)] = runner.run(plan)
    samples = sound_of(path, runner)
    assert len(samples) == 4 * 48_000
    # Each sample of a sine follows from the two before it.
    factor = 2 * math.cos(2 * math.pi * TONE / 48_000)
    inner = range(1000, len(samples) - 1000)  # resampling fades the ends a little
    loudest = max(abs(one) for one in samples)
    worst = max(abs(samples[n] - factor * samples[n - 1] + samples[n - 2]) for n in inner)
    assert worst < loudest / 1000


@pytest.mark.parametrize("preset", ["archive", "smart-cut"])
def test_every_track_of_many_clips_is_kept(
    runner: PlanRunner, film: Materials, preset: str
) -> None:
    parts = [clip("film", Fraction(n, 5), Fraction(n + 1, 5)) for n in range(20)]
    options = {**DRAFT, "audio": "all", "loudness_lufs": -30} if preset == "archive" else DRAFT
    plan = runner.plan(film, preset=preset, clips=parts, options=options)
    assert max(one.arguments.count("-i") for one in plan.passes) <= MOST_OPEN + 1
    [(path, output)] = runner.run(plan)
    assert output.audio_streams == 2
    assert labels_of(path) == [("eng", None, set()), ("deu", "Kommentar", {"comment"})]
    info = source_of(path).info
    assert info.tags["title"] == "A film"
    starts = [float(chapter.start_seconds) for chapter in info.chapters]
    assert starts == pytest.approx([n / 5 for n in range(20)], abs=0.001)
    crossings = [zero_crossings(path, runner, number) for number in (0, 1)]
    assert crossings == pytest.approx([TONE * 6, TONE * 12], abs=2)
    if preset == "archive":
        assert [one.layout for one in info.audio] == ["5.1", "mono"]
        assert [zero_crossings(path, runner, 0, channel) for channel in (0, 3)] == [
            pytest.approx(TONE * 6, abs=2),
            pytest.approx(TONE * 18, abs=2),
        ]
        seams = [seam.at for seam in output.seams]
        assert seams == [Fraction(28, 20), Fraction(56, 20)]


def test_each_part_has_the_mastering_display(runner: PlanRunner, bright: Source) -> None:
    parts = [frames_of("bright", n, n + 2) for n in range(0, 40, 2)]
    materials = Materials({"bright": bright})
    plan = runner.plan(materials, preset="archive", clips=parts, options=DRAFT)
    assert len(plan.passes) == 4
    for one in plan.passes[:-1]:
        assert "master-display=" in " ".join(one.arguments)
    [(path, _)] = runner.run(plan)
    assert bright.hdr_metadata
    assert source_of(path).hdr_metadata == bright.hdr_metadata


@pytest.mark.parametrize(
    ("preset", "options", "decoder"),
    [
        ("prores", {}, ()),
        ("web-720p", {**DRAFT, "container": "webm"}, ("-c:v", "libvpx-vp9")),
    ],
)
def test_parts_keep_transparency(
    runner: PlanRunner,
    transparent: Materials,
    preset: str,
    options: dict[str, Any],
    decoder: tuple[str, ...],
) -> None:
    parts = [frames_of("qtrle.mov", 1, 3)] * 10
    plan = runner.plan(transparent, preset=preset, clips=parts, options=options)
    assert len(plan.passes) == 3
    [(path, _)] = runner.run(plan)
    assert shown_at(path, runner) == pytest.approx([n / 25 for n in range(20)], abs=0.001)
    left, right = left_and_right(runner.ffmpeg, path, *decoder)
    assert tuple(left) == pytest.approx((255, 0, 0, 255), abs=12)
    assert right[3] == 0


def test_music_is_mixed_into_the_whole(runner: PlanRunner, clips: Materials) -> None:
    parts = [frames_of("silent", 2, 7)] * 9
    music = {"video_id": "plain", "start_seconds": 1, "end_seconds": 1.5, "at_seconds": 1.1}
    plan = runner.plan(clips, preset="web-720p", clips=parts, audio=[music], options=DRAFT)
    assert len(plan.passes) == 3
    [(path, _)] = runner.run(plan)
    (heard,) = beeps(runner.ffmpeg, path)
    assert abs(heard - 1.1) < SYNC_SECONDS


def test_a_smart_cut_of_many_clips_opens_few_at_a_time(
    runner: PlanRunner, clips: Materials
) -> None:
    spans = [(first, first + 5) for first in range(0, 100, 5)]
    parts = [frames_of("reordered", *span) for span in reversed(spans)]
    plan = runner.plan(clips, preset="smart-cut", clips=parts)
    assert max(one.arguments.count("-i") for one in plan.passes) <= MOST_OPEN
    [(path, _)] = runner.run(plan)
    lit, heard = flashes(runner.ffmpeg, path, RATE), beeps(runner.ffmpeg, path)
    assert len(lit) == len(heard) == 4
    assert max(abs(a - b) for a, b in zip(lit, heard, strict=True)) < SYNC_SECONDS


def frames_of(
    name: str, first: int, end: int, rate: Fraction = RATE, **more: Any
) -> dict[str, Any]:
    """Return a clip of the frames from `first` to before `end`."""
    return clip(name, first / rate, end / rate, **more)


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return a clip of four seconds with an even tone."""
    path = tmp_path_factory.mktemp("tone") / "tone.mkv"
    picture = "color=size=64x48:rate=25:duration=4"
    sound = f"sine=frequency={TONE}:sample_rate=48000:duration=4"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    packaged([*inputs, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "flac"], path)
    return Materials({"tone": source_of(path)})


@pytest.fixture(scope="module")
def film(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return a clip of four seconds with chapters, a tag, and tracks of tones."""
    folder = tmp_path_factory.mktemp("film")
    chapters, path = folder / "chapters.txt", folder / "film.mkv"
    lines = [f"[CHAPTER]\nTIMEBASE=1/1\nSTART={n}\nEND={n + 1}\n" for n in range(4)]
    chapters.write_text(";FFMETADATA1\n" + "".join(lines))
    picture = str(make_numbered(ffmpeg, folder / "picture.mp4", frames=100))
    tones = [f"sin({factor * TONE}*2*PI*t)/8" for factor in (1, 2, 3)]
    places = f"{tones[0]}|0|0|{tones[2]}|0|0"
    form = ["-f", "lavfi", "-i"]
    packaged(
        ["-i", picture, *form, f"aevalsrc={places}:c=5.1:s=48000:d=4"],
        [*form, f"aevalsrc={tones[1]}:c=mono:s=48000:d=4", "-i", str(chapters)],
        [*"-map 0:v -map 1 -map 2 -map_chapters 3 -c:v copy -c:a flac".split()],
        ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"],
        ["-metadata:s:a:1", "title=Kommentar", "-disposition:a:1", "comment"],
        ["-metadata", "title=A film"],
        path,
    )
    return Materials({"film": source_of(path)})


def zero_crossings(path: Path, runner: PlanRunner, track: int, channel: int = 0) -> int:
    """Return how often a channel changes its sign from 0.5 to 3.5 s."""
    samples = sound_of(path, runner, track, channel)[24_000 : 7 * 24_000]
    return sum((a < 0) != (b < 0) for a, b in pairwise(samples))


def shown_at(path: Path, runner: PlanRunner) -> list[Fraction]:
    """Return when each picture is shown, in seconds."""
    listed = run(runner, "-i", str(path), "-map", "0:v", "-f", "framehash", "-hash", "crc32", "-")
    base = Fraction(1)
    times = []
    for line in listed.decode().splitlines():
        if line.startswith("#tb 0:"):
            base = Fraction(line.split()[-1])
        elif not line.startswith("#"):
            times.append(int(line.split(",")[2]) * base)
    return times


def sound_of(path: Path, runner: PlanRunner, track: int = 0, channel: int = 0) -> array[int]:
    """Return the samples of a channel."""
    form = ["-af", f"pan=mono|c0=c{channel},aresample=48000", "-f", "s16le", "-"]
    samples = array("h")
    samples.frombytes(run(runner, "-i", str(path), "-map", f"0:a:{track}", *form))
    return samples


def run(runner: PlanRunner, *arguments: str) -> bytes:
    """Return what ffmpeg prints."""
    return subprocess.run(
        [str(runner.ffmpeg), "-v", "error", "-nostdin", *arguments],
        check=True,
        capture_output=True,
        timeout=60,
    ).stdout
