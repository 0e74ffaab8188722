"""Files that may be opened, and those that may not."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from stoat_ferret.errors import FileUnreadableError, FileVanishedError, RootUnavailableError
from stoat_ferret.library.files import _open_below, open_in_root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "deep" / "deeper").mkdir(parents=True)
    (root / "deep" / "deeper" / "film.mp4").write_bytes(b"inside")
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "film.mp4").write_bytes(b"outside")
    return root


def content(root: Path, path: str) -> bytes:
    file = open_in_root(str(root), path)
    try:
        assert file.read(0, 3) == file.read(0, 1000)[:3]
        return file.read(0, 1000)
    finally:
        file.close()


def test_a_file_in_the_root_is_read(root: Path) -> None:
    assert content(root, "deep/deeper/film.mp4") == b"inside"


def test_links_inside_the_root_are_followed(root: Path) -> None:
    (root / "again").symlink_to(root / "deep")
    (root / "film").symlink_to("deep/deeper/film.mp4")
    assert content(root, "again/deeper/film.mp4") == content(root, "film") == b"inside"


def test_the_root_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    assert content(tmp_path / "link", "deep/deeper/film.mp4") == b"inside"


def test_a_name_that_is_not_text_is_opened(root: Path) -> None:
    name = os.fsdecode(b"\xff.mp4")
    (root / name).write_bytes(b"strange")
    assert content(root, name) == b"strange"


def test_nothing_outside_the_root_is_opened(root: Path) -> None:
    (root / "out.mp4").symlink_to(root.parent / "secret" / "film.mp4")
    (root / "folder").symlink_to(root.parent / "secret")
    for path in ("out.mp4", "folder/film.mp4", "../secret/film.mp4", "", "."):
        with pytest.raises(FileUnreadableError):
            open_in_root(str(root), path)


def test_what_is_no_regular_file_is_not_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.mp4")
    for path in ("pipe.mp4", "deep"):
        with pytest.raises(FileUnreadableError, match="not a regular file"):
            open_in_root(str(root), path)


def test_what_is_gone_is_said_to_be_gone(root: Path) -> None:
    for path in ("none.mp4", "none/none.mp4", "deep/deeper/film.mp4/none"):
        with pytest.raises(FileVanishedError):
            open_in_root(str(root), path)
    with pytest.raises(RootUnavailableError):
        open_in_root(str(root / "unplugged"), "film.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_said_to_be_so(root: Path) -> None:
    (root / "deep" / "deeper" / "film.mp4").chmod(0)
    with pytest.raises(FileUnreadableError, match="permission denied"):
        open_in_root(str(root), "deep/deeper/film.mp4")


@pytest.mark.parametrize("path", ["swapped/film.mp4", "deep/deeper/swapped.mp4"])
def test_what_has_become_a_link_since_it_was_looked_at_leads_nowhere(root: Path, path: str) -> None:
    secret = root.parent / "secret"
    (root / "swapped").symlink_to(secret)
    (root / "deep" / "deeper" / "swapped.mp4").symlink_to(secret / "film.mp4")
    folder = os.open(root, os.O_RDONLY)
    with pytest.raises((OSError, FileUnreadableError)):
        _open_below(folder, path, path)


def test_no_descriptor_is_left_open(root: Path) -> None:
    os.mkfifo(root / "pipe.mp4")
    process = psutil.Process()
    before = process.num_fds()
    for path in ("deep/deeper/film.mp4", "none.mp4", "deep/none/film.mp4", "pipe.mp4", "deep"):
        with suppress(FileUnreadableError, FileVanishedError):
            content(root, path)
    assert process.num_fds() == before
