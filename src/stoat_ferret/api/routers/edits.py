"""What people say about videos: change it for one, or for many at once."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from stoat_ferret.api.dependencies import AnnotationsDep, EventsDep, VideosDep
from stoat_ferret.api.etags import REVISION_HEADER, etag, revisions
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.routers.videos import VideoId
from stoat_ferret.api.schemas.edit import BulkEditBody, BulkEditResponse, VideoPatch
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.video import VideoDetailResponse
from stoat_ferret.errors import (
    RevisionMissingError,
    TooManyTagsError,
    TooManyVideosError,
    VideoChangedError,
    VideoNotFoundError,
)

router = APIRouter(prefix="/api/v1/videos", tags=["videos"])

IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The ETag of the video that is changed, or `*` for any."),
]


@router.patch(
    "/{video_id}",
    summary="Change what people say about a video",
    responses={
        200: {"headers": REVISION_HEADER},
        **problems(
            VideoNotFoundError,
            VideoChangedError,
            RevisionMissingError,
            TooManyTagsError,
            body=True,
        ),
    },
)
async def edit_video(
    video_id: VideoId,
    patch: VideoPatch,
    annotations: AnnotationsDep,
    videos: VideosDep,
    events: EventsDep,
    response: Response,
    if_match: IfMatch = None,
) -> VideoDetailResponse:
    """Title, tags, rating and notes: what is left out stays, null clears.

    If-Match says which version was changed, so that nobody overwrites what they have not seen.
    """
    await annotations.edit(video_id, patch.edit(), revisions=revisions(if_match))
    events.tell(LibraryEvent.from_person(edited=1))
    video = await videos.get(video_id)
    response.headers["etag"] = etag(video.revision)
    return VideoDetailResponse.from_video_and(video, await videos.duplicates(video))


@router.post(
    "/bulk",
    summary="Change many videos",
    responses=problems(TooManyTagsError, TooManyVideosError, body=True),
)
async def edit_videos(
    body: BulkEditBody, annotations: AnnotationsDep, events: EventsDep
) -> BulkEditResponse:
    """Tag or rate videos, all of them or none, by their ids or as a list finds them."""
    if body.query is not None:
        counts = await annotations.edit_found(body.query.query(), body.edit())
    else:
        counts = await annotations.edit_videos(body.video_ids or [], body.edit())
    if counts.edited:
        events.tell(LibraryEvent.from_person(edited=counts.edited))
    return BulkEditResponse.from_counts(counts)
