"""Videos: find them, look at one, forget one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import EventsDep, PicturesDep, VideosDep
from stoat_ferret.api.etags import REVISION_HEADER, etag
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.facet import FacetsResponse
from stoat_ferret.api.schemas.video import (
    VIDEO_EXAMPLE,
    VideoDetailResponse,
    VideoPage,
    VideoResponse,
)
from stoat_ferret.api.schemas.video_filters import VideoFilters, VideoListQuery
from stoat_ferret.errors import InvalidCursorError, VideoNotFoundError

router = APIRouter(prefix="/api/v1/videos", tags=["videos"])

VideoId = Annotated[
    str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
]


@router.get("", summary="Find videos", responses=problems(InvalidCursorError))
async def list_videos(query: Annotated[VideoListQuery, Query()], videos: VideosDep) -> VideoPage:
    """Videos of the library; without `status`, those that are `ok`.

    Bad, skipped and missing files are listed by their status, with the reason.
    """
    page = await videos.find(query.query())
    return VideoPage(
        items=[VideoResponse.from_video(video) for video in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.get("/facets", summary="Count videos by kind", responses=problems())
async def count_facets(
    filters: Annotated[VideoFilters, Query()], videos: VideosDep
) -> FacetsResponse:
    """How many videos of each kind a list with these filters has."""
    return FacetsResponse.from_facets(await videos.count_facets(filters.query()))


@router.get(
    "/{video_id}",
    summary="Get a video",
    responses={200: {"headers": REVISION_HEADER}, **problems(VideoNotFoundError)},
)
async def get_video(
    video_id: VideoId, videos: VideosDep, response: Response
) -> VideoDetailResponse:
    """All that is known of one video. Send its ETag with a change of what people say."""
    video = await videos.get(video_id)
    response.headers["etag"] = etag(video.revision)
    return VideoDetailResponse.from_video_and(video, await videos.duplicates(video))


@router.delete(
    "/{video_id}",
    summary="Forget a video",
    status_code=204,
    response_model=None,
    responses=problems(VideoNotFoundError, body=True),
)
async def forget_video(
    video_id: VideoId, videos: VideosDep, pictures: PicturesDep, events: EventsDep
) -> Response:
    """Remove the record, never the file. The next scan adds a file that is still there again."""
    fingerprint = (await videos.get(video_id)).fingerprint
    await videos.delete(video_id)
    await pictures.discard([fingerprint])
    events.tell(LibraryEvent.from_person(removed=1))
    return Response(status_code=204)
