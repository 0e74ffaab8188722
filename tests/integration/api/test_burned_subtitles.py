"""Subtitles that are pictures, drawn into the video while it plays, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.bitmap_subtitles import make_pgs
from tests.clips import ffmpeg
from tests.integration.api.problems import problem
from tests.integration.api.segments import Segments, brightness
from tests.integration.api.streams import scan

from stoat_ferret.playing import transcoder

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from tests.integration.api.server import RunningServer

    from stoat_ferret.bootstrap import Services

RATE = 5
SHOWN = [(14, 40), (45, 46.5)]
"""A white square; the first one is shown for much longer than a segment lasts."""
KINDS = {
    "pgs.mkv": ["-c:v", "libx264", "-preset", "ultrafast", "-c:s", "copy"],
    "dvd.mkv": ["-c:v", "mpeg4", "-c:s", "dvdsub"],
    "dvb.ts": ["-c:v", "mpeg2video", "-c:s", "dvbsub"],
}
WHITE = 180


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a gray video of each kind, and one that is less high than its subtitles."""
    root = tmp_path_factory.mktemp("films")
    words = make_pgs(root / ".words.sup", SHOWN)
    for name, codecs in {**KINDS, "cropped.mkv": KINDS["pgs.mkv"]}.items():
        size = "320x160" if name == "cropped.mkv" else "320x240"
        gray = f"color=gray:size={size}:rate={RATE}:duration=50"
        # With the times of the subtitles, which start late.
        inputs: list[str | Path] = [
            "-copyts",
            "-f",
            "lavfi",
            "-i",
            gray,
            "-fix_sub_duration",
            "-i",
            words,
        ]
        ffmpeg(*inputs, *("-map", "0", "-map", "1"), codecs, "-g", "50", root / name)
    return root


@pytest.fixture
def large(client: httpx.Client, library: Path) -> Path:
    """Add a large video, whose first subtitle is followed by another one at its end.

    Its pictures are noise: FFmpeg waits as soon as it has written more than is read.
    """
    path = library / "large.mkv"
    noise = f"color=gray:size=320x240:rate={RATE}:duration=100,noise=alls=100:allf=t"
    sound = "anullsrc=channel_layout=quad:sample_rate=48000:duration=100"
    words = make_pgs(library / ".late.sup", [(1, 2), (98, 99)])
    ffmpeg(
        *("-copyts", "-f", "lavfi", "-i", noise, "-f", "lavfi", "-i", sound, "-i", words),
        *("-map", "0", "-map", "1", "-map", "2", "-c:v", "mpeg4", "-q:v", "5", "-c:a", "pcm_s32le"),
        *("-c:s", "copy", path),
    )
    scan(client, str(library))
    return path


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


def lit(segments: Segments, number: int, x: int = 14, y: int = 14) -> list[float]:
    """Return the times at which the square is shown in a segment."""
    with segments.open(number) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == pytest.approx(3 * RATE, abs=1)
    assert brightness(frames[0], 200, 100) < WHITE
    return [round(float(one.time or 0), 2) for one in frames if brightness(one, x, y) > WHITE]


@pytest.mark.parametrize("name", KINDS)
def test_pictures_are_shown_in_time_also_those_that_began_before_the_segment(
    client: httpx.Client, name: str
) -> None:
    (track,) = track_of(client, name)
    assert (track["kind"], track["url"]) == ("image", None)
    segments = Segments.of(client, name, subtitles=track["index"])
    for number in (10, 13, 15, 4, 0):
        start = 3 * number
        times = [start + at / RATE for at in range(3 * RATE)]
        expected = [at for at in times if any(first <= at < last for first, last in SHOWN)]
        seen = lit(segments, number)
        # MPEG-TS stores when something is shown less exactly; a picture lasts 0.2 s here.
        assert {*seen} ^ {*expected} <= {14.0, 40.0, 45.0, 46.4}, (number, seen)
        assert bool(seen) == bool(expected)


def test_all_of_them_is_shown_in_a_picture_without_their_black_bars(client: httpx.Client) -> None:
    segments = Segments.of(client, "cropped.mkv", subtitles=1)
    # Two thirds of the size, in the middle.
    assert lit(segments, 10, x=53 + 9, y=9)
    assert not lit(segments, 10, x=14, y=14)


def test_the_file_is_not_read_up_to_the_next_subtitle(
    client: httpx.Client, server: RunningServer, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would have ended before it is looked at.
    monkeypatch.setattr(transcoder, "_MOST_WAITING", 2**17)
    segments = Segments.of(client, large.name, subtitles=2)
    assert segments.get("0.m4s").status_code == 200

    async def running(services: Services) -> list[int]:
        return services.streams.pids

    (pid,) = server.call(running)
    assert psutil.Process(pid).io_counters().read_chars < 0.8 * large.stat().st_size


def test_without_them_the_video_stays_as_it_is(client: httpx.Client) -> None:
    segments = Segments.of(client, "pgs.mkv", codecs="h264")
    assert segments.starts != Segments.of(client, "pgs.mkv", codecs="h264", subtitles=1).starts
    with segments.open(1) as container:
        assert all(brightness(one, 14, 14) < WHITE for one in container.decode(video=0))


def test_a_stream_that_cannot_be_burned_in_is_a_clear_error(client: httpx.Client) -> None:
    segments = Segments.of(client, "pgs.mkv", subtitles=0)
    detail = problem(segments.get("0.m4s"), 422, "not-playable")["detail"]
    assert "no subtitles in stream 0 that are pictures" in detail


def track_of(client: httpx.Client, name: str) -> list[dict[str, Any]]:
    """Return the subtitle tracks of a video."""
    video_id = Segments.of(client, name).video_id
    found: list[dict[str, Any]] = client.get(f"/api/v1/videos/{video_id}/playback").json()[
        "subtitles"
    ]
    return found
