"""Markers keep their times and words, find their videos, and return with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.library.rows import save, video
from tests.integration.library.scans import ids

from stoat_ferret.errors import (
    MarkerChangedError,
    MarkerNotFoundError,
    MarkerOutsideVideoError,
    TooManyMarkersError,
    VideoNotFoundError,
)
from stoat_ferret.library import markers as markers_module
from stoat_ferret.library.annotations import Annotations, VideoEdit
from stoat_ferret.library.bulk_edits import FORGETTING, BulkEdits
from stoat_ferret.library.markers import MarkerRepository, MarkerValues
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.undo import UndoLog

if TYPE_CHECKING:
    from stoat_ferret.database import Database

JUMP = MarkerValues(12.5, 20.0, "Der Sprung übers Wasser", ("Été", "sea"))


@pytest.fixture
def markers(database: Database) -> MarkerRepository:
    """Return the markers of an empty library."""
    return MarkerRepository(database)


@pytest.fixture
async def known(database: Database) -> dict[str, str]:
    """Add two videos; return their ids by path."""
    (root,) = await VideoRepository(database).ensure_roots(["/one"])
    files = (video(path, duration_seconds=60.0) for path in ("a.mp4", "b.mp4"))
    await save(database, root, *files)
    return dict(await ids(database))


async def found(database: Database, q: str) -> list[str]:
    page = await VideoRepository(database).find(VideoQuery(q=q))
    return [item.path for item in page.items]


async def test_markers_are_listed_by_time_and_changed(
    markers: MarkerRepository, known: dict[str, str]
) -> None:
    late = await markers.add(known["a.mp4"], JUMP)
    early = await markers.add(known["a.mp4"], MarkerValues(1.0))
    assert await markers.of_video(known["a.mp4"]) == [early, late]
    assert await markers.of_video(known["b.mp4"]) == []
    changed = await markers.change(late.id, MarkerValues(0.5, title="Start"), revisions={1})
    assert await markers.of_video(known["a.mp4"]) == [changed, early]
    with pytest.raises(MarkerChangedError):
        await markers.change(late.id, JUMP, revisions={1})
    assert (await markers.get(late.id)).values.title == "Start"
    with pytest.raises(MarkerNotFoundError):
        await markers.get("x")
    with pytest.raises(VideoNotFoundError):
        await markers.add("x", JUMP)


async def test_times_after_the_end_of_the_video_are_refused(
    markers: MarkerRepository, known: dict[str, str]
) -> None:
    mine = known["a.mp4"]
    for wrong in (MarkerValues(60.6), MarkerValues(1.0, 61.0)):
        with pytest.raises(MarkerOutsideVideoError, match="which lasts 60 s"):
            await markers.add(mine, wrong)
    kept = await markers.add(mine, MarkerValues(60.0, 60.4))
    with pytest.raises(MarkerOutsideVideoError):
        await markers.change(kept.id, MarkerValues(70.0), revisions=None)
    assert await markers.of_video(mine) == [kept]


async def test_their_words_find_the_video_and_the_marker(
    database: Database, markers: MarkerRepository, known: dict[str, str]
) -> None:
    marker = await markers.add(known["b.mp4"], JUMP)
    for q in ("sprung", "ubers wasser", "ete", '"sprung übers"'):
        assert await found(database, q) == ["b.mp4"], q
        assert [one.marker for one in await markers.search(q, limit=5)] == [marker], q
    assert await markers.search("sprung -wasser", limit=5) == []
    assert await markers.search("-wasser", limit=5) == []
    assert await markers.search("100%", limit=5) == []
    edit = VideoEdit(title="Swim", tags=("lake",))
    await Annotations(database).edit(known["b.mp4"], edit, revisions=None)
    assert await found(database, "swim lake sprung") == ["b.mp4"]
    await markers.change(marker.id, MarkerValues(0.0, title="Anderes"), revisions=None)
    assert await found(database, "sprung") == []
    assert await found(database, "swim anderes") == ["b.mp4"]


async def test_a_deleted_marker_returns(
    database: Database, markers: MarkerRepository, known: dict[str, str]
) -> None:
    marker = await markers.add(known["a.mp4"], JUMP)
    token = await markers.delete(marker.id)
    assert await markers.of_video(known["a.mp4"]) == []
    assert await found(database, "sprung") == []
    assert (await UndoLog(database).undo_at_once(token)).restored == 1
    assert await markers.of_video(known["a.mp4"]) == [marker]
    assert await found(database, "sprung") == ["a.mp4"]


async def test_markers_return_with_a_removed_video(
    database: Database, markers: MarkerRepository, known: dict[str, str]
) -> None:
    marker = await markers.add(known["a.mp4"], JUMP)
    edited = await BulkEdits(database).edit_at_once([known["a.mp4"]], FORGETTING)
    with pytest.raises(MarkerNotFoundError):
        await markers.get(marker.id)
    await UndoLog(database).undo_at_once(edited.undo)
    assert await markers.of_video(known["a.mp4"]) == [marker]
    assert await found(database, "sprung") == ["a.mp4"]


async def test_their_number_is_bounded(
    markers: MarkerRepository, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markers_module, "MAX_MARKERS", 1)
    await markers.add(known["a.mp4"], JUMP)
    with pytest.raises(TooManyMarkersError):
        await markers.add(known["a.mp4"], JUMP)
