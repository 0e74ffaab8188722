"""The watches of a real folder tell what really happens in it."""

from __future__ import annotations

import os
import select
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.config import EXCLUDED_FOLDERS
from stoat_ferret.library.scope import FolderPart
from stoat_ferret.scan.ignore_rules import NameRules
from stoat_ferret.watch_folders.changes import Changes
from stoat_ferret.watch_folders.coverage import Coverage
from stoat_ferret.watch_folders.folder_poll import FolderPoll
from stoat_ferret.watch_folders.folder_watches import FolderWatches, WatchesLostError
from stoat_ferret.watch_folders.open_files import open_for_writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stoat_ferret.watch_folders.changes import SettledChanges

NAMES = NameRules(extensions=frozenset({"mp4"}), excluded_folders=EXCLUDED_FOLDERS)
WHOLE = Coverage.of([FolderPart("")])
NOT_UTF8 = os.fsdecode(b"caf\xe9")


class Tree:
    """A watched folder, whose changes settle at once."""

    def __init__(self, root: Path, coverage: Coverage, changed_since: float | None) -> None:
        self.root = root
        self.now = 0.0
        self.changes = Changes(
            str(root), settle_seconds=1.0, clock=lambda: self.now, find_writers=lambda _: set()
        )
        self.watches = FolderWatches(
            str(root), coverage, NAMES, self.changes, should_stop=lambda: False
        )
        self.watches.open(changed_since=changed_since)

    def settled(self) -> SettledChanges:
        """Read all events; return what they say."""
        while select.select([self.watches], [], [], 0)[0]:
            self.watches.read()
        self.changes.take()
        self.now += 1.0
        settled = self.changes.take()
        assert settled is not None
        return settled


@contextmanager
def watched(
    root: Path, coverage: Coverage = WHOLE, *, changed_since: float | None = None
) -> Iterator[Tree]:
    tree = Tree(root, coverage, changed_since)
    try:
        yield tree
    finally:
        tree.watches.close()


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"a video")
    return path


def test_files_that_appear_change_or_go(tmp_path: Path) -> None:
    for name in ("changed", "gone", "renamed", "replaced", "Case", "recreated", "touched"):
        put(tmp_path / "a" / f"{name}.mp4")
    with watched(tmp_path) as tree:
        put(tmp_path / "a" / "new.mp4")
        put(tmp_path / "a" / "changed.mp4")
        (tmp_path / "a" / "gone.mp4").unlink()
        (tmp_path / "a" / "renamed.mp4").rename(tmp_path / "moved.mp4")
        put(tmp_path / "a" / "replaced.mp4.tmp").rename(tmp_path / "a" / "replaced.mp4")
        (tmp_path / "a" / "Case.mp4").rename(tmp_path / "a" / "case.mp4")
        (tmp_path / "a" / "recreated.mp4").unlink()
        put(tmp_path / "a" / "recreated.mp4")
        (tmp_path / "a" / "touched.mp4").chmod(0o600)
        os.link(tmp_path / "a" / "new.mp4", tmp_path / "linked.mp4")
        settled = tree.settled()
    changed = ("new", "changed", "replaced", "case", "recreated", "touched")
    assert settled.files.keys() == {
        *(f"a/{name}.mp4" for name in changed),
        "moved.mp4",
        "linked.mp4",
    }
    assert settled.gone == {"a/gone.mp4", "a/renamed.mp4", "a/Case.mp4"}


def test_folders_that_appear_are_watched_with_all_that_is_in_them(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside / "b" / "moved in.mp4")
    root = tmp_path / "root"
    root.mkdir()
    with watched(root) as tree:
        put(root / "a" / "deep" / "new.mp4")
        (outside / "b").rename(root / "b")
        settled = tree.settled()
        assert settled.files.keys() == {"a/deep/new.mp4", "b/moved in.mp4"}
        assert {"a", "b"} <= settled.new_folders
        (root / "b").rename(root / "a" / "c")
        (root / "a" / "deep").rename(outside / "deep")
        put(outside / "deep" / "unseen.mp4")
        settled = tree.settled()
        assert settled.gone_folders == {"b", "a/deep"}
        assert settled.files.keys() == {"a/c/moved in.mp4"}
        assert not settled.gone  # what happens outside is not noticed
        put(root / "a" / "c" / "later.mp4")
        assert tree.settled().files.keys() == {"a/c/later.mp4"}
        shutil.rmtree(root / "a")
        assert "a" in tree.settled().gone_folders


def test_names_that_are_not_utf8_and_deep_folders(tmp_path: Path) -> None:
    deep = tmp_path / NOT_UTF8
    for _ in range(60):
        deep /= "a folder with a long name"
    deep.mkdir(parents=True)
    with watched(tmp_path) as tree:
        put(deep / os.fsdecode(b"\xff\xfe.mp4"))
        put(tmp_path / os.fsdecode(b"\xe9") / "b.mp4")
        found = {os.fsencode(path) for path in tree.settled().files}
        assert os.fsencode(f"{deep.relative_to(tmp_path)}/") + b"\xff\xfe.mp4" in found
        assert b"\xe9/b.mp4" in found


