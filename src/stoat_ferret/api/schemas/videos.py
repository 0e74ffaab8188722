"""Schemas of videos, their playability and their facets."""

import posixpath
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.pictures import storyboard_url, thumbnail_url
from stoat_ferret.api.schemas.text import Display, DisplayJson
from stoat_ferret.library.facets import MAX_VALUES, FacetCount, Facets
from stoat_ferret.library.months import MAX_MONTHS
from stoat_ferret.library.query import VideoPage as FoundPage
from stoat_ferret.library.video import Recipe, Video, VideoDetails, VideoStatus, is_mtime_clamped
from stoat_ferret.media.media_info import HdrKind, MediaInfo
from stoat_ferret.media.playability import playability
from stoat_ferret.text import for_display


class VideoIndexResponse(BaseModel):
    """The place of a video in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"index": 341_000}]})

    index: int | None = Field(
        description="The number of videos before it; null if it is not in the list."
    )


class FacetCountResponse(BaseModel):
    """A value, and the number of videos with it."""

    value: Display | None = Field(description="The value to filter by; null: unknown or none.")
    count: int


class FacetsResponse(BaseModel):
    """The number of videos of each kind in a list with the same filters, the largest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": [{"value": "ok", "count": 120}, {"value": "missing", "count": 3}],
                    "root": [{"value": "Videos", "count": 120}],
                    "folder": [{"value": "holidays/2025", "count": 80}],
                    "codec": [{"value": "h264", "count": 100}, {"value": "hevc", "count": 20}],
                    "height_class": [{"value": "1080p", "count": 120}],
                    "orientation": [{"value": "landscape", "count": 120}],
                    "hdr": [{"value": None, "count": 118}, {"value": "HLG", "count": 2}],
                    "tag": [{"value": "sea", "count": 12}],
                }
            ]
        }
    )

    status: list[FacetCountResponse] = Field(
        description="The number for each status, whichever one is selected."
    )
    root: list[FacetCountResponse]
    folder: list[FacetCountResponse] = Field(
        description="The direct subfolders, each including all below it; "
        f"at most {MAX_VALUES}, as of all others."
    )
    codec: list[FacetCountResponse] = Field(
        description="The number for each codec, whichever ones are selected; "
        "so for `height_class` and `orientation`."
    )
    height_class: list[FacetCountResponse]
    orientation: list[FacetCountResponse]
    hdr: list[FacetCountResponse]
    tag: list[FacetCountResponse]

    @classmethod
    def from_facets(cls, facets: Facets) -> Self:
        """Return the schema for `facets`, whose fields are named after the filters."""
        return cls(
            status=_counts(facets.statuses),
            root=_counts(facets.roots),
            folder=_counts(facets.folders),
            codec=_counts(facets.codecs),
            height_class=_counts(facets.heights),
            orientation=_counts(facets.orientations),
            hdr=_counts(facets.hdr),
            tag=_counts(facets.tags),
        )


def _counts(counts: Sequence[FacetCount]) -> list[FacetCountResponse]:
    return [FacetCountResponse(value=one.value, count=one.count) for one in counts]


class MonthCountResponse(BaseModel):
    """A month, and the number of videos of it."""

    model_config = ConfigDict(from_attributes=True)

    month: str | None = Field(description="The month in UTC as in 2024-05; null: unknown.")
    count: int


