"""A transport that joins small writes into one."""

from __future__ import annotations

import asyncio
from typing import Any

_FLUSH_BYTES = 64 * 1024


class CoalescingTransport(asyncio.Transport):
    """A transport that sends what was written to it when the event loop gets control again.

    The server writes the head and the body of a response one after the other. Sent one after the
    other, the first wakes the client, which costs more than all the rest of a small response. Large
    writes are not kept back, so that the flow control of `transport` works.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._pending: list[bytes | bytearray | memoryview] = []
        self._pending_bytes = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send `data` soon, in the order of the calls."""
        if not data:
            return
        if not self._pending:
            self._loop.call_soon(self._flush)
        self._pending.append(data)
        self._pending_bytes += len(data)
        if self._pending_bytes >= _FLUSH_BYTES:
            self._flush()

    def _flush(self) -> None:
        pending, self._pending, self._pending_bytes = self._pending, [], 0
        if pending:
            self._transport.write(pending[0] if len(pending) == 1 else b"".join(pending))

    def close(self) -> None:
        """Close the connection after sending all that was written."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection at once; nothing more is sent."""
        self._pending.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closed or about to be."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Stop receiving."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Receive again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what `transport` knows, such as its socket."""
        return self._transport.get_extra_info(name, default)
