"""Contact strips made one after the other, kept as they are made."""

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
from tests.integration.media import faults
from tests.stand_ins import is_running

from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import (
    DatabaseError,
    InvalidMediaError,
    PathOutsideRootsError,
    ProbeCrashedError,
    ProbeTimeoutError,
)
from stoat_ferret.media.picture_files import STRIP_VERSION
from stoat_ferret.media.strip_maker import LibavStripMaker
from stoat_ferret.pictures.storyboard_job import StripRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.pictures.conftest import Strips

    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.media.strip_maker import Strip, StripMaker


@pytest.mark.parametrize(
    ("clip", "tiles_expected"),
    [
        *(("damaged.mp4", 2), ("truncated-faststart.mp4", 2), ("truncated.mkv", 2)),
        *(("mpeg2.ts", 2), ("prores.mov", 1), ("vp9.webm", 2), ("hlg.mp4", 1), ("short.mp4", 1)),
        *(("anamorphic.mp4", 2), ("interlaced.mp4", 2), ("variable-rate.mp4", 2)),
    ],
)
async def test_whatever_can_be_decoded_has_a_strip(
    clip: str, tiles_expected: int, strips: Strips
) -> None:
    steps: list[float] = []
    strip = await strips.maker.make(make_clip(clip), steps.append)
    assert strip.version == STRIP_VERSION
    assert steps[-1] == 1.0
    assert len(tiles(strips.files.index(strip.fingerprint))) == tiles_expected


async def test_what_is_no_video_has_none(strips: Strips) -> None:
    assert (await strips.maker.make(make_clip("cover.m4a"), lambda _: None)).version < 0
    with pytest.raises(InvalidMediaError):
        await strips.maker.make(make_clip("text.mp4"), lambda _: None)


def sheet_size(path: Path) -> tuple[int, int]:
    with av.open(path) as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


def tiles(index: Path) -> list[tuple[float, int, int]]:
    """Start, left and top of every tile."""
    cues = re.findall(r"00:00:([\d.]+) --> .*\n.*#xywh=(\d+),(\d+)", index.read_text())
    return [(float(start), int(left), int(top)) for start, left, top in cues]


