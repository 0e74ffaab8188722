"""Scans of real files: their counts, records and messages."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips

from stoat_ferret.errors import FolderNotFoundError, RootEmptyError, RootUnavailableError
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.jobs.job import Progress


async def test_indexes_what_is_there_and_says_what_is_wrong(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("vp9.webm", "deep/b.webm")
    scanned.put("text.mp4", "text.mp4")
    scanned.put("zero.mp4", "zero.mp4")
    scanned.put("audio.mp4", "sound.mp4")
    scanned.put("audio.mp4", "not-a-video.txt")
    os.mkfifo(scanned.path / "pipe.mp4")

    result = await scanned.scan()

    assert (result.found, result.added, result.failed, result.skipped) == (6, 2, 2, 2)
    assert {error["path"] for error in result.errors} == {"text.mp4", "zero.mp4"}
    known = await scanned.known()
    assert {path: video.status for path, video in known.items()} == {
        "a.mp4": VideoStatus.OK,
        "deep/b.webm": VideoStatus.OK,
        "text.mp4": VideoStatus.BAD,
        "zero.mp4": VideoStatus.BAD,
        "sound.mp4": VideoStatus.SKIPPED,
        "pipe.mp4": VideoStatus.SKIPPED,
    }
    assert known["sound.mp4"].reason == "no video stream"
    assert known["zero.mp4"].reason == "The file is empty."
    assert known["a.mp4"].video_codec == "h264"


async def test_reads_only_what_changed(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    changed = scanned.put("small-0.mp4", "b.mp4")
    scanned.put("text.mp4", "bad.mp4")
    await scanned.scan()
    before = await scanned.ids()

    again = await scanned.scan()
    assert (again.unchanged, again.failed) == (3, 0)

    changed.write_bytes(changed.read_bytes() + b"\0\0\0\x08free")
    third = await scanned.scan()
    assert (third.unchanged, third.updated) == (2, 1)
    assert await scanned.ids() == before


async def test_reads_everything_when_forced(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("text.mp4", "bad.mp4")
    await scanned.scan()
    result = await scanned.scan(force=True)
    assert (result.updated, result.failed, result.unchanged) == (1, 1, 0)


async def test_tries_a_bad_file_again_when_it_changes(scanned: ScannedFolder) -> None:
    path = scanned.put("truncated.mp4", "a.mp4")
    await scanned.scan()
    (before,) = (await scanned.known()).values()
    assert before.status is VideoStatus.BAD

    path.write_bytes(scanned.put("h264.mp4", "whole.tmp").read_bytes())
    result = await scanned.scan()

    assert (result.found, result.updated) == (1, 1)
    (after,) = (await scanned.known()).values()
    assert (after.id, after.status, after.reason) == (before.id, VideoStatus.OK, None)


async def test_scans_a_part_of_a_root(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("h264.mp4", "sub/b.mp4")
    scanned.put("h264.mp4", "sub/deep/c.mp4")
    assert (await scanned.scan("sub", recursive=False)).added == 1
    assert set(await scanned.known()) == {"sub/b.mp4"}
    assert (await scanned.scan("sub")).added == 1
    result = await scanned.scan()
    assert (result.added, result.unchanged, result.missing) == (1, 2, 0)


async def test_names_that_are_not_utf8_are_indexed(scanned: ScannedFolder) -> None:
    name = os.fsdecode(b"caf\xe9 \xff.mp4")
    scanned.put("h264.mp4", name)
    assert (await scanned.scan()).added == 1
    assert (await scanned.scan()).unchanged == 1
    assert set(await scanned.known()) == {name}


@pytest.mark.parametrize(
    "name", ["-v.mp4", "http:x.mp4", "a%03d.mp4", 'it\'s "q" \n.mp4', "|cat.mp4", "file:a.mp4"]
)
async def test_hostile_names_are_names(scanned: ScannedFolder, name: str) -> None:
    scanned.put("h264.mp4", name)
    assert (await scanned.scan()).added == 1


async def test_a_file_that_vanishes_before_it_is_read_is_bad(scanned: ScannedFolder) -> None:
    for number in range(8):
        scanned.put("h264.mp4", f"{number}.mp4")

    def remove_the_last(progress: Progress) -> None:
        if progress.phase == "probing":
            (scanned.path / "7.mp4").unlink(missing_ok=True)

    result = await scanned.scan(on_progress=remove_the_last)
    assert (result.added, result.failed) == (7, 1)
    assert [error["path"] for error in result.errors] == ["7.mp4"]
    assert (await scanned.known())["7.mp4"].status is VideoStatus.BAD
    assert (await scanned.scan()).missing == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_that_cannot_be_read_is_bad(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("h264.mp4", "locked.mp4").chmod(0)
    result = await scanned.scan()
    assert (result.added, result.failed) == (1, 1)
    assert "Permission denied" in result.errors[0]["reason"]


# Nothing is lost -----------------------------------------------------------------------------


async def test_vanished_files_are_flagged_and_come_back(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "stays.mp4")
    path = scanned.put("small-0.mp4", "goes.mp4")
    await scanned.scan()
    before = await scanned.known()
    away = path.rename(scanned.path.parent / "away.mp4")

    assert (await scanned.scan()).missing == 1
    gone = (await scanned.known())["goes.mp4"]
    assert gone.status is VideoStatus.MISSING
    assert gone.missing_since is not None
    assert gone.video_codec == before["goes.mp4"].video_codec
    assert (await scanned.scan()).missing == 0

    away.rename(path)
    result = await scanned.scan()
    assert (result.unchanged, result.missing) == (2, 0)
    assert await scanned.known() == before


async def test_an_absent_root_changes_nothing(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    await scanned.scan()
    before = await scanned.known()
    scanned.path.rename(scanned.path.with_name("unplugged"))
    with pytest.raises(RootUnavailableError, match="Is its disk plugged in"):
        await scanned.scan()
    assert await scanned.known() == before


@pytest.mark.parametrize("left", [[], ["lost+found/x", "README.txt", ".hidden.mp4"]])
async def test_a_suddenly_empty_root_changes_nothing(
    scanned: ScannedFolder, left: list[str]
) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("h264.mp4", "sub/b.mp4")
    await scanned.scan()
    before = await scanned.known()
    scanned.path.rename(scanned.path.with_name("unplugged"))
    scanned.path.mkdir()
    for name in left:
        scanned.put("text.mp4", name)
    with pytest.raises(RootEmptyError, match="knows 2 videos"):
        await scanned.scan()
    assert await scanned.known() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_what_is_in_a_folder_that_cannot_be_read_is_not_missing(
    scanned: ScannedFolder,
) -> None:
    scanned.put("h264.mp4", "a.mp4")
    scanned.put("small-0.mp4", "locked/deep/b.mp4")
    await scanned.scan()
    before = await scanned.known()
    (scanned.path / "locked").chmod(0)
    try:
        result = await scanned.scan()
    finally:
        (scanned.path / "locked").chmod(0o700)
    assert result.missing == 0
    assert result.errors == [{"path": "locked", "reason": "permission denied"}]
    assert await scanned.known() == before


async def test_an_emptied_folder_of_a_root_that_is_there_is_believed(
    scanned: ScannedFolder,
) -> None:
    scanned.put("h264.mp4", "a.mp4")
    path = scanned.put("small-0.mp4", "sub/b.mp4")
    await scanned.scan()
    path.unlink()
    assert (await scanned.scan("sub")).missing == 1


async def test_a_disk_that_goes_away_during_the_scan_changes_nothing(
    scanned: ScannedFolder,
) -> None:
    for number in range(20):
        scanned.put("h264.mp4", f"{number}.mp4")
    await scanned.scan()
    before = await scanned.known()

    def unplug(progress: Progress) -> None:
        unplugged = scanned.path.with_name("unplugged")
        if progress.phase == "probing" and not unplugged.exists():
            scanned.path.rename(unplugged)
            scanned.path.mkdir()

    with pytest.raises(RootUnavailableError, match="went away during the scan"):
        await scanned.scan(force=True, on_progress=unplug)
    known = await scanned.known()
    assert {path: video.status for path, video in known.items()} == {
        path: video.status for path, video in before.items()
    }


async def test_a_folder_that_is_not_there_is_an_error(scanned: ScannedFolder) -> None:
    with pytest.raises(FolderNotFoundError):
        await scanned.scan("nowhere")


# Progress and cancellation -------------------------------------------------------------------


async def test_progress_counts_first_and_then_only_rises_to_one(scanned: ScannedFolder) -> None:
    small_clips(scanned.path, 60)
    seen: list[Progress] = []
    await scanned.scan(on_progress=seen.append)
    assert seen[0].phase == "counting"
    assert seen[0].fraction is None
    probing = [progress for progress in seen if progress.phase == "probing"]
    fractions = [progress.fraction or 0.0 for progress in probing]
    assert fractions == sorted(fractions)
    assert len(set(fractions)) == 61
    assert fractions[-1] == 1.0
    assert all(progress.total == 60 and progress.unit == "files" for progress in probing)
    assert {progress.current for progress in probing} > {"clip-0000.mp4", "clip-0059.mp4"}


async def test_the_flag_stops_a_scan_and_keeps_what_was_done(scanned: ScannedFolder) -> None:
    small_clips(scanned.path, 60)
    latest: list[Progress] = []

    def is_half_done() -> bool:
        return bool(latest) and (latest[-1].fraction or 0) >= 0.5

    request = scanned.scan(on_progress=latest.append, should_stop=is_half_done)
    with pytest.raises(AssertionError, match="found"):  # not complete, so not all is counted
        await request
    kept = len(await scanned.known())
    assert 30 <= kept <= 33
    rest = await scanned.scan()
    assert (rest.unchanged, rest.added) == (kept, 60 - kept)


async def test_cancellation_keeps_what_was_done(scanned: ScannedFolder) -> None:
    small_clips(scanned.path, 60)
    some = asyncio.Event()
    done = 0

    def watch(progress: Progress) -> None:
        nonlocal done
        done = progress.done or 0
        if progress.phase == "probing" and done >= 20:
            some.set()

    task = asyncio.create_task(scanned.scan(on_progress=watch))
    await asyncio.wait_for(some.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = len(await scanned.known())
    assert kept == done
    rest = await scanned.scan()
    assert (rest.unchanged, rest.added) == (kept, 60 - kept)
