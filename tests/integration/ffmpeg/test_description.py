"""Capabilities of real programs, and of programs that report nothing."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from tests.fake_programs import failing_program, program_that, slow_program

from stoat_ferret.errors import BinaryNotFoundError, ConfigurationError, ProcessTimeoutError
from stoat_ferret.ffmpeg import capabilities
from stoat_ferret.ffmpeg.binaries import find_ffmpeg, packaged_ffmpeg
from stoat_ferret.ffmpeg.capabilities import (
    FfmpegCapabilities,
    FfmpegCheck,
    find_hardware_encoders,
    list_abilities,
)

if TYPE_CHECKING:
    from pathlib import Path

FOUND = find_ffmpeg()
FFMPEGS = list(dict.fromkeys(path for path in (FOUND, packaged_ffmpeg()) if path))
# An ffmpeg with hardware: its encoder is a software one under another name.
WITH_HARDWARE = f"""
case "$*" in
*-encoders*) '{FOUND}' "$@"; echo ' V....D h264_nvenc           NVIDIA (codec h264)';
             echo ' V....D hevc_nvenc           NVIDIA (codec hevc)' ;;
*h264_nvenc*) exec '{FOUND}' -v error -f lavfi -i color=s=64x64 -frames:v 1 -f null - ;;
*hevc_nvenc*) kill -11 $$ ;;
*) exec '{FOUND}' "$@" ;;
esac
"""


@pytest.mark.parametrize("ffmpeg", FFMPEGS, ids=lambda path: path.parent.name)
async def test_a_real_ffmpeg_is_described(ffmpeg: Path) -> None:
    found = await list_abilities(ffmpeg)
    assert found.path == ffmpeg
    assert {"libx264", "aac", "prores_ks", "libx265", "gif"} <= found.encoders
    assert {"h264", "hevc", "aac", "av1"} <= found.decoders
    assert {"scale", "xfade", "loudnorm", "concat", "overlay", "drawtext"} <= found.filters
    assert {"mp4", "mov", "matroska", "gif", "null", "image2"} <= found.muxers
    assert {"fade", "wipeleft", "circleopen"} <= found.transitions
    assert len(found.encoders) > 150
    assert len(found.filters) > 400


async def test_encoders_in_hardware_are_those_that_encode(tmp_path: Path) -> None:
    program = program_that(tmp_path, "ffmpeg", WITH_HARDWARE)
    async with FfmpegCapabilities(lambda: program.path) as describer:
        assert await describer.known() is None
        found = await describer.describe()
        assert "hevc_nvenc" in found.encoders
        assert found.hardware_encoders[:1] == ("h264_nvenc",)
        assert "hevc_nvenc" not in found.hardware_encoders
        assert await describer.known() == found
        assert "in hardware: h264_nvenc" in await FfmpegCheck(describer)()


async def test_software_is_described_without_trying_hardware(tmp_path: Path) -> None:
    program = program_that(tmp_path, "ffmpeg", WITH_HARDWARE)
    async with FfmpegCapabilities(lambda: program.path) as describer:
        found = await describer.describe_software()
        assert {"libx264", "h264_nvenc"} <= found.encoders
        assert found.hardware_encoders == ()
        assert len(program.pids) == 6
        assert await describer.known() is None


async def test_an_encoder_that_hangs_does_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoat_ferret.ffmpeg.capabilities._TRY_SECONDS", 0.5)
    slow = slow_program(tmp_path)
    assert await find_hardware_encoders(slow.path, {"h264_nvenc"}) == ()
    assert slow.running == []


async def test_it_is_asked_once_however_many_ask_until_it_is_another(tmp_path: Path) -> None:
    program = program_that(tmp_path, "ffmpeg", f"exec '{FOUND}' \"$@\"")
    async with FfmpegCapabilities(lambda: program.path) as describer:
        await asyncio.gather(*(describer.abilities() for _ in range(5)))
        runs = len(program.pids)
        await describer.abilities()
        assert len(program.pids) == runs
        os.utime(program.path, ns=(1, 1))
        await describer.abilities()
        assert len(program.pids) == 2 * runs


async def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    programs = [failing_program(tmp_path / "bad").path]
    async with FfmpegCapabilities(lambda: programs[0]) as describer:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="not a program of FFmpeg"):
                await describer.abilities()
        programs[0] = FOUND
        assert (await describer.abilities()).version


async def test_a_check_is_answered_while_a_slow_program_is_still_asked(tmp_path: Path) -> None:
    slow = slow_program(tmp_path)
    async with FfmpegCapabilities(lambda: slow.path) as describer:
        assert "slow" in await FfmpegCheck(describer)()
        assert len(slow.running) == 2
        assert "slow" in await FfmpegCheck(describer)()
        assert len(slow.pids) == 2
    assert slow.running == []


async def test_a_check_tells_version_place_and_counts() -> None:
    async with FfmpegCapabilities(lambda: FOUND) as describer:
        await describer.abilities()
        said = await FfmpegCheck(describer)()
    assert f" at {FOUND}, " in said
    assert " encoders, " in said
    assert said.endswith(" filters")


async def test_a_missing_program_is_an_error_of_the_check() -> None:
    def missing() -> Path:
        raise BinaryNotFoundError("ffmpeg", "STOAT_FFMPEG")

    async with FfmpegCapabilities(missing) as describer:
        with pytest.raises(BinaryNotFoundError):
            await FfmpegCheck(describer)()


async def test_a_program_that_tells_nothing_in_time_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capabilities, "LIST_SECONDS", 0.5)
    slow = slow_program(tmp_path)
    with pytest.raises(ProcessTimeoutError):
        await list_abilities(slow.path)
    assert slow.running == []
