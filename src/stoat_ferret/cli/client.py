"""The port through which commands see the library, with or without a running server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from stoat_ferret.errors import ServerError
from stoat_ferret.library.plain_text import fold

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from stoat_ferret.cli.output import Row


class ServerUnreachableError(ServerError):
    """Nothing answers at the address of the server."""


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

    async def list_tags(self, filters: Mapping[str, Any]) -> Page:
        """A page of tags, in the order of their names."""
        ...

    async def edit_video(self, video_id: str, changes: Mapping[str, Any]) -> Row:
        """Change what people say about a video and return it; see `with_tags`.

        What is None is cleared. Somebody else's change at the same moment is an error.
        """
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


def with_tags(changes: Mapping[str, Any], tags: Sequence[str]) -> dict[str, Any]:
    """The body of a PATCH for `changes`, which may have `add_tags` and `remove_tags`.

    `tags` are those that the video has.
    """
    body = dict(changes)
    added, removed = body.pop("add_tags", ()), set(map(fold, body.pop("remove_tags", ())))
    if added or removed:
        kept = [tag for tag in body.get("tags", tags) or () if fold(tag) not in removed]
        body["tags"] = [*kept, *added]
    return body


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
