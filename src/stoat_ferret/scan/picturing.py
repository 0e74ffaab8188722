"""The part of a scan that makes the thumbnails of files it need not read otherwise."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stoat_ferret.media.file_faults import file_error
from stoat_ferret.media.rooted_path import RootedPath

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stoat_ferret.library.reconcile.inventory import Inventory
    from stoat_ferret.library.video import FoundFile
    from stoat_ferret.media.thumbnailer import Thumbnail, Thumbnailer
    from stoat_ferret.scan.result import ScanResult

Made = tuple[str, int]
"""A fingerprint, and the version that the thumbnail of it was made with."""


@dataclass(frozen=True, slots=True)
class Picturing:
    """Makes thumbnails, and notes them; the rest of a record stays as it is."""

    root: str
    inventory: Inventory
    thumbnailer: Thumbnailer
    result: ScanResult

    async def read(self, file: FoundFile) -> Made | None:
        """Make the thumbnail of one file; None where that cannot be read, as the next scan sees."""
        path = RootedPath(os.path.join(self.root, file.path), self.root)
        try:
            made = await self.thumbnailer.make(path)
        except Exception as error:  # noqa: BLE001  `file_error` raises what is not of the file
            file_error(path, "The thumbnailer", error)
            return None
        fingerprint, thumbnail = made
        warn(self.result, thumbnail)
        return fingerprint, thumbnail.version

    async def save(self, batch: Sequence[Made | None]) -> None:
        """Note what was made; what could not be kept is tried again at the next scan."""
        versions = {made[0]: made[1] for made in batch if made and made[1]}
        await self.inventory.save_thumbnails(versions)


def warn(result: ScanResult, thumbnail: Thumbnail) -> None:
    """Say once in the result why thumbnails cannot be kept."""
    if thumbnail.problem:
        result.add_warning(
            "thumbnails",
            f"They cannot be kept ({thumbnail.problem}). Make room in the data folder and make it "
            "writable; the next scan tries again.",
        )
