"""Which files the walk finds, in real folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.scan.discovery import BATCH_SIZE, Batch, Discovery

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EXTENSIONS = frozenset({"mp4", "mkv"})


def walk(
    root: Path,
    folder: str = "",
    *,
    recursive: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
) -> Batch:
    whole = Batch()
    for batch in Discovery(
        str(root), folder, recursive=recursive, extensions=EXTENSIONS, should_stop=should_stop
    ).walk():
        whole.files += batch.files
        whole.obstacles += batch.obstacles
    return whole


def found(root: Path, folder: str = "", *, recursive: bool = True) -> set[str]:
    return {file.path for file in walk(root, folder, recursive=recursive).files}


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


def test_an_ignore_file_that_cannot_be_understood_is_reported(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4")
    (tmp_path / ".stoatignore").write_text("!\n")
    batch = walk(tmp_path)
    assert [file.path for file in batch.files] == ["a.mp4"]
    (obstacle,) = batch.obstacles
    assert obstacle.path == ".stoatignore"
    assert obstacle.reason.startswith("not used: ")
    assert not obstacle.hides_folder


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
    assert walk(tmp_path) == Batch()


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
    assert obstacle.hides_folder


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        walk(tmp_path, "gone")


def test_hands_over_in_bounded_batches(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number}.mp4" for number in range(BATCH_SIZE + 5)))
    sizes = [
        len(batch.files)
        for batch in Discovery(
            str(tmp_path), "", recursive=True, extensions=EXTENSIONS, should_stop=lambda: False
        ).walk()
    ]
    assert sum(sizes) == BATCH_SIZE + 5
    assert max(sizes) <= BATCH_SIZE


def test_stops_when_told(tmp_path: Path) -> None:
    make(tmp_path, "a.mp4", "b.mp4", "c.mp4")
    answers = iter([False, False, True])
    batch = walk(tmp_path, should_stop=lambda: next(answers, True))
    assert len(batch.files) <= 1
