"""Random cuts of many kinds of files: the pictures of the plan, whole, and in sync."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.cut_check import (
    assert_in_sync,
    decode,
    picture_times,
    sound_offsets,
)
from tests.integration.render.numbered import SMALL_WIDTH, WIDTH, make_numbered

from stoat_ferret.errors import OutputFaultError
from stoat_ferret.ffmpeg.binaries import packaged_ffmpeg
from stoat_ferret.render.plan.source import Materials, Source

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
SECONDS = 4
CASES, SOAK_CASES = 40, 500


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name, how it is encoded, and what is done to it afterwards."""

    file: str
    encoding: str
    rate: Fraction = Fraction(25)
    then: tuple[str, ...] = ()
    presets: tuple[str, ...] = ("copy", "smart-cut", "web-720p")
    options: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def has_one_start(self) -> bool:
        """Whether only its first picture can be decoded by itself."""
        return "intra-refresh" in self.encoding or "-g 300" in self.encoding

    @property
    def has_a_packet_each(self) -> bool:
        """Whether each of its pictures is one packet."""
        return "libvpx " not in self.encoding

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.file} {self.encoding} {self.rate} {' '.join(self.then)}".strip()


def h264(more: str = "-g 25 -bf 3", effort: str = "veryfast") -> str:
    """Return the arguments for H.264."""
    return f"-c:v libx264 -preset {effort} {more}"


def hevc(more: str) -> str:
    """Return the arguments for HEVC."""
    return f"-c:v libx265 -preset ultrafast -x265-params log-level=error:{more}"


ENCODED = ("copy", "web-720p")
MKV = {"container": "mkv"}
OPEN = "-x264-params open-gop=1:bframes=3:keyint=20:min-keyint=20"
RECOVERY = "-force_key_frames expr:gte(t,n_forced*0.8) -x264-params open-gop=1:keyint=300"
LATE = ("-output_ts_offset", "3.3")
HOLES = "-vf select=not(eq(mod(n\\,7)\\,3)) -fps_mode vfr"
"""Some pictures are missing, so others are shown for longer."""
KINDS = (
    # The first ten are in the usual run.
    Kind("closed.mp4", h264()),
    Kind("open.mp4", h264(OPEN)),
    Kind("closed.mkv", h264(), NTSC),
    Kind("open.ts", h264(OPEN)),
    Kind("edited.mp4", h264(), then=("-ss", "0.72")),
    Kind("refresh.mp4", h264("-x264-params intra-refresh=1:keyint=20:bframes=0")),
    Kind("cra.mp4", hevc("keyint=20:min-keyint=20:open-gop=1")),
    Kind("asp.avi", "-c:v mpeg4 -bf 2 -g 20 -q:v 3", presets=ENCODED, options=MKV),
    Kind("vob.vob", "-c:v mpeg2video -g 15 -bf 2 -q:v 3 -c:a mp2 -f vob", presets=ENCODED),
    Kind(
        "alt.webm",
        "-c:v libvpx -deadline realtime -g 25 -auto-alt-ref 1 -c:a libopus",
        Fraction(30),
        presets=ENCODED,
    ),
    Kind("recovery.mp4", h264(RECOVERY)),
    Kind("recovery.ts", h264(RECOVERY), Fraction(24)),
    Kind("low-delay.mp4", h264("-g 10 -bf 0", "ultrafast")),
    Kind("intra.mov", h264("-g 1", "ultrafast"), Fraction(30)),
    Kind("film.mkv", h264("-g 40 -bf 2"), FILM),
    Kind("fast.mp4", h264("-g 30 -bf 3", "ultrafast"), Fraction(60)),
    Kind("closed.ts", h264(), Fraction(30)),
    Kind("late.mkv", h264(), then=("-output_ts_offset", "5.3")),
    Kind("fragments.mp4", h264(), then=("-movflags", "+frag_keyframe+empty_moov")),
    Kind("long.mp4", h264("-g 300 -bf 3 -sc_threshold 0")),
    Kind("one-b.mp4", h264("-g 20 -bf 1 -x264-params b-pyramid=none")),
    Kind("pyramid.mkv", h264("-g 50 -bf 8 -x264-params b-adapt=2"), Fraction(50)),
    Kind("h264.flv", h264(), presets=("web-720p", "copy"), options=MKV),
    Kind("idr.mp4", hevc("keyint=20:min-keyint=20:open-gop=0")),
    Kind("cra.mkv", hevc("keyint=24:min-keyint=24:open-gop=1"), FILM),
    Kind("cra.ts", hevc("keyint=20:min-keyint=20:open-gop=1")),
    Kind("mpeg2.ts", "-c:v mpeg2video -g 12 -bf 2 -q:v 3 -c:a mp2", presets=ENCODED),
    Kind(
        "vp9.webm",
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 30 -c:a libopus",
        presets=ENCODED,
    ),
    Kind("av1.mp4", "-c:v libsvtav1 -preset 12 -crf 15 -g 30 -svtav1-params lp=1", presets=ENCODED),
    Kind("prores.mov", "-c:v prores_ks -profile:v 0 -c:a pcm_s16le", presets=ENCODED),
    Kind("motion.mov", "-c:v mjpeg -q:v 3 -pix_fmt yuvj420p", presets=ENCODED),
    Kind("ffv1.mkv", "-c:v ffv1 -c:a flac", NTSC, presets=ENCODED),
    Kind("ntsc60.mp4", h264("-g 60 -bf 2", "ultrafast"), Fraction(60000, 1001)),
    Kind("slow.mp4", h264("-g 8 -bf 2"), Fraction(10)),
    Kind("late.mov", hevc("keyint=20:min-keyint=20:bframes=4:open-gop=0"), then=LATE),
    Kind("late.ts", h264(OPEN), then=("-output_ts_offset", "7200.5")),
    # Its timestamps, of 33 bits, begin again from 0 in the middle.
    Kind("wrapping.ts", h264(), then=("-output_ts_offset", "95441.7")),
    Kind("holes.mkv", h264(f"-g 25 -bf 2 {HOLES}"), presets=("copy", "smart-cut")),
    Kind("holes.mp4", hevc(f"keyint=20:open-gop=1 {HOLES}"), presets=("copy", "smart-cut")),
    Kind("field-rate.mkv", h264("-g 25 -bf 3"), Fraction(48)),
)
USUAL = KINDS[:10]
PACKED = (".ts", ".vob")
"""Kinds in which a packet that is large enough holds several pictures."""


