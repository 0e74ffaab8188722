"""Lists of the library, page by page, as a table, as lines or as one JSON document."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from stoat_ferret.cli.client import all_pages, open_client
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.cli.output import JsonList, plural, print_err, print_rows
from stoat_ferret.cli.terminal import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from stoat_ferret.cli.client import LibraryClient, Page
    from stoat_ferret.cli.output import Column
    from stoat_ferret.config import Settings

    Fetch = Callable[[Mapping[str, Any]], Awaitable[Page]]


def list_rows(
    settings: Settings,
    choose: Callable[[LibraryClient], Fetch],
    filters: Mapping[str, Any],
    *,
    wanted: int | None,
    columns: Sequence[Column],
    noun: str,
    as_json: bool,
    calls: Sequence[str] | None = None,
) -> None:
    """Print `wanted` rows, or all for None, of the list that `choose` selects from the client.

    `calls` are the routers that it needs, if they are not the usual ones.
    """

    async def print_pages() -> None:
        listing = _JsonListing() if as_json else _TextListing(columns, noun)
        async with open_client(settings, calls=calls) as client:
            async for page in all_pages(choose(client), filters, wanted=wanted):
                listing.take(page)
        listing.end()

    with logging_to_stderr(settings, quiet=True):
        run(print_pages)


class _JsonListing:
    def __init__(self) -> None:
        self._list = JsonList()
        self._last: Page | None = None

    def take(self, page: Page) -> None:
        self._list.add(page.items)
        self._last = page

    def end(self) -> None:
        if self._last:
            self._list.end(next_cursor=self._last.next_cursor, total=self._last.total)


class _TextListing:
    def __init__(self, columns: Sequence[Column], noun: str) -> None:
        self._columns = columns
        self._noun = noun
        self._shown = 0
        self._last: Page | None = None

    def take(self, page: Page) -> None:
        if page.items:
            print_rows(self._columns, page.items, titles=self._shown == 0)
        self._shown += len(page.items)
        self._last = page

    def end(self) -> None:
        if self._last is None:
            return
        total = plural(self._last.total, self._noun)
        if self._last.next_cursor:
            print_err(f"{self._shown:,} of {total} shown; --all or --limit shows more.")
        elif sys.stdout.isatty():
            print_err(total)
