"""The files attached to a Matroska file, such as the fonts of its subtitles, listed with libav."""

from __future__ import annotations

from typing import TYPE_CHECKING

from av.stream import AttachmentStream

from stoat_ferret.media.libav import converted_errors, opened
from stoat_ferret.media.media_file import MediaFile
from stoat_ferret.media.stream_facts import tag

if TYPE_CHECKING:
    from stoat_ferret.media.media_file import MediaPath


def list_attachments(path: MediaPath) -> list[tuple[int, str, str, int]]:
    """Return the stream index, name, media type and size in bytes of each attached file.

    Names are as they are in the file: never paths to write to. Raises `MediaError`s.
    """
    with (
        MediaFile(path) as file,
        opened(file) as container,
        converted_errors(file.path),
    ):
        return [
            (
                stream.index,
                tag(stream.metadata, "filename") or "",
                tag(stream.metadata, "mimetype") or "",
                len(stream.data or b""),
            )
            for stream in container.streams
            if isinstance(stream, AttachmentStream)
        ]
