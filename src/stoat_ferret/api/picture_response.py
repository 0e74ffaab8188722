"""Responses with pictures of videos, and URLs that browsers may cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Response

from stoat_ferret.api.etags import is_among

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from stoat_ferret.library.picture_versions import Pictured
    from stoat_ferret.library.video import Video

_FINGERPRINT_PART = 16


def thumbnail_url(video: Video | Pictured) -> str | None:
    """Return the URL of the video's thumbnail; None if there is none."""
    version = thumbnail_tag(video)
    return version and f"/api/v1/videos/{video.id}/thumbnail?v={version}"


def storyboard_url(video: Video | Pictured) -> str | None:
    """Return the URL of the video's storyboard index; None if there is none."""
    version = storyboard_tag(video)
    return version and f"/api/v1/videos/{video.id}/storyboard.vtt?v={version}"


def thumbnail_tag(video: Video | Pictured) -> str | None:
    """Return a tag that changes with the thumbnail; None if there is none."""
    return _tag(video, video.thumbnail_version)


def storyboard_tag(video: Video | Pictured) -> str | None:
    """Return a tag that changes with the storyboard; None if there is none."""
    return _tag(video, video.storyboard_version)


def _tag(video: Video | Pictured, version: int) -> str | None:
    if video.fingerprint is None or version <= 0:
        return None
    return f"{video.fingerprint[:_FINGERPRINT_PART]}-{version}"


WEBP = "image/webp"
VTT = "text/vtt; charset=utf-8"
_FOR_EVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


async def picture_response(
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
