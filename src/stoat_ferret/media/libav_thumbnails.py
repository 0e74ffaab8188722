"""The thumbnails of an open file, drawn by libav in a worker process.

Their widths are in `picture_files`; `thumbnailer` is how other processes ask for them.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

import av
from av.stream import Disposition

from stoat_ferret.errors import MediaError
from stoat_ferret.media.frame_choice import KeyFrames, choose
from stoat_ferret.media.frames import Box, draw, encode, shrink
from stoat_ferret.media.libav_streams import videos_in_order
from stoat_ferret.media.limits import LARGEST_PIXELS, PICTURE_BYTES
from stoat_ferret.media.picture_files import (
    THUMBNAIL_VERSION,
    THUMBNAIL_WIDTHS,
    PictureFiles,
    write_whole,
)

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from stoat_ferret.media.media_file import MediaFile

ThumbnailAnswer = tuple[int, str | None]
"""A version as stored for videos, and the reason why nothing was written."""


def make_thumbnails(
    file: MediaFile, container: InputContainer, folder: str, fingerprint: str
) -> ThumbnailAnswer:
    """Write the thumbnails of an open file unless they exist already."""
    files = PictureFiles(folder)
    if files.has_thumbnail(fingerprint):
        return THUMBNAIL_VERSION, None
    file.allow(PICTURE_BYTES)
    pictures = _pictures(container)
    if not pictures:
        return -THUMBNAIL_VERSION, None
    try:
        # The smallest last: its presence means that all exist.
        for width, data in pictures.items():
            write_whole(files.thumbnail(fingerprint, width), data)
    except OSError as error:
        return 0, error.strerror or errno.errorcode.get(error.errno or 0, str(error))
    return THUMBNAIL_VERSION, None


def _pictures(container: InputContainer) -> dict[int, bytes]:
    """Return a WebP file for each width, without the larger ones if the video is small."""
    try:
        drawn = _drawn(container)
    except (av.FFmpegError, MediaError, OSError):  # the content cannot be decoded or read
        return {}
    if drawn is None:
        return {}
    return {
        width: encode(shrink(drawn, _box(width)))
        for width in THUMBNAIL_WIDTHS
        if width == THUMBNAIL_WIDTHS[-1] or drawn.width > THUMBNAIL_WIDTHS[-1]
    }


def _box(width: int) -> Box:
    return Box(width, 2 * width)


def _drawn(container: InputContainer) -> VideoFrame | None:
    """Return a picture from the middle of the video; its cover if nothing can be decoded."""
    seconds = None if container.duration is None else container.duration / 1e6
    for stream in videos_in_order(container):
        drawn = _drawn_of(container, stream, None if _is_cover(stream) else seconds)
        if drawn is not None:
            return drawn
    return None


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def _drawn_of(
    container: InputContainer, stream: VideoStream, seconds: float | None
) -> VideoFrame | None:
    context: Any = stream.codec_context  # None without a decoder, unlike PyAV's stubs say
    if context is None or context.width * context.height > LARGEST_PIXELS:
        return None
    box = _box(THUMBNAIL_WIDTHS[0])
    aspect = stream.sample_aspect_ratio
    return choose(KeyFrames(container, stream), seconds, lambda frame: draw(frame, aspect, box))
