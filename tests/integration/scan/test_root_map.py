"""A root may have another place on each machine; its videos are the same."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips
from tests.integration.render.render_harness import job_until
from tests.postgresql import with_usual_library

from stoat_ferret.bootstrap import open_services
from stoat_ferret.config import load_settings
from stoat_ferret.errors import ConfigurationError
from stoat_ferret.library.duplicates import DuplicateRepository
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.root_map import AS_RECORDED

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from stoat_ferret.bootstrap import Services


@asynccontextmanager
async def machine(tmp_path: Path, **settings: Any) -> AsyncIterator[Services]:
    """Open services over the same library as all others."""
    (tmp_path / "data").mkdir(exist_ok=True)
    given = load_settings(
        data_dir=tmp_path / "data",
        prober="ffprobe",
        thumbnails=False,
        watch="off",
        shutdown_grace_seconds=0,
        **settings,
    )
    async with open_services(with_usual_library(given)) as services:
        yield services


async def scan(services: Services, path: Path) -> dict[str, Any]:
    job = await services.submit_scan(str(path))
    ended = await job_until(services, job.id, lambda one: one.status.is_final)
    assert ended.result, ended.error
    return ended.result


async def videos(services: Services) -> dict[str, tuple[str, str]]:
    """Return the id and the folder of the root of each video, by its path."""
    page = await services.videos.find(VideoQuery())
    return {video.path: (video.id, video.root.path) for video in page.items}


async def test_the_videos_of_a_root_that_is_elsewhere_now_are_the_same(tmp_path: Path) -> None:
    before, now, other = (tmp_path / name for name in ("films", "mnt-a", "other"))
    for folder in (before, other):
        folder.mkdir()
    clips = small_clips(before, 2)
    (before / "a copy.mp4").write_bytes(clips[0].read_bytes())
    async with machine(tmp_path, roots=(before,)) as services:
        assert (await scan(services, before))["added"] == 3
        first = await videos(services)
    before.rename(now)
    async with machine(tmp_path, root_map={"films": now}, roots=(other,)) as services:
        assert [root.path for root in services.roots] == [str(other), str(now)]
        assert [root.name for root in services.roots] == ["other", "films"]
        assert {path: (one, str(now)) for path, (one, _) in first.items()} == await videos(services)
        result = await scan(services, now)
        assert (result["unchanged"], result["missing"], result["moved"]) == (3, 0, 0)
        # Whether a file of another root is gone is seen where that root is now.
        name = max(first)
        (now / name).rename(other / name)
        result = await scan(services, other)
        assert (result["added"], result["moved"]) == (0, 1)
        assert (await videos(services))[name] == (first[name][0], str(other))
        detail = await services.videos.get(first[min(first)][0])
        assert detail.root.path == str(now)
        (group,) = (await DuplicateRepository(services.database).find()).items
        assert {copy.video.root.path for copy in group.listed} == {str(now)}


async def test_a_place_that_the_library_knows_under_another_name_is_refused(
    tmp_path: Path,
) -> None:
    films = tmp_path / "films"
    films.mkdir()
    async with machine(tmp_path, roots=(films,)):
        pass
    with pytest.raises(ConfigurationError, match=r"but the library knows it as films\. Use that"):
        async with machine(tmp_path, root_map={"movies": films}):
            raise AssertionError("it was opened")


async def test_the_recorded_place_of_a_root_that_is_elsewhere_is_refused_as_another_root(
    tmp_path: Path,
) -> None:
    films, elsewhere = tmp_path / "films", tmp_path / "mnt-a"
    films.mkdir()
    elsewhere.mkdir()
    async with machine(tmp_path, roots=(films,)):
        pass
    with pytest.raises(ConfigurationError, match="has its folder films, for which STOAT_ROOT_MAP"):
        async with machine(tmp_path, root_map={"films": elsewhere}, roots=(films,)):
            raise AssertionError("it was opened")


async def test_a_new_root_has_the_name_of_the_map(tmp_path: Path) -> None:
    place = tmp_path / "disk-1"
    place.mkdir()
    async with machine(tmp_path, root_map={"films": place}) as services:
        assert [(root.name, root.path) for root in services.roots] == [("films", str(place))]
    assert AS_RECORDED.path_of("films", b"/srv/films") == "/srv/films"
