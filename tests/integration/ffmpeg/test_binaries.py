"""Finding the programs, and reading their versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_programs import rubbish_program, slow_program

from stoat_ferret.errors import (
    BinaryNotFoundError,
    ConfigurationError,
    ProcessNotStartedError,
    ProcessTimeoutError,
)
from stoat_ferret.ffmpeg import binaries
from stoat_ferret.ffmpeg.binaries import describe, find_ffmpeg, find_ffprobe


async def test_the_packaged_programs_say_what_they_are() -> None:
    for path in (binaries.packaged_ffmpeg(), binaries.packaged_ffprobe()):
        assert path
        info = await describe(path)
        assert info.path == path
        assert info.version
        assert int(info.libraries["libavformat"].partition(".")[0]) >= 59


async def test_the_setting_comes_first(tmp_path: Path) -> None:
    program = rubbish_program(tmp_path).path
    assert find_ffprobe(program) == find_ffmpeg(program) == program


async def test_then_path_then_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_path = rubbish_program(tmp_path).path.rename(tmp_path / "ffprobe")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_ffprobe() == on_path
    assert find_ffmpeg() == binaries.packaged_ffmpeg()
    monkeypatch.setenv("PATH", "")
    assert find_ffprobe() == binaries.packaged_ffprobe()


async def test_nowhere_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.path", [])
    monkeypatch.setattr("sys.path_importer_cache", {})
    with pytest.raises(BinaryNotFoundError, match="STOAT_FFPROBE"):
        find_ffprobe()
    with pytest.raises(BinaryNotFoundError, match=r"stoat-ferret\[ffmpeg\]"):
        find_ffmpeg()


async def test_a_setting_that_is_no_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    for setting in (tmp_path / "nowhere", tmp_path / "text", tmp_path):
        with pytest.raises(ConfigurationError, match="STOAT_FFMPEG names"):
            find_ffmpeg(setting)


async def test_a_program_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not a program of FFmpeg"):
        await describe(rubbish_program(tmp_path).path)
    with pytest.raises(ProcessNotStartedError):
        await describe(Path("/no/such/program"))
    with pytest.raises(ProcessTimeoutError):
        await describe(slow_program(tmp_path).path, timeout_seconds=0.5)
