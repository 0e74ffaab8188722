"""Media files read with libav: plain functions that run in a worker process.

They return plain data in the form that `MediaInfo` is created from, so that a worker neither loads
the models nor sends objects.
"""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av

from stoat_ferret.errors import InvalidMediaError, MediaError
from stoat_ferret.media.libav_dump import Complaints, describe_streams, quieten_log
from stoat_ferret.media.libav_streams import (
    audio_facts,
    is_seen,
    subtitle_facts,
    video_facts,
    videos_in_order,
)
from stoat_ferret.media.libav_thumbnails import ThumbnailAnswer, make_thumbnails
from stoat_ferret.media.limits import (
    LIBAV_OPTIONS,
    MOST_CHAPTERS,
    QUICK_OPTIONS,
    READ_BYTES,
    TOO_MANY_PIXELS,
    has_counted_index,
)
from stoat_ferret.media.media_file import MediaFile, media_error
from stoat_ferret.media.picture_files import THUMBNAIL_VERSION
from stoat_ferret.media.reasons import (
    not_understood,
    too_many_frames,
    too_many_pixels,
    too_much_memory,
)
from stoat_ferret.media.stream_facts import container_tags, tag
from stoat_ferret.media.transport_stream import TRANSPORT_STREAM, jumping_seconds

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from av.container import InputContainer
    from av.container.core import Chapter

    from stoat_ferret.media.media_file import MediaPath

Facts = dict[str, Any]

quieten_log()


def probe_file(path: MediaPath, read_bytes: int = READ_BYTES) -> tuple[Facts, str]:
    """Return the facts for a `MediaInfo` and the fingerprint, from opening the file once.

    Raises `MediaError`s, with the fingerprint if it is known.
    """
    with MediaFile(path, read_bytes=read_bytes) as file:
        fingerprint = file.fingerprint()
        try:
            return read_facts(file), fingerprint
        except MediaError as error:
            error.fingerprint = fingerprint
            raise


def probe_and_picture(
    path: MediaPath, folder: str
) -> Generator[tuple[Facts, str], None, ThumbnailAnswer]:
    """Probe like `probe_file`, and then, as the second step, make thumbnails in `folder`.

    A file without a video gets none, and version 0. An error in the second step does not affect the
    result of the first.
    """
    with MediaFile(path) as file:
        fingerprint = file.fingerprint()
        with ExitStack() as open_container:
            try:
                container = open_container.enter_context(opened(file))
                with converted_errors(file.path):
                    facts = _facts(container, file)
            except MediaError as error:
                error.fingerprint = fingerprint
                raise
            yield facts, fingerprint
            if all(stream["attached_picture"] for stream in facts["video"]):
                return 0, None
            return make_thumbnails(file, container, folder, fingerprint)


def picture_file(path: MediaPath, folder: str) -> tuple[str, ThumbnailAnswer]:
    """Make thumbnails only; return the fingerprint and the result."""
    with MediaFile(path) as file:
        fingerprint = file.fingerprint()
        try:
            with opened(file) as container:
                return fingerprint, make_thumbnails(file, container, folder, fingerprint)
        except InvalidMediaError:
            return fingerprint, (-THUMBNAIL_VERSION, None)


def content_fault(path: MediaPath) -> str | None:
    """Return the reason why the content of a file is invalid; None if it is valid.

    Raises `FileUnreadableError` and `FileVanishedError` if the disk is the cause.
    """
    try:
        probe_file(path)
    except InvalidMediaError as error:
        return error.reason
    return None


def jumping_seconds_of(path: MediaPath) -> float | None:
    """Return the duration of a transport stream whose times jump; see `jumping_seconds`."""
    with MediaFile(path) as file:
        return jumping_seconds(file)


def fingerprint_file(path: MediaPath) -> str:
    """Return only the fingerprint, of any regular file. Raises `MediaError`s."""
    with MediaFile(path) as file:
        return file.fingerprint()


def read_facts(file: MediaFile) -> Facts:
    """Return the facts for a `MediaInfo`. Raises `MediaError`s."""
    with opened(file) as container, converted_errors(file.path):
        return _facts(container, file)


@contextmanager
def opened(file: MediaFile) -> Iterator[InputContainer]:
    """Open `file` with libav. Raises `MediaError`s."""
    if not file.size_bytes:
        raise InvalidMediaError(file.path, "The file is empty.")
    complaints = Complaints()
    with converted_errors(file.path), complaints:
        container = _open(file, QUICK_OPTIONS)
        if not all(map(is_seen, container.streams.video)):
            container.close()
            file.seek(0, os.SEEK_SET)
            container = _open(file, LIBAV_OPTIONS)
    with closing(container):
        _refuse_bomb(container, file, complaints)
        yield container


def _open(file: MediaFile, options: dict[str, str]) -> InputContainer:
    return av.open(file, "r", options=options, metadata_errors="replace")


def _refuse_bomb(container: InputContainer, file: MediaFile, complaints: Complaints) -> None:
    """Raise `InvalidMediaError` for a file that needs far more memory than its size suggests."""
    frames = max((stream.frames for stream in container.streams), default=0)
    if frames > file.size_bytes and has_counted_index(container.format.name):
        raise InvalidMediaError(file.path, too_many_frames(frames))
    if TOO_MANY_PIXELS in complaints.text:
        best = next(iter(videos_in_order(container)), None)
        if best is not None and not is_seen(best):
            raise InvalidMediaError(file.path, too_many_pixels())


@contextmanager
def converted_errors(path: str) -> Iterator[None]:
    """Convert errors of libav to errors of the file at `path`."""
    try:
        yield
    except av.FFmpegError as error:
        raise _as_media_error(path, error) from error
    except OSError as error:  # from the file itself, by way of libav
        raise media_error(path, error) from error


def _as_media_error(path: str, error: av.FFmpegError) -> MediaError:
    """Return the `MediaError` for an error about the content: libav reads through `MediaFile`."""
    if error.errno == errno.ENOMEM:
        return InvalidMediaError(path, too_much_memory())
    log: Any = error.log  # a level, a name and a message; PyAV's stubs differ
    return InvalidMediaError(path, not_understood(log[2].strip() if log else str(error.strerror)))


def _facts(container: InputContainer, file: MediaFile) -> Facts:
    texts = describe_streams(container)
    streams = container.streams
    name = container.format.name
    seconds = None if container.duration is None else container.duration / 1e6
    jumping = jumping_seconds(file) if name == TRANSPORT_STREAM else None
    return {
        "container": name,
        "duration_seconds": jumping or seconds,
        "bit_rate": (jumping and round(file.size_bytes * 8 / jumping))
        or container.bit_rate
        or None,
        "size_bytes": file.size_bytes,
        "chapters": [_chapter(one) for one in container.chapters()[:MOST_CHAPTERS]],
        "tags": container_tags(container.metadata),
        "video": [video_facts(container, stream, texts[stream.index]) for stream in streams.video],
        "audio": [audio_facts(stream, texts[stream.index]) for stream in streams.audio],
        "subtitles": [subtitle_facts(stream, texts[stream.index]) for stream in streams.subtitles],
    }


def _chapter(chapter: Chapter) -> Facts:
    unit = chapter["time_base"] or Fraction(0)
    return {
        "start_seconds": float(chapter["start"] * unit),
        "end_seconds": float(chapter["end"] * unit),
        "title": tag(chapter["metadata"], "title"),
    }
