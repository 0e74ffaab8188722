"""Routes of pictures of videos: thumbnails, and storyboards for scrubbing."""

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from stoat_ferret.api.dependencies import PicturesDep, ServicesDep
from stoat_ferret.api.etags import is_among
from stoat_ferret.api.openapi import Responses, problems
from stoat_ferret.api.routers.videos import VideoId
from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.api.schemas.pictures import StoryboardRequestBody, storyboard_tag, thumbnail_tag
from stoat_ferret.errors import (
    FolderNotFoundError,
    PathOutsideRootsError,
    PictureNotFoundError,
    QueueClosedError,
    RootUnavailableError,
    VideoNotFoundError,
)
from stoat_ferret.library.picture_versions import Pictured
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.picture_files import THUMBNAIL_WIDTHS

router = APIRouter(prefix="/api/v1", tags=["pictures"])

WEBP = "image/webp"
VTT = "text/vtt; charset=utf-8"
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"
_NO_VIDEO = "No video could be read from this file, so there are no pictures of it."


class ThumbnailWidth(IntEnum):
    """The widths of thumbnails."""

    SMALL = THUMBNAIL_WIDTHS[-1]
    LARGE = THUMBNAIL_WIDTHS[0]


Version = Annotated[
    str | None,
    Query(
        alias="v",
        max_length=100,
        description="The version, as in `thumbnail_url` and `storyboard_url`.",
    ),
]


def _responses(media_type: str, example: str) -> Responses:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {
        200: {"description": "The picture.", "content": content},
        304: {"description": "It has not changed since; see `If-None-Match`."},
        **problems(VideoNotFoundError, PictureNotFoundError),
    }


_PICTURE = _responses("image/webp", "…")
_LIST = _responses("text/vtt", "WEBVTT")


@router.head(
    "/videos/{video_id}/thumbnail",
    summary="Get the headers of a thumbnail",
    name="head_video_thumbnail",
    response_class=Response,
    responses=_PICTURE,
)
@router.get(
    "/videos/{video_id}/thumbnail",
    summary="Get a thumbnail",
    response_class=Response,
    responses=_PICTURE,
)
async def get_video_thumbnail(
    request: Request,
    video_id: VideoId,
    pictures: PicturesDep,
    width: Annotated[
        ThumbnailWidth, Query(description="In pixels; less if the video is smaller.")
    ] = ThumbnailWidth.SMALL,
    version: Version = None,
) -> Response:
    """Return a picture of a representative moment, upright, as WebP."""
    video = await pictures.of(video_id)
    tag = thumbnail_tag(video)
    if tag is None or video.fingerprint is None:
        raise PictureNotFoundError(_why_no_thumbnail(video))
    fingerprint = video.fingerprint
    return await _picture_response(
        request,
        lambda: pictures.thumbnail(fingerprint, width, video.thumbnail_version),
        media_type=WEBP,
        version=tag,
        named=version,
        etag=f'"{tag}-{width.value}"',
    )


@router.head(
    "/videos/{video_id}/storyboard.vtt",
    summary="Get the headers of a storyboard",
    name="head_video_storyboard",
    response_class=Response,
    responses=_LIST,
)
@router.get(
    "/videos/{video_id}/storyboard.vtt",
    summary="Get a storyboard",
    response_class=Response,
    responses=_LIST,
)
async def get_video_storyboard(
    request: Request,
    video_id: VideoId,
    pictures: PicturesDep,
    version: Version = None,
) -> Response:
    """Return the index that maps times to tiles of sheets: WebVTT with `#xywh=` fragments."""
    video = await pictures.of(video_id)
    tag, fingerprint = _storyboard_of(video)
    return await _picture_response(
        request,
        lambda: pictures.index(fingerprint, video.storyboard_version),
        media_type=VTT,
        version=tag,
        named=version,
        etag=f'"{tag}-list"',
    )


@router.head(
    "/videos/{video_id}/storyboard-{number}.webp",
    summary="Get the headers of a storyboard sheet",
    name="head_video_storyboard_sheet",
    response_class=Response,
    responses=_PICTURE,
)
@router.get(
    "/videos/{video_id}/storyboard-{number}.webp",
    summary="Get a storyboard sheet",
    response_class=Response,
    responses=_PICTURE,
)
async def get_video_storyboard_sheet(
    request: Request,
    video_id: VideoId,
    number: Annotated[int, Path(ge=0, le=9999, description="Counted from 0.", examples=[0])],
    pictures: PicturesDep,
    version: Version = None,
) -> Response:
    """Return a sheet of tiles, up to ten in a row and ten rows, as WebP."""
    video = await pictures.of(video_id)
    tag, fingerprint = _storyboard_of(video)
    return await _picture_response(
        request,
        lambda: pictures.sheet(fingerprint, number, video.storyboard_version),
        media_type=WEBP,
        version=tag,
        named=version,
        etag=f'"{tag}-{number}"',
    )


@router.post(
    "/storyboards",
    summary="Make storyboards",
    status_code=202,
    responses=problems(
        PathOutsideRootsError,
        FolderNotFoundError,
        RootUnavailableError,
        QueueClosedError,
        body=True,
    ),
)
async def make_storyboards(
    body: StoryboardRequestBody, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue a job that makes storyboards and return it; `Location` is its URL.

    If the same request is active already, its job is returned.
    """
    job = await services.submit_storyboards(video_ids=body.video_ids, path=body.path)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


def _storyboard_of(video: Pictured) -> tuple[str, str]:
    tag = storyboard_tag(video)
    if tag is None or video.fingerprint is None:
        raise PictureNotFoundError(_why_no_storyboard(video))
    return tag, video.fingerprint


def _why_no_thumbnail(video: Pictured) -> str:
    if video.status != VideoStatus.OK:
        return _NO_VIDEO
    if video.thumbnail_version < 0:
        return "Nothing in this video could be decoded, so it has no thumbnail."
    return "This video has no thumbnail yet; a scan makes it (unless STOAT_THUMBNAILS is off)."


def _why_no_storyboard(video: Pictured) -> str:
    if video.status != VideoStatus.OK:
        return _NO_VIDEO
    if video.storyboard_version < 0:
        return "No storyboard could be made of this video."
    return "This video has no storyboard yet; ask for it with POST /api/v1/storyboards."


async def _picture_response(
    request: Request,
    read: Callable[[], Awaitable[bytes]],
    *,
    media_type: str,
    version: str,
    named: str | None,
    etag: str,
) -> Response:
    """Return a response with the result of `read`, or one that it has not changed.

    A URL whose `named` version equals the current `version` never returns anything else.
    """
    headers = {
        "etag": etag,
        "cache-control": _FOR_EVER if named == version else _ASK_AGAIN,
    }
    if is_among(request.headers.get("if-none-match", ""), etag, weak=True):
        return Response(status_code=304, headers=headers)
    content = await read()
    if request.method == "HEAD":
        headers["content-length"] = str(len(content))
        return Response(headers=headers, media_type=media_type)
    return Response(content, headers=headers, media_type=media_type)
