"""Each filter finds one video of a library and not the others, on a real database."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from tests.filters import EXAMPLES
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad

from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile
from stoat_ferret.library.watching import Watching, WatchReport
from stoat_ferret.media.media_info import HdrKind

if TYPE_CHECKING:
    from stoat_ferret.database import Database

SEA: dict[str, Any] = {
    "codec": "av1",
    "hdr": HdrKind.HLG,
    "width": 1280,
    "height": 720,
    "duration_seconds": 60.0,
}
TOP: dict[str, Any] = {"codec": "vp9", "width": 640, "height": 480, "duration_seconds": 30.0}
HILL: dict[str, Any] = {"codec": "h264", "width": 1920, "height": 1080, "duration_seconds": 10.0}


@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_filter_finds_the_video_that_it_should_and_no_other(
    database: Database, name: str
) -> None:
    repository = VideoRepository(database)
    one, two = await repository.ensure_roots(["/one", "/two"])
    await save(database, one, video("a/sea.mp4", **SEA), bad(FoundFile("a/broken.mp4", 1, 1)))
    await save(database, two, video("b/hill.mp4", **HILL), video("top.mp4", **TOP))
    for item in (await repository.find(VideoQuery())).items:
        is_sea = item.path == "a/sea.mp4"
        edit = VideoEdit(rating=5 if is_sea else 2, tags=("sea" if is_sea else "hill",))
        await Annotations(database).edit(item.id, edit, revisions=None)
        if is_sea:
            await Watching(database).report(item.id, WatchReport(watched=True))
    value, expected = EXAMPLES[name]
    assert await found(repository, {name: value}) == [expected]


async def found(repository: VideoRepository, given: dict[str, Any]) -> list[str]:
    """Return the names of the videos that a filter finds, which are also those that it counts."""
    page = await repository.find(VideoQuery(**given))
    assert page.total == len(page.items)
    return [PurePosixPath(item.path).stem for item in page.items]
