"""Rescans of files, one or several, changed or not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.clips import make_clip
from uuid_utils.compat import uuid7

from stoat_ferret.errors import RootEmptyError, RootUnavailableError
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.video import HeightClass, VideoStatus
from stoat_ferret.scan.rescan import RescanRequest, rescan_files
from stoat_ferret.scan.result import ScanResult

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.jobs.job import Progress

CLIP = "small-0.mp4"
BAD = VideoFilter(status=frozenset({VideoStatus.BAD}))


async def rescan(
    scanned: ScannedFolder, request: RescanRequest, seen: list[Progress] | None = None
) -> ScanResult:
    result = ScanResult(root="")
    await rescan_files(
        request,
        scanned.tools,
        [scanned.root],
        scan_id=str(uuid7()),
        result=result,
        on_progress=(seen if seen is not None else []).append,
        should_stop=lambda: False,
    )
    counts = result.as_json()
    parts = ("added", "updated", "unchanged", "moved", "skipped", "failed")
    assert counts["found"] == sum(counts[part] for part in parts), counts
    return result


def mend(path: Path, *, like_before: bool) -> None:
    """Repair a broken file; `like_before` keeps its size and time."""
    before = path.stat()
    content = make_clip(CLIP).read_bytes()
    path.write_bytes(content)
    if like_before:
        assert path.stat().st_size == before.st_size
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


async def test_a_mended_file_is_usable_though_nothing_seems_to_have_changed(
    scanned: ScannedFolder,
) -> None:
    path = scanned.path / "broken.mp4"
    path.write_bytes(bytes(make_clip(CLIP).stat().st_size))
    await scanned.scan()
    bad = (await scanned.known())["broken.mp4"]
    assert bad.status is VideoStatus.BAD
    mend(path, like_before=True)
    assert (await scanned.scan()).unchanged == 1
    seen: list[Progress] = []
    result = await rescan(scanned, RescanRequest((bad.id,)), seen)
    assert (result.root, result.found, result.updated) == (scanned.root.name, 1, 1)
    mended = (await scanned.known())["broken.mp4"]
    assert (mended.status, mended.id) == (VideoStatus.OK, bad.id)
    assert (seen[0].phase, seen[0].fraction, seen[-1].fraction) == ("counting", None, 1.0)


async def test_all_that_a_query_finds_is_looked_at_and_nothing_else(
    scanned: ScannedFolder,
) -> None:
    for name in ("a.mp4", "sub/b.mp4"):
        (scanned.path / name).parent.mkdir(exist_ok=True)
        (scanned.path / name).write_bytes(b"no video")
    other = scanned.put(CLIP, "good.mp4")
    await scanned.scan()
    other.write_bytes(b"broken meanwhile")
    mend(scanned.path / "a.mp4", like_before=False)
    result = await rescan(scanned, RescanRequest(query=BAD))
    assert (result.found, result.updated, result.failed) == (2, 1, 1)
    assert [error["path"] for error in result.errors] == ["sub/b.mp4"]
    known = await scanned.known()
    assert known["good.mp4"].status is VideoStatus.OK
    assert known["sub/b.mp4"].status is VideoStatus.BAD


async def test_files_that_are_gone_are_flagged_and_those_that_are_back_are_not(
    scanned: ScannedFolder,
) -> None:
    gone, back = scanned.put(CLIP, "gone.mp4"), scanned.put(CLIP, "back.mp4")
    scanned.put(CLIP, "other.mp4")
    content = back.read_bytes()
    back.unlink()
    back.write_bytes(content)
    await scanned.scan()
    ids = await scanned.ids()
    back.unlink()
    await scanned.scan()
    back.write_bytes(content)
    gone.unlink()
    result = await rescan(scanned, RescanRequest((ids["gone.mp4"], ids["back.mp4"])))
    assert (result.found, result.updated, result.missing) == (1, 1, 1)
    known = await scanned.known()
    assert known["gone.mp4"].missing_since is not None
    assert known["back.mp4"].missing_since is None
    assert known["back.mp4"].id == ids["back.mp4"]
    assert known["other.mp4"].missing_since is None


async def test_a_root_without_its_disk_changes_nothing(scanned: ScannedFolder) -> None:
    path = scanned.put(CLIP, "film.mp4")
    await scanned.scan()
    request = RescanRequest(tuple((await scanned.ids()).values()))
    path.unlink()
    with pytest.raises(RootEmptyError):
        await rescan(scanned, request)
    scanned.path.rmdir()
    with pytest.raises(RootUnavailableError):
        await rescan(scanned, request)
    assert (await scanned.known())["film.mp4"].missing_since is None


async def test_one_file_is_added_by_its_path(scanned: ScannedFolder) -> None:
    scanned.put(CLIP, "sub/new.mp4")
    scanned.put(CLIP, "sub/other.mp4")
    request = RescanRequest(root=scanned.root.name, file="sub/new.mp4")
    result = await rescan(scanned, request)
    assert (result.found, result.added) == (1, 1)
    assert list(await scanned.known()) == ["sub/new.mp4"]


async def test_a_file_that_no_scan_would_find_is_not_added(scanned: ScannedFolder) -> None:
    (scanned.path / "notes.txt").write_text("milk")
    result = await rescan(scanned, RescanRequest(root=scanned.root.name, file="notes.txt"))
    assert (result.found, result.failed) == (1, 1)
    assert "STOAT_VIDEO_EXTENSIONS" in result.errors[0]["reason"]
    assert not await scanned.known()


async def test_a_link_that_was_turned_out_of_the_root_is_not_followed(
    scanned: ScannedFolder, tmp_path: Path
) -> None:
    folder = scanned.put(CLIP, "sub/film.mp4").parent
    scanned.put(CLIP, "stays.mp4")
    await scanned.scan()
    request = RescanRequest(((await scanned.ids())["sub/film.mp4"],))
    outside = tmp_path / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    result = await rescan(scanned, request)
    assert result.skipped == 1
    assert (await scanned.known())["sub/film.mp4"].reason == (
        "a link to a file outside the root is not followed"
    )


@pytest.mark.parametrize(
    "request_",
    [
        RescanRequest(("b", "a")),
        RescanRequest(query=BAD),
        RescanRequest(
            query=VideoFilter(
                q="sea",
                folder="x",
                height_class=frozenset({HeightClass.P1080}),
                min_duration=1.5,
                tags=frozenset({"b", "a"}),
                status=frozenset(VideoStatus),
            )
        ),
        RescanRequest(root="films", file="a/b.mp4"),
    ],
    ids=["ids", "status", "query", "file"],
)
def test_a_request_survives_its_way_through_a_job(request_: RescanRequest) -> None:
    again = RescanRequest.from_params(request_.params)
    assert again == request_
    assert again.key == request_.key


def test_the_same_videos_in_another_order_are_the_same_request() -> None:
    assert RescanRequest(("a", "b", "a")).key == RescanRequest(("b", "a")).key
    assert RescanRequest(("a",)).key != RescanRequest(("b",)).key