class MonthsResponse(BaseModel):
    """The number of videos of each month, in the order of the list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"items": [{"month": "2024-05", "count": 12}, {"month": None, "count": 3}]}
            ]
        }
    )

    items: list[MonthCountResponse] = Field(
        description=f"The first {MAX_MONTHS} months; the videos before one are those of all others "
        "before it."
    )


class PlayableResponse(BaseModel):
    """The support by browsers, as far as known without asking the browser."""

    model_config = ConfigDict(from_attributes=True)

    as_is: bool | None = Field(
        description="True: every current browser plays it; false: none does; null: ask the browser."
    )
    mime_type: str | None = Field(
        description="The type for `canPlayType`; null: unknown.",
        examples=['video/mp4; codecs="avc1.640028, mp4a.40.2"'],
    )
    reason: str | None = Field(description="The reason, or a note about it; a sentence.")

    @classmethod
    def of(cls, info: MediaInfo) -> Self:
        """Return the schema for a file with these facts."""
        return cls.model_validate(playability(info))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

VIDEO_EXAMPLE: dict[str, Any] = {
    "id": "0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80",
    "root": "Videos",
    "path": "holidays/beach.mp4",
    "folder": "holidays",
    "name": "beach.mp4",
    "title": "At the beach",
    "status": "ok",
    "reason": None,
    "read_error": None,
    "read_failed_at": None,
    "size_bytes": 734003200,
    "modified_at": "2025-08-02T17:12:09.120000Z",
    "modified_at_clamped": False,
    "added_at": "2026-01-31T12:00:01Z",
    "taken_at": "2025-08-02T16:40:00Z",
    "missing_since": None,
    "fingerprint": "734003200-1f0c7a1c9f2b4b7c8a6f5d1e3c2b1a09",
    "duration_seconds": 1834.2,
    "width": 1920,
    "height": 1080,
    "rotation": 0,
    "video_codec": "h264",
    "audio_codec": "aac",
    "frame_rate": "30000/1001",
    "bit_rate": 3201000,
    "container": "mov,mp4,m4a,3gp,3g2,mj2",
    "hdr": None,
    "tags": ["family", "sea"],
    "rating": 4,
    "favourite": True,
    "position_seconds": 612.5,
    "watched": False,
    "watched_at": "2026-02-01T20:15:00Z",
    "thumbnail_url": "/api/v1/videos/0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80/thumbnail"
    "?v=3f1c7a1c9f2b4b7c-1",
    "storyboard_url": None,
    "stream_url": "/api/v1/videos/0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80/stream",
}


class VideoResponse(BaseModel):
    """A video in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [VIDEO_EXAMPLE]})

    id: str
    root: Display = Field(description="The name of its root.")
    path: Display = Field(description="Its path, relative to the root.")
    folder: Display = Field(description="Its folder, relative to the root; empty for the root.")
    name: Display = Field(description="The file name.")
    title: Display | None = Field(
        description="The title that people gave it, else the one in the file."
    )
    status: VideoStatus
    reason: Display | None = Field(description="Why it is bad or skipped.")
    read_error: Display | None = Field(
        description="Why the latest scan could not read it: its disk failed. Its details "
        "are older, and every scan tries again. Null: it was read."
    )
    read_failed_at: datetime | None = Field(description="When that scan tried to read it.")
    size_bytes: int
    modified_at: datetime
    modified_at_clamped: bool = Field(
        description="Whether the file's time is before 1677 or after 2262; "
        "`modified_at` is then the nearest time that can be stored."
    )
    added_at: datetime
    taken_at: datetime | None = Field(description="When the camera took it.")
    missing_since: datetime | None
    fingerprint: str | None = Field(
        description="Equal for files of the same size with the same first and last 64 KiB."
    )
    duration_seconds: float | None
    width: int | None = Field(description="As displayed.")
    height: int | None = Field(description="As displayed.")
    rotation: int | None = Field(description="Clockwise, in degrees.")
    video_codec: str | None
    audio_codec: str | None
    frame_rate: str | None = Field(description="The exact frame rate.")
    bit_rate: int | None = Field(description="Bits a second.")
    container: str | None
    hdr: HdrKind | None
    tags: Sequence[str] = Field(description="Its tags.")
    rating: int | None = Field(description="Its rating, from 1 to 5.")
    favourite: bool = Field(description="True if it is a favourite.")
    position_seconds: float = Field(description="Where to resume it; 0 for the start.")
    watched: bool = Field(description="Whether somebody has watched it to its end, or said so.")
    watched_at: datetime | None = Field(
        description="When it was last watched, even in part, or marked; null: never."
    )
    thumbnail_url: str | None = Field(
        description="Its thumbnail; add `&width=640` for a larger one."
    )
    storyboard_url: str | None = Field(description="Its storyboard, in WebVTT; null: not made yet.")
    stream_url: str | None = Field(
        description="The original file, for a player; null if it is missing."
    )

    @classmethod
    def from_video(cls, video: Video) -> Self:
        """Return the schema for `video`."""
        return cls(**_fields(video))


class DuplicateResponse(BaseModel):
    """Another file with the same content."""

    id: str
    root: Display
    path: Display


