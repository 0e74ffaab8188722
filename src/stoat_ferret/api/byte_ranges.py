"""Which part of a file a request is for, and whether it needs one at all (RFC 9110)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.datastructures import Headers

_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)
_ENTITY_TAG = re.compile(r'(W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells one state of a file from another; `etag` is a strong one, with its quotes."""

    etag: str
    modified_at: datetime
    """In whole seconds, as the header has it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is answered: the status, and the bytes from `start` up to, without, `end`."""

    status: int
    start: int
    end: int


def select(headers: Headers, size_bytes: int, validators: Validators) -> Selection:
    """What to answer to a GET or HEAD with these headers for a file of this size.

    200 all of it, 206 one range of it, 304, 412 or 416. A range in another unit or in another
    form, and more than one of them, mean the whole file.
    """
    refusal = _check_conditions(headers, validators)
    if refusal:
        return Selection(refusal, 0, 0)
    whole = Selection(200, 0, size_bytes)
    wanted = headers.get("range")
    if wanted is None or not _is_range_meant(headers.get("if-range"), validators):
        return whole
    unit, _, ranges = wanted.partition("=")
    match = _RANGE.fullmatch(ranges.strip())
    if unit.strip().lower() != "bytes" or match is None or match[0] == "-":
        return whole
    return _range(match[1], match[2], size_bytes) or whole


def _range(first: str, last: str, size_bytes: int) -> Selection | None:
    if not first:
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(int(last) + 1, size_bytes) if last else size_bytes
        if last and int(last) < start:
            return None  # not a range at all
    return Selection(206, start, end) if start < size_bytes else Selection(416, 0, 0)


def _check_conditions(headers: Headers, validators: Validators) -> int | None:
    """The status where the conditions say that there is nothing to send, in their order."""
    if_match, if_none_match = headers.get("if-match"), headers.get("if-none-match")
    if if_match is not None:
        if not _is_among(if_match, validators.etag, weak=False):
            return 412
    elif (since := _moment(headers.get("if-unmodified-since"))) and validators.modified_at > since:
        return 412
    if if_none_match is not None:
        return 304 if _is_among(if_none_match, validators.etag, weak=True) else None
    since = _moment(headers.get("if-modified-since"))
    return 304 if since and validators.modified_at <= since else None


def _is_among(condition: str, etag: str, *, weak: bool) -> bool:
    if condition.strip() == "*":
        return True
    found = _ENTITY_TAG.findall(condition)
    return any(tag == etag and (weak or not mark) for mark, tag in found)


def _is_range_meant(if_range: str | None, validators: Validators) -> bool:
    if if_range is None:
        return True
    if '"' in if_range:
        return if_range.strip() == validators.etag
    return _moment(if_range) == validators.modified_at


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError, TypeError, IndexError):  # each for some text that is no date
        return None
