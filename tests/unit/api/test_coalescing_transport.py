"""What is written arrives completely and in order, however it was joined."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from stoat_ferret.api.coalescing_transport import CoalescingTransport

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 20
PAUSE = None
"""Gives control to the event loop."""
STEPS = st.lists(
    st.just(PAUSE) | st.binary(max_size=9) | st.integers(60_000, 140_000).map(bytes), max_size=8
)


async def open_pair() -> tuple[CoalescingTransport, socket.socket]:
    here, there = socket.socketpair()
    loop = asyncio.get_running_loop()
    there.setblocking(False)
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=here)
    return CoalescingTransport(transport, loop), there


async def receive_all(client: socket.socket) -> bytes:
    loop = asyncio.get_running_loop()
    parts = []
    with client:
        async with asyncio.timeout(SECONDS):
            while part := await loop.sock_recv(client, 1 << 20):
                parts.append(part)
    return b"".join(parts)


async def send(steps: Sequence[bytes | None], *, is_closed: bool) -> bytes:
    transport, client = await open_pair()
    arriving = asyncio.create_task(receive_all(client))
    for step in steps:
        if step is PAUSE:
            await asyncio.sleep(0)
        else:
            transport.write(step)
    if not is_closed:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    transport.close()
    assert transport.is_closing()
    return await arriving


@settings(max_examples=examples(60), deadline=None)
@given(STEPS, st.booleans())
def test_all_that_was_written_arrives_in_order(steps: list[bytes | None], is_closed: bool) -> None:
    arrived = asyncio.run(send(steps, is_closed=is_closed))
    assert arrived == b"".join(step for step in steps if step is not None)


async def test_writes_wait_for_each_other_until_the_loop_gets_control() -> None:
    transport, client = await open_pair()
    with client:
        transport.write(b"one")
        transport.write(b"two")
        try:
            early = client.recv(10)
        except BlockingIOError:
            early = b""
        await asyncio.sleep(0)
        assert (early, client.recv(10)) == (b"", b"onetwo")
        transport.abort()


async def test_nothing_is_sent_after_an_abort() -> None:
    transport, client = await open_pair()
    transport.write(b"too late")
    transport.abort()
    assert await receive_all(client) == b""


async def test_large_writes_are_not_kept_back() -> None:
    transport, client = await open_pair()
    with client:
        transport.write(bytes(64 * 1024))
        assert client.recv(1)
        transport.abort()
