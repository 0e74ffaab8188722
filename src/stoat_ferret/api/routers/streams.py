"""Routes of the original files of videos, for players."""

import posixpath

from fastapi import APIRouter, Depends, Response

from stoat_ferret.api.dependencies import VideoFilesDep, VideosDep, note_player
from stoat_ferret.api.openapi import Responses, problems
from stoat_ferret.api.problems import FILE_CHANGED, NO_SUCH_RANGE
from stoat_ferret.api.range_response import FileResponse
from stoat_ferret.api.routers.videos import VideoId
from stoat_ferret.errors import (
    FileUnreadableError,
    FileVanishedError,
    PathOutsideRootsError,
    RootUnavailableError,
    VideoNotFoundError,
)
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.playability import media_type

router = APIRouter(prefix="/api/v1/videos", tags=["videos"], dependencies=[Depends(note_player)])

_BYTES = {
    media_type: {"schema": {"type": "string", "format": "binary"}, "example": "…"}
    for media_type in ("video/*", "application/*")
}
_RESPONSES: Responses = {
    200: {"description": "The whole file.", "content": _BYTES},
    206: {"description": "The part that `Range` asks for.", "content": _BYTES},
    304: {"description": "It has not changed since; see `If-None-Match`."},
    **problems(
        VideoNotFoundError,
        FileVanishedError,
        FileUnreadableError,
        PathOutsideRootsError,
        RootUnavailableError,
        FILE_CHANGED,
        NO_SUCH_RANGE,
    ),
}


@router.head(
    "/{video_id}/stream",
    summary="Get the headers of a video file",
    name="head_video_stream",
    response_class=Response,
    responses=_RESPONSES,
)
@router.get(
    "/{video_id}/stream",
    summary="Get a video file",
    response_class=Response,
    responses=_RESPONSES,
)
async def stream_video(video_id: VideoId, videos: VideosDep, files: VideoFilesDep) -> Response:
    """Return the current file, even if it has changed since it was scanned.

    One range at a time (`Range: bytes=…`); a request for several gets the whole file.
    """
    video = await videos.get(video_id)
    if video.status is VideoStatus.MISSING:
        # The path may lead to another file by now, which is not this video.
        raise FileVanishedError(video.path, "The last scan did not find it. It is missing.")
    file = await files.open(video.root, video.path)
    return FileResponse(
        file, media_type=media_type(video.media_info), name=posixpath.basename(video.path)
    )