def test_what_scans_skip_is_not_watched(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "#recycle").mkdir()
    with watched(tmp_path) as tree:
        put(tmp_path / ".git" / "a.mp4")
        put(tmp_path / "#Recycle" / "a.mp4")
        put(tmp_path / "#recycle" / "a.mp4")
        put(tmp_path / ".hidden.mp4")
        put(tmp_path / "notes.txt")
        put(tmp_path / "seen.mp4")
        settled = tree.settled()
        assert settled.files.keys() == {"seen.mp4"}
        put(tmp_path / "a" / ".stoatignore")
        put(tmp_path / ".nomedia")
        assert tree.settled().parts >= {FolderPart("")}


def test_only_what_was_scanned_is_watched_wherever_it_lies(tmp_path: Path) -> None:
    coverage = Coverage.of([FolderPart("a/b"), FolderPart("c", recursive=False)])
    for folder in ("a/b/deep", "a/other", "c/deep"):
        (tmp_path / folder).mkdir(parents=True)
    with watched(tmp_path, coverage) as tree:
        for place in ("a/b/1", "a/b/deep/2", "a/3", "a/other/4", "c/5", "c/deep/6", "7"):
            put(tmp_path / f"{place}.mp4")
        seen = {"a/b/1.mp4", "a/b/deep/2.mp4", "c/5.mp4"}
        assert tree.settled().files.keys() == seen
        (tmp_path / "a").rename(tmp_path / "z")
        assert tree.settled().gone_folders == {"a"}
        (tmp_path / "z").rename(tmp_path / "a")
        assert tree.settled().files.keys() == {"a/b/1.mp4", "a/b/deep/2.mp4"}


def test_what_changes_where_a_link_leads_changes_below_the_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    put(root / "real" / "deep" / "a.mp4")
    put(outside / "b.mp4")
    (root / "link").symlink_to("real")
    (root / "loop").symlink_to(".")
    (root / "away").symlink_to(outside)
    with watched(root) as tree:
        put(root / "real" / "deep" / "new.mp4")
        put(outside / "new.mp4")
        assert tree.settled().files.keys() == {"real/deep/new.mp4", "link/deep/new.mp4"}
        (root / "later").symlink_to("real/deep")
        assert tree.settled().parts == {FolderPart("later")}
        (root / "link").unlink()
        assert tree.settled().gone_folders == {"link"}


def test_lost_events_are_noticed(tmp_path: Path) -> None:
    one, other = put(tmp_path / "1.mp4"), tmp_path / "2.mp4"
    with watched(tmp_path) as tree:
        limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
        for _ in range(limit // 4 + 10):  # each renaming is two events
            one.rename(other)
            other.rename(one)
        with pytest.raises(WatchesLostError):
            tree.settled()


@pytest.mark.parametrize("way", ["rename", "remove"])
def test_a_root_that_goes_away_is_noticed(tmp_path: Path, way: str) -> None:
    root = tmp_path / "root"
    root.mkdir()
    with watched(root) as tree:
        root.rename(tmp_path / "away") if way == "rename" else root.rmdir()
        with pytest.raises(WatchesLostError):
            tree.settled()


def test_files_that_changed_while_the_first_scan_ran_are_noted(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4")
    now = time.time()
    with watched(tmp_path, changed_since=now + 60) as tree:
        assert not tree.changes.are_waiting
    with watched(tmp_path, changed_since=now - 60) as tree:
        assert tree.settled().files.keys() == {"a.mp4"}


def test_polling_notices_the_same(tmp_path: Path) -> None:
    for name in ("changed", "gone", "a/kept", "b/moved", "c/only", f"{NOT_UTF8}/d"):
        put(tmp_path / f"{name}.mp4")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "link.mp4").symlink_to(tmp_path / "a" / "kept.mp4")
    now = 0.0
    changes = Changes(
        str(tmp_path), settle_seconds=1.0, clock=lambda: now, find_writers=lambda _: set()
    )
    poll = FolderPoll(str(tmp_path), WHOLE, NAMES, changes, should_stop=lambda: False)
    for _ in range(2):
        poll.look(lambda: None)
        assert not changes.are_waiting
    (tmp_path / "changed.mp4").write_bytes(b"something longer")
    (tmp_path / "gone.mp4").unlink()
    (tmp_path / "b").rename(tmp_path / "e")
    (tmp_path / "c" / "only.mp4").unlink()
    put(tmp_path / NOT_UTF8 / "new.mp4")
    (tmp_path / "odd" / "link.mp4").unlink()
    (tmp_path / ".hidden").mkdir()
    put(tmp_path / ".hidden" / "a.mp4")
    poll.look(lambda: None)
    changes.take()
    now += 1.0
    settled = changes.take()
    assert settled is not None
    folders = {part.folder for part in settled.parts}
    assert folders == {"", "b", "e", "c", NOT_UTF8, "odd"}
    assert settled.files.keys() == {
        "changed.mp4",
        "e/moved.mp4",
        f"{NOT_UTF8}/d.mp4",
        f"{NOT_UTF8}/new.mp4",
    }


def test_only_files_open_for_writing_are_found(tmp_path: Path) -> None:
    read, written, closed = (str(put(tmp_path / f"{name}.mp4")) for name in (1, NOT_UTF8, 3))
    with open(read, "rb"), open(written, "r+b"):  # noqa: PTH123  names that are not UTF-8
        assert open_for_writing({read, written, closed}) == {written}
    assert open_for_writing({read, written, closed}) == set()
