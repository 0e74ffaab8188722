"""Folders with nothing to do are recognized, and a scan does the same as if it compared files."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.clips import make_clip
from tests.examples import examples
from tests.postgresql import only_sqlite
from uuid_utils.compat import uuid7

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.errors import StoatFerretError
from stoat_ferret.library.reconcile import folders
from stoat_ferret.library.reconcile.folders import forget_signatures
from stoat_ferret.library.reconcile.inventory import Inventory
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import folder_signatures, found_folders, videos
from stoat_ferret.scan import begin
from stoat_ferret.scan.ignore_rules import NameRules
from stoat_ferret.scan.rescan import RescanRequest, rescan_files
from stoat_ferret.scan.result import ScanResult
from stoat_ferret.scan.scanner import ScanRequest, ScanTools, scan_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

    from stoat_ferret.jobs.job import Progress
    from stoat_ferret.library.video import FoundFile, Root


# What is recognized ----------------------------------------------------------------------------


@dataclass
class Staged:
    """Counts the files that scans put into the database one by one."""

    files: int = 0

    def since_last(self) -> int:
        files, self.files = self.files, 0
        return files


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    """Count the files of every scan."""
    counted = Staged()
    add = Inventory.add

    async def count(self: Inventory, files: list[FoundFile]) -> list[FoundFile]:
        counted.files += len(files)
        return await add(self, files)

    monkeypatch.setattr(Inventory, "add", count)
    return counted


def put_some(scanned: ScannedFolder) -> None:
    """Make a root with three folders."""
    for number, name in enumerate(("a.mp4", "x/b.mp4", "x/c.mp4", "y/d.mp4")):
        scanned.put(f"small-{number}.mp4", name)
    scanned.put("text.mp4", "y/bad.mp4")


async def test_a_folder_with_nothing_to_do_is_settled_by_one_row(
    scanned: ScannedFolder, staged: Staged
) -> None:
    put_some(scanned)
    await scanned.scan()
    assert staged.since_last() == 5
    result = await scanned.scan()
    assert (result.found, result.unchanged, staged.since_last()) == (5, 5, 0)

    scanned.put("text.mp4", "x/new.mp4")
    result = await scanned.scan()
    assert (result.found, result.unchanged, result.failed) == (6, 5, 1)
    assert staged.since_last() == 3
    assert (await scanned.scan()).unchanged == 6
    assert staged.since_last() == 0


async def test_a_part_of_a_root_is_recognized_too(scanned: ScannedFolder, staged: Staged) -> None:
    put_some(scanned)
    await scanned.scan()
    staged.since_last()
    for folder, recursive, files in (("x", True, 2), ("", False, 1), ("y", False, 2)):
        result = await scanned.scan(folder, recursive=recursive)
        assert (result.found, result.unchanged) == (files, files)
    assert staged.since_last() == 0


async def test_vanished_files_and_folders_are_missing(
    scanned: ScannedFolder, staged: Staged
) -> None:
    put_some(scanned)
    await scanned.scan()
    (scanned.path / "x/b.mp4").unlink()
    assert (await scanned.scan()).missing == 1
    shutil.rmtree(scanned.path / "y")  # blocking-ok: three small files
    staged.since_last()
    result = await scanned.scan()
    assert (result.missing, result.unchanged, staged.since_last()) == (2, 2, 0)
    assert set(await scanned.ids()) == {"a.mp4", "x/c.mp4"}


async def test_a_copy_of_a_file_in_a_settled_folder_is_a_copy(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await scanned.scan()
    before = await scanned.ids()
    scanned.put("small-1.mp4", "z/copy.mp4")
    result = await scanned.scan()
    assert (result.added, result.moved, result.missing) == (1, 0, 0)
    assert {**before, **await scanned.ids()} == await scanned.ids()


async def test_a_file_moved_out_of_a_known_folder_keeps_its_record(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await scanned.scan()
    before = await scanned.ids()
    (scanned.path / "x/b.mp4").rename(scanned.path / "y/b.mp4")
    result = await scanned.scan()
    assert (result.moved, result.missing, result.unchanged) == (1, 0, 4)
    assert (await scanned.ids())["y/b.mp4"] == before["x/b.mp4"]


async def test_force_reads_every_file(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await scanned.scan()
    result = await scanned.scan(force=True)
    assert (result.updated, result.unchanged) == (4, 0)


@pytest.mark.parametrize("version", ["PROBE_VERSION", "THUMBNAIL_VERSION"])
async def test_a_raised_version_reads_again(
    scanned: ScannedFolder, version: str, monkeypatch: pytest.MonkeyPatch, staged: Staged
) -> None:
    put_some(scanned)
    await scanned.scan()
    monkeypatch.setattr(begin, version, getattr(begin, version) + 1)
    staged.since_last()
    result = await scanned.scan()
    if version == "PROBE_VERSION":
        assert (result.updated, result.unchanged) == (4, 0)
    else:  # this scan makes none
        assert (result.unchanged, staged.since_last()) == (5, 0)


async def test_a_deleted_record_is_added_again(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await scanned.scan()
    await scanned.videos.delete((await scanned.ids())["x/b.mp4"])
    result = await scanned.scan()
    assert (result.added, result.unchanged, result.missing) == (1, 4, 0)


async def test_folders_that_look_the_same_are_not_settled(
    scanned: ScannedFolder, staged: Staged
) -> None:
    marked = "caf\N{REPLACEMENT CHARACTER}"
    for name in (marked, os.fsdecode(b"caf\xe9"), os.fsdecode(b"caf\xff"), "cafe"):
        scanned.put("text.mp4", f"{name}/a.mp4")
    await scanned.scan()
    staged.since_last()
    shutil.rmtree(scanned.path / os.fsdecode(b"caf\xe9"))  # blocking-ok: a small file
    result = await scanned.scan()
    assert (result.unchanged, result.missing, staged.since_last()) == (3, 1, 2)


async def test_a_folder_with_links_or_what_is_no_file_is_compared(
    scanned: ScannedFolder, staged: Staged
) -> None:
    put_some(scanned)
    (scanned.path / "x/link.mp4").symlink_to(scanned.path / "a.mp4")
    os.mkfifo(scanned.path / "y/pipe.mp4")
    await scanned.scan()
    staged.since_last()
    result = await scanned.scan()
    assert (result.found, result.unchanged, staged.since_last()) == (7, 7, 6)


async def test_a_stopped_scan_remembers_nothing_that_it_did_not_read(
    scanned: ScannedFolder,
) -> None:
    put_some(scanned)
    done = 0

    def count(progress: Progress) -> None:
        nonlocal done
        done = progress.done or 0

    await scanned.scan(on_progress=count, should_stop=lambda: done > 5)
    assert (await scanned.scan()).found == 5
    assert set(await scanned.ids()) == {"a.mp4", "x/b.mp4", "x/c.mp4", "y/d.mp4", "y/bad.mp4"}


async def test_a_crowded_folder_is_compared(
    scanned: ScannedFolder, staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoat_ferret.scan.discovery.MOST_FILES", 40)
    for number in range(60):
        (scanned.path / f"{number}.mp4").write_bytes(b"%d" % number)
    await scanned.scan()
    staged.since_last()
    assert ((await scanned.scan()).unchanged, staged.since_last()) == (60, 60)


async def test_no_more_signatures_are_held_than_fit_into_memory(
    scanned: ScannedFolder, staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_some(scanned)
    await scanned.scan()
    staged.since_last()
    monkeypatch.setattr(folders, "_MOST_FOLDERS", 1)
    assert (await scanned.scan()).unchanged == 5
    assert staged.since_last() in (3, 4)


async def test_a_record_that_changes_while_files_are_counted_does_not_hide_one_that_is_gone(
    scanned: ScannedFolder,
) -> None:
    put_some(scanned)
    await scanned.scan()
    (scanned.path / "x/b.mp4").unlink()
    deleted = (await scanned.ids())["y/d.mp4"]
    compare = Inventory.compare

    async def delete_first(self: Inventory) -> Any:
        await scanned.videos.delete(deleted)
        return await compare(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inventory, "compare", delete_first)
        result = await scanned.scan()
    assert result.missing == 1
    assert (await scanned.scan()).added == 1


# Times of folders ------------------------------------------------------------------------------


def trusting(scanned: ScannedFolder, *, later_seconds: float = 120) -> ScannedFolder:
    """Trust the times of folders, some time from now."""
    tools = replace(
        scanned.tools, trust_folder_times=True, clock=lambda: time.time() + later_seconds
    )
    return replace(scanned, tools=tools)


def rewrite(path: Path) -> None:
    """Change a file in place."""
    with path.open("ab") as file:
        file.write(b"\0\0\0\x08free")


async def test_with_trusted_times_a_file_changed_in_place_is_overlooked(
    scanned: ScannedFolder,
) -> None:
    put_some(scanned)
    await trusting(scanned).scan()
    rewrite(scanned.path / "x/b.mp4")
    result = await trusting(scanned).scan()
    assert (result.found, result.unchanged) == (5, 5)
    # Not by other scans.
    assert (await scanned.scan()).updated == 1
    assert (await trusting(scanned).scan()).unchanged == 5


async def test_fresh_times_are_not_trusted(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await trusting(scanned, later_seconds=0).scan()
    rewrite(scanned.path / "x/b.mp4")
    assert (await trusting(scanned).scan()).updated == 1


@pytest.mark.parametrize("change", ["add", "remove", "rename", "replace", "set back"])
async def test_with_trusted_times_every_change_of_a_folder_is_seen(
    scanned: ScannedFolder, change: str
) -> None:
    put_some(scanned)
    await trusting(scanned).scan()
    path, times = scanned.path / "x/b.mp4", (scanned.path / "x").stat()
    if change == "add":
        scanned.put("text.mp4", "x/new.mp4")
    elif change == "remove":
        path.unlink()
    elif change == "rename":
        path.rename(path.with_name("e.mp4"))
    else:
        scanned.put("text.mp4", "new.mp4").rename(path)
    if change == "set back":
        os.utime(path.parent, ns=(times.st_atime_ns, times.st_mtime_ns))
    result = await trusting(scanned).scan()
    seen = (result.failed, result.missing, result.moved)
    assert seen == {"add": (1, 0, 0), "remove": (0, 1, 0), "rename": (0, 0, 1)}.get(
        change, (1, 0, 0)
    )


async def test_a_scan_leaves_no_rows_of_its_own(scanned: ScannedFolder) -> None:
    put_some(scanned)
    await scanned.scan()
    async with scanned.tools.database.read() as connection:
        assert not (await connection.execute(sa.select(found_folders))).all()


# With and without ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Library:
    """A library of the same files: of an outer root and of a root in it."""

    tools: ScanTools
    roots: list[Root]
    remembers: bool

    async def scan(self, scan: dict[str, Any]) -> dict[str, Any]:
        """Scan as told, and return the result, or the error."""
        if not self.remembers:
            async with self.tools.database.write() as connection:
                await forget_signatures(connection)
        phase: list[str | None] = []
        root = self.roots[scan["root"]]
        request = ScanRequest(
            root=root, folder=scan["folder"], recursive=scan["recursive"], force=scan["force"]
        )
        names = NameRules(
            extensions=frozenset(scan["extensions"]), heed_nomedia=scan["heed_nomedia"]
        )
        result = ScanResult(root="")
        try:
            await scan_folder(
                request,
                replace(self.tools, names=names),
                scan_id=str(uuid7()),
                result=result,
                on_progress=lambda progress: phase.append(progress.phase),
                should_stop=lambda: scan["stop"] in phase,
            )
        except StoatFerretError as error:
            return {"error": str(error)}
        found = result.as_json()
        del found["elapsed_seconds"]
        return {} if scan["stop"] in phase else found

    async def rescan(self, path: str) -> None:
        """Read a file again."""
        await rescan_files(
            RescanRequest(root=self.roots[0].name, file=path),
            self.tools,
            self.roots[:1],
            scan_id=str(uuid7()),
            result=ScanResult(root=""),
            on_progress=lambda _: None,
            should_stop=lambda: False,
        )

    async def forget(self, number: int) -> None:
        """Delete a record."""
        async with self.tools.database.read() as connection:
            ids = (await connection.scalars(sa.select(videos.c.id).order_by(videos.c.number))).all()
        if ids:
            await VideoRepository(self.tools.database).delete(ids[number % len(ids)])

    async def rows(self) -> list[tuple[object, ...]]:
        """Return what a scan knows of each record, in the order in which they were added."""
        names = "number root_id path status reason size_bytes mtime_ns fingerprint read_error"
        columns = [videos.c[name] for name in names.split()]
        statement = sa.select(*columns, videos.c.missing_since.is_(None)).order_by(videos.c.number)
        async with self.tools.database.read() as connection:
            return [tuple(row) for row in await connection.execute(statement)]

    async def check_signatures(self) -> None:
        """Check that each folder has as many present videos as its signature says."""
        present = (
            sa.select(sa.func.count())
            .where(
                videos.c.root_id == folder_signatures.c.root_id,
                videos.c.folder == folder_signatures.c.folder,
                videos.c.missing_since.is_(None),
            )
            .scalar_subquery()
        )
        async with self.tools.database.read() as connection:
            rows = await connection.execute(sa.select(folder_signatures.c.files, present))
            assert all(files == count for files, count in rows)


@asynccontextmanager
async def two_libraries(
    scanned: ScannedFolder, folder: Path, **options: Any
) -> AsyncIterator[tuple[Library, Library]]:
    """Open a library with signatures and one without, both empty."""
    opened = []
    inner = scanned.path / "x"
    inner.mkdir()
    try:
        for name in ("with.db", "without.db"):
            shutil.copy(folder / "library.db", folder / name)  # blocking-ok: a small file
            database = Database(sqlite_url(folder / name))
            opened.append(database)
        first, second = opened
        tools = replace(scanned.tools, concurrency=1)
        libraries = [
            Library(
                replace(tools, database=first, **options),
                await VideoRepository(first).ensure_roots([str(scanned.path), str(inner)]),
                remembers=True,
            ),
            Library(
                replace(tools, database=second),
                await VideoRepository(second).ensure_roots([str(scanned.path), str(inner)]),
                remembers=False,
            ),
        ]
        yield libraries[0], libraries[1]
    finally:
        for database in opened:
            await database.aclose()


FOLDERS = ("", "x", "x/y", "z")
FILES = tuple(f"{folder}/{name}".lstrip("/") for folder in FOLDERS for name in ("1.mp4", "2.mkv"))
PATTERNS = ("1.mp4", "*.mkv", "y/", "!1.mp4", "[", "*")
a_file, a_folder = st.sampled_from(FILES), st.sampled_from(FOLDERS[1:])
anew = (
    st.tuples(st.just("write"), a_file, st.integers(0, 5)),
    st.tuples(st.just("move"), a_file, a_file),
    st.tuples(st.just("move"), a_folder, a_folder),
    st.tuples(st.just("delete"), a_file, st.none()),
    st.tuples(st.just("delete"), a_folder, st.none()),
    st.tuples(st.just("ignore"), st.sampled_from(FOLDERS), st.sampled_from(PATTERNS)),
    st.tuples(st.just("unignore"), st.sampled_from(FOLDERS), st.none()),
    st.tuples(st.just("nomedia"), a_folder, st.none()),
    st.tuples(st.just("link"), a_file, a_file),
    st.tuples(st.just("link"), st.just("w"), a_folder),
    st.tuples(st.just("forget"), st.integers(0, 9), st.none()),
    st.tuples(st.just("rescan"), a_file, st.none()),
)
in_place = (
    st.tuples(st.just("rewrite"), a_file, st.integers(0, 5)),
    st.tuples(st.just("touch"), a_file, st.integers(0, 3)),
)
usually_not = st.sampled_from((False, False, False, True))
a_scan = st.fixed_dictionaries(
    {
        "root": st.sampled_from((0, 0, 0, 1)),
        "folder": st.sampled_from(("", "", "", "x", "y")),
        "recursive": st.sampled_from((True, True, True, False)),
        "force": usually_not,
        "extensions": st.sampled_from((("mp4", "mkv"), ("mp4", "mkv"), ("mp4",))),
        "heed_nomedia": st.sampled_from((True, True, False)),
        "stop": st.sampled_from((None, None, None, None, "counting", "probing")),
    }
)


def rounds(*changes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists of changes, and of the scans after them."""
    some = st.lists(st.one_of(*changes), max_size=4)
    return st.lists(st.tuples(some, st.lists(a_scan, min_size=1, max_size=2)), max_size=4)


