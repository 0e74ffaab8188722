"""Routes of playing videos that a browser cannot play as they are."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from stoat_ferret.api.dependencies import ServicesDep, VideosDep, note_player
from stoat_ferret.api.etags import is_among
from stoat_ferret.api.openapi import Responses, problems
from stoat_ferret.api.routers.videos import VideoId
from stoat_ferret.api.schemas.playback import PlaybackResponse, StreamQuery
from stoat_ferret.errors import (
    BinaryNotFoundError,
    DiskFullError,
    FileUnreadableError,
    FileVanishedError,
    NotPlayableError,
    PathOutsideRootsError,
    PlaybackBusyError,
    PlaybackSupersededError,
    ProcessCrashedError,
    ProcessNotStartedError,
    ProcessTimeoutError,
    RenderRefusedError,
    RootUnavailableError,
    VideoNotFoundError,
)
from stoat_ferret.playing.sidecars import LAST_INDEX

router = APIRouter(prefix="/api/v1/videos", tags=["playback"], dependencies=[Depends(note_player)])

PLAYLIST = "application/vnd.apple.mpegurl"
_HEADERS = {"Cache-Control": "private, no-cache"}

SegmentNumber = Annotated[int, Path(ge=0, le=10_000_000, description="From the playlist.")]
StreamQueryDep = Annotated[StreamQuery, Query()]

_FILE = (
    VideoNotFoundError,
    NotPlayableError,
    FileVanishedError,
    FileUnreadableError,
    PathOutsideRootsError,
    RootUnavailableError,
)
_CONVERSION = (
    BinaryNotFoundError,
    PlaybackBusyError,
    PlaybackSupersededError,
    ProcessNotStartedError,
    ProcessTimeoutError,
    ProcessCrashedError,
    DiskFullError,
    RenderRefusedError,
)


def _text(media_type: str, example: str) -> Responses:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {200: {"description": "The text.", "content": content}}


_BYTES: Responses = {
    200: {
        "description": "A part of the video, as fragmented MP4.",
        "content": {
            "video/mp4": {"schema": {"type": "string", "format": "binary"}, "example": "…"}
        },
    }
}


@router.get(
    "/{video_id}/playback",
    summary="Get the ways to play a video",
    responses=problems(VideoNotFoundError),
)
async def get_playback(
    video_id: VideoId, videos: VideosDep, services: ServicesDep
) -> PlaybackResponse:
    """Return how a client can play a video: the file itself, or converted while it is watched.

    Subtitle files beside the video are looked for now.
    """
    video = await videos.get(video_id)
    return PlaybackResponse.of(video, await services.streams.subtitles.files_of(video))


@router.get(
    "/{video_id}/hls/index.m3u8",
    summary="Get a playlist for HTTP Live Streaming",
    response_class=Response,
    responses={**_text(PLAYLIST, "#EXTM3U"), **problems(*_FILE)},
)
async def get_playlist(video_id: VideoId, query: StreamQueryDep, services: ServicesDep) -> Response:
    """Return the list of qualities, or with `height` the list of the segments of one.

    A video that the client decodes is copied in its own height, and converted in lower ones.
    """
    text = await services.streams.playlist(query.request(await services.videos.get(video_id)))
    return Response(text, media_type=PLAYLIST, headers=_HEADERS)


@router.get(
    "/{video_id}/hls/init.mp4",
    summary="Get the header of the segments",
    response_class=Response,
    responses={**_BYTES, **problems(*_FILE, *_CONVERSION)},
)
async def get_segment_header(
    video_id: VideoId, query: StreamQueryDep, services: ServicesDep
) -> Response:
    """Return the part that comes before all segments of a quality."""
    data = await services.streams.header(query.request(await services.videos.get(video_id)))
    return Response(data, media_type="video/mp4", headers=_HEADERS)


@router.get(
    "/{video_id}/hls/{number}.m4s",
    summary="Get a segment",
    response_class=Response,
    responses={**_BYTES, **problems(*_FILE, *_CONVERSION)},
)
async def get_segment(
    video_id: VideoId, number: SegmentNumber, query: StreamQueryDep, services: ServicesDep
) -> Response:
    """Return a segment, made now unless it is there already.

    A request for another part of the video ends the work for the last one.
    """
    request = query.request(await services.videos.get(video_id))
    data = await services.streams.segment(request, number)
    return Response(data, media_type="video/mp4", headers=_HEADERS)


@router.get(
    "/{video_id}/subtitles/{index}.vtt",
    summary="Get text subtitles",
    response_class=Response,
    responses={
        **_text("text/vtt", "WEBVTT"),
        304: {"description": "They have not changed since; see `If-None-Match`."},
        **problems(
            *_FILE,
            BinaryNotFoundError,
            ProcessNotStartedError,
            ProcessTimeoutError,
            ProcessCrashedError,
        ),
    },
)
async def get_subtitles(
    video_id: VideoId,
    index: Annotated[
        int, Path(ge=0, le=LAST_INDEX, description="The `index` of the track in `playback`.")
    ],
    request: Request,
    videos: VideosDep,
    services: ServicesDep,
) -> Response:
    """Return the subtitles of a track of the file, or of a file beside it, as WebVTT."""
    text = await services.streams.subtitles.open(await videos.get(video_id), index)
    headers = {**_HEADERS, "ETag": text.etag}
    if is_among(request.headers.get("if-none-match", ""), text.etag, weak=True):
        return Response(status_code=304, headers=headers)
    return Response(await text.read(), media_type="text/vtt; charset=utf-8", headers=headers)
