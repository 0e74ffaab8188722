"""Has contact strips made after every scan."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import QueueClosedError
from stoat_ferret.pictures.strip_request import StripRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.jobs.queue import Handler, JobContext


class ThenStrips:
    """Runs `scan`, the handler of scans, and then submits the strips of the folder it looked at."""

    def __init__(self, scan: Handler, submit: Callable[[StripRequest], Awaitable[object]]) -> None:
        self._scan = scan
        self._submit = submit

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        result = await self._scan(context, params)
        if "folder" in params and not context.cancel_requested:
            with suppress(QueueClosedError):  # the next scan submits them
                await self._submit(StripRequest(None, params["root"], params["folder"]))
        return result
