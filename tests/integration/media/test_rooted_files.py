"""Nothing reads a link that leads out of its root."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.clips import make_clip

from stoat_ferret.errors import FileUnreadableError
from stoat_ferret.media.media_file import MediaFile, RootedPath
from stoat_ferret.media.storyboard_maker import LibavStoryboardMaker
from stoat_ferret.media.thumbnailer import LibavThumbnailer

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.media.prober import Prober
    from stoat_ferret.processes.worker_pool import MediaWorkers

OUT = ["out.mp4", "elsewhere/private.mp4", "../../private/private.mp4", "chain.mp4"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a root reached by a link, with a film, links inside it, and links out of it."""
    private = tmp_path / "private"
    private.mkdir()
    shutil.copy(make_clip("small-1.mp4"), private / "private.mp4")
    root = tmp_path / "disk" / "films"
    root.mkdir(parents=True)
    shutil.copy(make_clip("small-0.mp4"), root / "film.mp4")
    (root / "inside.mp4").symlink_to("film.mp4")
    (root / "out.mp4").symlink_to(private / "private.mp4")
    (root / "chain.mp4").symlink_to("out.mp4")
    (root / "elsewhere").symlink_to(private, target_is_directory=True)
    (tmp_path / "films").symlink_to(root, target_is_directory=True)
    return tmp_path / "films"


def rooted(root: Path, path: str) -> RootedPath:
    return RootedPath(f"{root}/{path}", str(root))


@pytest.mark.parametrize("path", ["film.mp4", "inside.mp4"])
async def test_what_lies_in_the_root_is_read(root: Path, prober: Prober, path: str) -> None:
    assert (await prober.probe(rooted(root, path))).media_info.main_video is not None


@pytest.mark.parametrize("path", OUT)
async def test_no_prober_reads_what_lies_elsewhere(root: Path, prober: Prober, path: str) -> None:
    with pytest.raises(FileUnreadableError, match="out of its root"):
        await prober.probe(rooted(root, path))
    with pytest.raises(FileUnreadableError, match="out of its root"):
        await prober.fingerprint(rooted(root, path))


@pytest.mark.parametrize("path", OUT)
async def test_no_picture_is_made_of_what_lies_elsewhere(
    root: Path, workers: MediaWorkers, tmp_path: Path, path: str
) -> None:
    folder = tmp_path / "pictures"
    thumbnails = LibavThumbnailer(workers, str(folder), timeout_seconds=60)
    storyboards = LibavStoryboardMaker(workers, str(folder), step_seconds=60, timeout_seconds=60)
    with pytest.raises(FileUnreadableError, match="out of its root"):
        await thumbnails.make(rooted(root, path))
    with pytest.raises(FileUnreadableError, match="out of its root"):
        await storyboards.make(rooted(root, path), lambda _: None)
    assert not list(folder.rglob("*.*"))


def test_it_is_the_open_file_that_counts(root: Path, tmp_path: Path) -> None:
    film = rooted(root, "film.mp4")
    with MediaFile(film) as file:
        (root / "out.mp4").replace(root / "film.mp4")
        film.refuse_outside(file._descriptor)  # opened before, and in the root
    with pytest.raises(FileUnreadableError, match="out of its root"), MediaFile(film):
        pass
