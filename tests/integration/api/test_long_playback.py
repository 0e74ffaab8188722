"""A video of many hours, converted while it plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from tests.clips import ffmpeg
from tests.integration.api.segments import Segments, brightness
from tests.integration.api.streams import scan

from stoat_ferret.playing.ffmpeg_arguments import MOST_SEGMENTS

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

HOURS = 24


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a video of a day: two pictures, one an hour after the other, and so on."""
    root = tmp_path_factory.mktemp("films")
    source = f"color=white:size=160x96:rate=1:duration={HOURS + 1},setpts=3600*N/TB"
    ffmpeg("-f", "lavfi", "-i", source, "-fps_mode", "vfr", "-c:v", "mpeg4", root / "day.mkv")
    return root


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


def test_any_part_of_a_video_of_a_day_is_played(client: httpx.Client) -> None:
    segments = Segments.of(client, "day.mkv")
    count = len(segments.starts)
    assert count > 5 * MOST_SEGMENTS
    hour = 1200  # segments
    for number in (0, hour, 20 * hour, count - 1):
        with segments.open(number) as container:
            (frame,) = container.decode(video=0)
        assert float(frame.time or 0) == pytest.approx(3 * number, abs=3)
        assert brightness(frame, 80, 48) > 200


def test_the_command_is_logged_without_its_thousands_of_times(client: httpx.Client) -> None:
    with structlog.testing.capture_logs() as logs:
        assert Segments.of(client, "day.mkv", viewer="two").get("12007.m4s").status_code == 200
    (event,) = [one for one in logs if one["event"] == "conversion_started"]
    assert event["log_level"] == "info"
    assert "day.mkv" in event["command"]
    assert "libx264" in event["command"]
    assert len(event["command"]) < 5_000
