"""The lookup of videos by the media addresses in a timeline."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import sqlalchemy as sa

from stoat_ferret.database import slices
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.folded_text import sort_key
from stoat_ferret.library.tables import roots as root_rows
from stoat_ferret.library.tables import videos
from stoat_ferret.library.video import Root, VideoStatus
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

_FILE_ADDRESS = re.compile(r"file:(?://(?:localhost)?)?(/.*)", re.IGNORECASE | re.DOTALL)
_LINKS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Namesake:
    """A video with the same name as a file that is not in the library.

    `video_id` is None if several have this name; `path` is for people.
    """

    video_id: str | None
    path: str


@dataclass(frozen=True, slots=True)
class FoundMedia:
    """Videos by the addresses of media: by path, and for the others by name."""

    at_path: dict[str, str]
    by_name: dict[str, Namesake]


def _named(root: Root) -> tuple[str, int]:
    return os.path.normpath(root.path), root.id


class MediaFinder:
    """A finder of media below `roots`."""

    def __init__(self, database: Database, roots: Sequence[Root]) -> None:
        self._database = database
        self._roots = roots

    async def find(self, addresses: Collection[str]) -> FoundMedia:
        """Find the videos at these addresses: `file:` URLs, or plain paths.

        The disk is only accessed to resolve the roots themselves.
        """
        folders = await self._folders()
        places = {address: _places(address, folders) for address in addresses}
        async with self._database.read() as connection:
            known = await _ids_at(connection, {one for found in places.values() for one in found})
            at_path = {
                address: next(known[place] for place in found if place in known)
                for address, found in places.items()
                if any(place in known for place in found)
            }
            by_name = {}
            for address in addresses:
                if address not in at_path and (name := _name(address)):
                    namesake = await self._namesake(connection, name)
                    by_name.update({} if namesake is None else {address: namesake})
        return FoundMedia(at_path, by_name)

    async def known(self, video_ids: Collection[str]) -> frozenset[str]:
        """Return those of these ids that belong to a video."""
        found: set[str] = set()
        async with self._database.read() as connection:
            for part in slices([storable(video_id) for video_id in video_ids]):
                found.update(
                    await connection.scalars(sa.select(videos.c.id).where(videos.c.id.in_(part)))
                )
        return frozenset(found)

    async def _folders(self) -> list[tuple[str, int]]:
        """Return the paths of the roots, as configured and resolved, with their ids."""
        named = [_named(root) for root in self._roots]

        def follow() -> list[tuple[str, int]]:
            return [(os.path.realpath(path), number) for path, number in named]

        try:
            return [*named, *await run_on_disk_thread(follow, timeout_seconds=_LINKS_SECONDS)]
        except TimeoutError:  # a disk that does not respond
            return named

    async def _namesake(self, connection: AsyncConnection, name: str) -> Namesake | None:
        # Some systems decompose names into letters and accents.
        forms = {unicodedata.normalize(form, storable(name)) for form in ("NFC", "NFD")}
        called = (videos.c.name_key == sort_key(name)) & videos.c.name.in_(forms)
        present = (videos.c.status == VideoStatus.OK.value) & videos.c.missing_since.is_(None)
        here = videos.c.root_id.in_([root.id for root in self._roots])
        statement = (
            sa.select(videos.c.id, videos.c.folder, videos.c.name, root_rows.c.name.label("root"))
            .select_from(videos.join(root_rows))
            .where(called, present, here)
            .limit(2)
        )
        rows = (await connection.execute(statement)).all()
        if not rows:
            return None
        path = f"{rows[0].root}/{rows[0].folder}{rows[0].name}"
        return Namesake(rows[0].id if len(rows) == 1 else None, path)


async def _ids_at(
    connection: AsyncConnection, places: Collection[tuple[int, bytes]]
) -> dict[tuple[int, bytes], str]:
    """Return the ids of the videos at these paths; a missing one only if there is no other."""
    found: dict[tuple[int, bytes], str] = {}
    # One after the other: each uses its own index.
    for state in (videos.c.missing_since.is_not(None), videos.c.missing_since.is_(None)):
        for root_id in sorted({root_id for root_id, _ in places}):
            for part in slices([path for number, path in places if number == root_id]):
                here = state & (videos.c.root_id == root_id) & videos.c.path.in_(part)
                rows = await connection.execute(
                    sa.select(videos.c.path, videos.c.id).where(here).order_by(videos.c.number)
                )
                found.update({(root_id, row.path): row.id for row in rows})
    return found


def _places(address: str, folders: Sequence[tuple[str, int]]) -> list[tuple[int, bytes]]:
    """Return the places in roots that an address may refer to, the likeliest first."""
    found: list[tuple[int, bytes]] = []
    for path in _paths(address):
        whole = os.path.normpath(path)
        for folder, root_id in folders:
            below = folder if folder.endswith("/") else f"{folder}/"
            if whole.startswith(below):
                found.append((root_id, os.fsencode(whole[len(below) :])))
    return found


def _paths(address: str) -> list[str]:
    """Return the absolute paths that an address may mean: not every program escapes them."""
    match = _FILE_ADDRESS.fullmatch(address)
    text = match[1] if match else address
    if not text.startswith("/"):
        return []
    raw = text.encode("utf-8", "replace")
    unescaped = unquote_to_bytes(raw)
    first, second = (unescaped, raw) if match else (raw, unescaped)
    return [os.fsdecode(one) for one in dict.fromkeys((first, second))]


def _name(address: str) -> str:
    """Return the file name in an address, which may be from another system."""
    text = os.fsdecode(unquote_to_bytes(address.encode("utf-8", "replace")))
    return text.replace("\\", "/").rpartition("/")[2]
