"""`ffprobe_video` by itself, without a prober around it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import make_clip
from tests.fake_programs import endless_program, is_running, slow_program

from stoat_ferret.errors import (
    FileUnreadableError,
    FileVanishedError,
    InvalidMediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessNotStartedError,
)
from stoat_ferret.ffmpeg.probe import ffprobe_video

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_finds_ffprobe_by_itself() -> None:
    info = await ffprobe_video(make_clip("ntsc.mp4"))
    assert info.main_video
    assert str(info.main_video.frame_rate) == "30000/1001"


async def test_what_is_not_media_is_invalid_and_says_why() -> None:
    for name in ("zero.mp4", "text.mp4", "truncated.mp4"):
        with pytest.raises(InvalidMediaError, match="moov atom not found"):
            await ffprobe_video(make_clip(name))


async def test_what_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileVanishedError):
        await ffprobe_video(tmp_path / "gone.mp4")
    with pytest.raises(FileUnreadableError):
        await ffprobe_video(tmp_path)


async def test_a_named_pipe_ends_at_the_deadline(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(ProbeTimeoutError):
        await ffprobe_video(tmp_path / "pipe.mp4", timeout_seconds=1)


async def test_no_ffprobe_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ProcessNotStartedError):
        await ffprobe_video(make_clip("h264.mp4"), ffprobe=tmp_path / "nowhere")


async def test_cancellation_kills_it(tmp_path: Path) -> None:
    slow = slow_program(tmp_path)

    async def probe() -> None:
        await ffprobe_video(make_clip("h264.mp4"), ffprobe=slow.path)

    with slow.starts() as starts:
        async with anyio.create_task_group() as calls:
            calls.start_soon(probe)
            assert is_running(await starts.wait())
            calls.cancel_scope.cancel()
    assert slow.running == []


async def test_an_endless_answer_is_a_crash(tmp_path: Path) -> None:
    endless = endless_program(tmp_path)
    with pytest.raises(ProbeCrashedError, match="printed more than"):
        await ffprobe_video(make_clip("h264.mp4"), ffprobe=endless.path)
    assert endless.running == []
