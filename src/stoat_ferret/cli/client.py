"""The port through which commands see the library, with or without a running server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from stoat_ferret.cli.output import Row


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `total` counts the whole list."""

    items: Sequence[Row]
    next_cursor: str | None
    total: int


class LibraryClient(Protocol):
    """Videos and jobs as the HTTP interface shows them, the same rows wherever they come from.

    The filters of both lists are the query parameters of that interface; those that are None
    are left out. What goes wrong is a `StoatFerretError`.
    """

    async def list_videos(self, filters: Mapping[str, Any]) -> Page:
        """A page of videos. Raises `InvalidCursorError` or `ServerError`."""
        ...

    async def list_jobs(self, filters: Mapping[str, Any]) -> Page:
        """A page of jobs, newest first."""
        ...

    async def forget(self, wish: Mapping[str, Any]) -> Row:
        """Forget records, or count what would go: `POST /videos/forget` with `wish`."""
        ...

    async def cancel_job(self, job_id: str) -> Row:
        """Ask a job to stop and return it; one that has ended is an error."""
        ...


async def all_pages(
    fetch: Callable[[Mapping[str, Any]], Awaitable[Page]],
    filters: Mapping[str, Any],
    *,
    wanted: int | None,
) -> AsyncIterator[Page]:
    """Pages from the cursor in `filters` on, until `wanted` rows or, with None, to the end."""
    cursor = filters.get("cursor")
    left = wanted
    while True:
        limit = PAGE_ROWS if left is None else min(left, PAGE_ROWS)
        page = await fetch({**filters, "cursor": cursor, "limit": limit})
        yield page
        cursor = page.next_cursor
        left = None if left is None else left - len(page.items)
        if cursor is None or left == 0:
            return


PAGE_ROWS = 200
"""Rows asked for at a time."""
