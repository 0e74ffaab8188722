"""Sends a file as it is, or a part of it, read in threads that may wait for its disk."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response

from stoat_ferret.api.byte_ranges import Selection, Validators, select
from stoat_ferret.api.problems import FILE_CHANGED, NO_SUCH_RANGE, problem_response
from stoat_ferret.api.schemas.text import display

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from starlette.types import Receive, Scope, Send

    from stoat_ferret.api.open_file import OpenFile

CHUNK_BYTES = 256 * 1024
"""Read and sent at a time; `python -m benchmarks.streaming` measures it."""

log = structlog.get_logger(__name__)


class FileResponse(Response):
    """The answer to GET and HEAD for an open file, which is closed when it has been sent.

    Ranges, conditions and validators are those of RFC 9110. What was promised is sent, also of
    a file that grows meanwhile; of one that becomes shorter, or cannot be read any more, the
    connection ends early, which is how a client notices.
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
        """Answer the request in `scope`."""
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
            detail = "The file is not the one that was asked for: it has changed since."
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
                log.warning("stream_broken", path=display(self._file.path), reason=str(error))
                return
            if not data:
                log.warning("stream_broken", path=display(self._file.path), reason="it is shorter")
                return
            at += len(data)
            more = at < selection.end
            await send({"type": "http.response.body", "body": data, "more_body": more})


async def _until_disconnect(receive: Receive, sending: Coroutine[Any, Any, None]) -> None:
    """Await `sending`, and end it when the client has gone: the server would not tell."""
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
"""Of the year 9999; a file may have any time."""


def _inline(name: str) -> str:
    """The header for a file name (RFC 6266), with marks for what is not text."""
    shown = display(name)
    plain = "".join(
        c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in shown
    )
    star = "" if plain == shown else f"; filename*=UTF-8''{quote(shown, safe='')}"
    return f'inline; filename="{plain}"{star}'
