"""Lookup of media that other programs name, by address and by name."""

from __future__ import annotations

import os
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from tests.integration.library.rows import save, video

from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.repository import VideoRepository
from stoat_ferret.library.tables import videos
from stoat_ferret.render.timeline.media_lookup import MediaFinder, Namesake

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.database import Database

STRANGE = os.fsdecode(b"caf\xe9.mp4")
NAMES = ("a b.mp4", "deep/100%25.mp4", "two/x.mp4", "three/x.mp4", "a#b?.mp4", STRANGE)


async def library(database: Database, *roots: str) -> tuple[MediaFinder, dict[str, str]]:
    """Return a finder over `roots`, the first of which has files of these names, and their ids."""
    repository = VideoRepository(database)
    known = await repository.ensure_roots(roots)
    await save(database, known[0], *(video(name) for name in NAMES))
    found = (await repository.find(VideoQuery(limit=100))).items
    return MediaFinder(database, known), {one.path: one.id for one in found}


async def test_an_address_means_the_file_at_its_path_however_it_is_written(
    database: Database,
) -> None:
    finder, ids = await library(database, "/films", "/films/other")
    addresses = {
        "file:///films/a%20b.mp4": "a b.mp4",
        "file:///films/a b.mp4": "a b.mp4",
        "file://localhost/films/a%20b.mp4": "a b.mp4",
        "FILE:/films/a%20b.mp4": "a b.mp4",
        "/films/a b.mp4": "a b.mp4",
        "/films/./deep/../a b.mp4": "a b.mp4",
        "file:///films/deep/100%2525.mp4": "deep/100%25.mp4",
        "/films/deep/100%25.mp4": "deep/100%25.mp4",
        "file:///films/a%23b%3F.mp4": "a#b?.mp4",
        "file:///films/a#b?.mp4": "a#b?.mp4",
        "file:///films/caf%E9.mp4": STRANGE,
    }
    found = await finder.find(addresses)
    assert found.at_path == {address: ids[name] for address, name in addresses.items()}
    assert found.by_name == {}


async def test_what_is_elsewhere_is_known_by_its_name_where_one_video_has_it(
    database: Database,
) -> None:
    finder, ids = await library(database, "/films")
    one, several = Namesake(ids["a b.mp4"], "films/a b.mp4"), None
    expected = {
        "file:///Volumes/X/a%20b.mp4": one,
        "file://server/films/a%20b.mp4": one,
        "C:\\Films\\a b.mp4": one,
        "a b.mp4": one,
        "file:///else/x.mp4": several,
    }
    others = ["", "file:///films", "file:///films/../etc/passwd", "A b.mov", "http://[", "%"]
    found = await finder.find([*expected, *others])
    assert found.at_path == {}
    assert found.by_name.keys() == expected.keys()
    for address, namesake in expected.items():
        if namesake is None:
            assert found.by_name[address].video_id is None
        else:
            assert found.by_name[address] == namesake


async def test_names_are_the_same_however_their_accents_are_written(database: Database) -> None:
    repository = VideoRepository(database)
    (root,) = await repository.ensure_roots(["/films"])
    await save(database, root, video(unicodedata.normalize("NFD", "café.mp4")), video("cafe.mp4"))
    finder = MediaFinder(database, [root])
    found = await finder.find([f"/x/{unicodedata.normalize('NFC', 'café.mp4')}"])
    (namesake,) = found.by_name.values()
    assert namesake.video_id


async def test_a_missing_video_is_found_at_its_path_and_not_by_its_name(database: Database) -> None:
    finder, ids = await library(database, "/films")
    async with database.write() as connection:
        gone = sa.update(videos).where(videos.c.id == ids["a b.mp4"])
        await connection.execute(gone.values(missing_since=datetime.now(UTC)))
    found = await finder.find(["/films/a b.mp4", "/else/a b.mp4"])
    assert found.at_path == {"/films/a b.mp4": ids["a b.mp4"]}
    assert found.by_name == {}


async def test_a_root_is_known_by_where_it_leads_too(database: Database, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    finder, ids = await library(database, str(tmp_path / "link"))
    found = await finder.find([f"file://{tmp_path}/real/a%20b.mp4"])
    assert list(found.at_path.values()) == [ids["a b.mp4"]]


async def test_ids_that_nobody_has_are_not_known(database: Database) -> None:
    finder, ids = await library(database, "/films")
    one = ids["a b.mp4"]
    assert await finder.known([one, "nobody", "\0", "x" * 1000]) == {one}
