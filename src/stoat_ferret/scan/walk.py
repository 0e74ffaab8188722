"""Runs a discovery in a thread, a batch at a time, never faster than the batches are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.disk import ask_disk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.scan.discovery import Batch, Discovery


async def walk(
    discovery: Discovery,
    handle: Callable[[Batch], Awaitable[None]],
    *,
    silence_seconds: float,
) -> None:
    """Call `handle` with each batch.

    Raises `TimeoutError` when the file system says nothing for `silence_seconds`, and the
    `OSError` of the folder the walk begins with.
    """
    batches = discovery.walk()
    while True:
        batch = await ask_disk(next, batches, None, timeout_seconds=silence_seconds)
        if batch is None:
            return
        await handle(batch)


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error in a group, however deep; the others follow from it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
