"""A library of realistic rows, written by SQL: the same for the same count.

python -m benchmarks.big_library FOLDER [--videos 1000000] [--videos-per-folder 20]

Folders hold some twenty files of one event unless told otherwise, as cameras, phones and downloads
name them. Sizes, codecs, states, tags and ratings are about as frequent as in private collections.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import uuid
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.folded_text import search_lines
from stoat_ferret.library.derived import rebuild
from stoat_ferret.library.migrations import migrate
from stoat_ferret.library.rows import path_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITTEN_AT_A_TIME = 10_000
ROOTS = {"films": 70, "archive": 25, "phone": 5}
PLACES = "family work films series archive travel sport school music clips".split()
WORDS = (
    "holiday beach summer winter wedding birthday christmas garden concert interview lecture "
    "project final drone camera export mountain river city paris london tokyo episode season "
    "part trailer backup été münchen school lake party dance football match train museum castle "
    "forest snow night morning market road bridge island harbour festival picnic workshop talk"
).split()
CAMERAS = "IMG DSC GOPR VID MVI PXL DJI".split()
ENDINGS = {"mp4": 80, "mov": 8, "mkv": 8, "avi": 3, "webm": 1}
CODECS = {"h264": 62, "hevc": 28, "av1": 4, "mpeg4": 4, "vp9": 2}
SIZES = {(1920, 1080): 55, (3840, 2160): 15, (1280, 720): 14, (1080, 1920): 8, (640, 480): 8}
HDR = {None: 960, "HLG": 25, "HDR10": 12, "Dolby Vision": 3}
TAGS = [f"{word} {year}" for word in WORDS[:20] for year in range(2015, 2025)]
COLUMNS = (
    *("number", "id", "root_id", "path", "folder", "name", "name_key", "title", "searchable"),
    *("status", "reason", "size_bytes", "mtime_ns", "fingerprint", "probe_version", "added_at"),
    *("missing_since", "duration_seconds", "height", "video_codec", "hdr", "width", "frame_rate"),
    *("audio_codec", "bit_rate", "container", "taken_at", "labels"),
)
MEDIA_INFO = json.dumps(
    {
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "tags": {"encoder": "Lavf61.7.100", "major_brand": "isom", "minor_version": "512"},
        "video": [{"index": 0, "codec": "h264", "profile": "High", "pixel_format": "yuv420p"}],
        "audio": [{"index": 1, "codec": "aac", "channels": 2, "sample_rate": 48000}],
    }
)
"""Not read by lists and searches; a file with it is about as large as a real one."""


def paths(chance: random.Random, per_folder: int = 20) -> Iterator[tuple[int, str]]:
    """Yield roots and paths without end, folder by folder."""
    numbers = count(1)
    while True:
        year = chance.randint(2004, 2024)
        day = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        event = " ".join(chance.sample(WORDS, chance.randint(1, 3)))
        folder = f"{chance.choice(PLACES)}/{year}/{day} {event}"
        camera = chance.choice(CAMERAS)
        root_id = 1 + list(ROOTS).index(pick(chance, ROOTS))
        for place in range(1, min(int(chance.expovariate(1 / per_folder)), 400) + 2):
            number = next(numbers)
            ending = pick(chance, ENDINGS)
            if chance.random() < 0.7:
                yield root_id, f"{folder}/{camera}_{number:07}.{ending}"
            else:
                yield root_id, f"{folder}/{chance.choice(WORDS)} {place} ({number}).{ending}"


def pick(chance: random.Random, weights: dict[Any, int]) -> Any:
    """Return one of the keys, as often as its weight says."""
    return chance.choices(list(weights), list(weights.values()))[0]


def row(number: int, root_id: int, path: str, chance: random.Random) -> dict[str, Any]:
    """Return the row of a video, without labels."""
    title = f"Day {chance.randint(1, 365)} in {chance.choice(WORDS)}" if number % 4 == 0 else None
    width, height = pick(chance, SIZES)
    duration = round(chance.expovariate(1 / 240), 2)
    year, day = 2004 + number % 21, f"{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    clock = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    is_missing = chance.random() < 0.015
    status = pick(chance, {"ok": 985, "bad": 10, "skipped": 5})
    return {
        **path_columns(path, title),
        "number": number,
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "root_id": root_id,
        "title": title,
        "status": status,
        "reason": None if status == "ok" else "moov atom not found",
        "size_bytes": int(duration * 600_000) + number,
        "mtime_ns": chance.randint(10**18, 17 * 10**17),
        "fingerprint": f"{number:064x}",
        "probe_version": 1,
        "added_at": f"{year + 1}-{day} {clock}.000000",
        "missing_since": "2025-01-01 00:00:00.000000" if is_missing else None,
        "duration_seconds": duration,
        "height": height,
        "video_codec": pick(chance, CODECS),
        "hdr": pick(chance, HDR),
        "width": width,
        "frame_rate": "30000/1001",
        "audio_codec": None if number % 100 == 0 else "aac",
        "bit_rate": 4_800_000,
        "container": "mov,mp4,m4a,3gp,3g2,mj2",
        "taken_at": f"{year}-{day} {clock}.000000",
        "labels": "",
    }


def write_rows(connection: sqlite3.Connection, videos: int, per_folder: int = 20) -> None:
    """Write all rows."""
    chance = random.Random(15)  # noqa: S311  the same library each time
    marks = ", ".join(f":{name}" for name in COLUMNS)
    insert = f"INSERT INTO videos ({', '.join(COLUMNS)}) VALUES ({marks})"  # noqa: S608  our own names
    connection.executemany(
        "INSERT INTO roots (id, name, path) VALUES (?, ?, ?)",
        [(place, name, f"/{name}".encode()) for place, name in enumerate(ROOTS, 1)],
    )
    connection.executemany(
        "INSERT INTO tags (id, name, name_key) VALUES (?, ?, ?)",
        [(place, name, name) for place, name in enumerate(TAGS, 1)],
    )
    numbered = enumerate(islice(paths(chance, per_folder), videos), 1)
    while part := list(islice(numbered, WRITTEN_AT_A_TIME)):
        rows = [row(number, root_id, path, chance) for number, (root_id, path) in part]
        tagged = {one["number"]: chance.sample(range(len(TAGS)), 2) for one in rows[::7]}
        for one in rows:
            names = [TAGS[place] for place in sorted(tagged.get(one["number"], ()))]
            one["labels"] = search_lines(*names)
        connection.executemany(insert, rows)
        connection.executemany(
            "INSERT INTO video_tags (video_number, tag_id) VALUES (?, ?)",
            [(number, place + 1) for number, places in tagged.items() for place in places],
        )
        connection.executemany(
            "INSERT INTO video_annotations (video_number, rating, revision, changed_at)"
            " VALUES (?, ?, 1, '2025-01-01 00:00:00.000000')",
            [(one["number"], chance.randint(1, 5)) for one in rows[::11]],
        )
        connection.executemany(
            "INSERT INTO media_infos (video_number, media_info) VALUES (?, ?)",
            [(one["number"], MEDIA_INFO) for one in rows],
        )


def write_library(path: Path, videos: int, per_folder: int = 20) -> None:
    """Write a library to `path`: its rows first, then its indexes, which takes half the time."""
    asyncio.run(_create(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("BEGIN")
        later = connection.execute(
            "SELECT type, name, sql FROM sqlite_schema"
            " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
            " AND tbl_name IN ('videos', 'video_tags')"
        ).fetchall()
        for kind, name, _ in later:
            connection.execute(f"DROP {kind} {name}")
        write_rows(connection, videos, per_folder)
        for _, _, sql in later:
            connection.execute(sql)
        rebuild(connection)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


async def _create(path: Path) -> None:
    database = Database(sqlite_url(path))
    await migrate(database)
    await database.aclose()


def main() -> None:
    """Write a library into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--videos", type=int, default=1_000_000)
    parser.add_argument("--videos-per-folder", type=int, default=20)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    path = arguments.folder / "library.db"
    write_library(path, arguments.videos, arguments.videos_per_folder)


if __name__ == "__main__":
    main()