def content(number: int) -> bytes:
    """Return the content of a file: of a video, or of none."""
    if number == 0:
        return make_clip("small-0.mp4").read_bytes()
    return b"content %d of a file" % number


@dataclass(frozen=True)
class Disk:
    """The files of the roots, and what people do to them; a change that cannot be made is none."""

    root: Path

    def change(self, kind: str, name: str, value: Any) -> None:
        """Make one change."""
        getattr(self, f"_{kind}")(self.root / name, value)

    def _write(self, path: Path, number: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = self.root / "new"
        new.write_bytes(content(number))
        new.replace(path)

    def _rewrite(self, path: Path, number: int) -> None:
        if path.exists():
            path.write_bytes(content(number))

    def _touch(self, path: Path, seconds: int) -> None:
        if path.exists():
            os.utime(path, (seconds, seconds))

    def _delete(self, path: Path, _: None) -> None:
        if path == self.root / "x":  # a root
            for entry in path.iterdir() if path.is_dir() else ():
                self._delete(entry, None)
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def _move(self, path: Path, name: str) -> None:
        target = self.root / name
        if path.exists() and path.name != "x" and not target.is_relative_to(path):
            self._delete(target, None)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not target.exists():
                path.rename(target)

    def _link(self, path: Path, name: str) -> None:
        if path.parent.is_dir() and not os.path.lexists(path):
            path.symlink_to(self.root / name)

    def _ignore(self, path: Path, pattern: str) -> None:
        if path.is_dir():
            (path / ".stoatignore").write_text(pattern)

    def _unignore(self, path: Path, _: None) -> None:
        (path / ".stoatignore").unlink(missing_ok=True)

    def _nomedia(self, path: Path, _: None) -> None:
        if path.is_dir():
            (path / ".nomedia").touch()

    def _forget(self, _path: Path, _: None) -> None:
        """Change records only."""

    _rescan = _forget


async def check_both(
    scanned: ScannedFolder, folder: Path, changes_and_scans: list[Any], **options: Any
) -> None:
    """Apply the changes, and check that both libraries stay the same."""
    empty(scanned.path)
    disk = Disk(scanned.path)
    async with two_libraries(scanned, folder, **options) as (mine, plain):
        for name in FILES[1:]:
            disk.change("write", name, FILES.index(name) % 6)
        (scanned.path / "keep.mp4").write_bytes(b"so that the root is never empty")
        for changes, scans in [([], [{**WHOLE}]), *changes_and_scans, ([], [{**WHOLE}] * 2)]:
            for kind, name, value in changes:
                for library in (mine, plain):
                    if kind == "forget":
                        await library.forget(name)
                    elif kind == "rescan":
                        await library.rescan(name)
                disk.change(kind, str(name), value)
            for scan in scans:
                results = [await library.scan(scan) for library in (mine, plain)]
                assert results[0] == results[1]
                assert await mine.rows() == await plain.rows()
                await mine.check_signatures()


WHOLE = {
    "root": 0,
    "folder": "",
    "recursive": True,
    "force": False,
    "extensions": ("mp4", "mkv"),
    "heed_nomedia": True,
    "stop": None,
}


def empty(root: Path) -> None:
    """Remove what an earlier example left behind."""
    for entry in root.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


@pytest.mark.timeout(900)  # shrinking a failure takes long
@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes_and_scans=rounds(*anew, *in_place))
@only_sqlite
async def test_a_scan_does_the_same_with_and_without_signatures(
    scanned: ScannedFolder, tmp_path: Path, changes_and_scans: list[Any]
) -> None:
    await check_both(scanned, tmp_path, changes_and_scans)


@pytest.mark.timeout(900)
@settings(max_examples=examples(3), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes_and_scans=rounds(*anew))
@only_sqlite
async def test_trusted_times_do_the_same_unless_files_change_in_place(
    scanned: ScannedFolder, tmp_path: Path, changes_and_scans: list[Any]
) -> None:
    later: Callable[[], float] = lambda: time.time() + 120  # noqa: E731  one expression
    options = {"trust_folder_times": True, "clock": later}
    await check_both(scanned, tmp_path, changes_and_scans, **options)
