"""Renamed and moved files keep their records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clips import small_clips
from tests.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder


async def test_a_renamed_file_is_the_same_video(scanned: ScannedFolder) -> None:
    path = scanned.put("h264.mp4", "old.mp4")
    await scanned.scan()
    (video_id,) = (await scanned.ids()).values()
    path.rename(scanned.path / "new.mp4")
    result = await scanned.scan()
    assert (result.found, result.moved, result.added, result.missing) == (1, 1, 0, 0)
    assert await scanned.ids() == {"new.mp4": video_id}


async def test_a_renamed_folder_keeps_every_video(scanned: ScannedFolder) -> None:
    small_clips(scanned.path / "old", 30)
    await scanned.scan()
    before = await scanned.ids()
    (scanned.path / "old").rename(scanned.path / "new")
    result = await scanned.scan()
    assert (result.moved, result.missing) == (30, 0)
    assert await scanned.ids() == {
        path.replace("old/", "new/"): video_id for path, video_id in before.items()
    }


async def test_a_rename_of_case_only_is_a_rename(scanned: ScannedFolder) -> None:
    path = scanned.put("h264.mp4", "Holiday.MP4")
    await scanned.scan()
    before = await scanned.ids()
    path.rename(scanned.path / "holiday.mp4")
    await scanned.scan()
    assert await scanned.ids() == {"holiday.mp4": before["Holiday.MP4"]}


async def test_swapped_and_renumbered_files_keep_their_records(scanned: ScannedFolder) -> None:
    clips = small_clips(scanned.path, 5)
    await scanned.scan()
    before = await scanned.ids()
    names = [clip.name for clip in clips]
    for clip in clips:
        clip.rename(clip.with_suffix(".tmp"))
    for number, clip in enumerate(clips):
        clip.with_suffix(".tmp").rename(clip.with_name(names[(number + 1) % 5]))
    result = await scanned.scan()
    assert (result.moved, result.missing) == (5, 0)
    assert await scanned.ids() == {
        names[(number + 1) % 5]: before[names[number]] for number in range(5)
    }


async def test_a_copy_is_a_new_video(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    await scanned.scan()
    before = await scanned.ids()
    scanned.put("h264.mp4", "b.mp4")
    result = await scanned.scan()
    assert (result.added, result.moved, result.unchanged) == (1, 0, 1)
    after = await scanned.ids()
    assert after["a.mp4"] == before["a.mp4"] != after["b.mp4"]


async def test_a_file_moved_into_the_scanned_folder_is_followed(scanned: ScannedFolder) -> None:
    path = scanned.put("h264.mp4", "from/a.mp4")
    scanned.put("small-0.mp4", "to/b.mp4")
    await scanned.scan()
    before = await scanned.ids()
    path.rename(scanned.path / "to" / "a.mp4")
    result = await scanned.scan("to")
    assert (result.moved, result.unchanged) == (1, 1)
    assert await scanned.ids() == {
        "to/a.mp4": before["from/a.mp4"],
        "to/b.mp4": before["to/b.mp4"],
    }


async def test_a_file_moved_from_a_place_that_holds_another_one_now_is_followed(
    scanned: ScannedFolder,
) -> None:
    path = scanned.put("h264.mp4", "from/a.mp4")
    await scanned.scan()
    before = await scanned.ids()
    (scanned.path / "to").mkdir()
    path.rename(scanned.path / "to" / "a.mp4")
    scanned.put("small-0.mp4", "from/a.mp4")
    assert (await scanned.scan("to")).moved == 1
    assert (await scanned.scan()).added == 1
    after = await scanned.ids()
    assert after["to/a.mp4"] == before["from/a.mp4"] != after["from/a.mp4"]


@pytest.mark.parametrize("mount_point_is_left", [True, False])
async def test_a_file_is_not_moved_from_a_disk_that_is_not_there(
    scanned: ScannedFolder, tmp_path: Path, mount_point_is_left: bool
) -> None:
    scanned.put("h264.mp4", "from/a.mp4")
    await scanned.scan()
    (other,) = await scanned.videos.ensure_roots([str(tmp_path / "other")])
    elsewhere = replace(scanned, path=tmp_path / "other", root=other)
    elsewhere.put("h264.mp4", "a.mp4")
    scanned.path.rename(tmp_path / "unplugged")
    if mount_point_is_left:
        scanned.path.mkdir()
    assert (await elsewhere.scan()).added == 1
    assert len(await scanned.ids()) == 2


async def test_a_copy_out_of_a_folder_that_is_not_scanned_is_a_copy(
    scanned: ScannedFolder,
) -> None:
    scanned.put("h264.mp4", "from/a.mp4")
    await scanned.scan()
    scanned.put("h264.mp4", "to/a.mp4")
    assert (await scanned.scan("to")).added == 1
    assert len(await scanned.ids()) == 2


async def test_a_bad_file_that_is_renamed_is_the_same_bad_file(scanned: ScannedFolder) -> None:
    path = scanned.put("text.mp4", "old.mp4")
    await scanned.scan()
    before = await scanned.ids()
    path.rename(scanned.path / "new.mp4")
    result = await scanned.scan()
    assert (result.moved, result.failed) == (1, 0)
    assert await scanned.ids() == {"new.mp4": before["old.mp4"]}


async def test_replaced_content_is_the_same_video_read_again(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    await scanned.scan()
    before = await scanned.known()
    scanned.put("vp9.webm", "a.mp4")
    result = await scanned.scan()
    assert (result.updated, result.moved) == (1, 0)
    after = await scanned.known()
    assert after["a.mp4"].id == before["a.mp4"].id
    assert after["a.mp4"].video_codec != before["a.mp4"].video_codec


NAMES = st.sampled_from(["a.mp4", "b.mp4", "x/a.mp4", "x/c.mp4", "y/b.mp4"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NAMES, st.integers(0, 3)),
        st.tuples(st.just("move"), NAMES, NAMES),
        st.tuples(st.just("delete"), NAMES, st.just(0)),
    ),
    max_size=6,
)


@settings(
    max_examples=examples(15),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=STEPS, after=STEPS)
async def test_the_library_is_what_is_on_disk_and_content_keeps_its_id(
    scanned: ScannedFolder,
    before: list[tuple[str, str, object]],
    after: list[tuple[str, str, object]],
) -> None:
    await scanned.forget_all()
    (scanned.path / "keep.mp4").write_bytes(b"so that the root is never empty")
    for path in contents(scanned.path):
        (scanned.path / path).unlink()
    apply(scanned.path, before)
    await scanned.scan()
    old_ids, old = await scanned.ids(), contents(scanned.path)
    apply(scanned.path, after)
    await scanned.scan()
    new_ids, new = await scanned.ids(), contents(scanned.path)

    assert set(new_ids) == {*new, "keep.mp4"}
    assert len(set(new_ids.values())) == len(new_ids)
    for path, content in old.items():
        places = [place for place, other in new.items() if other == content]
        if list(old.values()).count(content) == 1 and len(places) == 1 and len(content) > 1:
            assert new_ids[places[0]] == old_ids[path]


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*.mp4")
        if path.name != "keep.mp4"
    }


def apply(root: Path, steps: list[tuple[str, str, object]]) -> None:
    for action, name, value in steps:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        if action == "write":
            path.write_bytes(f"content {value} of a file".encode())
        elif action == "delete":
            path.unlink(missing_ok=True)
        elif path.exists():
            target = root / str(value)
            target.parent.mkdir(exist_ok=True)
            path.rename(target)
