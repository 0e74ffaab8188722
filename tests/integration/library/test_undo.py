"""Bulk edits are undone exactly, whatever they replaced and whatever happened since."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.library.rows import save, video
from tests.integration.library.scans import Content, ids, scan
from tests.integration.library.tag_edits import TagEdits
from tests.integration.library.test_derived import check as check_derived

from stoat_ferret.errors import EditMismatchError, UndoEndedError, UndoNotFoundError
from stoat_ferret.library import undo as undo_module
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.bulk_edits import FORGETTING, BulkChange, BulkEdits
from stoat_ferret.library.picture_versions import PictureVersions
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import recipes, undo_videos, undos, video_annotations, videos
from stoat_ferret.library.tags import TagRepository
from stoat_ferret.library.undo import Restored, UndoLog
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.library.watching import Watching, WatchReport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database

PATHS = ("a.mp4", "sea/b.mp4", "sea/c.mp4", "d.mp4")
EVERY = VideoFilter(status=frozenset(VideoStatus))
RATED = BulkChange(VideoEdit(rating=3))


class Library:
    """A few videos, and bulk edits of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.bulk = BulkEdits(database)
        self.undos = UndoLog(database)
        self.ids: dict[str, str] = {}

    async def fill(self) -> None:
        """Add the videos, which differ in what people have said about them."""
        (root,) = await VideoRepository(self.database).ensure_roots(["/one"])
        await save(self.database, root, *map(video, PATHS))
        self.ids = dict(await ids(self.database))
        edits = Annotations(self.database)
        first = VideoEdit(title="Swim", rating=2, notes="a\nb", tags=["Sea", "family"])
        await edits.edit(self.ids["a.mp4"], first, revisions=None)
        await edits.edit(self.ids["d.mp4"], VideoEdit(tags=["été"]), revisions=None)
        await Watching(self.database).report(self.ids["a.mp4"], WatchReport(9.5, watched=True))
        async with self.database.write() as connection:
            made = {"fingerprint": "x", "job_id": "j", "recipe": "{}", "made_at": datetime.now(UTC)}
            one = sa.select(videos.c.number).where(videos.c.id == self.ids["a.mp4"])
            number = await connection.scalar(one)
            await connection.execute(sa.insert(recipes), {"video_number": number, **made})

    async def edit(self, change: BulkChange, *paths: str) -> str:
        """Edit these videos, or all; return the token."""
        which = [self.ids[path] for path in paths] if paths else EVERY
        return (await self.bulk.edit_at_once(which, change)).undo

    async def state(self) -> list[dict[str, Any]]:
        """Return all that people see of all videos, in their order, and all rows of recipes."""
        listed = await VideoRepository(self.database).find_ids(EVERY, limit=100)
        details = [asdict(await VideoRepository(self.database).get(one)) for one in listed]
        for one in details:
            del one["revision"]
        async with self.database.read() as connection:
            made = (await connection.execute(sa.select(recipes))).all()
            labels = sa.select(videos.c.number, videos.c.labels).order_by(videos.c.number)
            rows = (await connection.execute(labels)).all()
        used = [(tag.name, tag.count) for tag in (await TagRepository(self.database).find()).items]
        return [*details, {"recipes": made, "tags": used, "rows": rows}]

    async def rating(self, path: str) -> int | None:
        return (await VideoRepository(self.database).get(self.ids[path])).rating


@pytest.fixture
async def library(database: Database) -> Library:
    made = Library(database)
    await made.fill()
    return made


@dataclass(frozen=True)
class Step:
    """A bulk edit of some videos, by their ids or by words that find them."""

    change: BulkChange
    paths: tuple[str, ...]
    q: str | None


