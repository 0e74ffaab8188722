"""The JSON of a page of videos, which is made without its schema."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.api.schemas.videos import VideoPage, VideoResponse, page_json
from stoat_ferret.library.query import VideoPage as FoundPage
from stoat_ferret.library.video import Root, Video, VideoStatus
from stoat_ferret.media.media_info import HdrKind

# As the file system gives names: bytes that are not UTF-8 have become surrogates.
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"])) | st.binary(
    min_size=1, max_size=9
).map(lambda name: name.replace(b"/", b".").replace(b"\0", b".").decode(errors="surrogateescape"))
TEXTS = st.none() | NAMES
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001  bounds
SIZES = st.integers(0, 2**63 - 1)
SIDES = st.none() | st.integers(1, 10_000)


def videos() -> st.SearchStrategy[Video]:
    values: dict[str, Any] = {
        "root": st.builds(Root, st.just(1), NAMES, st.just("/videos")),
        "id": st.uuids().map(str),
        "path": st.lists(NAMES.filter(bool), min_size=1, max_size=3).map("/".join),
        "title": TEXTS,
        "status": st.sampled_from(VideoStatus),
        "reason": TEXTS,
        "read_error": TEXTS,
        "size_bytes": SIZES,
        "mtime_ns": st.integers(-(2**63), 2**63 - 1),
        "added_at": MOMENTS,
        "taken_at": st.none() | MOMENTS,
        "missing_since": st.none() | MOMENTS,
        "read_failed_at": st.none() | MOMENTS,
        "position_seconds": st.floats(min_value=0, allow_infinity=False),
        "watched": st.booleans(),
        "watched_at": st.none() | MOMENTS,
        "fingerprint": st.none() | st.just("734003200-1f0c7a1c9f2b4b7c"),
        "duration_seconds": st.none() | st.floats(0, allow_infinity=False),
        "width": SIDES,
        "height": SIDES,
        "rotation": st.none() | st.just(90),
        "frame_rate": st.none() | st.just("30000/1001"),
        "video_codec": st.none() | st.just("h264"),
        "audio_codec": st.none() | st.just("aac"),
        "bit_rate": st.none() | SIZES,
        "container": st.none() | st.just("mov,mp4,m4a,3gp,3g2,mj2"),
        "hdr": st.none() | st.sampled_from([kind.value for kind in HdrKind]),
        "thumbnail_version": st.integers(-1, 3),
        "storyboard_version": st.integers(-1, 3),
        "rating": st.none() | st.integers(1, 5),
        "favourite": st.booleans(),
        "tags": st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3).map(tuple),
    }
    return st.builds(Video, **values)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(videos(), max_size=1),
    st.none() | st.just("a-cursor"),
    st.integers(0, 1_000_000),
)
def test_a_page_is_what_its_schema_would_make_of_it(
    found: list[Video], cursor: str | None, total: int
) -> None:
    page = VideoPage(
        items=[VideoResponse.from_video(video) for video in found],
        next_cursor=cursor,
        total=total,
    )
    assert page_json(FoundPage(found, cursor, total)).decode() == page.model_dump_json()
