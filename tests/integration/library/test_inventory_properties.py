"""Invariants of scans, whatever happens to the files between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.library.scans import (
    Content,
    Disk,
    Outcome,
    Record,
    files_in,
    follow_moves,
    in_scope,
    open_inventory,
    records,
    scan,
    scanned,
)

from stoat_ferret.library.repository import VideoRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root

FOLDERS = ("", "a", "a/b", "ab")
PATHS = tuple(f"{folder}/{name}".lstrip("/") for folder in FOLDERS for name in ("1.mp4", "2.mp4"))
CONTENTS = "uvwxyz"

place = st.tuples(st.sampled_from((0, 0, 1)), st.sampled_from(PATHS))
letter = st.sampled_from(CONTENTS)
# One of the existing files, counted round and round.
which = st.integers(0, 11)
change = st.one_of(
    st.tuples(st.just("move"), which, place),
    st.tuples(st.just("swap"), which, which),
    st.tuples(st.just("shift"), st.lists(which, min_size=2, max_size=4), place),
    st.tuples(st.just("rename folder"), st.sampled_from(FOLDERS[1:]), st.sampled_from(FOLDERS[1:])),
    st.tuples(st.just("write"), place, letter),
    st.tuples(st.just("rewrite"), which, letter),
    st.tuples(st.just("touch"), which),
    st.tuples(st.just("copy"), which, place),
    st.tuples(st.just("delete"), which),
)
a_scan = st.tuples(
    st.sampled_from((0, 1)),
    st.sampled_from(("", "", "", "", *FOLDERS)),
    st.booleans() | st.just(True),
    st.sampled_from((False, False, True)),
    # The point at which the scan is stopped, if it is.
    st.sampled_from((*[None] * 5, "compare", "settle", "moves", "missing", "save")),
)
first = st.lists(place, min_size=3, max_size=6)
rounds = st.lists(st.tuples(st.lists(change, max_size=4), a_scan), min_size=2, max_size=5)


class Machine:
    """The files of two roots, and what people do to them."""

    def __init__(self, roots: list[Root]) -> None:
        self.roots = roots
        self.disk: Disk = {}
        self._clock = 0

    def change(self, kind: str, *arguments: object) -> None:
        """Make one of the changes."""
        getattr(self, f"_{kind.replace(' ', '_')}")(*arguments)

    def _at(self, place: tuple[int, str]) -> tuple[int, str]:
        return self.roots[place[0]].id, place[1]

    def _put(self, at: tuple[int, str], text: str) -> None:
        self._clock += 1
        # Half of all contents have the same size.
        self.disk[at] = Content(text, 10 + CONTENTS.index(text) % 2, self._clock)

    def _pick(self, which: int) -> list[tuple[int, str]]:
        """Pick one file, or none if there are none."""
        there = sorted(self.disk)
        return [there[which % len(there)]] if there else []

    def _write(self, place: tuple[int, str], text: str) -> None:
        self._put(self._at(place), text)

    def _rewrite(self, which: int, text: str) -> None:
        for at in self._pick(which):
            self._put(at, text)

    def _touch(self, which: int) -> None:
        for at in self._pick(which):
            self._put(at, self.disk[at].text)

    def _delete(self, which: int) -> None:
        for at in self._pick(which):
            del self.disk[at]

    def _move(self, which: int, target: tuple[int, str]) -> None:
        for at in self._pick(which):
            self.disk[self._at(target)] = self.disk.pop(at)

    def _copy(self, which: int, target: tuple[int, str]) -> None:
        for at in self._pick(which):
            self.disk[self._at(target)] = self.disk[at]

    def _swap(self, one: int, two: int) -> None:
        for first, second in zip(self._pick(one), self._pick(two), strict=True):
            self.disk[first], self.disk[second] = self.disk[second], self.disk[first]

    def _shift(self, which: list[int], end: tuple[int, str]) -> None:
        """Move each file to the place of the next one, the last one to `end`."""
        places = list(dict.fromkeys(at for number in which for at in self._pick(number)))
        contents = [self.disk.pop(at) for at in places]
        for at, content in zip([*places[1:], self._at(end)], contents, strict=False):
            self.disk[at] = content

    def _rename_folder(self, source: str, target: str) -> None:
        for (root_id, path), content in list(self.disk.items()):
            if in_scope(path, source, recursive=True) and not target.startswith(f"{source}/"):
                del self.disk[root_id, path]
                self.disk[root_id, target + path.removeprefix(source)] = content


@pytest.mark.timeout(600)  # shrinking a failure takes long
@settings(
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=first, rounds=rounds)
async def test_scans_keep_their_laws(
    first: list[tuple[int, str]],
    rounds: list[tuple[list[tuple[str, object]], tuple[int, str, bool, bool, str | None]]],
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        roots = await VideoRepository(database).ensure_roots(["/one", "/two"])
        machine = Machine(roots)
        for place, text in zip(first, CONTENTS, strict=False):
            machine.change("write", place, text)
        for root in roots:
            await scan(database, root, machine.disk)
        for changes, (which, folder, recursive, force, stop) in rounds:
            for kind, *arguments in changes:
                machine.change(kind, *arguments)
            before = await records(database)
            if stop is not None:
                await _stopped_scan(database, roots[which], machine.disk, stop)
                assert {row.id for row in before} <= {row.id for row in await records(database)}
                _check_one_record_a_path(await records(database))
                continue
            outcome = await scan(
                database, roots[which], machine.disk, folder, recursive=recursive, force=force
            )
            after = await records(database)
            laws = Laws(before, after, machine.disk, roots[which], folder, recursive)
            laws.check(outcome, force=force)


async def _stopped_scan(database: Database, root: Root, disk: Disk, stop: str) -> None:
    async with open_inventory(database, root) as inventory:
        await inventory.add(files_in(disk, root))
        await inventory.compare()
        if stop == "compare":
            return
        await inventory.settle_unchanged()
        if stop == "settle":
            return
        await follow_moves(inventory, root, disk)
        if stop == "moves":
            return
        await inventory.mark_missing()
        if stop == "missing":
            return
        files = await inventory.pending(after=None, limit=2)
        await inventory.save(
            [scanned(file, disk[root.id, file.path].fingerprint) for file in files]
        )


def _check_one_record_a_path(rows: list[Record]) -> None:
    present = [(row.root_id, row.path) for row in rows if not row.is_missing]
    assert len(present) == len(set(present))


class Laws:
    """The invariants of the records before and after a whole scan."""

    def __init__(
        self,
        before: list[Record],
        after: list[Record],
        disk: Disk,
        root: Root,
        folder: str,
        recursive: bool,
    ) -> None:
        self.before = before
        self.after = after
        self.disk = disk
        self.root = root
        self.found = {
            file.path: disk[root.id, file.path]
            for file in files_in(disk, root, folder, recursive=recursive)
        }
        self._folder = folder
        self._recursive = recursive

    def is_seen(self, row: Record) -> bool:
        """Return whether the scan covers this video."""
        seen = in_scope(row.path, self._folder, recursive=self._recursive)
        return row.root_id == self.root.id and seen

    def check(self, outcome: Outcome, *, force: bool) -> None:
        """Check all invariants."""
        comparison = outcome.comparison
        assert comparison.found == len(self.found)
        assert comparison.found == comparison.unchanged + comparison.pending
        assert outcome.added + outcome.updated + outcome.moved == comparison.pending
        if force:
            assert comparison.unchanged == 0
        event(f"moved {outcome.moved}")
        self._no_record_is_lost()
        self._each_file_has_one_record()
        self._what_was_not_found_is_missing(outcome)
        self._same_file_same_id()
        self._moved_content_keeps_its_id()

    def _no_record_is_lost(self) -> None:
        assert {row.id for row in self.before} <= {row.id for row in self.after}

    def _each_file_has_one_record(self) -> None:
        _check_one_record_a_path(self.after)
        present = {row.path: row for row in self.after if self.is_seen(row) and not row.is_missing}
        assert present.keys() == self.found.keys()
        for path, content in self.found.items():
            assert present[path].fingerprint == content.fingerprint

    def _what_was_not_found_is_missing(self, outcome: Outcome) -> None:
        was_missing = {row.id for row in self.before if row.is_missing}
        newly = [row for row in self.after if row.is_missing and row.id not in was_missing]
        assert outcome.missing == len(newly)
        old = {row.id: row for row in self.before}
        for row in newly:
            assert self.is_seen(row)
        for row in self.after:
            if not self.is_seen(row) and row.id in old and self.is_seen(old[row.id]):
                raise AssertionError("a video was moved to where the scan does not look")
            if not self.is_seen(row):
                assert old[row.id] == row

    def _same_file_same_id(self) -> None:
        now = {(row.root_id, row.path): row for row in self.after if not row.is_missing}
        for row in self.before:
            file = self.found.get(row.path) if self.is_seen(row) else None
            if file and not row.is_missing and file.fingerprint == row.fingerprint:
                assert now[row.root_id, row.path].id == row.id

    def _may_be_there_still(self, row: Record) -> bool:
        """Return whether a file of its size is at the old path of a video outside this scan."""
        there = self.disk.get((row.root_id, row.path))
        if there is None or self.is_seen(row) or row.is_missing:
            return False
        return f"{there.size_bytes}:" == f"{row.fingerprint}".partition(":")[0] + ":"

    def _moved_content_keeps_its_id(self) -> None:
        for row in self.before:
            owners = [other for other in self.before if other.fingerprint == row.fingerprint]
            places = [at for at, file in self.disk.items() if file.fingerprint == row.fingerprint]
            if len(owners) != 1 or len(places) != 1 or self._may_be_there_still(row):
                continue
            root_id, path = places[0]
            if root_id == self.root.id and path in self.found:
                (now,) = (other for other in self.after if other.id == row.id)
                assert (now.root_id, now.path, now.is_missing) == (root_id, path, False)
                if (row.root_id, row.path) != (root_id, path):
                    event("a unique file was moved")
