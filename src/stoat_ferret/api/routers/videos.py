"""Videos: find them, look at one, forget one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import VideosDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.video import (
    VIDEO_EXAMPLE,
    VideoDetailResponse,
    VideoListQuery,
    VideoPage,
    VideoResponse,
)
from stoat_ferret.errors import InvalidCursorError, VideoNotFoundError
from stoat_ferret.library.video_query import VideoQuery

router = APIRouter(prefix="/api/v1/videos", tags=["videos"])

VideoId = Annotated[
    str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
]


@router.get("", summary="Find videos", responses=problems(InvalidCursorError))
async def list_videos(query: Annotated[VideoListQuery, Query()], videos: VideosDep) -> VideoPage:
    """Videos of the library; without `status`, those that are `ok`.

    Bad, skipped and missing files are listed by their status, with the reason.
    """
    page = await videos.find(_library_query(query))
    return VideoPage(
        items=[VideoResponse.from_video(video) for video in page.items],
        next_cursor=page.next_cursor,
        total=page.total,
    )


@router.get("/{video_id}", summary="Get a video", responses=problems(VideoNotFoundError))
async def get_video(video_id: VideoId, videos: VideosDep) -> VideoDetailResponse:
    """All that is known of one video."""
    video = await videos.get(video_id)
    return VideoDetailResponse.from_video_and(video, await videos.duplicates(video))


@router.delete(
    "/{video_id}",
    summary="Forget a video",
    status_code=204,
    response_model=None,
    responses=problems(VideoNotFoundError, body=True),
)
async def forget_video(video_id: VideoId, videos: VideosDep) -> Response:
    """Remove the record, never the file. The next scan adds a file that is still there again."""
    await videos.delete(video_id)
    return Response(status_code=204)


def _library_query(query: VideoListQuery) -> VideoQuery:
    given = query.model_dump(exclude={"q", "status"})
    return VideoQuery(q=query.q or "", status=frozenset(query.status), **given)
