"""A result that is not what its plan said is found out before it is published."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import WIDTH, make_numbered
from tests.integration.render.test_cuts import DRAFT, clip

from stoat_ferret.errors import OutputFaultError
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.run import animation_check
from stoat_ferret.render.run.animation_check import check_animation, read_animation
from stoat_ferret.render.run.picture_check import PictureCheck

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.plan import PlannedOutput

X264 = "-c:v libx264 -preset veryfast -g 25 -bf 3".split()


def damaged(path: Path, part: float = 0.5) -> Path:
    """Return a copy in which some bytes of the pictures are others, by default in the middle."""
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 8
    start += round(part * (len(data) - start))
    for place in range(start, start + 400):
        data[place] ^= 0x5A
    target = path.with_name(f"damaged-{path.name}")
    target.write_bytes(data)
    return target


@pytest.fixture(scope="module")
def source(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 4 s without sound, so that the damage is in a picture."""
    folder = tmp_path_factory.mktemp("checked")
    return make_numbered(ffmpeg, folder / "a.mp4", *X264, frames=100, sound=False, width=WIDTH)


@pytest.fixture(scope="module")
def cut(runner: PlanRunner, source: Path) -> tuple[Path, PlannedOutput]:
    """A smart cut of three clips."""
    [made] = runner.render(
        Materials({"a": source_of(source)}),
        preset="smart-cut",
        clips=[clip("a", 0.4, 1.6), clip("a", 2), clip("a", 0.2, 1)],
        options=DRAFT,
    )
    return made


def check(runner: PlanRunner, path: Path, planned: PlannedOutput) -> None:
    anyio.run(PictureCheck(runner.ffmpeg, path, planned).run)


def test_a_picture_that_is_missing_is_found(
    runner: PlanRunner, cut: tuple[Path, PlannedOutput], tmp_path: Path
) -> None:
    path, planned = cut
    target = tmp_path / "missing.mp4"
    packaged(["-i", str(path), "-c", "copy", "-bsf:v", "noise=drop=eq(n\\,40)"], target)
    with pytest.raises(OutputFaultError, match="it has 99 pictures, not 100"):
        check(runner, target, planned)


def test_pictures_at_other_times_are_found(
    runner: PlanRunner, cut: tuple[Path, PlannedOutput], tmp_path: Path
) -> None:
    path, planned = cut
    target = tmp_path / "late.mp4"
    packaged(["-i", str(path), "-c", "copy", "-bsf:v", "setts=pts=PTS*1.02:dts=DTS"], target)
    with pytest.raises(OutputFaultError, match="pictures at other times than planned"):
        check(runner, target, planned)


@pytest.mark.parametrize(("seam", "part"), [(0, 0.02), (1, 0.5)])
def test_pictures_that_cannot_be_decoded_are_found(
    runner: PlanRunner, cut: tuple[Path, PlannedOutput], seam: int, part: float
) -> None:
    path, planned = cut
    one = replace(planned, seams=planned.seams[seam : seam + 1])
    check(runner, path, one)
    with pytest.raises(OutputFaultError, match=r"decoded at a seam|can be decoded"):
        check(runner, damaged(path, part), one)


def test_only_pictures_around_a_seam_are_decoded(
    runner: PlanRunner, cut: tuple[Path, PlannedOutput]
) -> None:
    path, planned = cut
    check(runner, damaged(path), replace(planned, seams=planned.seams[:1]))


def test_damage_that_is_in_the_source_is_copied(runner: PlanRunner, source: Path) -> None:
    broken = source_of(damaged(source))
    plan = runner.plan(
        Materials({"a": broken}), preset="copy", clips=[clip("a", 0, 2.4), clip("a", 1)]
    )
    [(path, output)] = runner.run(plan)
    assert path.stat().st_size
    assert [seam.at for seam in output.seams][:2] == [0, Fraction("2.4")]


def test_pictures_that_begin_after_the_sound_are_found_where_they_are(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path
) -> None:
    plain = make_numbered(ffmpeg, tmp_path / "plain.mp4", *X264, frames=100, width=WIDTH)
    late = tmp_path / "late.mp4"
    maps = ["-map", "0:v", "-map", "1:a", "-c", "copy"]
    packaged("-itsoffset", "0.3", "-i", plain, "-i", plain, maps, late)
    runner.render(Materials({"a": source_of(late)}), preset="copy", clips=[clip("a", 0, 2)])


