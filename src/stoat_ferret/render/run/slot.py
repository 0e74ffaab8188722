"""A place among the renders that run at a time, which a paused render leaves to others."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from stoat_ferret.concurrency import beside
from stoat_ferret.pause_gate import PauseGate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import anyio


@asynccontextmanager
async def render_slot(
    slots: anyio.CapacityLimiter, gate: PauseGate, on_wait: Callable[[], object]
) -> AsyncIterator[PauseGate]:
    """Hold one of `slots` while `gate` is open; call `on_wait` if there is none.

    The gate that is yielded is paused with the other one, and opens again once there is a slot.
    """
    borrower, own = object(), PauseGate()

    async def take() -> None:
        while True:
            await gate.until_open()
            if slots.available_tokens < 1:
                on_wait()
            await slots.acquire_on_behalf_of(borrower)
            if not gate.is_paused:
                return
            slots.release_on_behalf_of(borrower)

    async def follow() -> None:
        while True:
            await gate.until_paused()
            own.pause()
            slots.release_on_behalf_of(borrower)
            await take()
            own.resume()

    try:
        await take()
        async with beside(follow()):
            yield own
    finally:
        with suppress(RuntimeError):  # a paused render holds none
            slots.release_on_behalf_of(borrower)