names = st.lists(st.sampled_from(["Sea", "sea", "SEA", "family", "ÉTÉ", "new"]), max_size=3)
values = st.fixed_dictionaries(
    {},
    optional={
        "rating": st.sampled_from([None, 1, 5]),
        "title": st.sampled_from([None, "Swim", "b"]),
        "notes": st.sampled_from([None, "n"]),
        "add_tags": names,
        "remove_tags": names,
    },
)
changes = st.one_of(
    values.map(lambda given: BulkChange(VideoEdit(**given))),  # type: ignore[arg-type]  # a table of keywords
    st.just(FORGETTING),
)
steps = st.builds(
    Step,
    change=changes,
    paths=st.lists(st.sampled_from(PATHS), min_size=1, unique=True).map(tuple),
    q=st.sampled_from([None, None, "sea", "#sea", "mp4", "swim"]),
)


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(made=st.lists(steps, min_size=1, max_size=6), by_slices=st.booleans())
async def test_edits_undone_in_reverse_order_give_back_exactly_the_library(
    made: list[Step],
    by_slices: bool,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        library = Library(database)
        await library.fill()
        states, edits = [await library.state()], []
        for step in made:
            which = VideoFilter(q=step.q) if step.q else [library.ids[path] for path in step.paths]
            edits.append(await library.bulk.edit_at_once(which, step.change))
            states.append(await library.state())
        for edit in reversed(edits):
            assert await library.state() == states.pop()
            if by_slices:
                number = (await library.undos.find(edit.undo)).number
                total = Restored()
                while (part := await library.undos.undo_slice(number)) is not None:
                    total += part
            else:
                total = await library.undos.undo_at_once(edit.undo)
            assert total == Restored(edit.edited, 0)
        assert await library.state() == states.pop()
        if database.is_sqlite:
            await check_derived(database)
        await library.undos.purge()
        async with database.read() as connection:
            left = sa.select(sa.func.count()).select_from(undo_videos)
            assert await connection.scalar(left) == 0


async def test_what_was_edited_since_is_left_and_counted(library: Library) -> None:
    token = await library.edit(RATED)
    edits = Annotations(library.database)
    await edits.edit(library.ids["a.mp4"], VideoEdit(notes="later"), revisions=None)
    await VideoRepository(library.database).delete(library.ids["d.mp4"])
    assert await library.undos.undo_at_once(token) == Restored(2, 2)
    assert await library.rating("a.mp4") == 3
    assert await library.rating("sea/b.mp4") is None


async def test_a_renamed_tag_is_an_edit_too(library: Library) -> None:
    token = await library.edit(BulkChange(VideoEdit(add_tags=["new"])), "a.mp4", "d.mp4")
    await TagEdits(library.database).rename("sea", "ocean")
    assert await library.undos.undo_at_once(token) == Restored(1, 1)
    detail = await VideoRepository(library.database).get(library.ids["a.mp4"])
    assert detail.tags == ("family", "new", "ocean")


async def test_an_earlier_edit_is_not_undone_over_a_later_one(library: Library) -> None:
    first = await library.edit(RATED, "a.mp4", "d.mp4")
    second = await library.edit(BulkChange(VideoEdit(rating=5)), "a.mp4")
    assert await library.undos.undo_at_once(first) == Restored(1, 1)
    assert (await library.rating("a.mp4"), await library.rating("d.mp4")) == (5, None)
    assert await library.undos.undo_at_once(second) == Restored(1, 0)
    assert await library.rating("a.mp4") == 3


async def test_a_token_is_used_once(library: Library) -> None:
    token = await library.edit(RATED)
    assert len(token) >= 32
    await library.undos.undo_at_once(token)
    with pytest.raises(UndoEndedError, match="undone already"):
        await library.undos.undo_at_once(token)
    with pytest.raises(UndoNotFoundError):
        await library.undos.undo_at_once(token[:-1])


async def test_two_requests_with_one_token_undo_once(library: Library) -> None:
    token = await library.edit(RATED)
    both = await asyncio.gather(
        library.undos.undo_at_once(token),
        library.undos.undo_at_once(token),
        return_exceptions=True,
    )
    assert {type(one).__name__ for one in both} == {"Restored", "UndoEndedError"}


async def test_an_edit_is_kept_for_its_time_and_then_purged(library: Library) -> None:
    token, other = await library.edit(RATED), await library.edit(RATED)
    await age(library.database, token, hours=23)
    assert await library.undos.purge() == 0
    await age(library.database, token, hours=25)
    with pytest.raises(UndoEndedError, match="24 hours"):
        await library.undos.undo_at_once(token)
    assert await library.undos.purge() == len(PATHS)
    with pytest.raises(UndoEndedError, match="24 hours"):
        await library.undos.undo_at_once(token)
    await age(library.database, token, hours=24 * 8)
    await library.undos.purge()
    with pytest.raises(UndoNotFoundError):
        await library.undos.undo_at_once(token)
    assert (await library.undos.undo_at_once(other)).restored == len(PATHS)


async def test_of_too_many_the_oldest_go_and_the_newest_stays(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_module, "MAX_SAVED", 3)
    old, new = await library.edit(RATED, "a.mp4"), await library.edit(RATED)
    assert await library.undos.purge() == 1
    with pytest.raises(UndoEndedError):
        await library.undos.undo_at_once(old)
    assert (await library.undos.undo_at_once(new)).restored == len(PATHS)


async def test_pictures_are_discarded_when_a_removal_can_not_be_undone(library: Library) -> None:
    token = await library.edit(FORGETTING, "a.mp4")
    discarded: list[str] = []

    async def discard(fingerprints: list[str]) -> None:
        discarded.extend(fingerprints)

    await library.undos.purge(discard)
    known = PictureVersions(library.database).known
    fingerprint = ascii("a.mp4")
    assert (discarded, await known({fingerprint})) == ([], {fingerprint})
    await age(library.database, token, hours=25)
    await library.undos.purge(discard)
    assert (discarded, await known({fingerprint})) == ([fingerprint], set())


async def test_edits_of_one_video_are_undone_one_after_the_other(library: Library) -> None:
    """The undoing of the later one is no edit that keeps the earlier one from being undone."""
    tokens = [await library.edit(BulkChange(VideoEdit(rating=rating))) for rating in (3, 4, 5)]
    for token, rating in zip(reversed(tokens), (4, 3, 2), strict=True):
        assert await library.undos.undo_at_once(token) == Restored(len(PATHS), 0)
        assert await library.rating("a.mp4") == rating


async def test_a_video_that_a_scan_added_again_takes_its_old_id(library: Library) -> None:
    before = await library.state()
    token = await library.edit(FORGETTING, *PATHS)
    (root,) = await VideoRepository(library.database).ensure_roots(["/one"])
    await save(library.database, root, *map(video, PATHS))
    again = await ids(library.database)
    assert not set(again.values()) & set(library.ids.values())
    said = VideoEdit(rating=1)
    await Annotations(library.database).edit(again["d.mp4"], said, revisions=None)
    assert await library.undos.undo_at_once(token) == Restored(3, 1)
    after = await ids(library.database)
    assert after == {**library.ids, "d.mp4": again["d.mp4"]}
    kept = [one for one in await library.state() if one.get("path") in PATHS[:3]]
    assert [one["tags"] for one in kept] == [
        one["tags"] for one in before if one.get("path") in PATHS[:3]
    ]


async def test_removals_of_one_path_do_not_collide(library: Library) -> None:
    first = await library.bulk.edit_at_once([library.ids["a.mp4"]], FORGETTING)
    (root,) = await VideoRepository(library.database).ensure_roots(["/one"])
    await save(library.database, root, video("a.mp4"))
    again = (await ids(library.database))["a.mp4"]
    await library.bulk.edit_at_once([again], FORGETTING, token=first.undo)
    assert await library.undos.undo_at_once(first.undo) == Restored(1, 1)
    assert (await ids(library.database))["a.mp4"] == again


async def test_a_missing_video_returns_missing(library: Library) -> None:
    (root,) = await VideoRepository(library.database).roots()
    disk = {(root.id, path): Content(path, 1, 1) for path in PATHS[1:]}
    await scan(library.database, root, disk)
    assert [one["status"] for one in await library.state() if "status" in one].count("missing") == 1
    before = await library.state()
    token = await library.edit(FORGETTING)
    assert await library.undos.undo_at_once(token) == Restored(4, 0)
    assert await library.state() == before


async def test_parts_of_one_edit_are_undone_together(library: Library) -> None:
    before = await library.state()
    token = await library.edit(RATED, "a.mp4")
    more = [library.ids["a.mp4"], library.ids["d.mp4"]]
    part = await library.bulk.edit_at_once(more, RATED, token=token)
    assert (part.edited, part.undo) == (1, token)
    with pytest.raises(EditMismatchError):
        await library.bulk.edit_at_once(more, FORGETTING, token=token)
    assert await library.undos.undo_at_once(token) == Restored(2, 0)
    assert await library.state() == before
    with pytest.raises(UndoEndedError):
        await library.bulk.edit_at_once(more, RATED, token=token)


async def test_a_request_that_is_sent_twice_edits_once(library: Library) -> None:
    first = await library.bulk.edit_at_once([library.ids["a.mp4"]], RATED, key="k")
    five = VideoEdit(rating=5)
    await Annotations(library.database).edit(library.ids["a.mp4"], five, revisions=None)
    again = await library.bulk.edit_at_once([library.ids["a.mp4"]], RATED, key="k")
    assert (again.edited, again.undo) == (first.edited, first.undo)
    assert await library.rating("a.mp4") == 5
    with pytest.raises(EditMismatchError):
        await library.bulk.edit_at_once([], FORGETTING, key="k")


async def age(database: Database, token: str, *, hours: int) -> None:
    """Make an edit as old as this."""
    moment = datetime.now(UTC) - timedelta(hours=hours)
    async with database.write() as connection:
        await connection.execute(
            sa.update(undos).where(undos.c.token == token).values(created_at=moment)
        )


async def revisions(database: Database) -> Sequence[int]:
    """Return the revisions of all annotations."""
    async with database.read() as connection:
        return (await connection.scalars(sa.select(video_annotations.c.revision))).all()


async def test_an_undo_is_a_new_revision(library: Library) -> None:
    """Else somebody who saw the edit could overwrite a later one unseen."""
    before = sorted(await revisions(library.database))
    token = await library.edit(RATED, "a.mp4")
    await library.undos.undo_at_once(token)
    assert sorted(await revisions(library.database)) == sorted([*before[:-1], before[-1] + 2])
