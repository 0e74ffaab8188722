"""The facts about a video that is to be played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import FileVanishedError, NotPlayableError
from stoat_ferret.library.video import VideoStatus

if TYPE_CHECKING:
    from stoat_ferret.library.video import VideoDetails
    from stoat_ferret.media.media_info import MediaInfo


def info_of(video: VideoDetails) -> MediaInfo:
    """Return what is in the file. Raises `FileVanishedError` and `NotPlayableError`."""
    if video.status is VideoStatus.MISSING:
        # The path may lead to another file by now, which is not this video.
        raise FileVanishedError(video.path, "The last scan did not find it. It is missing.")
    if video.media_info is None:
        raise NotPlayableError("The file could not be read, so it cannot be played.")
    return video.media_info