@dataclass(frozen=True)
class Made:
    """A file with the time and the number of each of its pictures.

    Its sound is `off` by this many milliseconds at most.
    """

    source: Source
    shown: list[tuple[float, int]]
    off: float

    def begins_nearest(self, moment: float) -> int:
        """Return the place of the picture that begins nearest to a moment."""
        return min(range(len(self.shown)), key=lambda at: abs(self.shown[at][0] - moment))


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A function that makes a kind of file, once."""
    folder = tmp_path_factory.mktemp("kinds")
    ffmpeg = packaged_ffmpeg()
    assert ffmpeg

    @cache
    def make(kind: Kind, width: int) -> Made:  # without a default, which would be a second key
        place = folder / f"{KINDS.index(kind)}-{width}"
        place.mkdir()
        path = make_numbered(
            ffmpeg,
            place / (f"plain-{kind.file}" if kind.then else kind.file),
            *kind.encoding.split(),
            frames=round(SECONDS * kind.rate),
            rate=kind.rate,
            width=width,
        )
        if kind.then:
            plain, path = path, place / kind.file
            before = kind.then if kind.then[0] == "-ss" else ()
            after = kind.then if not before else ()
            packaged([*before, "-i", str(plain), "-c", "copy", *after], path)
        seen = decode(ffmpeg, path)
        shown = zip(picture_times(ffmpeg, path), seen.numbers, strict=True)
        off = max(map(abs, sound_offsets(ffmpeg, path, seen.frames)))
        return Made(source_of(path), list(shown), off)

    return make


def check_a_cut(runner: PlanRunner, made: Made, kind: Kind, chance: random.Random) -> None:
    """Make one random cut, and compare its pictures and sounds with the file's."""
    preset = chance.choice(kind.presets)
    whole = made.shown[-1][0]
    start = chance.choice(
        [0.0, chance.uniform(0, whole - 0.2), made.shown[chance.randrange(20)][0]]
    )
    end = chance.choice([None, chance.uniform(start + 0.1, whole + 0.3)])
    options = {} if preset == "copy" else {"effort": "draft"}
    plan = runner.plan(
        Materials({"a": made.source}),
        preset=preset,
        clips=[{"video_id": "a", "start_seconds": start, "end_seconds": end}],
        options=options | (kind.options if preset == "copy" else {}),
    )
    case = f"{kind.name}: {preset} {start}-{end}: {plan.notes}"
    try:
        [(path, output)] = runner.run(plan)
    except OutputFaultError as error:
        raise AssertionError(case) from error
    seen = decode(runner.ffmpeg, path)
    found = seen.numbers
    first = made.begins_nearest(start)
    last = (
        len(made.shown)
        if end is None or end > whole + 0.5 / kind.rate
        else made.begins_nearest(end)
    )
    expected = [number for _, number in made.shown[first : max(last, first + 1)]]
    if preset == "copy":
        numbers = [number for _, number in made.shown]
        at = numbers.index(found[0])
        assert found == numbers[at : at + len(found)], case
        assert set(found) >= set(expected), case
        assert found[0] == expected[0] or plan.notes, case
        assert len(found) - len(expected) <= 2 * kind.rate or kind.has_one_start, case
    else:
        assert found == expected, case
    is_counted = preset != "copy" or kind.has_a_packet_each
    assert output.frames == (len(found) if is_counted else None), case
    said = seen.complaints_of_copy if preset == "copy" else seen.complaints
    assert said == "", case
    if len(found) > kind.rate * Fraction(6, 5):
        # What the file itself is off by, and 20 ms.
        most = 20 + made.off
        assert_in_sync(runner.ffmpeg, path, seen.frames, milliseconds=most, case=case)


@pytest.mark.parametrize("kind", USUAL, ids=lambda kind: kind.file)
def test_a_random_cut_has_exactly_its_pictures(runner: PlanRunner, maker: Any, kind: Kind) -> None:
    chance = random.Random(kind.name)  # noqa: S311  the same cuts in each run
    width = WIDTH if kind.file.endswith(PACKED) else SMALL_WIDTH
    for _ in range(CASES // len(USUAL)):
        check_a_cut(runner, maker(kind, width), kind, chance)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.file)
def test_many_random_cuts_have_exactly_their_pictures(
    runner: PlanRunner, maker: Any, kind: Kind
) -> None:
    chance = random.Random()  # noqa: S311  a failure names the cut
    for _ in range(SOAK_CASES // len(KINDS) + 1):
        check_a_cut(runner, maker(kind, WIDTH), kind, chance)
