"""Facet counts agree with the lists that the facets filter for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.integration.library.rows import save, video
from tests.integration.library.scans import bad, open_inventory

from stoat_ferret.library.annotations import VideoEdit
from stoat_ferret.library.bulk_edits import BulkChange, BulkEdits
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.video import FoundFile, HeightClass, VideoStatus
from stoat_ferret.library.watching import Watching, WatchReport
from stoat_ferret.media.media_info import AudioStream, HdrKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from stoat_ferret.database import Database
    from stoat_ferret.library.facets import FacetCount


def counts(facet: Sequence[FacetCount]) -> dict[str | None, int]:
    return {one.value: one.count for one in facet}


def known_values(facet: Sequence[FacetCount]) -> list[tuple[str, int]]:
    return [(one.value, one.count) for one in facet if one.value is not None]


async def test_folders_are_those_directly_below(database: Database) -> None:
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    names = ["top.mp4", "a/1.mp4", "a/b/2.mp4", "a/b/c/3.mp4", "a.b/4.mp4", "A/5.mp4", "a/%/6.mp4"]
    await save(database, root, *map(video, names))
    assert counts((await videos.count_facets(VideoQuery())).folders) == {"a": 4, "A": 1, "a.b": 1}
    below = await videos.count_facets(VideoQuery(folder="a/"))
    assert counts(below.folders) == {"a/b": 2, "a/%": 1}
    assert [one.value for one in below.folders] == ["a/b", "a/%"]
    assert counts((await videos.count_facets(VideoQuery(folder="a/b/c"))).folders) == {}


async def test_sizes_have_the_names_that_people_use(database: Database) -> None:
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    sizes = {
        (3840, 2160): "2160p",
        (4096, 1716): "2160p",
        (2160, 3840): "2160p",
        (2560, 1440): "1440p",
        (1920, 1080): "1080p",
        (1920, 800): "1080p",
        (1080, 1920): "1080p",
        (1440, 1080): "1080p",
        (1280, 720): "720p",
        (720, 576): "480p",
        (640, 480): "480p",
        (320, 240): "lower",
    }
    files = [video(f"{w}x{h}.mp4", width=w, height=h) for w, h in sizes]
    await save(database, root, *files)
    for wanted in HeightClass:
        found = (await videos.find(VideoQuery(height_class=frozenset({wanted})))).items
        assert {item.path for item in found} == {
            f"{w}x{h}.mp4" for (w, h), name in sizes.items() if name == wanted
        }


some_video = st.builds(
    video,
    st.sampled_from(["a/1.mp4", "a/2.mp4", "a/b/3.mp4", "c/4.mp4", "5.mp4", "c/sea.mp4"]),
    codec=st.sampled_from(["h264", "av1"]),
    height=st.sampled_from([480, 1080]),
    width=st.sampled_from([480, 1920]),
    audio=st.sampled_from(
        [(), (AudioStream(index=1, codec="aac", channels=2, sample_rate=48000),)]
    ),
    tags=st.sampled_from([{}, *({"creation_time": f"202{n}-01-01T00:00:00Z"} for n in (3, 4))]),
    hdr=st.sampled_from([None, HdrKind.HLG]),
)
queries = st.builds(
    lambda one, other, **others: VideoQuery(**one, **{**other, **others}),
    st.sampled_from([{}, *({"codec": codecs} for codecs in (["h264"], ["h264", "av1"]))]),
    st.sampled_from(
        [
            {},
            {"folder": "a"},
            {"folder": "c"},
            {"folder": "a", "subfolders": False},
            {"subfolders": False},
            {"not_codec": ["av1"]},
            {"height_class": ["1080p"]},
            {"orientation": ["portrait"]},
            {"tags": ["sea"]},
            {"not_tags": ["sea"]},
            {"has_tags": True},
            {"has_tags": False},
            {"has_rating": False},
            {"watched": "yes"},
            {"watched": "no"},
            {"has_sound": True},
            {"has_sound": False},
            {"added_from": "2024-01-01"},
            {"taken_from": "2024-01-01"},
            {"taken_before": "2024-01-01"},
        ]
    ),
    q=st.sampled_from(["", "", "mp4", "4", "sea", "a mp4", "nothing"]),
    status=st.sets(st.sampled_from(VideoStatus), min_size=1).map(frozenset),
)


async def test_values_that_can_be_added_are_counted_beside_those_that_are_chosen(
    database: Database,
) -> None:
    videos = VideoRepository(database)
    (root,) = await videos.ensure_roots(["/one"])
    await save(
        database,
        root,
        video("1.mp4", codec="av1", width=1920, height=1080),
        video("2.mp4", codec="h264", width=1080, height=1920),
        video("3.mp4", codec="h264", width=640, height=480),
    )
    for word in ("", "mp4"):
        facets = await videos.count_facets(
            VideoQuery(q=word, codec=["av1"], height_class=["1080p"])
        )
        assert counts(facets.codecs) == {"av1": 1, "h264": 1}
        assert counts(facets.heights) == {"1080p": 1}
        assert counts(facets.orientations) == {"landscape": 1}
        facets = await videos.count_facets(VideoQuery(q=word, orientation=["portrait", "square"]))
        assert counts(facets.orientations) == {"landscape": 2, "portrait": 1}
        assert counts(facets.codecs) == {"h264": 1}


@settings(
    max_examples=examples(12),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    files=st.lists(some_video, max_size=6, unique_by=lambda file: file.file.path),
    gone=st.sets(st.integers(0, 5)),
    tagged=st.sets(st.integers(0, 5)),
    query=queries,
)
async def test_each_count_is_that_of_the_list_with_that_filter(
    files: list[object],
    gone: set[int],
    tagged: set[int],
    query: VideoQuery,
    new_library: Callable[[], AbstractAsyncContextManager[Database]],
) -> None:
    async with new_library() as database:
        videos = VideoRepository(database)
        (root,) = await videos.ensure_roots(["/one"])
        await save(database, root, *files, bad(FoundFile("bad sea.mp4", 1, 1)))  # type: ignore[arg-type]  # scanned files
        known = (await videos.find(VideoQuery(limit=500))).items
        ids = [item.id for place, item in enumerate(known) if place in tagged]
        await BulkEdits(database).edit_at_once(ids, BulkChange(VideoEdit(add_tags=["sea"])))
        for video_id in ids:
            await Watching(database).report(video_id, WatchReport(watched=True))
        async with open_inventory(database, root) as inventory:
            left = [item for place, item in enumerate(known) if place not in gone]
            here = [FoundFile(item.path, 1, 1) for item in left]
            await inventory.add([*here, FoundFile("bad sea.mp4", 1, 1)])
            await inventory.compare()
            await inventory.mark_missing()
        facets = await videos.count_facets(query)

        async def total(**changes: object) -> int:
            return (await videos.find(query.model_copy(update=changes))).total

        for status in VideoStatus:
            expected = await total(status=frozenset({status}))
            assert counts(facets.statuses).get(status, 0) == expected
        singles = ((facets.hdr, "hdr"), (facets.roots, "root"))
        for facet, name in singles:
            assert sum(counts(facet).values()) == await total()
            for value, count in known_values(facet):
                assert count == await total(**{name: value})
        several = (
            (facets.codecs, "codec"),
            (facets.heights, "height_class"),
            (facets.orientations, "orientation"),
        )
        for facet, name in several:
            assert sum(counts(facet).values()) == await total(**{name: frozenset()})
            for value, count in known_values(facet):
                assert count == await total(**{name: frozenset({value})})
        for one in facets.folders:
            assert one.count == await total(folder=one.value)
        for one in facets.tags:
            assert one.count == await total(tags=query.tags | {str(one.value)})
