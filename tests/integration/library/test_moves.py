"""A renamed or moved file is the same video."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.library.scans import (
    Content,
    Disk,
    files_in,
    follow_moves,
    ids,
    open_inventory,
    records,
    scan,
)

from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile, Root, VideoStatus

if TYPE_CHECKING:
    from stoat_ferret.database import Database


@pytest.fixture
async def roots(database: Database) -> list[Root]:
    return await VideoRepository(database).ensure_roots(["/one", "/two"])


class Files:
    """Files of one root by path, all of one size; each letter is another content."""

    def __init__(self, root: Root) -> None:
        self.root = root

    def __call__(self, **texts: str) -> Disk:
        """Return files named without `.mp4`, with `__` for a slash; each content keeps its time."""
        return {
            (self.root.id, f"{name.replace('__', '/')}.mp4"): Content(text, 10, ord(text[0]))
            for name, text in texts.items()
        }


async def known(database: Database) -> dict[str, str]:
    """Return the ids of the present videos, by path without `.mp4`."""
    return {path.removesuffix(".mp4"): video_id for path, video_id in (await ids(database)).items()}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": "x"}, {"b": "x"}),
        ({"a": "x", "b": "y"}, {"a": "y", "b": "x"}),
        ({"n1": "x", "n2": "y", "n3": "z"}, {"n2": "x", "n3": "y", "n4": "z"}),
        ({"n2": "x", "n3": "y", "n4": "z"}, {"n1": "x", "n2": "y", "n3": "z"}),
        ({"a": "x", "b": "y", "c": "z"}, {"a": "y", "b": "z", "c": "x"}),
        ({"old/a": "x", "old/b": "y"}, {"new/a": "x", "new/b": "y"}),
        ({"a": "x"}, {"A": "x"}),
        ({"a": "x", "b": "y"}, {"b": "x"}),
    ],
    ids=["rename", "swap", "shift up", "shift down", "ring", "folder", "case", "overwrite"],
)
async def test_ids_go_with_the_files(
    database: Database, roots: list[Root], before: dict[str, str], after: dict[str, str]
) -> None:
    files = Files(roots[0])
    await scan(database, roots[0], files(**before))
    first = await known(database)
    owner = {text: first[name] for name, text in before.items()}
    outcome = await scan(database, roots[0], files(**after))
    assert await known(database) == {name: owner[text] for name, text in after.items()}
    assert outcome.moved == len(after)
    assert outcome.read == []
    assert outcome.missing == len(before) - len(after)
    assert len(await records(database)) == len(before)


async def test_a_video_whose_path_was_taken_comes_back_with_its_file(
    database: Database, roots: list[Root]
) -> None:
    files = Files(roots[0])
    await scan(database, roots[0], files(a="x", b="y"))
    first = await known(database)
    await scan(database, roots[0], files(b="x"))
    outcome = await scan(database, roots[0], files(a="x", b="y"))
    assert await known(database) == first
    assert outcome.read == []


async def test_a_video_whose_path_was_taken_is_recognised_elsewhere(
    database: Database, roots: list[Root]
) -> None:
    files = Files(roots[0])
    await scan(database, roots[0], files(a="x", b="y"))
    first = await known(database)
    await scan(database, roots[0], files(b="x"))
    await scan(database, roots[0], files(b="x", c="y"))
    assert await known(database) == {"b": first["a"], "c": first["b"]}


async def test_the_video_that_took_a_path_is_the_one_that_changes_there(
    database: Database, roots: list[Root]
) -> None:
    files = Files(roots[0])
    await scan(database, roots[0], files(a="x", b="y"))
    first = await known(database)
    await scan(database, roots[0], files(b="x"))
    outcome = await scan(database, roots[0], files(b="new"))
    assert (outcome.added, outcome.updated) == (0, 1)
    assert await known(database) == {"b": first["a"]}


async def test_everything_else_of_a_moved_video_goes_with_it(
    database: Database, roots: list[Root]
) -> None:
    repository = VideoRepository(database)
    await scan(database, roots[0], Files(roots[0])(old__a="x"))
    before = await repository.get((await repository.find(VideoQuery())).items[0].id)
    await scan(database, roots[0], Files(roots[0])(new__b="x"))
    (moved,) = (await repository.find(VideoQuery(q="b.mp4", folder="new"))).items
    after = await repository.get(moved.id)
    assert (after.id, after.path) == (before.id, "new/b.mp4")
    assert (after.media_info, after.added_at) == (before.media_info, before.added_at)
    assert (await repository.find(VideoQuery(q="old"))).total == 0


async def test_a_video_moves_to_another_root_whichever_is_scanned_first(
    database: Database, roots: list[Root]
) -> None:
    one, two = (Files(root) for root in roots)
    await scan(database, roots[0], one(a="x", b="y"))
    first = await known(database)
    both = one(b="y") | two(c="x")
    assert (await scan(database, roots[1], both)).moved == 1
    await scan(database, roots[0], both)
    assert await known(database) == {"c": first["a"], "b": first["b"]}
    gone = two(b="y", c="x")
    await scan(database, roots[0], gone)
    assert (await scan(database, roots[1], gone)).moved == 1
    assert await known(database) == {"c": first["a"], "b": first["b"]}


async def test_a_copy_is_another_video(database: Database, roots: list[Root]) -> None:
    one, two = (Files(root) for root in roots)
    await scan(database, roots[0], one(a="x"))
    first = await known(database)
    both = one(a="x", b="x") | two(c="x")
    assert (await scan(database, roots[0], both)).moved == 0
    assert (await scan(database, roots[1], both)).moved == 0
    assert (await known(database))["a"] == first["a"]
    assert len(await records(database)) == 3


async def test_a_touched_file_stays_although_another_video_with_its_content_is_gone(
    database: Database, roots: list[Root]
) -> None:
    files = Files(roots[0])
    await scan(database, roots[0], files(a="x", b="x"))
    first = await known(database)
    touched = {(roots[0].id, "b.mp4"): Content("x", 10, 999)}
    outcome = await scan(database, roots[0], touched)
    assert (outcome.moved, outcome.updated, outcome.missing) == (0, 1, 1)
    assert await known(database) == {"b": first["b"]}


async def test_a_touched_file_that_cannot_be_read_keeps_its_video(
    database: Database, roots: list[Root]
) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(a="x"))
    first = await known(database)
    disk = {(root.id, "a.mp4"): Content("x", 10, 999), (root.id, "b.mp4"): Content("x", 10, 1)}
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root))
        await inventory.compare()
        await inventory.set_fingerprints({"b.mp4": disk[root.id, "b.mp4"].fingerprint})
        assert await inventory.possible_moves() == []
    assert await known(database) == first


async def test_what_replaced_a_video_may_be_a_pipe(database: Database, roots: list[Root]) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(a="x"))
    first = await known(database)
    moved = Files(root)(b="x")
    async with open_inventory(database, root) as inventory:
        await inventory.add([FoundFile("a.mp4", 10, 1, "not a regular file")])
        await inventory.add(files_in(moved, root))
        await inventory.compare()
        assert await follow_moves(inventory, root, moved) == 1
    assert await known(database) == {"b": first["a"]}


async def test_the_next_best_is_offered_when_the_first_is_still_there(
    database: Database, roots: list[Root]
) -> None:
    one, two = (Files(root) for root in roots)
    await scan(database, roots[0], one(f__a="x", g__b="x"))
    first = await known(database)
    # The file of the same name is still there, the other one is gone.
    outcome = await scan(database, roots[1], one(f__a="x") | two(a="x"))
    assert outcome.moved == 1
    assert await known(database) == {"f/a": first["f/a"], "a": first["g/b"]}


async def test_files_of_other_sizes_are_not_even_read(
    database: Database, roots: list[Root]
) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(a="x", b="y"))
    disk = Files(root)(a="x") | {
        (root.id, "c.mp4"): Content("z", 11, 1),
        (root.id, "d.mp4"): Content("z", 10, 1),
    }
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root))
        await inventory.compare()
        candidates = await inventory.move_candidates(after=None, limit=9)
    assert [file.path for file in candidates] == ["d.mp4"]


async def test_nothing_is_read_where_nothing_is_gone(database: Database, roots: list[Root]) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(a="x"))
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(Files(root)(a="x", b="y"), root))
        await inventory.compare()
        assert await inventory.move_candidates(after=None, limit=9) == []


async def test_empty_files_are_never_recognised(database: Database, roots: list[Root]) -> None:
    root = roots[0]
    await scan(database, root, {(root.id, "a.mp4"): Content("", 0, 1)})
    outcome = await scan(database, root, {(root.id, "b.mp4"): Content("", 0, 1)})
    assert (outcome.moved, outcome.added, outcome.missing) == (0, 1, 1)


async def test_a_video_below_an_unreadable_folder_is_not_taken_away(
    database: Database, roots: list[Root]
) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(f__a="x", vanished="y"))
    first = await known(database)
    copied = Files(root)(b="x")
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(copied, root))
        await inventory.protect("f")
        assert (await inventory.compare()).vanished == 1
        assert await follow_moves(inventory, root, copied) == 0
    assert await known(database) == first


async def test_an_unreadable_folder_hides_nothing_in_other_roots(
    database: Database, roots: list[Root]
) -> None:
    one, two = (Files(root) for root in roots)
    await scan(database, roots[1], two(f__a="x"))
    first = await known(database)
    async with open_inventory(database, roots[0]) as inventory:
        await inventory.add(files_in(one(b="x"), roots[0]))
        await inventory.protect("f")
        await inventory.compare()
        assert await follow_moves(inventory, roots[0], one(b="x")) == 1
    assert await known(database) == {"b": first["f/a"]}


async def test_a_video_forgotten_meanwhile_leaves_its_file_pending(
    database: Database, roots: list[Root]
) -> None:
    root = roots[0]
    repository = VideoRepository(database)
    await scan(database, root, Files(root)(a="x"))
    moved = Files(root)(b="x")
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(moved, root))
        await inventory.compare()
        await inventory.set_fingerprints({"b.mp4": moved[root.id, "b.mp4"].fingerprint})
        (move,) = await inventory.possible_moves()
        assert move.certain
        await repository.delete(move.video_id)
        assert await inventory.apply_moves([move]) == 0
        assert [file.path for file in await inventory.pending(after=None, limit=9)] == ["b.mp4"]


async def test_a_video_that_another_scan_moved_first_is_left_there(
    database: Database, roots: list[Root]
) -> None:
    root = roots[0]
    await scan(database, root, Files(root)(f__a="x"))
    first = await known(database)
    later = Files(root)(g__a="x", h__a="x")
    async with open_inventory(database, root) as inventory:
        await inventory.add([file for file in files_in(later, root) if file.path == "h/a.mp4"])
        await inventory.compare()
        await inventory.set_fingerprints({"h/a.mp4": later[root.id, "h/a.mp4"].fingerprint})
        moves = await inventory.possible_moves()
        await scan(database, root, Files(root)(g__a="x"))
        assert await inventory.apply_moves(moves) == 0
    assert await known(database) == {"g/a": first["f/a"]}


async def test_many_moves_come_in_batches(database: Database, roots: list[Root]) -> None:
    root = roots[0]
    count = 2500
    old = {(root.id, f"old/{n:05}.mp4"): Content(str(n), n + 1, n) for n in range(count)}
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(old, root))
        await inventory.compare()
    await scan(database, root, dict(list(old.items())[:3]))
    new = {(root.id, path.replace("old", "new")): content for (_, path), content in old.items()}
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(new, root))
        await inventory.compare()
        assert await follow_moves(inventory, root, new) == 3
    assert sorted(await known(database)) == ["new/00000", "new/00001", "new/00002"]
    statuses = frozenset({VideoStatus.MISSING})
    assert (await VideoRepository(database).find(VideoQuery(status=statuses))).total == 0
