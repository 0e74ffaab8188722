"""The edits of a video and its id survive everything that happens to its file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.clips import make_clip, small_clips

from stoat_ferret.errors import RootUnavailableError, ScanError
from stoat_ferret.library.tables import tags, video_annotations, video_tags, videos
from stoat_ferret.media.prober import one_by_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.media.prober import Outcomes, ProbedFile, Prober

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TABLES = (videos, video_annotations, tags, video_tags)


@dataclass
class NotingProber:
    """A real prober that records which files were read, and which only for a fingerprint."""

    prober: Prober
    name: str = "noting"
    probed: list[str] = field(default_factory=list)
    fingerprinted: list[str] = field(default_factory=list)

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        self.probed.append(os.fspath(path))
        return await self.prober.probe(path)

    def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
        return one_by_one(self.probe, paths)

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        self.fingerprinted.append(os.fspath(path))
        return await self.prober.fingerprint(path)


async def annotate_all(scanned: ScannedFolder) -> None:
    """Rate every video, and give each a note and a tag of its own."""
    async with scanned.tools.database.write() as connection:
        rows = (await connection.execute(sa.select(videos.c.number, videos.c.id))).all()
        said = [
            {"video_number": row.number, "rating": 1 + row.number % 5, "notes": row.id,
             "revision": 1, "changed_at": NOW}
            for row in rows
        ]  # fmt: skip
        names = [{"id": row.number, "name": row.id, "name_key": row.id} for row in rows]
        tagged = [{"video_number": row.number, "tag_id": row.number} for row in rows]
        for table, values in ((video_annotations, said), (tags, names), (video_tags, tagged)):
            await connection.execute(sa.insert(table), values)


async def said_of(scanned: ScannedFolder) -> dict[str, tuple[str, str]]:
    """Return the note and the tag of each video, by its id."""
    statement = sa.select(videos.c.id, video_annotations.c.notes, tags.c.name).select_from(
        videos.join(video_annotations).join(video_tags).join(tags)
    )
    async with scanned.tools.database.read() as connection:
        rows = await connection.execute(statement)
        return {row.id: (row.notes, row.name) for row in rows}


async def everything(scanned: ScannedFolder) -> list[list[tuple[Any, ...]]]:
    """Return every row of the library."""
    async with scanned.tools.database.read() as connection:
        return [
            sorted(map(tuple, await connection.execute(sa.select(table))), key=repr)
            for table in TABLES
        ]


async def test_five_hundred_files_in_a_renamed_folder_keep_all_and_none_is_read(
    scanned: ScannedFolder,
) -> None:
    small_clips(scanned.path / "old", 500)
    await scanned.scan()
    await annotate_all(scanned)
    before, said = await scanned.ids(), await said_of(scanned)
    (scanned.path / "old").rename(scanned.path / "new")
    noting = NotingProber(scanned.tools.prober)
    result = await scanned.using(noting).scan()
    assert (result.moved, result.added, result.missing) == (500, 0, 0)
    assert (noting.probed, len(noting.fingerprinted)) == ([], 500)
    assert await scanned.ids() == {
        path.replace("old/", "new/"): video_id for path, video_id in before.items()
    }
    assert await said_of(scanned) == said == {one: (one, one) for one in before.values()}
    # A second scan finds nothing to do.
    again = await scanned.using(noting).scan()
    assert (again.unchanged, noting.probed, len(noting.fingerprinted)) == (500, [], 500)


@pytest.mark.parametrize(
    ("old", "new"), [("Films/a.mp4", "films/a.mp4"), ("films/A.mp4", "films/a.mp4")]
)
async def test_a_rename_of_case_only_keeps_all(scanned: ScannedFolder, old: str, new: str) -> None:
    path = scanned.put("h264.mp4", old)
    await scanned.scan()
    await annotate_all(scanned)
    (video_id,) = (await scanned.ids()).values()
    folder, target = (
        scanned.path / old.split("/", maxsplit=1)[0],
        scanned.path / new.split("/", maxsplit=1)[0],
    )
    folder.rename(target)
    (target / path.name).rename(scanned.path / new)
    result = await scanned.scan()
    assert (result.moved, result.missing) == (1, 0)
    assert await scanned.ids() == {new: video_id}
    assert await said_of(scanned) == {video_id: (video_id, video_id)}


@pytest.mark.parametrize("what", ["unplugged", "emptied", "a file", "a dangling link"])
async def test_a_root_that_is_not_what_it_was_fails_the_scan_and_changes_no_row(
    scanned: ScannedFolder, tmp_path: Path, what: str
) -> None:
    small_clips(scanned.path / "films", 3)
    await scanned.scan()
    await annotate_all(scanned)
    before, ids = await everything(scanned), await scanned.ids()
    scanned.path.rename(tmp_path / "away")
    if what == "emptied":
        scanned.path.mkdir()
    elif what == "a file":
        scanned.path.write_text("not a folder")
    elif what == "a dangling link":
        scanned.path.symlink_to(tmp_path / "nowhere")
    for force in (False, True):
        with pytest.raises(ScanError, match="Nothing in the library was changed"):
            await scanned.scan(force=force)
    assert await everything(scanned) == before
    if what == "emptied":
        scanned.path.rmdir()
    else:
        scanned.path.unlink(missing_ok=True)
    (tmp_path / "away").rename(scanned.path)
    assert (await scanned.scan()).unchanged == 3
    assert (await everything(scanned), await scanned.ids()) == (before, ids)


async def test_a_root_on_a_disk_that_went_bad_fails_the_scan(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    await scanned.scan()
    before = await everything(scanned)
    scanned.path.rename(scanned.path.with_name("away"))
    scanned.path.symlink_to(scanned.path)  # every question is answered with an error
    with pytest.raises(RootUnavailableError):
        await scanned.scan()
    assert await everything(scanned) == before


async def test_a_missing_file_is_flagged_with_the_time_and_is_back_as_it_was(
    scanned: ScannedFolder,
) -> None:
    clip = scanned.put("h264.mp4", "a.mp4")
    scanned.put("small-0.mp4", "b.mp4")
    await scanned.scan()
    await annotate_all(scanned)
    before, ids = await everything(scanned), await scanned.ids()
    clip.rename(scanned.path / "a.away")
    started = datetime.now(UTC)
    assert (await scanned.scan()).missing == 1
    since = (await scanned.known())["a.mp4"].missing_since
    assert since is not None
    assert started <= since <= datetime.now(UTC)
    await scanned.scan()
    assert (await scanned.known())["a.mp4"].missing_since == since
    (scanned.path / "a.away").rename(clip)
    assert (await scanned.scan()).missing == 0
    assert (await everything(scanned), await scanned.ids()) == (before, ids)


async def test_files_with_the_same_content_know_of_each_other(scanned: ScannedFolder) -> None:
    scanned.put("h264.mp4", "a.mp4")
    second = scanned.put("h264.mp4", "deep/b.mp4")
    scanned.put("small-0.mp4", "c.mp4")
    await scanned.scan()

    async def duplicates(path: str) -> list[str]:
        known = await scanned.known()
        return [other.path for other in await scanned.videos.duplicates(known[path])]

    assert await duplicates("a.mp4") == ["deep/b.mp4"]
    assert await duplicates("deep/b.mp4") == ["a.mp4"]
    assert await duplicates("c.mp4") == []
    second.unlink()
    await scanned.scan()
    assert await duplicates("a.mp4") == []
    assert await duplicates("deep/b.mp4") == ["a.mp4"]  # a missing video still has duplicates


async def test_new_content_at_a_path_is_the_same_video_read_again(scanned: ScannedFolder) -> None:
    path = scanned.put("h264.mp4", "a.mp4")
    await scanned.scan()
    await annotate_all(scanned)
    old = (await scanned.known())["a.mp4"]
    path.write_bytes(make_clip("small-0.mp4").read_bytes())
    noting = NotingProber(scanned.tools.prober)
    result = await scanned.using(noting).scan()
    assert (result.updated, noting.probed) == (1, [str(path)])
    new = (await scanned.known())["a.mp4"]
    assert (new.id, new.added_at) == (old.id, old.added_at)
    assert (new.fingerprint, new.width) != (old.fingerprint, old.width)
    assert await said_of(scanned) == {new.id: (new.id, new.id)}
