"""The files that a request names, with their frame indexes, and the fonts for texts."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.concurrency import map_concurrently
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import MediaError, RenderRefusedError, StoatFerretError
from stoat_ferret.library.roots import RootFinder
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.media.libav_calls import list_attachments
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.render.plan.source import Materials, Source
from stoat_ferret.render.plan.text.attached_fonts import Attachment
from stoat_ferret.render.plan.text.fonts import Fonts, visible
from stoat_ferret.render.request.options import Subtitles
from stoat_ferret.render.run.cube_file import read_cube
from stoat_ferret.render.run.fonts import find_fonts
from stoat_ferret.render.run.frame_index import counts_pictures, places
from stoat_ferret.render.run.root_files import RootFiles
from stoat_ferret.render.run.subtitle_reader import SubtitleReader
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from stoat_ferret.library.repository import VideoRepository
    from stoat_ferret.library.video import Root, VideoDetails
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.plan.source import SubtitleText
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.request.root_file import ImageFile, LutFile
    from stoat_ferret.render.run.frame_index_cache import FrameIndexCache

_FONT_SECONDS = 5.0
_ATTACHMENT_SECONDS = 30.0
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class SourceResolver:
    """A resolver of files below `roots`; `frame_index_cache` is None if there is no ffprobe."""

    videos: VideoRepository
    roots: Sequence[Root]
    frame_index_cache: FrameIndexCache | None
    root_finder: RootFinder = field(default_factory=RootFinder)
    workers: MediaWorkers | None = None
    """The processes that list what is attached to videos; without them, that is nothing."""

    async def gather(self, request: RenderRequest) -> tuple[Materials, str]:
        """Return the materials of `request`, and its first file's name without extension.

        Raises `VideoNotFoundError`, `RenderRefusedError` for a file that cannot be used as it is
        now, `PathOutsideRootsError`, `RootUnavailableError`, `FileVanishedError` and other
        `MediaError`s.
        """
        around, counts = places(request), counts_pictures(request)
        ids = request.video_ids
        found = await map_concurrently(
            lambda one: self._source(one, around[one], counts=counts), ids, most=_AT_ONCE
        )
        sources = {one: source for one, (_, source) in zip(ids, found, strict=True)}
        if request.options.subtitles is not Subtitles.NONE:
            sources = {one: await self._with_attachments(sources[one]) for one in ids}
        images = {
            image: await self._image(image, f"{location}.path")
            for location, image in request.image_files.items()
        }
        luts = {
            lut: await self._lut(lut, f"{location}.path")
            for location, lut in request.lut_files.items()
        }
        reader = SubtitleReader(self.files)
        named = await reader.named(request)
        beside = await reader.beside(request, [video for video, _ in found])
        if request.options.subtitles is Subtitles.BURN:
            named = {file: await self._with_font_notes(text) for file, text in named.items()}
            beside = {
                one: tuple([await self._with_font_notes(text) for text in texts])
                for one, texts in beside.items()
            }
        fonts = await self._fonts([overlay.text for overlay in request.options.texts])
        stem = Path(found[0][0].path if found else next(iter(images)).path).stem
        stems = {one: Path(video.path).stem for one, (video, _) in zip(ids, found, strict=True)}
        return Materials(sources, images, fonts, luts, stems, named, beside), stem

    @property
    def files(self) -> RootFiles:
        """The files below the roots."""
        return RootFiles(self.roots, self.root_finder)

    async def _with_font_notes(self, text: SubtitleText) -> SubtitleText:
        # One by one: libass looks for a font for each character, not for each word.
        fonts = await self._fonts(sorted(visible(text.cues.words())))
        return replace(text, notes=(*text.notes, *fonts.notes))

    async def _fonts(self, texts: list[str]) -> Fonts:
        """Return the fonts for `texts`; if reading them is slow, libass chooses."""
        if texts:
            with suppress(TimeoutError):
                return await run_on_disk_thread(find_fonts, texts, timeout_seconds=_FONT_SECONDS)
        return Fonts()

    async def path_of(self, video: VideoDetails) -> str:
        """Return the real path of a video. Raises the errors of `gather`."""
        return await self._path(video.root, video.path, video)

    async def _source(
        self, video_id: str, around: Sequence[Fraction], *, counts: bool
    ) -> tuple[VideoDetails, Source]:
        video = await self.videos.get(video_id)
        path = await self.path_of(video)
        info = video.media_info
        if video.status is not VideoStatus.OK or info is None:
            reason = video.reason or f"it is {video.status}"
            raise RenderRefusedError(f"{for_display(video.path)} cannot be rendered: {reason}.")
        if self.frame_index_cache is None:
            if around:
                raise RenderRefusedError("Cutting at key frames needs ffprobe; install FFmpeg.")
            return video, Source(path, info)
        # As it was when it was scanned, and still is.
        identity = (video.size_bytes, video.mtime_ns)
        return video, await self.frame_index_cache.read(
            path, info, identity, around, counts_pictures=counts
        )

    async def _with_attachments(self, source: Source) -> Source:
        is_matroska = source.info.container.startswith("matroska")
        if self.workers is None or not is_matroska or not source.info.subtitles:
            return source
        try:
            listed = await run_on_file(
                self.workers, list_attachments, source.path, timeout_seconds=_ATTACHMENT_SECONDS
            )
        except MediaError:  # ffprobe could read it: it is rendered without its fonts
            return source
        return replace(source, attachments=tuple(Attachment(*one) for one in listed))

    async def _image(self, image: ImageFile, location: str) -> str:
        with _located(location):
            return await self._path(self.files.root_called(image.root), image.path)

    async def _lut(self, lut: LutFile, location: str) -> str:
        with _located(location):
            root = self.files.root_called(lut.root)
            _, text = await self.files.read(root, lut.path, lambda file: read_cube(file, lut.path))
            return text

    async def _path(self, root: Root, path: str, video: VideoDetails | None = None) -> str:
        """Return the real path of a regular file in its root, unchanged since it was scanned."""
        real, file = await self.files.read(root, path, lambda file: file)
        if video and (file.size_bytes, file.mtime_ns) != (video.size_bytes, video.mtime_ns):
            raise RenderRefusedError(
                f"{for_display(path)} has changed since it was scanned. Scan its folder, then "
                "try again."
            )
        return real


@contextmanager
def _located(location: str) -> Iterator[None]:
    """Add the location in the request to an error."""
    try:
        yield
    except StoatFerretError as error:
        error.location = location
        raise
