"""Text to search and to sort by is folded anew: more spellings are alike, and numbers in order.

Tags that have become two spellings of one name are merged.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

revision = "0006"
down_revision = "0005"

_PAGE = 1000
_MARK = "\N{REPLACEMENT CHARACTER}"
_BLANKS = re.compile(r"[^\S ]\s*|\s{2,}")
_DASHES = re.compile(r"[- ]+")
_DIGITS = re.compile("[0-9]+")
_APOSTROPHES = "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u05f3\u1fbd\u1fbf\u1ffd\u1ffe"
_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u301d\u301e\u301f\uff02\u05f4\u2033'
_LATIN = {
    "\u0131": "i",
    "\u0142": "l",
    "\u00f8": "o",
    "\u0111": "d",
    "\u00e6": "ae",
    "\u0153": "oe",
}
_ARABIC = {"\u0671": "\u0627", "\u0629": "\u0647", "\u0649": "\u064a"}
_PERSIAN = {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u0640": ""}
_SLASHES = {"\u2044": "/", "\u2215": "/", "\u29f8": "/", "\u29f9": "\\", "\u2212": "-"}
_MARKS = dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_QUOTES, '"')
_LETTERS = _LATIN | _ARABIC | _PERSIAN | _SLASHES | _MARKS
_FIRST = str.maketrans(dict.fromkeys(_APOSTROPHES, "'"))
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)

_videos = sa.table(
    "videos",
    *(sa.column(name) for name in ("number", "title", "name_key", "searchable", "labels")),
    sa.column("path", sa.LargeBinary),
)
_annotations = sa.table("video_annotations", sa.column("video_number"), sa.column("title"))
_tags = sa.table("tags", *(sa.column(name) for name in ("id", "name", "name_key")))
_video_tags = sa.table("video_tags", sa.column("video_number"), sa.column("tag_id"))

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
    """Fold the tags and the videos, then index what is searched: that is faster than row by row."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        for moment in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER video_search_{moment}")
        op.execute("DROP TABLE video_search")
    _fold_tags()
    _fold_videos()
    if is_sqlite:
        op.execute(_INDEX)
        op.execute("INSERT INTO video_search (video_search) VALUES ('rebuild')")
        for trigger in _TRIGGERS:
            op.execute(trigger)


def _fold_tags() -> None:
    connection = op.get_bind()
    kept: dict[str, int] = {}
    changed = []
    for tag in connection.execute(sa.select(_tags).order_by(_tags.c.id)).all():
        key = _fold(tag.name)
        if not key.strip():  # nothing of it can be seen
            key = tag.name_key
        if key in kept:
            _merge_tag(connection, tag.id, kept[key])
            continue
        kept[key] = tag.id
        if key != tag.name_key:
            changed.append({"row": tag.id, "key": key})
    by_id = sa.update(_tags).where(_tags.c.id == sa.bindparam("row"))
    # By way of a key that no tag has: one tag may get the key that another one has until then.
    for prefix in ("\1", ""):
        rows = [{"row": row["row"], "key": f"{prefix}{row['key']}"} for row in changed]
        if rows:
            connection.execute(by_id.values(name_key=sa.bindparam("key")), rows)


def _merge_tag(connection: sa.Connection, tag_id: int, into: int) -> None:
    has_both = sa.select(_video_tags.c.video_number).where(_video_tags.c.tag_id == into)
    mine = _video_tags.c.tag_id == tag_id
    twice = mine & _video_tags.c.video_number.in_(has_both)
    connection.execute(sa.delete(_video_tags).where(twice))
    connection.execute(sa.update(_video_tags).where(mine).values(tag_id=into))
    connection.execute(sa.delete(_tags).where(_tags.c.id == tag_id))


def _fold_videos() -> None:
    connection = op.get_bind()
    names = ("number", "path", "title", "name_key", "searchable", "labels")
    columns = (_videos.c[name] for name in names)
    page = sa.select(*columns).order_by(_videos.c.number).limit(_PAGE)
    update = (
        sa.update(_videos)
        .where(_videos.c.number == sa.bindparam("row"))
        .values(
            name_key=sa.bindparam("key"),
            searchable=sa.bindparam("text"),
            labels=sa.bindparam("said"),
        )
    )
    after = -1
    while rows := connection.execute(page.where(_videos.c.number > after)).all():
        after = rows[-1].number
        labels = _labels(connection, [row.number for row in rows if row.labels])
        folded = [(row, *_folded(row.path, row.title), labels.get(row.number, "")) for row in rows]
        changed = [
            {"row": row.number, "key": key, "text": text, "said": said}
            for row, key, text, said in folded
            if (key, text, said) != (row.name_key, row.searchable, row.labels)
        ]
        if changed:
            connection.execute(update, changed)


def _labels(connection: sa.Connection, numbers: list[int]) -> dict[int, str]:
    """Return the labels of these videos: for each its title, then its tags in order."""
    said: dict[int, list[str]] = {number: [] for number in numbers}
    titles = sa.select(_annotations.c.video_number, _annotations.c.title.label("text"))
    named = _video_tags.join(_tags, _tags.c.id == _video_tags.c.tag_id)
    tagged = sa.select(_video_tags.c.video_number, _tags.c.name.label("text")).select_from(named)
    wanted = (
        (titles, _annotations.c.video_number, (_annotations.c.video_number,)),
        (tagged, _video_tags.c.video_number, (_tags.c.name_key,)),
    )
    for statement, number, order in wanted:
        for part in _parts(numbers):
            rows = connection.execute(statement.where(number.in_(part)).order_by(*order))
            for row in rows:
                said[row.video_number].append(row.text)
    return {number: _lines(texts) for number, texts in said.items()}


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(numbers), 500):
        yield numbers[start : start + 500]


def _folded(path: bytes, title: str | None) -> tuple[str, str]:
    text = bytes(path).decode("utf-8", "replace").replace("\0", _MARK)
    return _sort_key(os.path.basename(text)), _lines((text, title))  # noqa: PTH119  only text


def _lines(texts: Iterable[str | None]) -> str:
    return "".join(f"{_DASHES.sub(' ', _fold(text))}\n" for text in texts if text)


def _fold(text: str) -> str:
    if text.isascii():
        return _BLANKS.sub(" ", text.lower().replace("`", "'"))
    apart = unicodedata.normalize("NFKD", text.translate(_FIRST)).casefold()
    bare = unicodedata.normalize("NFKD", apart).translate(_FOLDING)
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", bare))


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded_letter(chr(code))
        return folded


_FOLDING = _Folding()


def _folded_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    category, place = unicodedata.category(letter), unicodedata.combining(letter)
    is_accent = place == 1 or 10 <= place <= 36 or place >= 200
    if category in {"Cf", "Me"} or is_accent or _UNSEEN.match(letter):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Pd": "-", "Pi": "'", "Pf": "'"}.get(category, letter)


def _sort_key(text: str) -> str:
    zeros: list[int] = []

    def padded(match: re.Match[str]) -> str:
        digits = match[0].lstrip("0")
        zeros.append(len(match[0]) - len(digits))
        return _length(len(digits)) + digits

    key = _DIGITS.sub(padded, _fold(text))
    return f"{key}\1{''.join(map(_length, zeros))}" if any(zeros) else key


def _length(count: int) -> str:
    return "9" * (count // 9) + str(count % 9)
