"""The time code at which a file begins, read with libav."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.stream_facts import tag

if TYPE_CHECKING:
    from stoat_ferret.media.media_file import MediaPath


def read_time_code(path: MediaPath) -> str | None:
    """Return the time code of the first picture as the file writes it, such as `01:00:00:00`.

    Matroska and MXF have it in the file's own tags, MP4 and MOV in those of a stream; None if there
    is none. Raises `MediaError`s.
    """
    with (
        MediaFile(path) as file,
        opened(file) as container,
        converted_errors(file.path),
    ):
        tagged = [container.metadata, *(stream.metadata for stream in container.streams)]
        return next(filter(None, (tag(tags, "timecode") for tags in tagged)), None)