class RecipeResponse(BaseModel):
    """The recipe of a file; `request` can be sent to `POST /renders` again."""

    job_id: str = Field(description="The job that made it, which may have been forgotten.")
    request: DisplayJson
    made_at: datetime

    @classmethod
    def from_recipe(cls, recipe: Recipe) -> Self:
        """Return the schema for `recipe`."""
        return cls(job_id=recipe.job_id, request=recipe.request, made_at=recipe.made_at)


class VideoDetailResponse(VideoResponse):
    """All details of a video."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **VIDEO_EXAMPLE,
                    "media_info": {
                        "container": "mov,mp4,m4a,3gp,3g2,mj2",
                        "duration_seconds": 1834.2,
                        "bit_rate": 3201000,
                        "size_bytes": 734003200,
                        "chapters": [],
                        "tags": {"title": "At the beach"},
                        "video": [],
                        "audio": [],
                        "subtitles": [],
                    },
                    "duplicates": [],
                    "notes": None,
                    "playable": {
                        "as_is": True,
                        "mime_type": 'video/mp4; codecs="avc1.640028, mp4a.40.2"',
                        "reason": None,
                    },
                    "recipe": None,
                }
            ]
        }
    )

    media_info: MediaInfo | None = Field(description="The facts about its content.")
    duplicates: list[DuplicateResponse] = Field(
        description="Other files with the same content; at most 100."
    )
    notes: str | None = Field(description="Its notes.")
    playable: PlayableResponse | None = Field(
        description="Whether a browser can play it as it is; null: unknown."
    )
    recipe: RecipeResponse | None = Field(
        description="How this program rendered it; null for other files."
    )

    @classmethod
    def from_video_and(cls, video: VideoDetails, duplicates: Sequence[Video]) -> Self:
        """Return the schema for `video` with all details."""
        return cls(
            **_fields(video),
            media_info=video.media_info,
            duplicates=[
                DuplicateResponse(id=other.id, root=other.root.name, path=other.path)
                for other in duplicates
            ],
            notes=video.notes,
            playable=video.media_info and PlayableResponse.of(video.media_info),
            recipe=video.recipe and RecipeResponse.from_recipe(video.recipe),
        )


class VideoPage(Page[VideoResponse]):
    """A page of a list of videos."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"items": [VIDEO_EXAMPLE], "next_cursor": None, "total": 1}]
        }
    )


def page_json(page: FoundPage) -> bytes:
    """Return the JSON of the `VideoPage` for `page`.

    It is made without the schema, whose validation takes longer than all the rest: the values are
    our own. A test compares both.
    """
    items = [_fields(video) for video in page.items]
    found = {"items": items, "next_cursor": page.next_cursor, "total": page.total}
    return to_json(found, inf_nan_mode="null")


def _fields(video: Video) -> dict[str, Any]:
    """Return the fields of `VideoResponse` in their order, as it would validate them."""
    is_missing = video.status is VideoStatus.MISSING
    path = for_display(video.path)
    folder, name = posixpath.split(path)
    return {
        "id": video.id,
        "root": for_display(video.root.name),
        "path": path,
        "folder": folder,
        "name": name,
        "title": video.title and for_display(video.title),
        "status": video.status,
        "reason": video.reason and for_display(video.reason),
        "read_error": video.read_error and for_display(video.read_error),
        "read_failed_at": video.read_failed_at,
        "size_bytes": video.size_bytes,
        # Not fromtimestamp: a file may have any time, and a float is not exact.
        "modified_at": _EPOCH + timedelta(microseconds=video.mtime_ns // 1000),
        "modified_at_clamped": is_mtime_clamped(video.mtime_ns),
        "added_at": video.added_at,
        "taken_at": video.taken_at,
        "missing_since": video.missing_since,
        "fingerprint": video.fingerprint,
        "duration_seconds": video.duration_seconds,
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "video_codec": video.video_codec,
        "audio_codec": video.audio_codec,
        "frame_rate": video.frame_rate,
        "bit_rate": video.bit_rate,
        "container": video.container,
        "hdr": video.hdr,
        "tags": video.tags,
        "rating": video.rating,
        "favourite": video.favourite,
        "position_seconds": video.position_seconds,
        "watched": video.watched,
        "watched_at": video.watched_at,
        "thumbnail_url": thumbnail_url(video),
        "storyboard_url": storyboard_url(video),
        "stream_url": None if is_missing else f"/api/v1/videos/{video.id}/stream",
    }
