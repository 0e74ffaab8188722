"""Subtitle files beside videos, as tracks of players."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.errors import NotPlayableError, ProcessTimeoutError, RootUnavailableError
from stoat_ferret.library.roots import with_disk_timeout
from stoat_ferret.playing.webvtt import convert
from stoat_ferret.render.run.subtitle_files import (
    MOST_BYTES,
    find_beside,
    language_of,
    name_beyond,
    title_of,
)
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from stoat_ferret.library.files import VideoFile
    from stoat_ferret.library.video import VideoDetails
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.run.root_files import RootFiles

FIRST_INDEX = 100_000
"""The least index of a subtitle file; those of streams are lower."""
LAST_INDEX = FIRST_INDEX + 2**32 - 1
_CONVERT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A subtitle file; `path` is relative to its root.

    The `index` depends on its name alone, so that it stays when other files come and go.
    """

    index: int
    path: str
    language: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class SidecarContent:
    """The content of a subtitle file at a time, and its entity tag."""

    sidecar: Sidecar
    data: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Sidecars:
    """The subtitle files beside videos among `files`, converted by `workers`."""

    files: RootFiles
    workers: MediaWorkers

    async def list(self, video: VideoDetails) -> list[Sidecar]:
        """Return the subtitle files of a video; none if its folder cannot be read now."""
        path = Path(video.path)
        folder = os.fspath(Path(video.root.path) / path.parent)
        try:
            found = await with_disk_timeout(video.root.path, lambda: find_beside(folder, path.name))
        except RootUnavailableError:
            return []
        listed = [_sidecar(path, name) for name in found]
        return list({one.index: one for one in reversed(listed)}.values())[::-1]

    async def read(self, video: VideoDetails, index: int) -> SidecarContent:
        """Return the content of a subtitle file.

        Raises `NotPlayableError` if there is none, or if it is too large, and the errors of
        `RootFiles.read`.
        """
        found = next((one for one in await self.list(video) if one.index == index), None)
        if found is None:
            raise NotPlayableError(
                "This subtitle file is not beside the video any more. Reload the page."
            )

        def read(file: VideoFile) -> tuple[bytes, str]:
            if file.size_bytes > MOST_BYTES:
                raise NotPlayableError(
                    f"{_name(found)} cannot be shown: a subtitle file may have "
                    f"{MOST_BYTES >> 20} MiB at most."
                )
            etag = f'"{file.inode:x}-{file.size_bytes:x}-{file.mtime_ns:x}"'
            return file.read(0, MOST_BYTES), etag

        _, (data, etag) = await self.files.read(video.root, found.path, read)
        return SidecarContent(found, data, etag)

    async def convert(self, content: SidecarContent) -> bytes:
        """Return the content as WebVTT. Raises `NotPlayableError` if it is no subtitles."""
        name = _name(content.sidecar)
        try:
            # In a process that can be killed: patterns hold the interpreter while they match.
            text = await self.workers.run(
                convert,
                content.data,
                name,
                content.sidecar.language,
                timeout_seconds=_CONVERT_SECONDS,
            )
        except ValueError as error:
            raise NotPlayableError(f"{name} cannot be shown: {error}.") from error
        except ProcessTimeoutError as error:
            raise NotPlayableError(
                f"{name} cannot be shown: it could not be read within {_CONVERT_SECONDS:g} s."
            ) from error
        return text.encode("utf-8", "replace")


def _sidecar(video: Path, name: str) -> Sidecar:
    digest = hashlib.blake2b(os.fsencode(name), digest_size=4).digest()
    said = name_beyond(name, video.name)
    return Sidecar(
        index=FIRST_INDEX + int.from_bytes(digest),
        path=os.fspath(video.parent / name),
        language=language_of(said),
        title=title_of(said),
    )


def _name(sidecar: Sidecar) -> str:
    return for_display(Path(sidecar.path).name)
