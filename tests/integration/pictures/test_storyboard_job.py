"""Storyboards made one after the other, each kept at once."""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import av
import pytest
import structlog
from tests.clips import make_clip
from tests.fake_programs import is_running
from tests.integration.media import faults

from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import (
    DatabaseError,
    InvalidMediaError,
    PathOutsideRootsError,
    ProbeCrashedError,
    ProbeTimeoutError,
)
from stoat_ferret.media.picture_files import STORYBOARD_VERSION
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker
from stoat_ferret.pictures.storyboard_job import StoryboardRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.pictures.conftest import Storyboards

    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.media.storyboard_maker import Storyboard, StoryboardMaker


@pytest.mark.parametrize(
    ("clip", "tiles_expected"),
    [
        *(("damaged.mp4", 2), ("truncated-faststart.mp4", 2), ("truncated.mkv", 2)),
        *(("mpeg2.ts", 2), ("prores.mov", 1), ("vp9.webm", 2), ("hlg.mp4", 1), ("short.mp4", 1)),
        *(("anamorphic.mp4", 2), ("interlaced.mp4", 2), ("variable-rate.mp4", 2)),
    ],
)
async def test_whatever_can_be_decoded_has_a_storyboard(
    clip: str, tiles_expected: int, storyboards: Storyboards
) -> None:
    steps: list[float] = []
    storyboard = await storyboards.maker.make(make_clip(clip), steps.append)
    assert storyboard.version == STORYBOARD_VERSION
    assert steps[-1] == 1.0
    assert len(tiles(storyboards.files.index(storyboard.fingerprint))) == tiles_expected


async def test_what_is_no_video_has_none(storyboards: Storyboards) -> None:
    assert (await storyboards.maker.make(make_clip("cover.m4a"), lambda _: None)).version < 0
    with pytest.raises(InvalidMediaError):
        await storyboards.maker.make(make_clip("text.mp4"), lambda _: None)


def sheet_size(path: Path) -> tuple[int, int]:
    with av.open(path) as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


def tiles(index: Path) -> list[tuple[float, int, int]]:
    """Return start, left and top of every tile."""
    cues = re.findall(r"00:00:([\d.]+) --> .*\n.*#xywh=(\d+),(\d+)", index.read_text())
    return [(float(start), int(left), int(top)) for start, left, top in cues]


