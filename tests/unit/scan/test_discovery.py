"""The files that the walk finds, in real folders."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoat_ferret.library.video import FoundFile, is_mtime_clamped, storable_mtime_ns
from stoat_ferret.scan.batch import BATCH_SIZE, Batch
from stoat_ferret.scan.discovery import Discovery
from stoat_ferret.scan.ignore_rules import NameRules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = NameRules(
    extensions=frozenset({"mp4", "mkv"}), excluded_folders=frozenset({"#recycle", "lost+found"})
)


def walk(
    root: Path,
    folder: str = "",
    *,
    recursive: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
    known: frozenset[bytes] = frozenset(),
) -> Batch:
    whole = Batch()
    for batch in Discovery(
        str(root), folder, recursive=recursive, names=NAMES, should_stop=should_stop, known=known
    ).walk():
        whole.files += batch.files
        whole.folders += batch.folders
        whole.obstacles += batch.obstacles
        whole.passed_over.merge(batch.passed_over)
    return whole


def found(root: Path, folder: str = "", *, recursive: bool = True) -> set[str]:
    return {file.path for file in walk(root, folder, recursive=recursive).files}


def passed_over(batch: Batch) -> dict[str, list[str]]:
    return {why: one["examples"] for why, one in batch.passed_over.as_json().items()}


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def test_finds_videos_by_extension_in_any_case(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "B.MKV", "c.txt", "d", "deep/er/e.Mp4", "mp4")
    assert found(tmp_path) == {"a.mp4", "B.MKV", "deep/er/e.Mp4"}


def test_tells_size_and_modification_time(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"12345")
    os.utime(tmp_path / "a.mp4", ns=(7, 1_600_000_000_123_456_789))
    (file,) = walk(tmp_path).files
    assert (file.size_bytes, file.mtime_ns) == (5, 1_600_000_000_123_456_789)


def test_looks_at_one_level_when_not_recursive(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "sub/b.mp4", "sub/deep/c.mp4")
    assert found(tmp_path, recursive=False) == {"a.mp4"}
    assert found(tmp_path, "sub", recursive=False) == {"sub/b.mp4"}


def test_paths_stay_relative_to_the_root(tmp_path: Path) -> None:
    make(tmp_path, "sub/deep/c.mp4")
    assert found(tmp_path, "sub/deep") == {"sub/deep/c.mp4"}


def test_ignores_hidden_entries(tmp_path: Path) -> None:
    make(tmp_path, ".a.mp4", ".hidden/b.mp4", "c.mp4")
    assert found(tmp_path) == {"c.mp4"}


def test_ignores_what_an_ignore_file_names(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "trash/b.mp4", "keep/trash.mp4", "keep/x.mkv", "keep/y.mkv")
    (tmp_path / ".stoatignore").write_text("trash/\n*.mkv\n# a comment\n!y.mkv\n")
    assert found(tmp_path) == {"a.mp4", "keep/trash.mp4", "keep/y.mkv"}


def test_a_deeper_ignore_file_decides_for_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "a.mkv", "sub/b.mkv", "sub/c.mp4", "sub/deep/c.mp4")
    (tmp_path / ".stoatignore").write_text("*.mkv\n")
    (tmp_path / "sub" / ".stoatignore").write_text("!b.mkv\n/c.mp4\n")
    assert found(tmp_path) == {"sub/b.mkv", "sub/deep/c.mp4"}


def test_ignore_files_above_the_scanned_folder_hold_too(tmp_path: Path) -> None:
    make(tmp_path, "sub/a.mkv", "sub/b.mp4")
    (tmp_path / ".stoatignore").write_text("*.mkv\n")
    assert found(tmp_path, "sub") == {"sub/b.mp4"}


def test_a_line_that_cannot_be_used_is_reported_and_the_others_are_used(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mp4", "s-R.mp4")
    (tmp_path / ".stoatignore").write_text("!\n[Ohys-Raws] */\nb.mp4\nfilm[1.mp4\n")
    batch = walk(tmp_path)
    assert {file.path for file in batch.files} == {"a.mp4", "s-R.mp4"}
    assert [(one.path, one.reason, one.hides_files) for one in batch.obstacles] == [
        (".stoatignore", "not used: line 1: it names nothing", False),
        (".stoatignore", "not used: line 4: a bracket in it is not closed", False),
    ]


def test_many_lines_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    (tmp_path / ".stoatignore").write_text("[\n" * 1000)
    reasons = [obstacle.reason for obstacle in walk(tmp_path).obstacles]
    assert len(reasons) == 11
    assert reasons[-1] == "not used: 990 more lines"


@pytest.mark.parametrize("content", [b"\xef\xbb\xbftrash/\r\n*.mkv\r\n", b"trash/\n*.mkv"])
def test_an_ignore_file_may_come_from_windows(tmp_path: Path, content: bytes) -> None:
    make(tmp_path, "trash/x.mp4", "a.mkv", "b.mp4")
    (tmp_path / ".stoatignore").write_bytes(content)
    assert found(tmp_path) == {"b.mp4"}


def test_an_ignore_file_may_name_what_is_not_utf8(tmp_path: Path) -> None:
    make(tmp_path, os.fsdecode(b"caf\xe9.mp4"), "b.mp4")
    (tmp_path / ".stoatignore").write_bytes(b"caf\xe9.mp4\n")
    assert found(tmp_path) == {"b.mp4"}


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_outside(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def a_large_file(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(10**12)


def rubbish(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 100)


def utf_16(path: Path) -> None:
    path.write_text("trash/", encoding="utf-16")


@pytest.mark.parametrize(
    ("make_it", "reason"),
    [
        (a_pipe, "it is not a regular file"),
        (a_folder, "it is not a regular file"),
        (a_device, "it is a link that leads out of its root"),
        (a_link_outside, "it is a link that leads out of its root"),
        (a_large_file, "larger than 1,000,000 bytes"),
        (rubbish, "it is not UTF-8 text"),
        (utf_16, "it is not UTF-8 text"),
    ],
)
def test_what_is_no_ignore_file_costs_an_entry(
    tmp_path: Path, make_it: Callable[[Path], None], reason: str
) -> None:
    make(tmp_path, "a.mp4")
    make_it(tmp_path / ".stoatignore")
    batch = walk(tmp_path)
    assert [file.path for file in batch.files] == ["a.mp4"]
    assert [(one.path, one.reason) for one in batch.obstacles] == [
        (".stoatignore", f"not used: {reason}")
    ]


def test_no_more_patterns_are_used_than_can_be_held_against_every_name(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "first.mp4", "last.mp4")
    lines = ["first.mp4", *(f"{number}*" for number in range(10_000)), "last.mp4"]
    (tmp_path / ".stoatignore").write_text("\n".join(lines))
    batch = walk(tmp_path)
    assert {file.path for file in batch.files} == {"a.mp4", "last.mp4"}
    assert [one.reason for one in batch.obstacles] == [
        "not used: line 10001 and all after it: more than 10,000"
    ]


@pytest.mark.parametrize("name", ["odd/09_stoatignore_many_stars", "hostile/stoatignore-regex"])
def test_an_ignore_file_of_many_stars_holds_nothing_up(tmp_path: Path, name: str) -> None:
    corpus = os.environ.get("STOAT_CORPUS")
    if not corpus:
        pytest.skip("needs STOAT_CORPUS")
    given = Path(corpus).parent / name
    source = given / "stoatignore.txt" if given.is_dir() else given.with_suffix(".txt")
    shutil.copy(source, tmp_path / ".stoatignore")
    make(tmp_path, "a" * 120 + "1.mp4", "b.mp4")
    assert found(tmp_path) == {"a" * 120 + "1.mp4", "b.mp4"}


# Times, sizes and names ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "stored"),
    [
        (10**9, 10**18),
        (0, 0),
        (10_413_792_000, 2**63 - 10**9 + 413_792_000),  # 2300
        (2**62, 2**63 - 10**9 + 2**62 % 10**9),
        (-11_644_473_600, -(2**63) + -11_644_473_600 % 10**9),  # 1601
    ],
)
def test_a_time_of_any_age_can_be_stored(seconds: int, stored: int) -> None:
    assert storable_mtime_ns(seconds * 10**9) == stored
    assert is_mtime_clamped(stored) is (abs(seconds) > 9_223_372_036)
    assert storable_mtime_ns((seconds + 2) * 10**9) != stored


@settings(deadline=None)
@given(st.integers(-(2**70), 2**70))
def test_a_stored_time_is_64_bits_and_stays_what_it_is(mtime_ns: int) -> None:
    stored = storable_mtime_ns(mtime_ns)
    assert -(2**63) <= stored < 2**63
    assert storable_mtime_ns(stored) == stored
    assert stored == mtime_ns or is_mtime_clamped(stored)


@pytest.mark.parametrize("size", [-1, -(2**63), 2**63, 2**64 - 1])
def test_a_size_that_no_file_has_is_one_that_can_be_stored(size: int) -> None:
    numbers = (0o100644, 2**64 - 1, 2**64 - 1, 1, 0, 0, size, 0, 0, 0)
    status = os.stat_result(numbers, {"st_mtime_ns": 0})
    assert 0 <= FoundFile.from_stat("a.mp4", status).size_bytes < 2**63


def test_titles_may_begin_with_an_ellipsis_and_end_in_a_dot_or_blank(tmp_path: Path) -> None:
    make(tmp_path, "...And Justice.mp4", "...Folder/a.mp4", "b.mp4.", "c.mp4 ", "d.mp4. .")
    assert found(tmp_path) == {
        *("...And Justice.mp4", "...Folder/a.mp4", "b.mp4.", "c.mp4 ", "d.mp4. ."),
    }


# Skipped entries -----------------------------------------------------------------------------


def test_bins_and_snapshots_are_left_out_and_named(tmp_path: Path) -> None:
    make(tmp_path, "#recycle/a.mp4", "deep/#Recycle/b.mp4", "lost+found/c.mp4", "d.mp4")
    batch = walk(tmp_path)
    assert [file.path for file in batch.files] == ["d.mp4"]
    assert sorted(passed_over(batch)["excluded"]) == ["#recycle", "deep/#Recycle", "lost+found"]


def test_a_folder_with_a_file_nomedia_is_left_out(tmp_path: Path) -> None:
    make(tmp_path, ".nomedia", "a.mp4", "phone/.nomedia", "phone/b.mp4", "phone/deep/c.mp4")
    (tmp_path / "folder" / ".nomedia").mkdir(parents=True)
    make(tmp_path, "folder/d.mp4")
    batch = walk(tmp_path)
    assert {file.path for file in batch.files} == {"a.mp4", "folder/d.mp4"}
    assert passed_over(batch)["excluded"] == ["phone"]
    assert found(tmp_path, "phone") == found(tmp_path, "phone/deep") == set()


def test_a_folder_that_is_left_out_is_not_scanned_alone_either(tmp_path: Path) -> None:
    make(tmp_path, "#recycle/deep/a.mp4", "trash/deep/b.mp4")
    (tmp_path / ".stoatignore").write_text("trash/\n")
    for folder, why in (("#recycle", "excluded"), ("trash", "ignored")):
        assert passed_over(walk(tmp_path, folder)) == {why: [folder]}
        assert passed_over(walk(tmp_path, f"{folder}/deep")) == {why: [folder]}


def test_a_root_of_that_name_is_no_such_folder(tmp_path: Path) -> None:
    make(tmp_path / "#recycle", "a.mp4")
    assert found(tmp_path / "#recycle") == {"a.mp4"}


def test_what_is_passed_over_is_counted_and_named(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", ".b.mp4", ".c.txt", ".hidden/x", "d.jpg", "e.jpg", "f", "trash/g.mp4")
    make(tmp_path, "h.mkv", "deep/x")
    (tmp_path / ".stoatignore").write_text("trash/\n*.mkv\n")
    (tmp_path / "gone.mp4").symlink_to("nowhere")
    (tmp_path / "deep" / "up").symlink_to("..")
    counts = walk(tmp_path).passed_over.as_json()
    others = counts.pop("extension")
    assert {why: (one["count"], sorted(one["examples"])) for why, one in counts.items()} == {
        "hidden": (2, [".b.mp4", ".hidden"]),
        "ignored": (2, ["h.mkv", "trash"]),
        "link": (2, ["deep/up", "gone.mp4"]),
    }
    # One of each kind: a folder of pictures would hide the rest.
    assert others["count"] == 4
    assert {Path(path).suffix for path in others["examples"]} == {".jpg", ""}


def test_what_is_named_is_bounded(tmp_path: Path) -> None:
    make(tmp_path, *(f"a.x{number}" for number in range(50)), *(f".{n}.mp4" for n in range(50)))
    counts = walk(tmp_path).passed_over.as_json()
    assert {why: (one["count"], len(one["examples"])) for why, one in counts.items()} == {
        "hidden": (50, 20),
        "extension": (50, 20),
    }


def test_follows_links_inside_the_root(tmp_path: Path) -> None:
    make(tmp_path, "real/a.mp4")
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "file.mp4").symlink_to("real/a.mp4")
    assert found(tmp_path) == {"real/a.mp4", "folder/a.mp4", "file.mp4"}


def test_follows_no_link_out_of_the_root(tmp_path: Path) -> None:
    make(tmp_path, "outside/a.mp4", "root/b.mp4")
    root = tmp_path / "root"
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "file.mp4").symlink_to(tmp_path / "outside" / "a.mp4")
    batch = walk(root)
    assert {file.path: file.unusable for file in batch.files} == {
        "b.mp4": None,
        "file.mp4": "a link to a file outside the root is not followed",
    }
    assert [obstacle.path for obstacle in batch.obstacles] == ["folder"]


def test_a_folder_named_like_the_root_is_not_inside_it(tmp_path: Path) -> None:
    make(tmp_path, "root/b.mp4", "root-2/a.mp4")
    (tmp_path / "root" / "link.mp4").symlink_to(tmp_path / "root-2" / "a.mp4")
    batch = walk(tmp_path / "root")
    assert [file.path for file in batch.files if file.unusable is None] == ["b.mp4"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    make(tmp_path, "a/b/c.mp4")
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "self").symlink_to(".")
    (tmp_path / "a" / "itself.mp4").symlink_to("itself.mp4")
    assert {path for path in found(tmp_path) if "up" not in path} >= {"a/b/c.mp4"}
    assert len(found(tmp_path)) <= 3


def test_links_among_folders_do_not_multiply(tmp_path: Path) -> None:
    names = [f"f{number}" for number in range(12)]
    for name in names:
        make(tmp_path, f"{name}/clip.mp4")
        for other in names:
            if other != name:
                (tmp_path / name / other).symlink_to(tmp_path / other)
    paths = found(tmp_path)
    assert {f"{name}/clip.mp4" for name in names} <= paths
    assert len(paths) <= 2 * len(names)


def test_a_link_to_nothing_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("gone.mp4")
    batch = walk(tmp_path)
    assert not batch.files
    assert not batch.obstacles
    assert passed_over(batch) == {"link": ["a.mp4"]}


def test_a_named_pipe_is_found_and_not_usable(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (file,) = walk(tmp_path).files
    assert file.unusable == "not a regular file"


def test_names_that_are_not_utf8_come_through(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.mp4")
    (tmp_path / name).touch()
    assert found(tmp_path) == {name}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_folder_is_reported_and_the_rest_is_found(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "locked/b.mp4")
    (tmp_path / "locked").chmod(0)
    try:
        batch = walk(tmp_path)
    finally:
        (tmp_path / "locked").chmod(0o700)
    assert [file.path for file in batch.files] == ["a.mp4"]
    (obstacle,) = batch.obstacles
    assert (obstacle.path, obstacle.reason) == ("locked", "permission denied")
    assert obstacle.hides_files


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walk(tmp_path, "gone")


def test_hands_over_in_bounded_batches(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.mp4" for number in range(BATCH_SIZE + 5)))
    sizes = [
        len(batch.files)
        for batch in Discovery(
            str(tmp_path), "", recursive=True, names=NAMES, should_stop=lambda: False
        ).walk()
    ]
    assert sum(sizes) == BATCH_SIZE + 5
    assert max(sizes) <= BATCH_SIZE


def test_the_order_of_a_file_system_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "x/a.mp4", "x/c.mp4", "x/b.mp4", "d.mp4")
    scandir = os.scandir

    @contextmanager
    def backwards(path: int) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(path) as entries:
            yield list(entries)[::-1]

    folders = walk(tmp_path).folders
    monkeypatch.setattr(os, "scandir", backwards)
    assert walk(tmp_path).folders == folders
    assert [folder.files for folder in folders] == [1, 3]


def test_a_known_folder_is_reported_as_one(tmp_path: Path) -> None:
    make(tmp_path, "x/a.mp4", "x/b.mp4", "d.mp4")
    (top, below) = walk(tmp_path).folders
    assert below.signature is not None
    again = walk(tmp_path, known=frozenset({below.signature}))
    assert again.folders == [top, replace(below, is_known=True)]
    assert [file.path for file in again.files] == ["d.mp4"]


def test_a_folder_that_was_not_seen_to_its_end_is_not_reported(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.mp4" for number in range(500)))
    for calls in range(1, 16):
        answers = iter([False] * calls)
        batch = walk(tmp_path, should_stop=partial(next, answers, True))
        assert not batch.folders
    assert walk(tmp_path).folders


def test_stops_when_told(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mp4", "c.mp4")
    answers = iter([False, False, True])
    batch = walk(tmp_path, should_stop=lambda: next(answers, True))
    assert len(batch.files) <= 1
