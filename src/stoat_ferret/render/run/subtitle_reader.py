"""The subtitle files that a request names, or that lie beside its videos."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.errors import MediaError, RenderRefusedError, StoatFerretError
from stoat_ferret.library.roots import with_disk_timeout
from stoat_ferret.render.plan.source import SubtitleText
from stoat_ferret.render.plan.text.cues import Cues
from stoat_ferret.render.request.clip import Clip
from stoat_ferret.render.request.options import Subtitles, SubtitleSource
from stoat_ferret.render.run.subtitle_files import (
    EXTENSIONS,
    find_beside,
    read_subtitles,
    subtitle_text,
)
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.library.video import Root, VideoDetails
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.request.root_file import SubtitleFile
    from stoat_ferret.render.run.root_files import RootFiles

_MOST_BESIDE = 20


@dataclass(frozen=True, slots=True)
class SubtitleReader:
    """A reader of subtitle files among `files`."""

    files: RootFiles

    async def named(self, request: RenderRequest) -> dict[SubtitleFile, SubtitleText]:
        """Return the subtitle files that clips of `request` name.

        Raises `RenderRefusedError` for a file that cannot be used, `PathOutsideRootsError`,
        `RootUnavailableError` and `MediaError`s.
        """
        found: dict[SubtitleFile, SubtitleText] = {}
        for number, piece in enumerate(request.clips):
            file = piece.subtitle_file if isinstance(piece, Clip) else None
            if file is None or file in found or request.options.subtitles is Subtitles.NONE:
                continue
            try:
                root = self.files.root_called(file.root)
                found[file] = await self._read(root, file.path, file.encoding)
            except StoatFerretError as error:
                error.location = f"clips.{number}.subtitle_file.path"
                raise
        return found

    async def beside(
        self, request: RenderRequest, videos: Sequence[VideoDetails]
    ) -> dict[str, tuple[SubtitleText, ...]]:
        """Return the subtitle files beside the videos of clips that name none, by their ids.

        One that cannot be used has no cues, and a note that says why.
        """
        options = request.options
        if options.subtitles is Subtitles.NONE:
            return {}
        if options.subtitle_source is not SubtitleSource.BESIDE:
            return {}
        ids = {
            piece.video_id
            for piece in request.clips
            if isinstance(piece, Clip) and piece.subtitle_file is None
        }
        return {video.id: await self._beside(video) for video in videos if video.id in ids}

    async def _beside(self, video: VideoDetails) -> tuple[SubtitleText, ...]:
        root, path = video.root, Path(video.path)
        folder = os.fspath(Path(root.path) / path.parent)
        names = await with_disk_timeout(root.path, lambda: find_beside(folder, path.name))
        found = []
        for name in names[:_MOST_BESIDE]:
            try:
                found.append(await self._read(root, os.fspath(path.parent / name), None))
            except (RenderRefusedError, MediaError) as error:
                found.append(SubtitleText(name, Cues(()), notes=(str(error),)))
        return tuple(found)

    async def _read(self, root: Root, path: str, encoding: str | None) -> SubtitleText:
        if not path.lower().endswith(EXTENSIONS):
            raise RenderRefusedError(
                f"{for_display(path)} is no subtitle file: those end with {', '.join(EXTENSIONS)}."
            )
        _, data = await self.files.read(root, path, read_subtitles)
        return subtitle_text(Path(path).name, data, encoding)