async def test_every_video_without_a_storyboard_gets_one(storyboards: Storyboards) -> None:
    for clip in ("h264.mp4", "rotated.mp4", "audio.mp4", "text.mp4"):
        storyboards.folder.put(clip, clip)
    await storyboards.folder.scan()
    shown: list[Progress] = []
    result = await storyboards.make(on_progress=shown.append)
    assert (result.found, result.made, result.failed) == (2, 2, 0)
    assert await storyboards.known() == {
        **dict.fromkeys(["h264.mp4", "rotated.mp4"], STORYBOARD_VERSION),
        **dict.fromkeys(["audio.mp4", "text.mp4"], 0),
    }
    fractions = [one.fraction for one in shown if one.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert len(set(fractions)) > 4, "a video counts by its parts"
    assert (await storyboards.make()).found == 0


async def test_a_storyboard_has_a_tile_for_every_second_the_right_way_up(
    storyboards: Storyboards,
) -> None:
    storyboards.folder.put("rotated.mp4", "a.mp4")
    storyboards.folder.put("black-then-picture-one-key.mp4", "b.mp4")
    await storyboards.folder.scan()
    await storyboards.make()
    known = await storyboards.folder.known()
    turned, long = known["a.mp4"].fingerprint, known["b.mp4"].fingerprint
    assert turned
    assert long
    assert sheet_size(storyboards.files.sheet(turned, 0)) == (2 * 120, 160)
    assert tiles(storyboards.files.index(turned)) == [(0.0, 0, 0), (1.0, 120, 0)]
    assert [left for _, left, _ in tiles(storyboards.files.index(long))] == [0, 160, 320, 480, 640]
    assert brightness_of_tiles(storyboards.files.sheet(long, 0), 5) == [False] * 3 + [True] * 2


def brightness_of_tiles(sheet: Path, count: int) -> list[bool]:
    with av.open(sheet) as container:
        frame = next(container.decode(video=0)).reformat(count * 8, 8, "gray")
    plane = frame.planes[0]
    rows = [bytes(plane)[row * plane.line_size :] for row in range(8)]
    sums = [sum(sum(row[8 * n : 8 * n + 8]) for row in rows) for n in range(count)]
    return [total / 64 > 40 for total in sums]


async def test_a_bad_file_stops_nothing_and_is_not_tried_again(storyboards: Storyboards) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        storyboards.folder.put("h264.mp4" if name != "b.mp4" else "wide.mp4", name)
    await storyboards.folder.scan()
    bad = BadMaker(storyboards.maker, "b.mp4", lambda path: ProbeCrashedError(path, "It crashed."))
    result = await storyboards.using(bad).make()
    assert (result.found, result.made, result.failed) == (3, 2, 1)
    assert result.errors == [{"path": "b.mp4", "reason": "It crashed."}]
    assert (await storyboards.known())["b.mp4"] == -STORYBOARD_VERSION
    assert (await storyboards.make()).found == 0
    ids = await storyboards.folder.ids()
    assert (await storyboards.make(StoryboardRequest((ids["b.mp4"],)))).made == 1


class BadMaker:
    """Makes storyboards, but fails for one file."""

    def __init__(
        self, maker: StoryboardMaker, name: str, error: Callable[[str], Exception]
    ) -> None:
        self._maker = maker
        self._name = name
        self._error = error

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Storyboard:
        if os.fspath(path).endswith(self._name):
            raise self._error(os.fspath(path))
        return await self._maker.make(path, on_progress)


async def test_a_file_that_is_away_is_tried_again(storyboards: Storyboards) -> None:
    path = storyboards.folder.put("h264.mp4", "a.mp4")
    await storyboards.folder.scan()
    unlink(path)
    result = await storyboards.make()
    assert (result.made, result.failed) == (0, 1)
    storyboards.folder.put("h264.mp4", "a.mp4")
    assert (await storyboards.make()).made == 1


def unlink(path: Path) -> None:
    path.unlink()


async def test_copies_share_a_storyboard(storyboards: Storyboards) -> None:
    for name in ("a.mp4", "b.mp4"):
        storyboards.folder.put("h264.mp4", name)
    await storyboards.folder.scan()
    ids = await storyboards.folder.ids()
    assert (await storyboards.make(StoryboardRequest((ids["a.mp4"],)))).made == 1
    assert set((await storyboards.known()).values()) == {STORYBOARD_VERSION}


async def test_only_a_folder_can_be_asked_for(storyboards: Storyboards) -> None:
    storyboards.folder.put("h264.mp4", "in/a.mp4")
    storyboards.folder.put("wide.mp4", "out/b.mp4")
    await storyboards.folder.scan()
    await storyboards.make(StoryboardRequest(None, storyboards.folder.root.name, "in"))
    assert await storyboards.known() == {"in/a.mp4": STORYBOARD_VERSION, "out/b.mp4": 0}
    with pytest.raises(PathOutsideRootsError):
        await storyboards.make(StoryboardRequest(None, "no such root"))


async def test_a_job_that_is_stopped_goes_on_where_it_was(storyboards: Storyboards) -> None:
    for number in range(4):
        storyboards.folder.put(f"small-{number}.mp4", f"{number}.mp4")
    await storyboards.folder.scan()
    shown: list[Progress] = []
    first = await storyboards.make(
        on_progress=shown.append, should_stop=lambda: bool(shown) and bool(shown[-1].done)
    )
    assert 1 <= first.made < 4
    assert (await storyboards.make()).made == 4 - first.made


async def test_a_storyboard_that_hangs_is_killed_at_its_deadline(storyboards: Storyboards) -> None:
    path = storyboards.folder.put("h264.mp4", "a.mp4")
    workers = storyboards.folder.workers
    for step_seconds, timeout_seconds in ((1, 60), (60, 1)):
        maker = LibavStoryboardMaker(
            workers,
            storyboards.files.folder,
            step_seconds=step_seconds,
            timeout_seconds=timeout_seconds,
        )
        stopped: list[int] = []
        with pytest.raises(ProbeTimeoutError, match="within 1 s"):
            await maker.make(path, stopper(storyboards, stopped))
        assert stopped
        assert not any(is_running(pid) for pid in stopped)
    assert written(storyboards) == []


def written(storyboards: Storyboards) -> list[Path]:
    return list(Path(storyboards.files.folder).rglob("*.*"))


def stopper(storyboards: Storyboards, stopped: list[int]) -> Callable[[float], None]:
    """Return a callback that stops the worker, as a debugger does, at its first tile."""

    def stop(_: float) -> None:
        if not stopped:
            stopped.extend(storyboards.folder.workers.pids)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)

    return stop


