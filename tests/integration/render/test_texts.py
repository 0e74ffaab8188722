"""Text overlays are drawn where and when they should be, in scripts of all kinds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import av
import pytest
from tests.clips import ffmpeg as packaged
from tests.fonts import FULL, LOW, make_font
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import HEIGHT, WIDTH, decoded

from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.run.fonts import find_fonts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

DRAFT = {"effort": "draft"}
LATIN = "abcdefghijklmnopqrstuvwxyz"
SIZE = 0.1
"""In the height of 240 pixels, characters of 24."""


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with fonts whose characters are blocks."""
    folder = tmp_path_factory.mktemp("fonts")
    make_font(folder / "DejaVuSans.ttf", "Stoat Latin", dict.fromkeys(LATIN, FULL))
    make_font(folder / "Hebrew.ttf", "Stoat Hebrew", {"א": FULL, "ב": LOW})
    make_font(folder / "Chinese.ttf", "Stoat Chinese", dict.fromkeys("日本語", FULL))
    make_font(folder / "Others.ttf", "Stoat Others", dict.fromkeys("😀ก", FULL), form=12)
    return folder


def drawn(
    runner: PlanRunner, clips: Materials, fonts: Path, *texts: dict[str, Any], **more: Any
) -> list[bytes]:
    """Return the frames of black pictures with these texts, after 0.04 seconds of a clip."""
    found = find_fonts([text["text"] for text in texts], [str(fonts)])
    options = {**DRAFT, "texts": [{"size": SIZE, "box": False, **text} for text in texts], **more}
    [(path, _)] = runner.render(
        replace(clips, fonts=found),
        preset="web-720p",
        clips=[{"video_id": "plain", "end_seconds": 0.04}, {"gap_seconds": 0.32}],
        options=options,
    )
    return decoded(runner.ffmpeg, path)


def test_a_text_over_transparent_parts_is_opaque(
    runner: PlanRunner, fonts: Path, tmp_path: Path
) -> None:
    path = tmp_path / "clear.mov"
    packaged(
        ["-f", "lavfi", "-i", "color=black@0:s=320x240:r=5:d=1,format=argb", "-c:v", "qtrle"], path
    )
    materials = Materials({"clear": source_of(path)}, fonts=find_fonts(["a"], [str(fonts)]))
    text = {"text": "a", "size": SIZE, "box": False, "place": "center"}
    [(still, _)] = runner.render(
        materials,
        preset="stills",
        clips=[{"video_id": "clear"}],
        options={"texts": [text], "container": "png"},
    )
    with av.open(still) as image:
        plane = next(image.decode(video=0)).reformat(format="rgba").planes[0]
    alpha = bytes(plane)[3::4]
    assert alpha[(HEIGHT // 2 - 4) * plane.line_size // 4 + WIDTH // 2] > 200
    assert alpha[0] == 0


def lit(frame: bytes) -> tuple[list[int], list[int]]:
    """Return the columns and the rows of a black picture that have something white."""
    spots = [spot for spot, value in enumerate(frame) if value > 160]
    return sorted({spot % WIDTH for spot in spots}), sorted({spot // WIDTH for spot in spots})


@pytest.mark.parametrize(
    ("place", "left", "top"),
    [("top-left", 11, 12), ("bottom-right", 287, 209)],
)
def test_a_text_is_drawn_at_its_place(
    runner: PlanRunner, clips: Materials, fonts: Path, place: str, left: int, top: int
) -> None:
    columns, rows = lit(drawn(runner, clips, fonts, {"text": "a", "place": place})[1])
    assert (columns[0], rows[0]) == pytest.approx((left, top), abs=2)
    # Nine tenths as wide as the font size and seven tenths as high.
    assert (columns[-1] - columns[0], rows[-1] - rows[0]) == pytest.approx((22, 17), abs=2)


@pytest.mark.parametrize("rate", [25, "60000/1001"])
def test_a_text_is_on_exactly_its_pictures(
    runner: PlanRunner, clips: Materials, fonts: Path, rate: int | str
) -> None:
    step = 1001 / 60000 if isinstance(rate, str) else 1 / rate
    text = {"text": "a", "start_seconds": round(3 * step, 6), "end_seconds": round(5 * step, 6)}
    frames = drawn(runner, clips, fonts, text, frame_rate=rate)
    black = range(round(0.04 / step), len(frames))
    assert [number for number in black if lit(frames[number])[0]] == [3, 4]


@pytest.mark.parametrize("char", ["日", "😀"])
def test_another_font_has_what_the_first_one_lacks(
    runner: PlanRunner, clips: Materials, fonts: Path, char: str
) -> None:
    columns, rows = lit(drawn(runner, clips, fonts, {"text": f"a{char}a", "place": "top"})[1])
    assert rows[-1] - rows[0] == pytest.approx(17, abs=2)
    # Three blocks with small gaps between them.
    assert len(columns) == pytest.approx(3 * 22, abs=4)
    assert columns[-1] - columns[0] == pytest.approx(2 * 24 + 22, abs=3)


def test_hebrew_runs_from_right_to_left(runner: PlanRunner, clips: Materials, fonts: Path) -> None:
    frame = drawn(runner, clips, fonts, {"text": "אב", "place": "top-left"})[1]
    columns, rows = lit(frame)
    highest = frame[WIDTH * (rows[0] + 2) : WIDTH * (rows[0] + 3)]
    first = next(column for column in columns if highest[column] > 160)
    assert first > (columns[0] + columns[-1]) / 2


@pytest.mark.parametrize(
    "text", ["ab cd ef gh ij kl mn op qr st uv wx yz", LATIN, "ab " + "日本語" * 7]
)
def test_long_lines_are_wrapped(
    runner: PlanRunner, clips: Materials, fonts: Path, text: str
) -> None:
    columns, rows = lit(drawn(runner, clips, fonts, {"text": text})[1])
    assert columns[0] >= 9
    assert columns[-1] <= WIDTH - 9
    assert rows[-1] <= HEIGHT - 9
    assert any(after - before > 1 for before, after in pairwise(rows))


def test_a_box_is_behind_all_lines(runner: PlanRunner, clips: Materials, fonts: Path) -> None:
    text = {"text": "a\nbcd", "place": "center", "box": True}
    found = find_fonts(["abcd"], [str(fonts)])
    [(path, _)] = runner.render(
        replace(clips, fonts=found),
        preset="web-720p",
        clips=[{"video_id": "plain", "end_seconds": 0.04}],
        options={**DRAFT, "texts": [{"size": SIZE, **text}]},
    )
    (frame,) = decoded(runner.ffmpeg, path)
    assert frame[WIDTH * 105 + 128] < 75  # beside the short line
    assert frame[WIDTH * 105 + 100] > 80


def test_the_color_is_the_one_that_was_asked_for(
    runner: PlanRunner, clips: Materials, fonts: Path
) -> None:
    found = find_fonts(["a"], [str(fonts)])
    text = {"text": "a", "size": 0.5, "place": "center", "color": "#c03010", "box": False}
    [(path, _)] = runner.render(
        replace(clips, fonts=found),
        preset="stills",
        clips=[{"video_id": "plain"}],
        options={"texts": [text]},
    )
    with av.open(path) as image:
        picture = next(image.decode(video=0)).to_rgb()
    plane = picture.planes[0]
    place = plane.line_size * 120 + 3 * 160
    assert [*bytes(plane)[place : place + 3]] == pytest.approx([0xC0, 0x30, 0x10], abs=4)
