"""Counts and indexes that triggers derive equal a plain recount, whatever changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.library.rows import save, video
from tests.integration.library.scans import Content, Disk, ids, scan
from tests.integration.library.tag_edits import TagEdits

from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.bulk_edits import FORGETTING, BulkChange, BulkEdits
from stoat_ferret.library.forget import Forgettable, Forgetting
from stoat_ferret.library.query import MonthQuery, SortOrder, VideoFilter, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.undo import UndoLog
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.media_info import HdrKind
from stoat_ferret.text import letter_pairs, letter_word

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root, ScannedFile

STATUS = "iif(missing_since IS NULL, videos.status, 'missing')"
EQUAL = {
    "SELECT root_id, status, video_codec, hdr, width, height, videos FROM video_kinds": f"""
        SELECT root_id, {STATUS}, video_codec, hdr, width, height, count(*)
        FROM videos GROUP BY 1, 2, 3, 4, 5, 6""",  # noqa: S608  our own names
    "SELECT root_id, status, folder, videos FROM video_folders": f"""
        SELECT root_id, {STATUS}, folder, count(*) FROM videos GROUP BY 1, 2, 3""",  # noqa: S608  our own names
    """SELECT number, video_groups.status, kinds.status, kinds.root_id, video_codec, hdr, width,
        height, folders.root_id, folders.status, folders.folder FROM video_groups
        JOIN video_kinds AS kinds ON kinds.id = kind
        JOIN video_folders AS folders ON folders.id = video_groups.folder""": f"""
        SELECT number, {STATUS}, {STATUS}, root_id, video_codec, hdr, width, height, root_id,
        {STATUS}, folder FROM videos""",  # noqa: S608  our own names
    """SELECT root_id, folder, parent, name_key, videos, videos_below, missing_below,
        records_below FROM folder_tree""": f"""
        WITH RECURSIVE counted AS (SELECT root_id, folder, {STATUS} AS shown FROM videos),
        tree (root_id, folder) AS (
            SELECT root_id, folder FROM counted UNION
            SELECT root_id, folder_parent(folder) FROM tree WHERE folder <> ''
        )
        SELECT root_id, folder, folder_parent(folder), folder_key(folder),
        (SELECT count(*) FROM counted WHERE counted.folder = tree.folder
            AND counted.root_id = tree.root_id AND shown = 'ok'),
        (SELECT count(*) FROM counted WHERE substr(counted.folder, 1, length(tree.folder))
            = tree.folder AND counted.root_id = tree.root_id AND shown = 'ok'),
        (SELECT count(*) FROM counted WHERE substr(counted.folder, 1, length(tree.folder))
            = tree.folder AND counted.root_id = tree.root_id AND shown = 'missing'),
        (SELECT count(*) FROM counted WHERE substr(counted.folder, 1, length(tree.folder))
            = tree.folder AND counted.root_id = tree.root_id) FROM tree""",  # noqa: S608  our own names
    "SELECT tag_id, status, videos FROM tag_counts WHERE videos <> 0": f"""
        SELECT tag_id, {STATUS}, count(*) FROM video_tags
        JOIN videos ON number = video_number GROUP BY 1, 2""",  # noqa: S608  our own names
    "SELECT fingerprint, copies, size_bytes, spare_bytes FROM duplicate_groups": """
        SELECT fingerprint, count(*), size_bytes, (count(*) - 1) * size_bytes FROM videos
        WHERE fingerprint IS NOT NULL AND missing_since IS NULL AND status = 'ok'
        GROUP BY fingerprint, size_bytes HAVING count(*) > 1""",
}
"""The rows of each derived table, and the recount that they have to equal."""


QUERIES = [
    VideoQuery(),
    VideoQuery(q="sea", status=frozenset(VideoStatus)),
    VideoQuery(q="b", sort=VideoSort.HEIGHT, order=SortOrder.DESC),
    VideoQuery(tags=frozenset({"sun"})),
    VideoQuery(folder="a", codec=frozenset({"h264"}), offset=1, limit=1),
]


async def check_answers(kept: VideoRepository, database: Database) -> None:
    """Fail if a repository that has answered before answers other than a new one."""
    new = VideoRepository(database)
    for query in QUERIES:
        assert await kept.find(query) == await new.find(query), query
        which = VideoFilter.model_validate(query.as_params())
        assert await kept.count_facets(which) == await new.count_facets(which), query
        months = MonthQuery.model_validate(query.as_params())
        assert await kept.count_months(months) == await new.count_months(months), query


async def check(database: Database) -> None:
    """Fail if anything derived differs from a recount."""
    async with database.read() as connection:
        for derived, recounted in EQUAL.items():
            rows = [tuple(row) for row in await connection.execute(sa.text(derived))]
            expected = [tuple(row) for row in await connection.execute(sa.text(recounted))]
            assert sorted(rows, key=repr) == sorted(expected, key=repr), derived
        for letters in ("a", "é", "b.", "se", "\n", "un", "zz"):
            hits = f"SELECT rowid FROM video_letters WHERE video_letters MATCH '{word(letters)}'"  # noqa: S608  our own names
            found = "instr(searchable || labels || char(10), :letters)"
            texts = f"SELECT number FROM videos WHERE {found} ORDER BY number"  # noqa: S608  our own names
            assert list(await connection.scalars(sa.text(hits))) == list(
                await connection.scalars(sa.text(texts), {"letters": letters})
            ), letters


def word(letters: str) -> str:
    """Return the search for one or two letters."""
    return f'"{letter_word(letters)}" *'


PATHS = ["b.mp4", "a/b.mp4", "a/é.mp4", "a/sea/c.mp4", "a/x/12/d.mp4"]
places = st.sampled_from(PATHS)


@dataclass(frozen=True)
class Step:
    """A change of the library."""

    kind: str
    path: str
    other: str
    codec: str | None
    height: int
    hdr: HdrKind | None
    status: VideoStatus


steps = st.builds(
    Step,
    kind=st.sampled_from(
        [
            *("save", "save", "remove", "move", "scan", "delete", "forget", "tag", "untag"),
            *("entitle", "bulk", "undo", "undo", "rename tag", "merge tags", "delete tag"),
        ]
    ),
    path=places,
    other=places,
    codec=st.sampled_from(["h264", "av1", None]),
    height=st.sampled_from([480, 1080]),
    hdr=st.sampled_from([None, HdrKind.HLG]),
    status=st.sampled_from([VideoStatus.OK, VideoStatus.BAD, VideoStatus.SKIPPED]),
)


class Library:
    """A library and the disk that it is scanned from."""

    def __init__(self, database: Database, root: Root) -> None:
        self.database = database
        self.root = root
        self.disk: Disk = {}
        self.edits = Annotations(database)
        self.tags = TagEdits(database)
        self.tokens: list[str] = []

    async def change(self, step: Step) -> None:
        """Make one change."""
        known = await ids(self.database)
        # Most changes would be of videos that are not there.
        there = sorted(known.values())
        video_id = there[PATHS.index(step.path) % len(there)] if there else ""
        if step.kind == "save":
            self.disk[self.root.id, step.path] = Content(step.other, 1, 1)
            await save(self.database, self.root, scanned(step))
        elif step.kind in {"remove", "move", "scan"}:
            await self._scan(step)
        elif step.kind == "delete" and video_id:
            await VideoRepository(self.database).delete(video_id)
        elif step.kind == "forget":
            await self._forget()
        elif step.kind == "bulk":
            edit = VideoEdit(add_tags=["sun"], remove_tags=["sea"])
            change = BulkChange(edit)
            edited = await BulkEdits(self.database).edit_at_once(VideoFilter(q="a"), change)
            self.tokens.append(edited.undo)
        elif step.kind == "undo" and self.tokens:
            await UndoLog(self.database).undo_at_once(self.tokens.pop())
        elif video_id:
            await self._edit(step, video_id)

    async def _scan(self, step: Step) -> None:
        content = self.disk.pop((self.root.id, step.path), None)
        if step.kind == "move" and content is not None:
            self.disk[self.root.id, step.other] = content
        if step.kind == "scan" and content is not None:
            self.disk[self.root.id, step.path] = content
        if self.disk:  # an empty disk is not scanned
            await scan(self.database, self.root, self.disk)

    async def _forget(self) -> None:
        which = Forgettable(missing_before=datetime.now(UTC) + timedelta(days=1))
        forgetting = Forgetting(self.database)
        count = (await forgetting.preview(which)).count
        undo = await BulkEdits(self.database).start(FORGETTING)
        await forgetting.forget(which, expected_count=count, undo=undo)
        self.tokens.append(undo.token)

    async def _edit(self, step: Step, video_id: str) -> None:
        edits = {
            "tag": VideoEdit(add_tags=["sea", step.other]),
            "untag": VideoEdit(tags=[]),
            "entitle": VideoEdit(title=step.other),
        }
        if step.kind in edits:
            await self.edits.edit(video_id, edits[step.kind], revisions=None)
            return
        known = (await self.tags.tags.find()).items
        if known and step.kind == "rename tag":
            await self.tags.rename(known[0].name, f"{step.other} new", merge=True)
        elif known and step.kind == "merge tags":
            await self.tags.rename(known[0].name, known[-1].name, merge=True)
        elif known:
            await self.tags.delete(known[0].name)


def scanned(step: Step) -> ScannedFile:
    """Return the file of a step as a scan reads it."""
    known = {"codec": step.codec, "height": step.height, "hdr": step.hdr}
    file = video(step.path, **known) if step.codec else video(step.path)
    return replace(
        file,
        status=step.status,
        media=file.media if step.codec else None,
        fingerprint=Content(step.other, 1, 1).fingerprint,
    )


@settings(
    max_examples=examples(8),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=st.lists(steps, min_size=5, max_size=15))
async def test_what_is_derived_equals_a_recount(
    changes: list[Step], new_library: Callable[[], AbstractAsyncContextManager[Database]]
) -> None:
    async with new_library() as database:
        if not database.is_sqlite:
            pytest.skip("PostgreSQL counts anew")
        (root,) = await VideoRepository(database).ensure_roots(["/one"])
        library = Library(database, root)
        for path in PATHS:
            await library.change(Step("save", path, path, "h264", 480, None, VideoStatus.OK))
        kept = VideoRepository(database)
        for step in changes:
            await library.change(step)
            await check(database)
            await check_answers(kept, database)


async def test_a_tag_is_counted_while_videos_gain_and_lose_it(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL counts anew")
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    await save(database, root, *map(video, PATHS))
    edits, known = Annotations(database), await ids(database)
    for path in PATHS:
        await edits.edit(known[path], VideoEdit(add_tags=["sea"]), revisions=None)
        await check(database)
    await edits.edit(known[PATHS[0]], VideoEdit(remove_tags=["sea"]), revisions=None)
    await check(database)
    await VideoRepository(database).delete(known[PATHS[1]])
    await check(database)


@pytest.mark.parametrize("text", ["", "a", "ab", "aba", "été", "😀b", "a\nb"])
def test_each_pair_of_letters_has_its_word(text: str) -> None:
    expected = {letter_word(f"{text}\n"[place : place + 2]) for place in range(len(text))}
    assert set(letter_pairs(text).split()) == expected