async def test_a_cancelled_storyboard_kills_its_worker_and_leaves_nothing(
    storyboards: Storyboards,
) -> None:
    path = storyboards.folder.put("h264.mp4", "a.mp4")
    stopped: list[int] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(storyboards.maker.make, path, stopper(storyboards, stopped))
        with anyio.fail_after(20):
            while not stopped:
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert not any(is_running(pid) for pid in stopped)
    assert (await storyboards.maker.make(path, lambda _: None)).version == STORYBOARD_VERSION


async def test_a_root_that_does_not_answer_costs_its_own_videos_and_no_time(
    storyboards: Storyboards,
) -> None:
    storyboards.folder.put("h264.mp4", "a.mp4")
    storyboards.folder.put("small-0.mp4", "b.mp4")
    await storyboards.folder.scan()
    gate = threading.Event()
    dead = RealPaths(lambda _: str(gate.wait(60)), answer_seconds=0.05)
    try:
        result = await storyboards.make(real_paths=dead)
    finally:
        gate.set()
    assert (result.found, result.failed, result.made) == (2, 2, 0)
    assert set((await storyboards.known()).values()) == {0}
    assert (await storyboards.make()).made == 2


@pytest.mark.parametrize("error", [KeyError(1), ValueError("29 is not a valid Type"), OSError(5)])
async def test_an_unforeseen_error_costs_its_file(
    error: Exception, storyboards: Storyboards
) -> None:
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        storyboards.folder.put("short.mp4", name)
    await storyboards.folder.scan()
    with structlog.testing.capture_logs() as logs:
        result = await storyboards.using(
            BadMaker(storyboards.maker, "bad.mp4", lambda _: error)
        ).make()
    assert (result.made, result.failed) == (2, 1)
    assert type(error).__name__ in result.errors[0]["reason"]
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert told["path"].endswith("bad.mp4")
    assert told["exc_info"] is error


async def test_an_error_in_a_worker_costs_its_file(storyboards: Storyboards) -> None:
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        storyboards.folder.put("short.mp4", name)
    await storyboards.folder.scan()
    maker = LibavStoryboardMaker(
        storyboards.folder.workers,
        storyboards.files.folder,
        step_seconds=60,
        timeout_seconds=60,
        make=faults.storyboard_unless_bad,
    )
    with structlog.testing.capture_logs() as logs:
        result = await storyboards.using(maker).make()
    assert (result.made, result.failed) == (2, 1)
    assert result.errors[0]["path"] == "bad.mp4"
    assert "KeyError: 1" in result.errors[0]["reason"]
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert "in _refuse" in "".join(told["exc_info"].__notes__)


async def test_what_is_not_of_a_file_ends_the_job(storyboards: Storyboards) -> None:
    storyboards.folder.put("short.mp4", "bad.mp4")
    await storyboards.folder.scan()
    error = DatabaseError("it is locked")
    with pytest.raises(DatabaseError):
        await storyboards.using(BadMaker(storyboards.maker, "bad.mp4", lambda _: error)).make()
    assert await storyboards.known() == {"bad.mp4": 0}
