"""Checks for FFmpeg's programs, with real ones."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.fake_programs import failing_program, slow_program

from stoat_ferret.errors import BinaryNotFoundError, ConfigurationError
from stoat_ferret.ffmpeg.binaries import ProgramCheck, find_ffprobe, packaged_ffprobe

if TYPE_CHECKING:
    from pathlib import Path


def missing() -> Path:
    raise BinaryNotFoundError("ffprobe", "STOAT_FFPROBE")


async def test_tells_version_and_place() -> None:
    said = await ProgramCheck(find_ffprobe)()
    assert said.endswith(f" at {find_ffprobe()}")


async def test_runs_the_program_again_only_when_it_changed(tmp_path: Path) -> None:
    packaged = packaged_ffprobe()
    assert packaged
    program = tmp_path / "ffprobe"
    program.write_text(f'#!/bin/sh\necho run >> "$0.runs"\nexec "{packaged}" "$@"\n')
    program.chmod(0o700)
    check = ProgramCheck(lambda: program)
    assert await check() == await check()
    assert (tmp_path / "ffprobe.runs").read_text() == "run\n"
    os.utime(program, ns=(1, 1))
    await check()
    assert (tmp_path / "ffprobe.runs").read_text() == "run\nrun\n"


async def test_a_slow_program_is_there_and_is_not_left_behind(tmp_path: Path) -> None:
    program = slow_program(tmp_path)
    assert "slow" in await ProgramCheck(lambda: program.path)()
    assert program.running == []


async def test_a_missing_and_a_broken_program_are_errors(tmp_path: Path) -> None:
    with pytest.raises(BinaryNotFoundError):
        await ProgramCheck(missing)()
    broken = failing_program(tmp_path).path
    with pytest.raises(ConfigurationError):
        await ProgramCheck(lambda: broken)()
