"""The pictures on disk: reading, deleting and sweeping."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import DatabaseError, PictureNotFoundError
from stoat_ferret.media.picture_files import (
    PICTURE_KINDS,
    TEMPORARY,
    THUMBNAIL_WIDTHS,
    PictureFiles,
    PictureName,
    picture_name,
)
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stoat_ferret.library.picture_versions import Pictured, PictureVersions

NEW_SECONDS = 3600.0
"""The seconds that a picture may exist before its video is in the library."""

PART_SECONDS = 60.0
"""The seconds after which a temporary file was left by a killed process, on any machine."""

log = structlog.get_logger(__name__)


class PictureStore:
    """The pictures below `files.folder`, made by worker processes; `versions` records them.

    Unless it `owns_folder`, other libraries may have pictures there, and none is deleted.
    """

    def __init__(
        self, files: PictureFiles, versions: PictureVersions, *, owns_folder: bool = True
    ) -> None:
        self._files = files
        self._owns_folder = owns_folder
        self._versions = versions

    async def of(self, video_id: str) -> Pictured:
        """Return the versions of a video's pictures. Raises `VideoNotFoundError`."""
        return await self._versions.of(video_id)

    async def thumbnail(self, fingerprint: str, width: int, version: int) -> bytes:
        """Return the largest WebP file of at most this width.

        Raises `PictureNotFoundError` if the file was deleted; the next scan makes it again, unless
        the folder of all pictures is not there.
        """
        widths = [one for one in THUMBNAIL_WIDTHS if one <= width]
        return await self._read(
            fingerprint, [self._files.thumbnail(fingerprint, one, version) for one in widths]
        )

    async def sheet(self, fingerprint: str, number: int, version: int) -> bytes:
        """Return a sheet of a storyboard. Raises `PictureNotFoundError`."""
        data = await run_on_disk_thread(
            _first_content, [self._files.sheet(fingerprint, number, version)]
        )
        if not data:
            raise PictureNotFoundError(f"The storyboard has no sheet {number}.")
        return data

    async def index(self, fingerprint: str, version: int) -> bytes:
        """Return the index of a storyboard. Raises `PictureNotFoundError`."""
        data = await self._read(fingerprint, [self._files.index(fingerprint, version)])
        return data.replace(b"\nstrip-", b"\nstoryboard-")  # as older versions wrote it

    async def _read(self, fingerprint: str, paths: list[Path]) -> bytes:
        data = await run_on_disk_thread(_first_content, paths)
        if not data:
            if not await run_on_disk_thread(Path(self._files.folder).is_dir):
                # They are all there again once its disk is mounted.
                raise PictureNotFoundError(
                    f"The folder of pictures is not there: {for_display(self._files.folder)}"
                )
            await self._versions.forget(fingerprint)
            raise PictureNotFoundError("The picture is gone from the data folder; scan again.")
        return data

    async def discard(self, fingerprints: Iterable[str | None]) -> None:
        """Delete the pictures of forgotten videos, unless another video has the same content.

        A failure to delete is only logged: a sweep tries again.
        """
        if not self._owns_folder:
            return
        given = {fingerprint for fingerprint in fingerprints if fingerprint}
        gone = given - await self._versions.known(given)
        if gone:
            try:
                await run_on_disk_thread(
                    lambda: _remove(path for one in gone for path in self._all_of(one))
                )
            except (OSError, TimeoutError) as error:
                log.warning("pictures_not_discarded", count=len(gone), detail=str(error))

    def _all_of(self, fingerprint: str) -> Iterator[Path]:
        for kind in PICTURE_KINDS:
            yield from Path(self._files.folder, kind, fingerprint[:2]).glob(f"{fingerprint}-*")

    async def sweep(self) -> None:
        """Delete remains of killed processes, pictures without a video, and old versions.

        Processes one folder at a time; meant for the background, and never raises.
        """
        started = time.time()
        try:
            for folder in await run_on_disk_thread(self._folders):
                await self._sweep_folder(folder, started)
        except (OSError, TimeoutError, DatabaseError) as error:
            log.warning("pictures_not_swept", detail=str(error))

    def _folders(self) -> list[Path]:
        kinds = [Path(self._files.folder, kind) for kind in PICTURE_KINDS]
        return [folder for kind in kinds if kind.is_dir() for folder in kind.iterdir()]

    async def _sweep_folder(self, folder: Path, started: float) -> None:
        parts, pictures = await run_on_disk_thread(_old_files, folder, started)
        if not self._owns_folder:
            pictures = {}
        known = await self._versions.known({name.fingerprint for name in pictures.values()})
        newest: dict[str, int] = {}
        for name in pictures.values():
            newest[name.fingerprint] = max(name.version, newest.get(name.fingerprint, 0))
        orphans = [
            path
            for path, name in pictures.items()
            if name.fingerprint not in known or name.version < newest[name.fingerprint]
        ]
        if parts or orphans:
            await run_on_disk_thread(_remove, parts + orphans)
            log.info("pictures_swept", parts=len(parts), orphans=len(orphans))


def _first_content(paths: list[Path]) -> bytes | None:
    for path in paths:
        with suppress(FileNotFoundError):
            if data := path.read_bytes():
                return data
    return None


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _old_files(folder: Path, started: float) -> tuple[list[Path], dict[Path, PictureName]]:
    """Return temporary files from well before `started`, and pictures from long before."""
    parts: list[Path] = []
    pictures: dict[Path, PictureName] = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            age = started - path.stat().st_mtime
            if path.suffix == TEMPORARY and age > PART_SECONDS:
                parts.append(path)
            elif path.suffix != TEMPORARY and age > NEW_SECONDS:
                pictures[path] = picture_name(path)
    return parts, pictures
