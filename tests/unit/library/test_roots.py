"""Finding the root of a folder."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.disk import RealPaths
from stoat_ferret.errors import FolderNotFoundError, PathOutsideRootsError, RootUnavailableError
from stoat_ferret.library.roots import (
    RootFinder,
    existing_folder,
    locate,
    locate_file,
    nested_roots,
)
from stoat_ferret.library.video import Root

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def films(tmp_path: Path) -> Root:
    (tmp_path / "films" / "new").mkdir(parents=True)
    return Root(1, "films", str(tmp_path / "films"))


@pytest.mark.parametrize(
    ("below", "relative"),
    [("", ""), (".", ""), ("/new", "new"), ("/new/", "new"), ("/new/../new", "new")],
)
def test_finds_the_root_and_the_way_from_it(films: Root, below: str, relative: str) -> None:
    path = films.path if below == "." else films.path + below
    assert locate(path, [films]) == (films, relative)


@pytest.mark.parametrize("path", ["", "..", "films", "/", "/nowhere"])
def test_refuses_what_is_outside(films: Root, path: str) -> None:
    with pytest.raises(PathOutsideRootsError, match="STOAT_ROOTS"):
        locate(path, [films])


def test_refuses_a_neighbour_with_a_longer_name(films: Root, tmp_path: Path) -> None:
    (tmp_path / "films-2").mkdir()
    with pytest.raises(PathOutsideRootsError):
        locate(str(tmp_path / "films-2"), [films])


def test_refuses_a_link_that_leads_out(films: Root, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "films" / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(PathOutsideRootsError):
        locate(f"{films.path}/link", [films])


def test_a_root_that_is_a_link_holds_what_it_links_to(films: Root, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(films.path)
    link = Root(2, "link", str(tmp_path / "link"))
    assert locate(f"{link.path}/new", [link]) == (link, "new")


def test_a_folder_that_is_not_in_its_root_is_not_found(films: Root) -> None:
    with pytest.raises(FolderNotFoundError):
        locate(f"{films.path}/nowhere", [films])
    with pytest.raises(FolderNotFoundError):
        existing_folder(f"{films.path}/nowhere")


def test_an_unplugged_root_holds_what_it_held(films: Root, tmp_path: Path) -> None:
    (tmp_path / "films").rename(tmp_path / "unplugged")
    assert locate(f"{films.path}/new", [films]) == (films, "new")


def test_roots_that_lie_in_others_are_noticed(tmp_path: Path) -> None:
    for name in ("a/b/c", "ab", "d"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "d" / "link").symlink_to(tmp_path / "a")
    a, c, ab, link = (str(tmp_path / name) for name in ("a", "a/b/c", "ab", "d/link"))
    assert nested_roots([a, ab]) == nested_roots([a]) == nested_roots([]) == []
    assert nested_roots([c, ab, a]) == [(c, a)]
    assert nested_roots([link, c]) == [(c, link)]
    assert nested_roots([a, link]) == [(a, link)]
    assert nested_roots(["/", ab]) == [(ab, "/")]


async def test_a_root_that_does_not_answer_takes_no_other_with_it(tmp_path: Path) -> None:
    gate = threading.Event()
    dead = Root(1, "dead", "/dead/root")
    (tmp_path / "alive" / "new").mkdir(parents=True)
    (tmp_path / "alive" / "a.mp4").touch()
    (tmp_path / "link").symlink_to("alive")
    alive = Root(2, "alive", str(tmp_path / "link"))

    def resolve(folder: str) -> str:
        return os.path.realpath(folder) if folder != dead.path else str(gate.wait(60))

    finder = RootFinder(RealPaths(resolve, answer_seconds=0.05))
    try:
        roots = [dead, alive]
        assert await finder.folder(f"{alive.path}/new", roots) == (alive, "new")
        assert await finder.file(f"{alive.path}/a.mp4", roots) == (alive, "a.mp4")
        assert await finder.real_paths(roots) == {1: dead.path, 2: str(tmp_path / "alive")}
        for path in (dead.path, f"{dead.path}/films"):
            with pytest.raises(RootUnavailableError, match="does not answer"):
                await finder.folder(path, roots)
        with pytest.raises(PathOutsideRootsError):
            await finder.folder("/dead/root-2", roots)
    finally:
        gate.set()


def test_a_name_that_is_too_long_is_of_no_folder(films: Root) -> None:
    with pytest.raises(FolderNotFoundError):
        locate(f"{films.path}/{'a' * 300}/b", [films])
    assert locate_file(f"{films.path}/{'a' * 300}.mp4", [films]) is None