@pytest.fixture(scope="module")
def long(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A clip of a minute and a half at ten frames a second, by the ends of names."""
    folder = tmp_path_factory.mktemp("long")
    encoding = "-c:v libx264 -preset ultrafast -g 20 -bf 2".split()
    movie = make_numbered(
        ffmpeg, folder / "a.mp4", *encoding, frames=900, rate=Fraction(10), sound=False
    )
    matroska = folder / "a.mkv"
    packaged(["-i", str(movie), "-c", "copy"], matroska)
    return {"mp4": movie, "mkv": matroska}


@pytest.mark.parametrize(
    ("container", "frames", "complaint"),
    [("mp4", 800, "799 pictures, not 800"), ("mkv", None, "799 pictures, and 800 were copied")],
)
@pytest.mark.parametrize("preset", ["copy", "smart-cut"])
def test_pictures_of_long_cuts_are_counted(
    runner: PlanRunner,
    long: dict[str, Path],
    tmp_path: Path,
    container: str,
    frames: int | None,
    complaint: str,
    preset: str,
) -> None:
    plan = runner.plan(
        Materials({"a": source_of(long[container], around=(4, 84))}),
        preset=preset,
        clips=[clip("a", 4, 84)],
    )
    assert plan.outputs[0].frames == frames
    [(path, planned)] = runner.run(plan)
    target = tmp_path / f"missing.{container}"
    packaged(["-i", str(path), "-c", "copy", "-bsf:v", "noise=drop=eq(n\\,400)"], target)
    with pytest.raises(OutputFaultError, match=complaint):
        anyio.run(PictureCheck(runner.ffmpeg, target, planned, 800).run)


@pytest.mark.parametrize("target", ["mpegts", "mkv"])
@pytest.mark.parametrize("container", ["ts", "mkv", "mp4", "cut off"])
def test_copies_of_interlaced_pictures_are_whole(
    runner: PlanRunner, tmp_path: Path, container: str, target: str
) -> None:
    # A group of pictures is cut in the middle, as a recording that was interrupted is.
    made = tmp_path / f"interlaced.{container.replace('cut off', 'ts')}"
    interlaced = "-c:v libx264 -preset veryfast -g 12 -bf 2 -flags +ildct+ilme -x264opts tff=1"
    size = ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4,setfield=tff"]
    packaged([*size, *interlaced.split()], made)
    if container == "cut off":
        data = made.read_bytes()
        made.write_bytes(data[: len(data) * 3 // 4])
    source = source_of(made, around=(1, 2, 3))
    assert source.info.video[0].field_order not in {None, "progressive"}
    clips = [clip("a", 1, 2.5), clip("a", 0), clip("a", 0)]
    options = {"container": target}
    # The runner checks the pictures.
    [(_, planned)] = runner.render(
        Materials({"a": source}), preset="copy", clips=clips, options=options
    )
    assert (planned.frames, planned.spare_frames) == (None, 3)


def test_a_parser_may_find_more_packets_than_were_copied(
    runner: PlanRunner, long: dict[str, Path], tmp_path: Path
) -> None:
    # As of fields, of which a transport stream has a packet each.
    materials = Materials({"a": source_of(long["mkv"], around=(4, 84))})
    for container, is_fine in (("mpegts", True), ("mkv", False)):
        [(path, planned)] = runner.render(
            materials, preset="copy", clips=[clip("a", 4, 84)], options={"container": container}
        )
        assert planned.frames is None
        check = PictureCheck(runner.ffmpeg, path, planned, 400)
        if is_fine:
            anyio.run(check.run)
        else:
            with pytest.raises(OutputFaultError, match="800 pictures, and 400 were copied"):
                anyio.run(check.run)


@pytest.mark.parametrize("preset", ["gif", "webp"])
def test_an_animation_that_lasts_too_short_is_found(
    runner: PlanRunner, source: Path, preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    materials = Materials({"a": source_of(source)})
    [(path, planned)] = runner.render(materials, preset=preset, clips=[clip("a", 1, 2)])
    found = read_animation(path)
    with monkeypatch.context() as patched:
        # A large one is not read into memory at once.
        patched.setattr(animation_check, "_WINDOW_BYTES", 7)
        assert read_animation(path) == found
    assert found.frames == 15
    assert abs(found.seconds - 1) < Fraction(1, 50)
    longer = replace(planned, duration_seconds=Fraction(3, 2))
    with pytest.raises(OutputFaultError, match=r"it lasts (1\.0|0\.9)\d+ s, not 1\.500 s"):
        anyio.run(check_animation, path, longer)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(OutputFaultError, match="breaks off"):
        anyio.run(check_animation, path, planned)
