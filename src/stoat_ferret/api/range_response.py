"""Responses with a file or a byte range of it (RFC 9110), read in threads."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response

from stoat_ferret.api.etags import is_among
from stoat_ferret.api.problems import FILE_CHANGED, NO_SUCH_RANGE, problem_response
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import Receive, Scope, Send

    from stoat_ferret.api.open_file import OpenFile

_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Validators:
    """The validators of one state of a file; `etag` is a strong one, with its quotes."""

    etag: str
    modified_at: datetime
    """In whole seconds, like the header."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The response to make: the status, and the bytes from `start` up to, excluding, `end`."""

    status: int
    start: int
    end: int


def select(headers: Headers, size_bytes: int, validators: Validators) -> Selection:
    """Select the response to a GET or HEAD with these headers for a file of this size.

    200 for all of it, 206 for one range, 304, 412 or 416. A range in another unit or form, and
    multiple ranges, select the whole file.
    """
    refusal = _check_conditions(headers, validators)
    if refusal:
        return Selection(refusal, 0, 0)
    whole = Selection(200, 0, size_bytes)
    wanted = headers.get("range")
    if wanted is None or not _is_range_valid(headers.get("if-range"), validators):
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
    """Return the status if the conditions, in order of precedence, require an empty response."""
    if_match, if_none_match = headers.get("if-match"), headers.get("if-none-match")
    if if_match is not None:
        if not is_among(if_match, validators.etag, weak=False):
            return 412
    elif (since := _moment(headers.get("if-unmodified-since"))) and validators.modified_at > since:
        return 412
    if if_none_match is not None:
        return 304 if is_among(if_none_match, validators.etag, weak=True) else None
    since = _moment(headers.get("if-modified-since"))
    return 304 if since and validators.modified_at <= since else None


def _is_range_valid(if_range: str | None, validators: Validators) -> bool:
    if if_range is None:
        return True
    if '"' in if_range:
        return if_range.strip() == validators.etag
    return _moment(if_range) == validators.modified_at


def _moment(header: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header) if header else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError, TypeError, IndexError):  # each for some invalid date
        return None


CHUNK_BYTES = 256 * 1024
"""The bytes to read and send at a time; `python -m benchmarks.streaming` measures it."""

log = structlog.get_logger(__name__)


class FileResponse(Response):
    """The response to GET and HEAD for an open file, which is closed after sending.

    Ranges, conditions and validators follow RFC 9110. The announced bytes are sent even if the file
    grows meanwhile; if it becomes shorter or unreadable, the connection ends early, so that the
    client notices.
    """

    def __init__(self, file: OpenFile, *, media_type: str, name: str) -> None:
        self._file = file
        self.media_type = media_type
        self.background = None
        self.status_code = 200
        self._validators = _validators(file)
        self.init_headers(
            {
                "accept-ranges": "bytes",
                "cache-control": "private, no-cache",
                "content-disposition": _inline(name),
                "etag": self._validators.etag,
                "last-modified": format_datetime(self._validators.modified_at, usegmt=True),
            }
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to the request in `scope`."""
        try:
            selection = select(Headers(scope=scope), self._file.size_bytes, self._validators)
            if selection.status >= 400:
                await self._refuse(scope, selection)(scope, receive, send)
                return
            self._describe(selection)
            start = {"type": "http.response.start", "status": self.status_code}
            await send({**start, "headers": self.raw_headers})
            if scope["method"] == "HEAD" or selection.start == selection.end:
                await send({"type": "http.response.body", "body": b""})
                return
            await _until_disconnect(receive, self._send_bytes(send, selection))
        finally:
            self._file.close()

    def _refuse(self, scope: Scope, selection: Selection) -> Response:
        headers = {"etag": self._validators.etag, "accept-ranges": "bytes"}
        if selection.status == 412:
            detail = "The file has changed since it was requested."
            return problem_response(scope, FILE_CHANGED, detail, headers=headers)
        headers["content-range"] = f"bytes */{self._file.size_bytes}"
        detail = f"The file has {self._file.size_bytes:,} bytes, and the range begins after them."
        return problem_response(scope, NO_SUCH_RANGE, detail, headers=headers)

    def _describe(self, selection: Selection) -> None:
        self.status_code = selection.status
        if selection.status == 206:
            part, size = f"{selection.start}-{selection.end - 1}", self._file.size_bytes
            self.headers["content-range"] = f"bytes {part}/{size}"
        if selection.status == 304:
            del self.headers["content-type"], self.headers["content-disposition"]
        else:
            self.headers["content-length"] = str(selection.end - selection.start)

    async def _send_bytes(self, send: Send, selection: Selection) -> None:
        at = selection.start
        while at < selection.end:
            try:
                data = await self._file.read(at, min(CHUNK_BYTES, selection.end - at))
            except (OSError, TimeoutError) as error:
                log.warning("stream_broken", path=for_display(self._file.path), reason=str(error))
                return
            if not data:
                log.warning(
                    "stream_broken", path=for_display(self._file.path), reason="it is shorter"
                )
                return
            at += len(data)
            more = at < selection.end
            await send({"type": "http.response.body", "body": data, "more_body": more})


async def _until_disconnect(receive: Receive, sending: Coroutine[Any, Any, None]) -> None:
    """Await `sending`, and cancel it if the client disconnects, which the server does not do."""
    task = asyncio.ensure_future(sending)
    watch = asyncio.ensure_future(_disconnect(receive))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in (watch, task):
            one.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await one


async def _disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _validators(file: OpenFile) -> Validators:
    facts = f"{file.inode}-{file.size_bytes}-{file.mtime_ns}"
    etag = hashlib.blake2b(facts.encode(), digest_size=12).hexdigest()
    seconds = min(max(file.mtime_ns // 10**9, 0), _LAST_SECOND)
    return Validators(f'"{etag}"', datetime.fromtimestamp(seconds, UTC))


_LAST_SECOND = 253402300799
"""The last second of the year 9999; a file may have any time."""


def _inline(name: str) -> str:
    """Return the header for a file name (RFC 6266), with marks for invalid text."""
    shown = for_display(name)
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in shown
    )
    star = "" if plain == shown else f"; filename*=UTF-8''{quote(shown, safe='')}"
    return f'inline; filename="{plain}"{star}'
