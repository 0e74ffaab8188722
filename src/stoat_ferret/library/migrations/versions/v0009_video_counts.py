"""Counts of videos that triggers keep, and an index of letters; PostgreSQL needs neither."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_TABLES = (
    # The videos of a root with the same status (`missing` included), codec, kind of HDR and size.
    """
CREATE TABLE video_kinds (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    video_codec TEXT,
    hdr TEXT,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    videos INTEGER NOT NULL
)
""",
    """
CREATE INDEX ix_video_kinds_all
ON video_kinds (root_id, status, width, height, video_codec, hdr)
""",
    # The videos of a folder with the same status.
    """
CREATE TABLE video_folders (
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    folder TEXT NOT NULL,
    videos INTEGER NOT NULL,
    UNIQUE (folder, status, root_id)
)
""",
    # Small rows: counting the kinds of many videos reads a fiftieth of what their rows hold.
    """
CREATE TABLE video_groups (
    number INTEGER PRIMARY KEY,
    status TEXT NOT NULL,
    kind INTEGER NOT NULL,
    folder INTEGER NOT NULL
)
""",
    "CREATE INDEX ix_video_groups_kind ON video_groups (kind)",
    "CREATE INDEX ix_video_groups_folder ON video_groups (folder)",
    """
CREATE TABLE tag_counts (
    tag_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    videos INTEGER NOT NULL,
    PRIMARY KEY (tag_id, status)
) WITHOUT ROWID
""",
    # The texts of the few videos that lists do not show, to take them off the hits of a search.
    """
CREATE INDEX ix_videos_unusual ON videos (status, missing_since, searchable, labels)
WHERE status <> 'ok' OR missing_since IS NOT NULL
""",
    # Pairs of letters as hexadecimal words: the trigram index finds nothing shorter than three.
    """
CREATE VIRTUAL TABLE video_letters USING fts5(
    pairs, content='', columnsize=0, detail=none, prefix='2', tokenize='ascii'
)
""",
)

_NEW_STATUS = "iif(new.missing_since IS NULL, new.status, 'missing')"
_OLD_STATUS = "iif(old.missing_since IS NULL, old.status, 'missing')"
_IS_KIND = f"""root_id = new.root_id AND status = {_NEW_STATUS}
    AND width = new.width AND height = new.height
    AND video_codec IS new.video_codec AND hdr IS new.hdr"""
_IS_FOLDER = f"folder = new.folder AND status = {_NEW_STATUS} AND root_id = new.root_id"

# `changes()` is 0 if the statement before found no row.
_COUNT_NEW = f"""
    UPDATE video_kinds SET videos = videos + 1 WHERE {_IS_KIND};
    INSERT INTO video_kinds (root_id, status, video_codec, hdr, width, height, videos)
    SELECT new.root_id, {_NEW_STATUS}, new.video_codec, new.hdr, new.width, new.height, 1
    WHERE changes() = 0;
    UPDATE video_folders SET videos = videos + 1 WHERE {_IS_FOLDER};
    INSERT INTO video_folders (root_id, status, folder, videos)
    SELECT new.root_id, {_NEW_STATUS}, new.folder, 1 WHERE changes() = 0;"""  # noqa: S608  our own names
_NEW_GROUPS = f"""{_NEW_STATUS}, (SELECT id FROM video_kinds WHERE {_IS_KIND}),
        (SELECT id FROM video_folders WHERE {_IS_FOLDER})"""  # noqa: S608  our own names
_COUNT_OLD = """
    UPDATE video_kinds SET videos = videos - 1
    WHERE id = (SELECT kind FROM video_groups WHERE number = old.number);
    UPDATE video_folders SET videos = videos - 1
    WHERE id = (SELECT folder FROM video_groups WHERE number = old.number);"""
_COUNTED = "root_id, status, missing_since, video_codec, hdr, width, height, folder"
_IS_MOVED = " OR ".join(f"old.{name} IS NOT new.{name}" for name in _COUNTED.split(", "))

_TRIGGERS = (
    f"""
CREATE TRIGGER video_counts_insert AFTER INSERT ON videos BEGIN{_COUNT_NEW}
    INSERT INTO video_groups (number, status, kind, folder)
    VALUES (new.number, {_NEW_GROUPS});
END
""",  # noqa: S608  our own names
    # Before, because afterwards its tags are gone.
    f"""
CREATE TRIGGER video_counts_delete BEFORE DELETE ON videos BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE status = {_OLD_STATUS}
    AND tag_id IN (SELECT tag_id FROM video_tags WHERE video_number = old.number);{_COUNT_OLD}
    DELETE FROM video_groups WHERE number = old.number;
END
""",  # noqa: S608  our own names
    f"""
CREATE TRIGGER video_counts_update AFTER UPDATE OF {_COUNTED} ON videos
WHEN {_IS_MOVED} BEGIN{_COUNT_OLD}{_COUNT_NEW}
    UPDATE video_groups SET (status, kind, folder) = ({_NEW_GROUPS}) WHERE number = new.number;
END
""",  # noqa: S608  our own names
    """
CREATE TRIGGER video_kinds_empty AFTER UPDATE OF videos ON video_kinds WHEN new.videos = 0 BEGIN
    DELETE FROM video_kinds WHERE id = new.id;
