"""A place in a sorted list of videos, as an opaque word."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from datetime import datetime
from typing import TYPE_CHECKING

from stoat_ferret.errors import InvalidCursorError
from stoat_ferret.library.video_query import VideoSort

if TYPE_CHECKING:
    from stoat_ferret.library.video_query import VideoQuery

SortKey = str | int | float | datetime
"""The value of the column a list is sorted by."""

_TYPES: dict[VideoSort, type] = {
    VideoSort.NAME: str,
    VideoSort.ADDED: datetime,
    VideoSort.MODIFIED: int,
    VideoSort.SIZE: int,
    VideoSort.DURATION: float,
    VideoSort.HEIGHT: int,
    VideoSort.TAKEN: datetime,
}
_MAX_INTEGER = 2**63 - 1


def encode_cursor(query: VideoQuery, key: SortKey, number: int) -> str:
    """The cursor of what follows the row with this sort key and number."""
    stored = key.isoformat() if isinstance(key, datetime) else key
    text = json.dumps([_list_of(query), stored, number], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(query: VideoQuery, cursor: str) -> tuple[SortKey, int]:
    """The sort key and number in a cursor of this list. Raises `InvalidCursorError`."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        of_list, stored, number = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if of_list != _list_of(query):
            raise InvalidCursorError
        return _key(stored, _TYPES[query.sort]), _integer(number)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidCursorError from error


def _key(stored: object, kind: type) -> SortKey:
    if kind is int:
        return _integer(stored)
    if kind is datetime and isinstance(stored, str):
        moment = datetime.fromisoformat(stored)
        if moment.tzinfo is not None:
            return moment
    if kind is float and isinstance(stored, float) and math.isfinite(stored):
        return stored
    if kind is str and isinstance(stored, str) and "\0" not in stored:
        stored.encode()
        return stored
    raise TypeError("not the sort key of this list")


def _integer(stored: object) -> int:
    if type(stored) is not int or abs(stored) > _MAX_INTEGER:
        raise TypeError("not an integer of the database")
    return stored


def _list_of(query: VideoQuery) -> str:
    """A short name of the list that all pages of one query have in common."""
    parts = [
        query.q,
        query.sort,
        query.order,
        query.root,
        query.folder,
        query.codec,
        query.hdr,
        query.height_class,
        query.min_height,
        query.min_duration,
        query.max_duration,
        query.min_rating,
        sorted(query.tags),
        sorted(query.status),
    ]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()
