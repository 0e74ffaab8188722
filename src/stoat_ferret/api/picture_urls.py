"""The addresses of a video's pictures; one with a version always gives the same picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.library.picture_versions import Pictured
    from stoat_ferret.library.video import Video

_FINGERPRINT_PART = 16


def thumbnail_url(video: Video | Pictured) -> str | None:
    """Where its thumbnail is; None where it has none."""
    version = thumbnail_tag(video)
    return version and f"/api/v1/videos/{video.id}/thumbnail?v={version}"


def strip_url(video: Video | Pictured) -> str | None:
    """Where the list of the tiles of its contact strip is; None where it has none."""
    version = strip_tag(video)
    return version and f"/api/v1/videos/{video.id}/strip.vtt?v={version}"


def thumbnail_tag(video: Video | Pictured) -> str | None:
    """Changes with the thumbnail."""
    return _tag(video, video.thumbnail_version)


def strip_tag(video: Video | Pictured) -> str | None:
    """Changes with the contact strip."""
    return _tag(video, video.strip_version)


def _tag(video: Video | Pictured, version: int) -> str | None:
    if video.fingerprint is None or version <= 0:
        return None
    return f"{video.fingerprint[:_FINGERPRINT_PART]}-{version}"
