"""One call of the library by a command, and the report of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.cli.client import open_client
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.cli.options import read_settings
from stoat_ferret.cli.output import print_json, print_out
from stoat_ferret.cli.terminal import run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.cli.output import Row

T = TypeVar("T")


def ask_library(
    data_dir: Path | None,
    call: Callable[[LibraryClient], Awaitable[T]],
    *,
    owner: str | None = None,
) -> T:
    """Return what `call` returns; `owner` is a command that needs the library for itself."""
    settings = read_settings(data_dir=data_dir)

    async def ask() -> T:
        async with open_client(settings, owner=owner) as client:
            return await call(client)

    with logging_to_stderr(settings, quiet=True):
        return run(ask)


def report(row: Row, sentence: str, *, as_json: bool) -> None:
    """Print the result of a command: the JSON document `row`, or a sentence for people."""
    if as_json:
        print_json(row)
    else:
        print_out(sentence)
