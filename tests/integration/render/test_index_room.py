"""Large results are written once, with their index at the start nevertheless."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered
from tests.integration.render.test_cuts import DRAFT, clip

from stoat_ferret.render.plan.container import index_room
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.plan import RenderPlan
    from stoat_ferret.render.plan.source import Source

_CHAPTER = "\n[CHAPTER]\nTIMEBASE=1\nSTART={}\nEND={}\ntitle=" + "c" * 400
NAMES = ";FFMETADATA1\ntitle=" + "t" * 30_000 + "".join(_CHAPTER.format(n, n + 1) for n in range(3))
KINDS: dict[str, list[str]] = {
    "B frames": "-c:v libx264 -preset veryfast -g 25 -bf 3".split(),
    "intra": "-c:v libx264 -preset ultrafast -g 1".split(),
    "120 a second": "-c:v libx264 -preset ultrafast -r 120".split(),
    "HEVC": "-c:v libx265 -preset ultrafast -x265-params log-level=error".split(),
    "E-AC-3": "-c:v libx264 -preset ultrafast -c:a eac3".split(),
    "MP3": "-c:v libx264 -preset ultrafast -c:a libmp3lame -ar 16000".split(),
    "ALAC": "-c:v libx264 -preset ultrafast -c:a alac".split(),
}


def boxes(path: Path) -> dict[str, int]:
    """Return the sizes of the outer boxes of a file, in order."""
    data, place, found = path.read_bytes(), 0, {}
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        found[name.decode()] = size
        place += size
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files count as large, with hardly any room beyond that of their packets."""
    monkeypatch.setattr(index_room, "LEAST_BYTES", 0)
    monkeypatch.setattr(index_room, "MOST_PART", 1000)
    monkeypatch.setattr(index_room, "_OTHER_BYTES", 1000)
    monkeypatch.setattr(index_room, "_LEAD", 0)


@pytest.fixture(scope="module")
def sources(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Source]:
    """Return a file of each kind, with what the planner needs to know of it."""
    folder = tmp_path_factory.mktemp("kinds")
    return {
        kind: source_of(make_numbered(ffmpeg, folder / f"{number}.mp4", *encoding, frames=300))
        for number, (kind, encoding) in enumerate(KINDS.items())
    }


def last_command(plan: RenderPlan) -> str:
    return " ".join(plan.passes[-1].arguments)


REQUESTS: dict[str, dict[str, Any]] = {
    "whole": {"preset": "copy", "clips": [clip("a")]},
    "joined": {"preset": "copy", "clips": [clip("a"), clip("a", 1), clip("a", 0, 2)]},
    "mov": {"preset": "copy", "clips": [clip("a")], "options": {"container": "mov"}},
    "smart cut": {"preset": "smart-cut", "clips": [clip("a", 0.4)], "options": DRAFT},
}


def check(runner: PlanRunner, source: Source, request: dict[str, Any]) -> None:
    """Render a request for the file `a`, for whose index there is room."""
    plan = runner.plan(Materials({"a": source}), **request)
    assert "-moov_size" in last_command(plan)
    assert "faststart" not in last_command(plan)
    [(result, _)] = runner.run(plan)
    assert [name for name in boxes(result) if name in {"moov", "mdat"}] == ["moov", "mdat"]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", REQUESTS)
def test_the_room_suffices_for_all_packets(
    runner: PlanRunner,
    sources: dict[str, Source],
    kind: str,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_room, "_BYTES_OF_TEXT", 0)
    monkeypatch.setattr(index_room, "_OTHER_BYTES", 3000)
    check(runner, sources[kind], REQUESTS[name])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", REQUESTS)
def test_the_room_suffices_for_all_that_is_written_about_a_file(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path, name: str
) -> None:
    path, names = make_numbered(ffmpeg, tmp_path / "a.mp4", frames=75), tmp_path / "names.txt"
    names.write_text(NAMES)
    target = tmp_path / "named.mp4"
    metadata = ["-map_metadata", "1", "-map_chapters", "1"]
    packaged(["-i", str(path), "-i", str(names), "-map", "0", *metadata, "-c", "copy"], target)
    check(runner, source_of(target), REQUESTS[name])


@pytest.mark.usefixtures("small")
def test_there_is_room_for_slow_motion_in_the_middle(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_room, "_BYTES_OF_TEXT", 0)
    parts = []
    for number, rate in enumerate((10, 1000, 10)):
        parts.append(tmp_path / f"{number}.mp4")
        pictures = ["-f", "lavfi", "-i", f"color=size=64x64:rate={rate}:duration=10"]
        packaged([*pictures, "-c:v", "mpeg4", "-video_track_timescale", "2000"], parts[-1])
    (tmp_path / "parts.txt").write_text("".join(f"file {path.name}\n" for path in parts))
    path = tmp_path / "a.mp4"
    packaged(["-f", "concat", "-i", str(tmp_path / "parts.txt"), "-c", "copy"], path)
    source = source_of(path)
    # As of a long file, of which only the packets at its ends are read.
    timing = replace(source.timing, pictures=None, rate=Fraction(10))
    check(runner, replace(source, timing=timing), REQUESTS["whole"])


@pytest.mark.usefixtures("small")
def test_there_is_no_room_for_sound_that_is_encoded(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path
) -> None:
    source = source_of(make_numbered(ffmpeg, tmp_path / "a.mp4"))
    clips = [clip("a", 0.4), clip("a", 1)]
    plan = runner.plan(Materials({"a": source}), preset="smart-cut", clips=clips, options=DRAFT)
    assert "-moov_size" not in last_command(plan)


@pytest.mark.parametrize(("preset", "options"), [("copy", {}), ("smart-cut", DRAFT)])
def test_small_files_are_written_as_before(
    runner: PlanRunner, ffmpeg: Path, tmp_path: Path, preset: str, options: dict[str, Any]
) -> None:
    source = source_of(make_numbered(ffmpeg, tmp_path / "a.mp4"))
    [(path, _)] = runner.render(
        Materials({"a": source}), preset=preset, clips=[clip("a", 1)], options=options
    )
    found = boxes(path)
    assert list(found).index("moov") < list(found).index("mdat")
    assert found.get("free", 8) == 8