async def test_every_video_without_a_strip_gets_one(strips: Strips) -> None:
    for clip in ("h264.mp4", "rotated.mp4", "audio.mp4", "text.mp4"):
        strips.folder.put(clip, clip)
    await strips.folder.scan()
    shown: list[Progress] = []
    result = await strips.make(on_progress=shown.append)
    assert (result.found, result.made, result.failed) == (2, 2, 0)
    assert await strips.known() == {
        **dict.fromkeys(["h264.mp4", "rotated.mp4"], STRIP_VERSION),
        **dict.fromkeys(["audio.mp4", "text.mp4"], 0),
    }
    fractions = [one.fraction for one in shown if one.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert len(set(fractions)) > 4, "a video counts by its parts"
    assert (await strips.make()).found == 0


async def test_a_strip_has_a_tile_for_every_second_the_right_way_up(strips: Strips) -> None:
    strips.folder.put("rotated.mp4", "a.mp4")
    strips.folder.put("black-then-picture-one-key.mp4", "b.mp4")
    await strips.folder.scan()
    await strips.make()
    known = await strips.folder.known()
    turned, long = known["a.mp4"].fingerprint, known["b.mp4"].fingerprint
    assert turned
    assert long
    assert sheet_size(strips.files.sheet(turned, 0)) == (2 * 120, 160)
    assert tiles(strips.files.index(turned)) == [(0.0, 0, 0), (1.0, 120, 0)]
    assert [left for _, left, _ in tiles(strips.files.index(long))] == [0, 160, 320, 480, 640]
    assert brightness_of_tiles(strips.files.sheet(long, 0), 5) == [False] * 3 + [True] * 2


def brightness_of_tiles(sheet: Path, count: int) -> list[bool]:
    with av.open(sheet) as container:
        frame = next(container.decode(video=0)).reformat(count * 8, 8, "gray")
    plane = frame.planes[0]
    rows = [bytes(plane)[row * plane.line_size :] for row in range(8)]
    sums = [sum(sum(row[8 * n : 8 * n + 8]) for row in rows) for n in range(count)]
    return [total / 64 > 40 for total in sums]


async def test_a_bad_file_stops_nothing_and_is_not_tried_again(strips: Strips) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        strips.folder.put("h264.mp4" if name != "b.mp4" else "wide.mp4", name)
    await strips.folder.scan()
    bad = BadMaker(strips.maker, "b.mp4", lambda path: ProbeCrashedError(path, "It crashed."))
    result = await strips.using(bad).make()
    assert (result.found, result.made, result.failed) == (3, 2, 1)
    assert result.errors == [{"path": "b.mp4", "reason": "It crashed."}]
    assert (await strips.known())["b.mp4"] == -STRIP_VERSION
    assert (await strips.make()).found == 0
    ids = await strips.folder.ids()
    assert (await strips.make(StripRequest((ids["b.mp4"],)))).made == 1


class BadMaker:
    """Makes strips, but of one file an error."""

    def __init__(self, maker: StripMaker, name: str, error: Callable[[str], Exception]) -> None:
        self._maker = maker
        self._name = name
        self._error = error

    async def make(
        self, path: str | os.PathLike[str], on_progress: Callable[[float], None]
    ) -> Strip:
        if os.fspath(path).endswith(self._name):
            raise self._error(os.fspath(path))
        return await self._maker.make(path, on_progress)


async def test_a_file_that_is_away_is_tried_again(strips: Strips) -> None:
    path = strips.folder.put("h264.mp4", "a.mp4")
    await strips.folder.scan()
    unlink(path)
    result = await strips.make()
    assert (result.made, result.failed) == (0, 1)
    strips.folder.put("h264.mp4", "a.mp4")
    assert (await strips.make()).made == 1


def unlink(path: Path) -> None:
    path.unlink()


async def test_copies_share_a_strip(strips: Strips) -> None:
    for name in ("a.mp4", "b.mp4"):
        strips.folder.put("h264.mp4", name)
    await strips.folder.scan()
    ids = await strips.folder.ids()
    assert (await strips.make(StripRequest((ids["a.mp4"],)))).made == 1
    assert set((await strips.known()).values()) == {STRIP_VERSION}


async def test_only_a_folder_can_be_asked_for(strips: Strips) -> None:
    strips.folder.put("h264.mp4", "in/a.mp4")
    strips.folder.put("wide.mp4", "out/b.mp4")
    await strips.folder.scan()
    await strips.make(StripRequest(None, strips.folder.root.name, "in"))
    assert await strips.known() == {"in/a.mp4": STRIP_VERSION, "out/b.mp4": 0}
    with pytest.raises(PathOutsideRootsError):
        await strips.make(StripRequest(None, "no such root"))


async def test_a_job_that_is_stopped_goes_on_where_it_was(strips: Strips) -> None:
    for number in range(4):
        strips.folder.put(f"small-{number}.mp4", f"{number}.mp4")
    await strips.folder.scan()
    shown: list[Progress] = []
    first = await strips.make(
        on_progress=shown.append, should_stop=lambda: bool(shown) and bool(shown[-1].done)
    )
    assert 1 <= first.made < 4
    assert (await strips.make()).made == 4 - first.made


async def test_a_strip_that_hangs_is_killed_at_its_deadline(strips: Strips) -> None:
    path = strips.folder.put("h264.mp4", "a.mp4")
    workers = strips.folder.workers
    for step_seconds, timeout_seconds in ((1, 60), (60, 1)):
        maker = LibavStripMaker(
            workers,
            strips.files.folder,
            step_seconds=step_seconds,
            timeout_seconds=timeout_seconds,
        )
        stopped: list[int] = []
        with pytest.raises(ProbeTimeoutError, match="within 1 s"):
            await maker.make(path, stopper(strips, stopped))
        assert stopped
        assert not any(is_running(pid) for pid in stopped)
    assert written(strips) == []


def written(strips: Strips) -> list[Path]:
    return list(Path(strips.files.folder).rglob("*.*"))


def stopper(strips: Strips, stopped: list[int]) -> Callable[[float], None]:
    """Stops the worker, as a debugger does, when it has made its first tile."""

    def stop(_: float) -> None:
        if not stopped:
            stopped.extend(strips.folder.workers.pids)
            for pid in stopped:
                os.kill(pid, signal.SIGSTOP)

    return stop


async def test_a_cancelled_strip_kills_its_worker_and_leaves_nothing(strips: Strips) -> None:
    path = strips.folder.put("h264.mp4", "a.mp4")
    stopped: list[int] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(strips.maker.make, path, stopper(strips, stopped))
        with anyio.fail_after(20):
            while not stopped:
                await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert not any(is_running(pid) for pid in stopped)
    assert (await strips.maker.make(path, lambda _: None)).version == STRIP_VERSION


async def test_a_root_that_does_not_answer_costs_its_own_videos_and_no_time(
    strips: Strips,
) -> None:
    strips.folder.put("h264.mp4", "a.mp4")
    strips.folder.put("small-0.mp4", "b.mp4")
    await strips.folder.scan()
    gate = threading.Event()
    dead = RealPaths(lambda _: str(gate.wait(60)), answer_seconds=0.05)
    try:
        result = await strips.make(real_paths=dead)
    finally:
        gate.set()
    assert (result.found, result.failed, result.made) == (2, 2, 0)
    assert set((await strips.known()).values()) == {0}
    assert (await strips.make()).made == 2


@pytest.mark.parametrize("error", [KeyError(1), ValueError("29 is not a valid Type"), OSError(5)])
async def test_an_unforeseen_error_costs_its_file(error: Exception, strips: Strips) -> None:
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        strips.folder.put("short.mp4", name)
    await strips.folder.scan()
    with structlog.testing.capture_logs() as logs:
        result = await strips.using(BadMaker(strips.maker, "bad.mp4", lambda _: error)).make()
    assert (result.made, result.failed) == (2, 1)
    assert type(error).__name__ in result.errors[0]["reason"]
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert told["path"].endswith("bad.mp4")
    assert told["exc_info"] is error


async def test_an_error_in_a_worker_costs_its_file(strips: Strips) -> None:
    for name in ("a.mp4", "bad.mp4", "c.mp4"):
        strips.folder.put("short.mp4", name)
    await strips.folder.scan()
    maker = LibavStripMaker(
        strips.folder.workers,
        strips.files.folder,
        step_seconds=60,
        timeout_seconds=60,
        make=faults.strip_unless_bad,
    )
    with structlog.testing.capture_logs() as logs:
        result = await strips.using(maker).make()
    assert (result.made, result.failed) == (2, 1)
    assert result.errors[0]["path"] == "bad.mp4"
    assert "KeyError: 1" in result.errors[0]["reason"]
    (told,) = [log for log in logs if log["event"] == "file_failed"]
    assert "in _refuse" in "".join(told["exc_info"].__notes__)


async def test_what_is_not_of_a_file_ends_the_job(strips: Strips) -> None:
    strips.folder.put("short.mp4", "bad.mp4")
    await strips.folder.scan()
    error = DatabaseError("it is locked")
    with pytest.raises(DatabaseError):
        await strips.using(BadMaker(strips.maker, "bad.mp4", lambda _: error)).make()
    assert await strips.known() == {"bad.mp4": 0}
