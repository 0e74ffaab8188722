"""Videos that a hardware encoder converts for players, as far as there is one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from tests.clips import ffmpeg
from tests.fake_programs import program_that
from tests.integration.api.problems import problem
from tests.integration.api.segments import Segments
from tests.integration.api.streams import scan

from stoat_ferret.config import Settings, load_settings
from stoat_ferret.ffmpeg.binaries import find_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

ENCODER = "h264_v4l2m2m"
"""It takes the arguments of a software encoder, which replaces it here."""
WITH_HARDWARE = f"""
case "$*" in
*-encoders*) '{find_ffmpeg()}' "$@"; echo ' V....D {ENCODER}        V4L2 (codec h264)'; exit ;;
*{ENCODER}*) [ ! -e "$0.broken" ] || exit 1 ;;
esac
for argument; do
  shift
  [ "$argument" != {ENCODER} ] || argument=libx264
  set -- "$@" "$argument"
done
exec '{find_ffmpeg()}' "$@"
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a video that no browser plays."""
    root = tmp_path_factory.mktemp("films")
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=39", "-c:v", "mpeg4"),
        root / "film.avi",
    )
    return root


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an ffmpeg with a hardware encoder, which is broken while a file is there."""
    return program_that(tmp_path_factory.mktemp("programs"), "ffmpeg", WITH_HARDWARE).path


@pytest.fixture(scope="module")
def settings(library: Path, program: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings for that root and program."""
    return load_settings(
        roots=(library,),
        data_dir=tmp_path_factory.mktemp("data"),
        port=0,
        ffmpeg=program,
        playback_encoder="auto",
        shutdown_grace_seconds=0.5,
    )


def test_hardware_is_used_once_it_has_worked_and_until_it_fails(
    client: httpx.Client, library: Path, program: Path
) -> None:
    scan(client, str(library))
    software = Segments.of(client, "film.avi")
    assert "encoder=" not in software.get("index.m3u8").text, "nobody waits for the trial"
    while f"encoder={ENCODER}" not in software.get("index.m3u8").text:
        time.sleep(0.05)
    hardware = Segments.of(client, "film.avi", viewer="two", encoder=ENCODER)
    for number, start, count in ((2, 6, 30), (0, 0, 30)):
        with hardware.open(number) as container:
            times = [float(frame.time or 0) for frame in container.decode(video=0)]
        assert times[0] == pytest.approx(start, abs=0.01)
        assert len(times) == count
    with software.open(1) as container:  # one that has begun in software goes on so
        assert len(list(container.decode(video=0))) == 30

    program.with_name("ffmpeg.broken").touch()
    problem(hardware.get("12.m4s"), 503, "process-crashed")
    assert "encoder=" not in software.get("index.m3u8").text
    gone = problem(hardware.get("1.m4s"), 422, "not-playable")
    assert "Reload the video" in gone["detail"]
