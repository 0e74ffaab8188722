"""Files whose timestamps are not what their averages say: each picture of a cut, and in sync."""

from __future__ import annotations

import os
import struct
import subprocess
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.cut_check import assert_in_sync, decode, picture_times
from tests.integration.render.numbered import WIDTH, beeps, make_numbered, numbers
from tests.integration.render.test_cuts import DRAFT, clip

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.transport_stream import jumping_seconds
from stoat_ferret.render.plan.plan import RenderPhase
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from tests.integration.render.plan_runner import PlanRunner

X264 = "-c:v libx264 -preset veryfast -g 30 -bf 3".split()
FILM = Fraction(24000, 1001)


@pytest.fixture(scope="module")
def videos(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Clips of 4 to 5 s, by what is odd about their times."""
    folder = tmp_path_factory.mktemp("odd-times")
    plain = make_numbered(ffmpeg, folder / "plain.mp4", *X264, frames=100)
    paths = {
        "plain": plain,
        "edited": folder / "edited.mp4",
        "scaled": folder / "scaled.mp4",
        "slow": make_numbered(ffmpeg, folder / "slow.mp4", *X264, frames=96, rate=Fraction(24)),
        "film": make_numbered(ffmpeg, folder / "film.mp4", *X264, frames=96, rate=FILM),
        "avi": make_numbered(
            ffmpeg, folder / "a.avi", *"-c:v mpeg4 -bf 2 -g 25 -q:v 3".split(), frames=100
        ),
        "h264-avi": make_numbered(ffmpeg, folder / "h.avi", *X264, frames=100),
        "vob": make_numbered(
            ffmpeg,
            folder / "b.vob",
            *"-c:v mpeg2video -g 15 -bf 2 -q:v 3 -c:a mp2 -f vob".split(),
            frames=100,
            width=WIDTH,
        ),
        "long": folder / "long.mp4",
        "holes": folder / "holes.mp4",
        "uneven": folder / "uneven.mp4",
    }
    packaged(["-ss", "0.72", "-i", str(plain), "-c", "copy"], paths["edited"])
    packaged(["-i", str(plain), "-c", "copy", "-video_track_timescale", "90000"], paths["scaled"])
    packaged(
        [
            *("-i", str(plain), "-f", "lavfi", "-i", "sine=duration=6"),
            *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"),
        ],
        paths["long"],
    )
    for name, times in (
        # After two seconds, one picture of five is missing.
        ("holes", "select='lt(n,50)+mod(n,5)',setpts=PTS"),
        # Time goes faster and faster.
        ("uneven", "setpts='(T-0.02*T*T)/TB'"),
    ):
        options = ["-fps_mode", "passthrough", "-enc_time_base", "1:90000", *X264]
        packaged(["-i", str(plain), "-vf", times, *options, "-c:a", "copy"], paths[name])
    return Materials({name: source_of(path) for name, path in paths.items()})


@pytest.mark.parametrize(
    ("start", "end", "first", "last"), [(0, 2, 18, 67), (0, None, 18, 99), (1, 3.3, 43, 99)]
)
def test_a_smart_cut_begins_as_an_edit_list_says(
    runner: PlanRunner, videos: Materials, start: float, end: float | None, first: int, last: int
) -> None:
    [(path, output)] = runner.render(
        videos, preset="smart-cut", clips=[clip("edited", start, end)], options=DRAFT
    )
    seen = decode(runner.ffmpeg, path)
    assert seen.numbers == list(range(first, last + 1))
    assert output.frames == len(seen.numbers)
    assert seen.complaints == ""
    assert_in_sync(
        runner.ffmpeg, path, seen.frames, milliseconds=40
    )  # the source itself is off by 20


@pytest.mark.parametrize(
    ("name", "encoding", "seconds"),
    [
        ("late.mkv", "-c:v libx264 -preset ultrafast -c:a aac", 1),
        ("late.mkv", "-c:v libx264 -preset ultrafast -c:a aac", 8),
        ("late.webm", "-c:v libvpx -deadline realtime -c:a libopus", 1),
        ("late.wmv", "-c:v msmpeg4v3 -q:v 3 -c:a wmav2", 1),
        ("late.nut", "-c:v libx264 -preset ultrafast -c:a aac", 1),
    ],
)
def test_a_length_that_is_counted_from_zero_repeats_no_picture(
    runner: PlanRunner, tmp_path: Path, name: str, encoding: str, seconds: int
) -> None:
    late = (*encoding.split(), "-output_ts_offset", "5.3")
    path = make_numbered(runner.ffmpeg, tmp_path / name, *late, frames=25 * seconds)
    video = source_of(path)
    assert video.info.duration_seconds == pytest.approx(seconds, abs=0.1)
    [(result, output)] = runner.render(
        Materials({"late": video}), preset="web-720p", clips=[clip("late")], options=DRAFT
    )
    assert numbers(runner.ffmpeg, result) == list(range(25 * seconds))
    assert output.frames == 25 * seconds


@pytest.mark.parametrize("preset", ["web-720p", "copy"])
def test_pictures_after_the_stated_length_are_kept(
    runner: PlanRunner, tmp_path: Path, preset: str
) -> None:
    # The last times of small pictures are missing: several of them are in one packet of the VOB.
    mpeg2 = "-c:v mpeg2video -g 15 -bf 2 -q:v 3 -c:a mp2 -f vob".split()
    path = make_numbered(runner.ffmpeg, tmp_path / "a.vob", *mpeg2, frames=100)
    video = source_of(path)
    assert video.info.duration_seconds == pytest.approx(4.01, abs=0.001)
    [(result, _)] = runner.render(Materials({"a": video}), preset=preset, clips=[clip("a")])
    assert numbers(runner.ffmpeg, result) == list(range(100))


@pytest.mark.soak
def test_hours_of_audio_after_the_pictures_are_no_fault(runner: PlanRunner, tmp_path: Path) -> None:
    plain = make_numbered(runner.ffmpeg, tmp_path / "plain.mp4", *X264, frames=100)
    minute, path = tmp_path / "minute.m4a", tmp_path / "long.mp4"
    packaged(["-f", "lavfi", "-i", "anullsrc", "-t", "60", "-c:a", "aac"], minute)
    audio = ["-stream_loop", "220", "-i", str(minute), "-map", "0:v", "-map", "1:a", "-c", "copy"]
    packaged(["-i", str(plain), *audio], path)
    video = source_of(path)
    assert video.info.duration_seconds == pytest.approx(221 * 60, abs=30)
    assert video.timing.video_end == pytest.approx(4, abs=0.1)


def _cut_by_decoding_times(runner: PlanRunner, folder: Path, seconds: float) -> Path:
    """Return a looped file without the three pictures before its last one."""
    between = [*X264, "-x264-params", "b-adapt=0:b-pyramid=none"]
    plain = make_numbered(runner.ffmpeg, folder / "plain.mp4", *between, frames=100)
    path = folder / "cut.mp4"
    packaged(["-stream_loop", "9", "-i", str(plain), "-c", "copy", "-t", str(seconds)], path)
    times = picture_times(runner.ffmpeg, path)
    assert times[-1] - times[-2] > 0.15
    return path


@pytest.mark.parametrize("preset", ["web-720p", "smart-cut", "copy"])
def test_a_last_picture_whose_neighbors_are_missing_is_kept(
    runner: PlanRunner, tmp_path: Path, preset: str
) -> None:
    path = _cut_by_decoding_times(runner, tmp_path, 4.03)
    last = picture_times(runner.ffmpeg, path)[-1]
    start = 0 if preset == "copy" else 0.4
    [(result, output)] = runner.render(
        Materials({"a": source_of(path)}), preset=preset, clips=[clip("a", start)]
    )
    shown = [number for number, _ in groupby(numbers(runner.ffmpeg, result))]
    assert shown == [*range(round(start * 25), 100), 0, 4]
    assert float(output.duration_seconds or 0) == pytest.approx(last + 0.04 - start, abs=0.03)


def test_what_follows_the_cut_of_a_file_without_some_pictures_is_copied(
    runner: PlanRunner, tmp_path: Path
) -> None:
    video = source_of(_cut_by_decoding_times(runner, tmp_path, 20.115))
    plan = runner.plan(Materials({"a": video}), preset="smart-cut", clips=[clip("a", 0.4)])
    assert [one.title for one in plan.passes].count(RenderPhase.ENCODING_AROUND_CUT) == 1
    assert "0.80 of " in plan.notes[-1]


def _stating(path: Path, seconds: int, boxes: dict[bytes, int]) -> Path:
    """Write another duration into the boxes of an MP4: their names and the places after them.

    All of them count in ticks of the movie, whose number is stored before its own duration.
    """
    data = bytearray(path.read_bytes())
    at = data.index(b"mvhd")
    ticks = int.from_bytes(data[at + 16 : at + 20], "big")
    for name, place in boxes.items():
        start = data.index(name) + place
        data[start : start + 4] = (seconds * ticks).to_bytes(4, "big")
    changed = path.with_name("changed.mp4")
    changed.write_bytes(data)
    return changed


def test_a_last_picture_is_shown_as_long_as_the_edit_list_says(
    runner: PlanRunner, tmp_path: Path
) -> None:
    slides = tmp_path / "slides.mp4"
    packaged(["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=1/5:duration=20", *X264], slides)
    path = _stating(slides, 16, {b"mvhd": 20, b"tkhd": 24, b"elst": 12})
    video = source_of(path)
    assert video.info.duration_seconds == pytest.approx(16)
    assert picture_times(runner.ffmpeg, path)[-1] == pytest.approx(15)


def test_a_file_that_is_longer_than_it_says_is_cut_at_its_own_key_frames(
    runner: PlanRunner, tmp_path: Path
) -> None:
    plain = make_numbered(runner.ffmpeg, tmp_path / "long.mkv", *X264, "-g", "250", frames=40 * 25)
    data = bytearray(plain.read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    data[at : at + 8] = struct.pack(">d", 10_000.0)
    plain.write_bytes(data)
    video = source_of(plain, around=30)
    assert video.info.duration_seconds == pytest.approx(40, abs=0.1)
    plan = runner.plan(Materials({"a": video}), preset="smart-cut", clips=[clip("a", 29, 38)])
    assert "1.00 of 9.00 seconds" in plan.notes[-1]


def test_the_kinds_of_all_key_frames_at_the_start_are_known(
    runner: PlanRunner, tmp_path: Path
) -> None:
    forced = ["-force_key_frames", "0,3.28,6.2", "-g", "250"]
    path = make_numbered(runner.ffmpeg, tmp_path / "k.mp4", *X264, *forced, frames=165)
    found = source_of(path, around=None).timing.key_frames
    assert [(round(float(key.seconds), 2), key.is_idr) for key in found] == [
        (0.0, True), (3.28, True), (6.2, True),
    ]  # fmt: skip


@pytest.mark.parametrize("preset", ["web-720p", "smart-cut", "copy"])
def test_a_file_that_was_cut_off_ends_with_its_last_picture(
    runner: PlanRunner, tmp_path: Path, preset: str
) -> None:
    x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25"]
    path = make_numbered(runner.ffmpeg, tmp_path / "whole.mkv", *x264, frames=500)
    whole = path.read_bytes()
    cut_off = path.with_name("cut-off.mkv")
    cut_off.write_bytes(whole[: len(whole) // 3])
    pictures = numbers(runner.ffmpeg, cut_off)
    assert 100 < len(pictures) < 250
    [(result, output)] = runner.render(
        Materials({"a": source_of(cut_off)}), preset=preset, clips=[clip("a")]
    )
    assert numbers(runner.ffmpeg, result) == pictures
    assert output.frames in {None, len(pictures)}


def test_a_copy_hides_what_an_edit_list_hides(runner: PlanRunner, videos: Materials) -> None:
    plan = runner.plan(videos, preset="copy", clips=[clip("edited")])
    assert not plan.notes
    [(path, _)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == list(range(18, 100))
    mkv = {"container": "mkv"}
    plan = runner.plan(videos, preset="copy", clips=[clip("edited", mute=True)], options=mkv)
    assert "0.480 after the in point: its first pictures need others" in plan.notes[0]
    [(path, _)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == list(range(30, 100))
    [(path, _)] = runner.render(videos, preset="copy", clips=[clip("plain"), clip("edited")])
    assert_in_sync(runner.ffmpeg, path, decode(runner.ffmpeg, path).frames)


@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
@pytest.mark.parametrize("start", [0, 2])
def test_matroska_would_lose_the_start_of_audio_after_an_edit_list(
    runner: PlanRunner, videos: Materials, preset: str, start: float
) -> None:
    with pytest.raises(RenderRefusedError, match="the start of the audio would be missing"):
        runner.plan(
            videos, preset=preset, clips=[clip("edited", start)], options={"container": "mkv"}
        )


@pytest.mark.parametrize(
    ("preset", "names", "pictures"),
    [
        ("copy", ("plain", "scaled"), [*range(100), *range(100)]),
        ("copy", ("slow", "plain"), [*range(96), *range(100)]),
        ("smart-cut", ("film", "plain"), [*range(96), *range(100)]),
        ("smart-cut", ("plain", "scaled", "slow"), [*range(100), *range(100), *range(96)]),
    ],
)
def test_clips_with_unlike_times_are_joined_in_sync(
    runner: PlanRunner, videos: Materials, preset: str, names: tuple[str, ...], pictures: list[int]
) -> None:
    [(path, output)] = runner.render(videos, preset=preset, clips=[clip(name) for name in names])
    seen = decode(runner.ffmpeg, path)
    assert seen.numbers == pictures
    assert seen.complaints == ""
    assert_in_sync(runner.ffmpeg, path, seen.frames)
    assert output.frames in {None, len(pictures)}
    times = picture_times(runner.ffmpeg, path)
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.05


@pytest.mark.parametrize("name", ["avi", "vob"])
@pytest.mark.parametrize(("start", "end"), [(0, None), (1.2, 3)])
def test_packets_without_presentation_times_are_copied(
    runner: PlanRunner, videos: Materials, name: str, start: float, end: float | None
) -> None:
    plan = runner.plan(
        videos, preset="copy", clips=[clip(name, start, end)], options={"container": "mkv"}
    )
    [(path, output)] = runner.run(plan)
    seen = decode(runner.ffmpeg, path)
    found = seen.numbers
    assert found == list(range(found[0], found[-1] + 1))
    assert output.duration_seconds is not None
    # An AVI file begins before its first picture is shown.
    assert 0 <= output.duration_seconds * 25 - len(found) <= (name == "avi")
    assert found[0] == 0 if not start else 15 <= found[0] <= 30
    assert found[-1] == 99 if end is None else 74 <= found[-1] <= 78
    assert seen.complaints == ""


def test_the_rate_of_its_own_results_is_that_of_their_pictures(
    runner: PlanRunner, videos: Materials
) -> None:
    points = [(0.2, 1.6), (0, 1.2), (1.36, 3.5), (2.4, 4)]
    clips = [clip("plain", *one) for one in points]
    for preset in ("smart-cut", "copy"):
        [(path, _)] = runner.render(videos, preset=preset, clips=clips, options={})
        expected = numbers(runner.ffmpeg, path)
        again = Materials({"made": source_of(path)})
        assert again.videos["made"].timing.rate == 25
        [(path, output)] = runner.render(
            again, preset="web-720p", clips=[clip("made")], options=DRAFT
        )
        assert numbers(runner.ffmpeg, path) == expected
        assert output.frames == len(expected)


@pytest.mark.parametrize("name", ["avi", "h264-avi"])
@pytest.mark.parametrize("options", [DRAFT, {**DRAFT, "mute": True}])
def test_a_cut_of_a_file_without_times_begins_with_the_nearest_picture(
    runner: PlanRunner, videos: Materials, name: str, options: dict[str, Any]
) -> None:
    source = Path(videos.videos[name].path)
    times = picture_times(runner.ffmpeg, source)
    # A seek to what is near the start would fail.
    for start in (0.25, 0.29, 0.37, 0.41, 0.81, 2.17):
        [(path, _)] = runner.render(
            videos, preset="web-720p", clips=[clip(name, start, start + 0.4)], options=options
        )
        first = min(range(100), key=lambda at: abs(times[at] - start))
        assert numbers(runner.ffmpeg, path) == list(range(first, first + 10)), start


def test_the_sound_of_a_copy_is_as_long_as_its_pictures(
    runner: PlanRunner, videos: Materials
) -> None:
    # A beep begins just before each end, but the last pictures are decoded before that.
    for seconds in (1, 2, 3):
        plan = runner.plan(videos, preset="copy", clips=[clip("plain", 0, seconds + 0.05)])
        [(path, _)] = runner.run(plan)
        assert numbers(runner.ffmpeg, path)[-1] < seconds * 25 + 4
        found = beeps(runner.ffmpeg, path)
        assert len(found) == seconds + 1
        assert abs(found[-1] - seconds) < 0.05


def test_a_copy_has_the_last_pictures_if_they_need_each_other(
    runner: PlanRunner, videos: Materials
) -> None:
    # Picture 98 is stored after 99, with which the file ends.
    plan = runner.plan(
        videos, preset="copy", clips=[clip("avi", 0, 3.96)], options={"container": "mkv"}
    )
    assert "goes on 0.080 seconds after the out point" in plan.notes[0]
    [(path, _)] = runner.run(plan)
    assert numbers(runner.ffmpeg, path) == list(range(100))


@pytest.mark.parametrize("container", ["mkv", "mp4"])
@pytest.mark.parametrize("preset", ["smart-cut", "copy"])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_a_very_short_cut_is_whole(
    runner: PlanRunner, videos: Materials, preset: str, count: int, container: str
) -> None:
    # FFmpeg takes the start of the audio of such a Matroska file for that of its pictures.
    key = videos.videos["plain"].timing.key_frames[1].seconds
    plan = runner.plan(
        videos,
        preset=preset,
        clips=[clip("plain", float(key), float(key) + count / 25)],
        options={"container": container} | ({} if preset == "copy" else DRAFT),
    )
    [(path, _)] = runner.run(plan)
    found = numbers(runner.ffmpeg, path)
    assert found == list(range(int(key * 25), int(key * 25) + len(found)))
    assert len(found) == count or (preset == "copy" and len(found) > count)


@pytest.mark.parametrize("preset", ["smart-cut", "copy"])
def test_a_copy_needs_the_times_of_pictures(
    runner: PlanRunner, videos: Materials, preset: str
) -> None:
    with pytest.raises(RenderRefusedError, match="does not say when each picture is shown"):
        runner.plan(videos, preset=preset, clips=[clip("h264-avi", 1, 2)])


def test_pictures_that_are_missing_stay_so_and_change_no_rate(
    runner: PlanRunner, videos: Materials
) -> None:
    shown = [number for number in range(100) if number < 50 or number % 5]
    assert videos.videos["holes"].timing.rate == 25
    [(path, output)] = runner.render(
        videos, preset="web-720p", clips=[clip("holes")], options=DRAFT
    )
    assert output.frames == 100
    assert set(numbers(runner.ffmpeg, path)) >= set(shown)
    [(path, output)] = runner.render(
        videos, preset="smart-cut", clips=[clip("holes", 0.5, 3.3)], options=DRAFT
    )
    seen = decode(runner.ffmpeg, path)
    found = seen.numbers
    assert found == [number for number in shown if 12 <= number < 82]
    assert output.frames == len(found)
    assert_in_sync(runner.ffmpeg, path, seen.frames)


def test_uneven_pictures_are_cut_at_their_own_times(runner: PlanRunner, videos: Materials) -> None:
    timing = videos.videos["uneven"].timing
    assert timing.rate is None
    [(path, output)] = runner.render(
        videos, preset="smart-cut", clips=[clip("uneven", 0.5, 3)], options=DRAFT
    )
    seen = decode(runner.ffmpeg, path)
    found = seen.numbers
    assert found == list(range(found[0], found[-1] + 1))
    assert output.frames == len(found)
    # 25 t - 0.5 t² pictures are shown before t.
    assert found[0] in {12, 13}
    assert found[-1] in {78, 79, 80}
    assert seen.complaints == ""


def test_a_file_that_does_not_say_how_long_it_is_ends_with_its_last_picture(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path
) -> None:
    plain = make_numbered(ffmpeg, tmp_path / "p.mkv", *"-c:v libvpx -c:a libopus".split())
    path = tmp_path / "live.webm"
    command = [str(ffmpeg), "-v", "error", "-i", str(plain), "-c", "copy"]
    path.write_bytes(
        subprocess.run(
            [*command, "-f", "webm", "-live", "1", "-"], check=True, capture_output=True, timeout=60
        ).stdout
    )
    source = source_of(path)
    assert source.info.duration_seconds is None
    for end in (None, 60):
        plan = runner.plan(
            Materials({"a": source}),
            preset="web-720p",
            clips=[clip("a", 0, end)],
            options=DRAFT,
        )
        assert bool(plan.notes) is (end is not None)
        [(made, output)] = runner.run(plan)
        assert numbers(ffmpeg, made) == list(range(50))
        assert output.frames == 50


def test_a_clip_after_the_last_picture_is_refused(runner: PlanRunner, videos: Materials) -> None:
    for preset in ("web-720p", "copy", "smart-cut", "stills"):
        with pytest.raises(RenderRefusedError, match="end at 4 seconds, before the in point at 5"):
            runner.plan(videos, preset=preset, clips=[clip("long", 5, 6)])
    plan = runner.plan(videos, preset="audio", clips=[clip("long", 5, 6)])
    assert plan.duration_seconds == 1
    plan = runner.plan(videos, preset="smart-cut", clips=[clip("long")])
    assert plan.outputs[0].frames == 100


@pytest.mark.parametrize("preset", ["web-720p", "copy"])
def test_timestamps_that_start_anew_go_on(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path, preset: str
) -> None:
    parts = [
        make_numbered(ffmpeg, tmp_path / f"{first}.ts", *X264, frames=75, first=first)
        for first in (0, 300)
    ]
    path = tmp_path / "joined.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with MediaFile(os.fsencode(path)) as file:
        seconds = jumping_seconds(file)
    # The probers ask for it, other than the one that the tests use.
    source = source_of(path, duration_seconds=seconds)
    assert source.timing.is_jumping
    materials = Materials({"a": source})
    [(made, output)] = runner.render(materials, preset=preset, clips=[clip("a")])
    assert numbers(ffmpeg, made) == [*range(75), *range(300, 375)]
    assert output.frames in {None, 150}
    with pytest.raises(RenderRefusedError, match="start anew somewhere"):
        runner.plan(materials, preset="smart-cut", clips=[clip("a", 1, 2)])


@pytest.mark.parametrize(
    ("rate", "start", "end"),
    # With B-frames, some pictures are decoded seconds before they are shown.
    [(Fraction(1), 1.6, 4.2), (Fraction(1, 3), 3.7, 9.6), (Fraction(1000), 0.031, 0.08)],
)
def test_very_slow_and_very_fast_pictures_are_copied(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path, rate: Fraction, start: float, end: float
) -> None:
    frames = round(10 * rate) if rate < 2 else 100
    encoding = "-c:v libx264 -preset ultrafast -g 12 -bf 2".split()
    path = tmp_path / "a.mp4"
    every = f"color=gray:size=64x64:rate={rate},trim=end_frame={frames}"
    packaged(["-f", "lavfi", "-i", every, *encoding], path)
    materials = Materials({"a": source_of(path)})
    for points in ((0, None), (start, end)):
        [(made, output)] = runner.render(materials, preset="copy", clips=[clip("a", *points)])
        assert output.frames == len(picture_times(ffmpeg, made))
