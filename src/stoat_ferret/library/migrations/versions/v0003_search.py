"""Text to search is folded without accents, and SQLite gets an index of all parts of it."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_PAGE = 1000
_MARK = "\N{REPLACEMENT CHARACTER}"
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_PLAIN_LETTERS = str.maketrans(
    {"\N{LATIN SMALL LETTER DOTLESS I}": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"}
)

_videos = sa.table(
    "videos",
    *(sa.column(name) for name in ("number", "title", "name_key", "searchable")),
    sa.column("path", sa.LargeBinary),
    sa.column("taken_at", sa.DateTime(timezone=True)),
)

_INDEX = """
CREATE VIRTUAL TABLE video_search USING fts5(
    searchable, labels,
    content='videos', content_rowid='number', columnsize=0, tokenize='trigram case_sensitive 1'
)
"""
_TRIGGERS = (
    """
CREATE TRIGGER video_search_insert AFTER INSERT ON videos BEGIN
    INSERT INTO video_search (rowid, searchable, labels)
    VALUES (new.number, new.searchable, new.labels);
END
""",
    """
CREATE TRIGGER video_search_delete AFTER DELETE ON videos BEGIN
    INSERT INTO video_search (video_search, rowid, searchable, labels)
    VALUES ('delete', old.number, old.searchable, old.labels);
END
""",
    """
CREATE TRIGGER video_search_update AFTER UPDATE OF searchable, labels ON videos
WHEN old.searchable <> new.searchable OR old.labels <> new.labels BEGIN
    INSERT INTO video_search (video_search, rowid, searchable, labels)
    VALUES ('delete', old.number, old.searchable, old.labels);
    INSERT INTO video_search (rowid, searchable, labels)
    VALUES (new.number, new.searchable, new.labels);
END
""",
)


def upgrade() -> None:
    """Fold what is known anew, then index it."""
    _fold_again()
    _spell_unknown_moments_alike()
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_INDEX)
        op.execute("INSERT INTO video_search (video_search) VALUES ('rebuild')")
        for trigger in _TRIGGERS:
            op.execute(trigger)


def _fold_again() -> None:
    connection = op.get_bind()
    columns = (_videos.c[name] for name in ("number", "path", "title", "name_key", "searchable"))
    page = sa.select(*columns).order_by(_videos.c.number).limit(_PAGE)
    update = (
        sa.update(_videos)
        .where(_videos.c.number == sa.bindparam("row"))
        .values(name_key=sa.bindparam("key"), searchable=sa.bindparam("text"))
    )
    after = -1
    while rows := connection.execute(page.where(_videos.c.number > after)).all():
        after = rows[-1].number
        folded = [(row, *_folded(row.path, row.title)) for row in rows]
        changed = [
            {"row": row.number, "key": key, "text": text}
            for row, key, text in folded
            if (key, text) != (row.name_key, row.searchable)
        ]
        if changed:
            connection.execute(update, changed)


def _spell_unknown_moments_alike() -> None:
    # The default of the column is another text, in SQLite, than the moment that a scan writes:
    # two keys to sort by, where cursors know one.
    unknown = datetime(1, 1, 1, tzinfo=UTC)
    shortly_after = datetime(1, 1, 3, tzinfo=UTC)
    update = sa.update(_videos).where(_videos.c.taken_at < shortly_after)
    op.execute(update.values(taken_at=unknown))


def _folded(path: bytes, title: str | None) -> tuple[str, str]:
    text = bytes(path).decode("utf-8", "replace").replace("\0", _MARK)
    return _fold(os.path.basename(text)), _fold(f"{text}\n{title or ''}")  # noqa: PTH119  only text


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    cased = unicodedata.normalize("NFKD", text).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", cased)).translate(_PLAIN_LETTERS)
    return unicodedata.normalize("NFC", bare)
