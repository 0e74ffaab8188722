"""Requirements on folders that people add to the library; the rest is tested over HTTP."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from stoat_ferret.errors import RootRefusedError
from stoat_ferret.library.new_root import check_new_root

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path | str, tmp_path: Path, **more: Any) -> Path:
    return check_new_root(str(path), roots=[], data_dir=tmp_path / "data", **more)


def test_a_folder_that_cannot_be_listed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    assert check(folder / ".." / "films", tmp_path) == folder

    def refuse(_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(RootRefusedError, match="may not read"):
        check(folder, tmp_path)


def test_links_are_followed_before_the_folder_is_judged(tmp_path: Path) -> None:
    for name in ("films", "private", "data"):
        (tmp_path / name).mkdir()
    (tmp_path / "films" / "link").symlink_to(tmp_path / "private")
    (tmp_path / "short").symlink_to(tmp_path / "films")
    allowed = [tmp_path / "films"]
    assert check(tmp_path / "films", tmp_path, allowed=allowed) == tmp_path / "films"
    for outside in ("films/link", "films/../private", "private", "short/link"):
        with pytest.raises(RootRefusedError, match="STOAT_ADD_FOLDERS_FROM"):
            check(tmp_path / outside, tmp_path, allowed=allowed)
    with pytest.raises(RootRefusedError, match="data folder"):
        check(tmp_path / "data", tmp_path)
    with pytest.raises(RootRefusedError, match="no absolute path"):
        check("films", tmp_path)
    with pytest.raises(RootRefusedError, match=r"\(none\)"):
        check(tmp_path / "films", tmp_path, allowed=[])
