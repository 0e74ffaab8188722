"""Each filter finds one video of a library and not the others, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.filters import EXAMPLES, SORTS
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad

from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.collection_entries import CollectionEntries
from stoat_ferret.library.collections import CollectionRepository
from stoat_ferret.library.query import VideoQuery, VideoSort
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import collections, videos
from stoat_ferret.library.video import FoundFile, Orientation
from stoat_ferret.library.watching import Watching, WatchReport
from stoat_ferret.media.media_info import AudioStream, HdrKind

if TYPE_CHECKING:
    from stoat_ferret.database import Database

SOUND = (AudioStream(index=1, codec="aac", channels=2, sample_rate=48000),)
SEA: dict[str, Any] = {
    "codec": "av1",
    "hdr": HdrKind.HLG,
    "width": 1280,
    "height": 720,
    "duration_seconds": 60.0,
    "audio": SOUND,
    "tags": {"creation_time": "2023-01-31T23:59:59Z"},
}
HILL: dict[str, Any] = {
    "codec": "h264",
    "width": 1920,
    "height": 1080,
    "duration_seconds": 10.0,
    "audio": SOUND,
    "tags": {"creation_time": "2023-03-01T00:00:00Z"},
}
MOOR: dict[str, Any] = {"codec": "h264", "width": 300, "height": 400, "duration_seconds": 20.0}
"""It is in no folder and has no sound, no recording time, no tags and no rating."""
ANNOTATIONS = {
    "sea": VideoEdit(rating=5, favourite=True, tags=("sea", "wet")),
    "hill": VideoEdit(rating=2, tags=("hill", "wet")),
}
ADDED = {"sea": (5, 1), "hill": (6, 1), "moor": (7, 1)}
"""Months and days of 2024."""


@pytest.fixture(scope="module")
async def repository(database_of_module: Database) -> VideoRepository:
    """Return a library of three videos and a bad file, which no test changes."""
    database = database_of_module
    repository = VideoRepository(database)
    one, two = await repository.ensure_roots(["/one", "/two"])
    await save(database, one, video("a/sea.mp4", **SEA), bad(FoundFile("a/broken.mp4", 1, 1)))
    await save(database, two, video("b/hill.mp4", **HILL), video("moor.mp4", **MOOR))
    for item in (await repository.find(VideoQuery())).items:
        name = PurePosixPath(item.path).stem
        if name in ANNOTATIONS:
            await Annotations(database).edit(item.id, ANNOTATIONS[name], revisions=None)
        if name == "sea":
            await Watching(database).report(item.id, WatchReport(watched=True))
        added_at = datetime(2024, *ADDED[name], 10, tzinfo=UTC)
        if name == "sea":
            entries = CollectionEntries(database)
            await entries.add((await CollectionRepository(database).add("Sea")).id, [item.id])
        async with database.write() as connection:
            # The id of the example.
            known = sa.update(collections).values(id=EXAMPLES["collection"][0])
            await connection.execute(known)
            one_row = sa.update(videos).where(videos.c.id == item.id)
            await connection.execute(one_row.values(added_at=added_at))
    return repository


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("sort", SORTS)
async def test_a_filter_finds_the_video_that_it_should_and_no_other(
    repository: VideoRepository, name: str, sort: VideoSort
) -> None:
    value, expected = EXAMPLES[name]
    assert await found(repository, {name: value, "sort": sort}) == [expected]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"has_tags": True}, ["hill", "sea"]),
        ({"has_rating": True}, ["hill", "sea"]),
        ({"favourite": False}, ["hill", "moor"]),
        ({"has_sound": True}, ["hill", "sea"]),
        # What is absent is counted by what is there.
        ({"has_tags": True, "has_rating": False}, []),
        ({"has_tags": False, "has_rating": False, "has_sound": False}, ["moor"]),
        ({"has_rating": False, "codec": ["h264"]}, ["moor"]),
        ({"has_sound": True, "has_tags": False}, []),
        ({"has_sound": True, "folder": "a"}, ["sea"]),
        ({"not_tags": ["sea"]}, ["hill", "moor"]),
        ({"not_tags": ["sea"], "has_tags": True}, ["hill"]),
        ({"not_tags": ["sea"], "tags": ["wet"]}, ["hill"]),
        ({"not_tags": ["sea"], "has_sound": True}, ["hill"]),
        ({"not_tags": ["sea"], "codec": ["h264"], "status": ["ok", "bad"]}, ["hill", "moor"]),
        ({"watched": "no"}, ["hill", "moor"]),
        ({"watched": "started"}, []),
        ({"watched": "no", "has_tags": True}, ["hill"]),
        ({"folder": "a", "subfolders": False, "watched": "yes"}, ["sea"]),
        ({"codec": ["av1", "h264"], "not_codec": ["av1"]}, ["hill", "moor"]),
        ({"orientation": ["landscape"]}, ["hill", "sea"]),
        ({"taken_from": "0001-01-01"}, ["hill", "sea"]),
        ({"taken_before": "9999-12-31"}, ["hill", "sea"]),
        ({"added_from": "2024-05-01", "added_before": "2024-06-02"}, ["hill", "sea"]),
        ({"added_from": "2024-06-01T10:00:00Z", "added_before": "2024-07-01T10:00:00Z"}, ["hill"]),
        ({"added_from": "2024-06-01", "codec": "h264", "has_sound": False, "q": "m"}, ["moor"]),
        ({"status": ["bad"], "has_sound": False}, ["broken"]),
        ({"status": ["bad"], "not_codec": ["h264"]}, ["broken"]),
        ({"status": ["bad"], "orientation": list(Orientation)}, []),
    ],
    ids=str,
)
async def test_filters_together_find_what_passes_all_of_them(
    repository: VideoRepository, given: dict[str, Any], expected: list[str]
) -> None:
    assert await found(repository, given) == expected


async def found(repository: VideoRepository, given: dict[str, Any]) -> list[str]:
    """Return the names of the videos that a filter finds, which are also those that it counts."""
    page = await repository.find(VideoQuery(**given))
    assert page.total == len(page.items)
    return [PurePosixPath(item.path).stem for item in page.items]