END
""",
    """
CREATE TRIGGER video_folders_empty AFTER UPDATE OF videos ON video_folders WHEN new.videos = 0 BEGIN
    DELETE FROM video_folders WHERE id = new.id;
END
""",
    f"""
CREATE TRIGGER tag_counts_update AFTER UPDATE OF status, missing_since ON videos
WHEN {_OLD_STATUS} <> {_NEW_STATUS} BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE status = {_OLD_STATUS}
    AND tag_id IN (SELECT tag_id FROM video_tags WHERE video_number = new.number);
    INSERT INTO tag_counts (tag_id, status, videos)
    SELECT tag_id, {_NEW_STATUS}, 1 FROM video_tags WHERE video_number = new.number
    ON CONFLICT DO UPDATE SET videos = videos + 1;
END
""",  # noqa: S608  our own names
    """
CREATE TRIGGER tag_counts_insert AFTER INSERT ON video_tags BEGIN
    INSERT INTO tag_counts (tag_id, status, videos)
    SELECT new.tag_id, iif(missing_since IS NULL, status, 'missing'), 1
    FROM videos WHERE number = new.video_number
    ON CONFLICT DO UPDATE SET videos = videos + 1;
END
""",
    # Tags of a removed video are counted by its own trigger; here its status is not known any more.
    """
CREATE TRIGGER tag_counts_delete AFTER DELETE ON video_tags BEGIN
    UPDATE tag_counts SET videos = videos - 1 WHERE tag_id = old.tag_id
    AND status = (SELECT iif(missing_since IS NULL, status, 'missing')
                  FROM videos WHERE number = old.video_number);
END
""",
    """
CREATE TRIGGER tag_counts_forget AFTER DELETE ON tags BEGIN
    DELETE FROM tag_counts WHERE tag_id = old.id;
END
""",
    """
CREATE TRIGGER video_letters_insert AFTER INSERT ON videos BEGIN
    INSERT INTO video_letters (rowid, pairs)
    VALUES (new.number, letter_pairs(new.searchable || new.labels));
END
""",
    """
CREATE TRIGGER video_letters_delete AFTER DELETE ON videos BEGIN
    INSERT INTO video_letters (video_letters, rowid, pairs)
    VALUES ('delete', old.number, letter_pairs(old.searchable || old.labels));
END
""",
    """
CREATE TRIGGER video_letters_update AFTER UPDATE OF searchable, labels ON videos
WHEN old.searchable <> new.searchable OR old.labels <> new.labels BEGIN
    INSERT INTO video_letters (video_letters, rowid, pairs)
    VALUES ('delete', old.number, letter_pairs(old.searchable || old.labels));
    INSERT INTO video_letters (rowid, pairs)
    VALUES (new.number, letter_pairs(new.searchable || new.labels));
END
""",
)

_COUNT = (
    """
INSERT INTO video_kinds (root_id, status, video_codec, hdr, width, height, videos)
SELECT root_id, iif(missing_since IS NULL, status, 'missing'), video_codec, hdr, width, height,
count(*) FROM videos GROUP BY 1, 2, 3, 4, 5, 6
""",
    """
INSERT INTO video_folders (root_id, status, folder, videos)
SELECT root_id, iif(missing_since IS NULL, status, 'missing'), folder, count(*)
FROM videos GROUP BY 1, 2, 3
""",
    """
INSERT INTO video_groups (number, status, kind, folder)
SELECT number, iif(missing_since IS NULL, status, 'missing'), (
    SELECT id FROM video_kinds AS kinds WHERE kinds.root_id = videos.root_id
    AND kinds.status = iif(missing_since IS NULL, videos.status, 'missing')
    AND kinds.width = videos.width AND kinds.height = videos.height
    AND kinds.video_codec IS videos.video_codec AND kinds.hdr IS videos.hdr
), (
    SELECT id FROM video_folders AS folders WHERE folders.root_id = videos.root_id
    AND folders.status = iif(missing_since IS NULL, videos.status, 'missing')
    AND folders.folder = videos.folder
) FROM videos ORDER BY number
""",
    """
INSERT INTO tag_counts (tag_id, status, videos)
SELECT tag_id, iif(missing_since IS NULL, status, 'missing'), count(*)
FROM video_tags JOIN videos ON number = video_number GROUP BY 1, 2
""",
)


def upgrade() -> None:
    """Create the tables, count what is there, and index its letters."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for statement in (*_TABLES, *_COUNT):
        op.execute(statement)
    _index_letters()
    for trigger in _TRIGGERS:
        op.execute(trigger)


def _index_letters() -> None:
    connection = op.get_bind()
    page = sa.text(
        "SELECT number, searchable || labels AS text FROM videos"
        " WHERE number > :after ORDER BY number LIMIT 5000"
    )
    add = "INSERT INTO video_letters (rowid, pairs) VALUES (?, ?)"
    after = -1
    while rows := connection.execute(page, {"after": after}).all():
        after = rows[-1].number
        connection.exec_driver_sql(add, [(row.number, _pairs(row.text)) for row in rows])


def _pairs(text: str) -> str:
    pairs = set(zip(text, text[1:] + "\n", strict=False))
    return " ".join("".join(pair).encode("utf-8", "replace").hex() for pair in pairs)
