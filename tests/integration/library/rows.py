"""Videos with given values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.integration.library.scans import media_info, open_inventory, scanned

from stoat_ferret.library.video import FoundFile, ScannedFile
from stoat_ferret.media.media_record import MediaRecord

if TYPE_CHECKING:
    from stoat_ferret.database import Database
    from stoat_ferret.library.video import Root


async def save(database: Database, root: Root, *files: ScannedFile) -> None:
    """Write the records of `files`."""
    async with open_inventory(database, root) as inventory:
        await inventory.save(files)


def video(path: str, **known: object) -> ScannedFile:
    """Return a scanned file with `size`, `mtime`, `fingerprint`, or any media information."""
    file = FoundFile(path, int(str(known.pop("size", 1))), int(str(known.pop("mtime", 1))))
    fingerprint = known.pop("fingerprint", ascii(path))
    stream = media_info().video[0]
    of_stream: dict[str, object] = {
        name: known.pop(name) for name in ("codec", "width", "height", "hdr") if name in known
    }
    title = known.pop("title", None)
    info = media_info(title=None if title is None else str(title)).model_copy(
        update={**known, "video": (stream.model_copy(update=of_stream),)}
    )
    return replace(scanned(file, None), fingerprint=fingerprint, media=MediaRecord.of(info))  # type: ignore[arg-type]  # a table of keywords
