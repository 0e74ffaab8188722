"""Videos of high dynamic range, as an ordinary screen gets them."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import av
import pytest
from tests.clips import make_clip
from tests.integration.api.segments import Segments
from tests.integration.api.streams import scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

CLIPS = ("shades-pq.mp4", "shades-hlg.mp4")
LUMINANCE = (0.2126, 0.7152, 0.0722)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with the same colors in PQ and in HLG."""
    root = tmp_path_factory.mktemp("films")
    for name in CLIPS:
        shutil.copyfile(make_clip(name), root / name)
    return root


def brightness(frame: av.VideoFrame) -> float:
    """Return the mean brightness of a picture, from 0 to 255."""
    plane = frame.reformat(width=frame.width, height=frame.height, format="rgb24").planes[0]
    data = bytes(plane)
    rows = [data[start : start + 3 * frame.width] for start in range(0, len(data), plane.line_size)]
    colors = [b"".join(row[color::3] for row in rows) for color in range(3)]
    return sum(
        weight * sum(color) / len(color) for weight, color in zip(LUMINANCE, colors, strict=True)
    )


def first_frame(container: av.container.InputContainer) -> av.VideoFrame:
    """Return the first picture of a file."""
    return next(container.decode(video=0))


@pytest.mark.parametrize("name", CLIPS)
def test_it_is_as_bright_as_its_thumbnail(client: httpx.Client, library: Path, name: str) -> None:
    scan(client, str(library))
    segments = Segments.of(client, name, codecs="h264,hevc")
    thumbnail = client.get(f"/api/v1/videos/{segments.video_id}/thumbnail").content
    with av.open(io.BytesIO(thumbnail), "r") as container:
        expected = brightness(first_frame(container))
    with segments.open(0) as container:
        frame = first_frame(container)
    assert brightness(frame) == pytest.approx(expected, rel=0.1)
    assert 20 < expected < 235
