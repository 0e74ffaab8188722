"""Runs a discovery in a thread and hands its batches to the event loop, never faster than taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.from_thread
import anyio.to_thread

from stoat_ferret.scan.discovery import Batch, Discovery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.streams.memory import MemoryObjectSendStream

_BATCHES_AHEAD = 4


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
    send, receive = anyio.create_memory_object_stream[Batch](_BATCHES_AHEAD)
    try:
        async with anyio.create_task_group() as tasks, receive:
            tasks.start_soon(_produce, discovery, send)
            while True:
                with anyio.fail_after(silence_seconds):
                    try:
                        batch = await receive.receive()
                    except anyio.EndOfStream:
                        break
                await handle(batch)
    except BaseExceptionGroup as group:
        raise first_error(group) from group


def first_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error in a group, however deep; the others follow from it."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _produce(discovery: Discovery, send: MemoryObjectSendStream[Batch]) -> None:
    def produce() -> None:
        for batch in discovery.walk():
            anyio.from_thread.run(send.send, batch)

    async with send:
        # A thread in a system call that never returns is left behind: it cannot be ended.
        await anyio.to_thread.run_sync(produce, abandon_on_cancel=True)
