"""Pages of lists neither skip nor repeat, whatever happens to the library between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.filters import SORTS
from tests.integration.library.rows import save, video

from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.query import SortOrder, VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root

PATHS = [f"{folder}/{name}.mp4" for folder in ("a", "sea") for name in ("b", "É", "e", "sea", "10")]
places = st.integers(0, len(PATHS) - 1)
measures = st.fixed_dictionaries(
    {
        "size": st.integers(1, 3),
        "mtime": st.integers(0, 3),
        "duration_seconds": st.none() | st.sampled_from([0.0, 0.5, 1e9]),
        "height": st.integers(1, 3),
        "tags": st.sampled_from(
            [{}, {"date": "2024-01-01"}, {"date": "2023-01-01"}, {"date": "2024-01-01T00:00:00Z"}]
        ),
    }
)
Step = tuple[str, int, dict[str, object]]
steps = st.tuples(st.sampled_from(["write", "delete", "tag", "entitle"]), places, measures)


@dataclass
class Shelf:
    """A library that is changed while it is read; knows what was changed."""

    database: Database
    root: Root
    ids: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    async def write(self, path: str, measured: dict[str, object]) -> None:
        """Add a file, or change it."""
        await save(self.database, self.root, video(path, **measured))
        await self.learn_ids()

    async def learn_ids(self) -> None:
        """Update the known ids."""
        found = await VideoRepository(self.database).find(VideoQuery(limit=500))
        self.ids = {item.path: item.id for item in found.items}

    async def change(self, step: Step) -> None:
        """Make a change, and record which video it was."""
        kind, place, measured = step
        path = PATHS[place]
        before = self.ids.get(path)
        if kind == "write":
            await self.write(path, dict(measured))
        elif path in self.ids:
            await self._change_known(kind, path)
        self.touched |= {before or "", self.ids.get(path, "")}

    async def _change_known(self, kind: str, path: str) -> None:
        if kind == "delete":
            await VideoRepository(self.database).delete(self.ids.pop(path))
            return
        edit = VideoEdit(add_tags=["sea"]) if kind == "tag" else VideoEdit(title="sea sun")
        await Annotations(self.database).edit(self.ids[path], edit, revisions=None)


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.dictionaries(places, measures, max_size=10),
    changes=st.lists(st.lists(steps, max_size=3), max_size=5),
    sort=st.sampled_from(SORTS),
    order=st.sampled_from(SortOrder),
    q=st.sampled_from(["", "mp4", "e", "sea", "sea e"]),
    limit=st.integers(1, 3),
)
async def test_what_is_not_touched_comes_exactly_once(
    first: dict[int, dict[str, object]],
    changes: list[list[Step]],
    sort: VideoSort,
    order: SortOrder,
    q: str,
    limit: int,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        repository = VideoRepository(database)
        (root,) = await repository.ensure_roots(["/one"])
        shelf = Shelf(database, root)
        await save(
            database, root, *(video(PATHS[place], **known) for place, known in first.items())
        )
        await shelf.learn_ids()
        whole = await repository.find(VideoQuery(q=q, limit=500))
        assert whole.total == len(whole.items)
        query = VideoQuery(q=q, sort=sort, order=order, limit=limit)
        seen: Counter[str] = Counter()
        waiting = list(changes)
        while True:
            page = await repository.find(query)
            assert len(page.items) <= limit
            seen.update(item.id for item in page.items)
            for step in waiting.pop() if waiting else ():
                await shelf.change(step)
            if page.next_cursor is None:
                break
            query = query.model_copy(update={"cursor": page.next_cursor})
        for item in whole.items:
            if item.id not in shelf.touched:
                assert seen[item.id] == 1
        assert all(count == 1 for video_id, count in seen.items() if video_id not in shelf.touched)


@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    known=st.dictionaries(places, measures, max_size=10),
    statuses=st.lists(st.sampled_from([VideoStatus.OK, VideoStatus.BAD]), max_size=10),
    asked=st.sets(st.sampled_from(VideoStatus), min_size=1),
    sort=st.sampled_from(SORTS),
    order=st.sampled_from(SortOrder),
    q=st.sampled_from(["", "mp4", "sea"]),
    offset=st.integers(0, 12),
    limit=st.integers(1, 4),
)
async def test_an_offset_gives_the_same_as_counting_off_the_whole_list(
    known: dict[int, dict[str, object]],
    statuses: list[VideoStatus],
    asked: set[VideoStatus],
    sort: VideoSort,
    order: SortOrder,
    q: str,
    offset: int,
    limit: int,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        repository = VideoRepository(database)
        (root,) = await repository.ensure_roots(["/one"])
        files = [video(PATHS[place], **measured) for place, measured in known.items()]
        of_status = dict(zip(range(len(files)), statuses, strict=False))
        files = [
            replace(file, status=of_status.get(place, VideoStatus.OK))
            for place, file in enumerate(files)
        ]
        await save(database, root, *files)
        query = VideoQuery(q=q, sort=sort, order=order, status=frozenset(asked), limit=500)
        whole = await repository.find(query)
        part = await repository.find(query.model_copy(update={"offset": offset, "limit": limit}))
        assert [item.id for item in part.items] == [
            item.id for item in whole.items[offset : offset + limit]
        ]
        assert part.total == whole.total
        for index, item in enumerate(whole.items):
            assert await repository.find_index(item.id, query) == index
        everything = await repository.find(VideoQuery(status=frozenset(VideoStatus), limit=500))
        for item in everything.items:
            if item.id not in {listed.id for listed in whole.items}:
                assert await repository.find_index(item.id, query) is None
        assert (part.next_cursor is not None) == (offset + limit < whole.total)
        if part.next_cursor is not None:
            after = await repository.find(query.model_copy(update={"cursor": part.next_cursor}))
            assert after.items == whole.items[offset + limit :]
