"""Copied subtitles end with their clip, at seams too, and begin at their own time."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.bitmap_subtitles import make_pgs
from tests.clips import ffmpeg as packaged
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered

from stoat_ferret.ffmpeg.binaries import packaged_ffprobe
from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

SHOWN = [(0.2, 0.8), (1.2, 2.4), (2.6, 2.9)]
# Key frames are 0.48 seconds apart.
BEFORE, AFTER = {"end_seconds": 1.6}, {"start_seconds": 2.4, "end_seconds": 3}
JOINED = [(0.2, 0.8), (1.2, 1.6), (1.8, 2.1)]
"""What is shown in the two parts, one after the other."""


@pytest.fixture(scope="module")
def worded(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Materials:
    """Return clips of 3 seconds with the same subtitles as SubRip, MP4 text and pictures."""
    folder = tmp_path_factory.mktemp("worded")
    picture = make_numbered(ffmpeg, folder / "picture.mp4", frames=75, sound=False)
    cues = (f"1\n00:00:{a:06.3f} --> 00:00:{b:06.3f}\nword\n" for a, b in SHOWN)
    (folder / "words.srt").write_text("\n".join(cues).replace(".", ","))
    make_pgs(folder / "words.sup", SHOWN)
    forms = {"srt.mkv": ("srt", "srt"), "text.mp4": ("srt", "mov_text"), "pgs.mkv": ("sup", "copy")}
    for name, (words, codec) in forms.items():
        inputs = ["-i", str(picture), "-i", str(folder / f"words.{words}")]
        packaged(
            ["-copyts", *inputs, "-map", "0", "-map", "1", "-c", "copy", "-c:s", codec],
            folder / name,
        )
    return Materials({name: source_of(folder / name) for name in forms})


def packets_of(path: Path) -> list[dict[str, Any]]:
    """Return the packets of subtitles in a file."""
    said = subprocess.run(
        [
            *(str(packaged_ffprobe()), "-v", "error", "-select_streams", "s", "-of", "json"),
            *("-show_entries", "packet=pts_time,duration_time,size", str(path)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    packets: list[dict[str, Any]] = json.loads(said.stdout)["packets"]
    return packets


def texts_in(path: Path) -> list[float]:
    """Return the starts and ends of texts; MP4 has packets with 2 bytes between them."""
    found = []
    for one in packets_of(path):
        start = float(one["pts_time"])
        if int(one["size"]) > 2:
            found += [start, start + float(one["duration_time"])]
    return found


def pictures_in(path: Path) -> list[float]:
    """Return the times at which pictures appear and disappear, in turn."""
    states = [(float(one["pts_time"]), int(one["size"]) > 64) for one in packets_of(path)]
    changes = [states[0], *(after for before, after in pairwise(states) if before[1] != after[1])]
    assert [is_shown for _, is_shown in changes] == [n % 2 == 0 for n in range(len(changes))]
    return [moment for moment, _ in changes]


def flat(shown: list[tuple[float, float]]) -> Any:
    """Return times to compare with; containers round to a millisecond."""
    return pytest.approx([moment for pair in shown for moment in pair], abs=0.0021)


@pytest.mark.parametrize("container", ["mkv", "mp4"])
@pytest.mark.parametrize("name", ["srt.mkv", "text.mp4"])
def test_texts_end_at_a_seam(
    runner: PlanRunner, worded: Materials, name: str, container: str
) -> None:
    clips = [{"video_id": name, **one} for one in (BEFORE, AFTER)]
    [(path, _)] = runner.render(
        worded, preset="copy", clips=clips, options={"container": container}
    )
    assert texts_in(path) == flat(JOINED)


def test_pictures_end_at_a_seam(runner: PlanRunner, worded: Materials) -> None:
    clips = [{"video_id": "pgs.mkv", **one} for one in (BEFORE, AFTER)]
    [(path, _)] = runner.render(worded, preset="copy", clips=clips)
    assert pictures_in(path) == flat(JOINED)


def test_pictures_end_with_the_only_clip(runner: PlanRunner, worded: Materials) -> None:
    clips = [{"video_id": "pgs.mkv", **BEFORE}]
    [(path, _)] = runner.render(worded, preset="copy", clips=clips)
    assert pictures_in(path) == flat(JOINED[:2])


@pytest.mark.parametrize(
    ("name", "container", "preset"),
    [
        ("srt.mkv", "mp4", "copy"),
        ("text.mp4", "mkv", "copy"),
        ("srt.mkv", "mp4", "web-720p"),
        ("text.mp4", "mkv", "web-720p"),
    ],
)
def test_texts_end_with_the_only_clip(
    runner: PlanRunner, worded: Materials, name: str, container: str, preset: str
) -> None:
    more = {} if preset == "copy" else {"subtitles": "keep", "effort": "draft"}
    [(path, _)] = runner.render(
        worded,
        preset=preset,
        clips=[{"video_id": name, **BEFORE}],
        options={"container": container, **more},
    )
    assert texts_in(path) == flat(JOINED[:2])


def test_a_text_from_just_before_a_clip_moves_no_other(
    runner: PlanRunner, worded: Materials
) -> None:
    [(path, _)] = runner.render(
        worded,
        preset="web-720p",
        clips=[{"video_id": "srt.mkv", "start_seconds": 0.24, "end_seconds": 1.6}],
        options={"subtitles": "keep", "effort": "draft"},
    )
    assert texts_in(path)[-2:] == flat([(0.96, 1.36)])
