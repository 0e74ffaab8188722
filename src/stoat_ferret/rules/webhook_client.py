"""The client that calls webhooks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio.to_thread
import httpcore

from stoat_ferret import __version__
from stoat_ferret.errors import WebhookRefusedError
from stoat_ferret.rules.webhook import Answer, judge, sign

if TYPE_CHECKING:
    import ssl

    from stoat_ferret.rules.addresses import CheckedNetwork

CALL_SECONDS = 10.0
"""The time limit for a call, from the look-up of the name to the end of the answer."""
MAX_ANSWER_BYTES = 64 * 1024


class WebhookClient:
    """Makes calls. It follows no redirect and uses no proxy."""

    def __init__(self, network: CheckedNetwork, *, timeout_seconds: float = CALL_SECONDS) -> None:
        self._network = network
        self._timeout_seconds = timeout_seconds
        self._ssl: ssl.SSLContext | None = None

    async def call(self, url: str, secret: str, message_id: str, body: str) -> Answer:
        """Send a message and return the outcome; raises nothing that the receiver can cause."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return judge(await self._post(url, secret, message_id, body))
        except TimeoutError:
            return Answer(error=f"It did not answer within {self._timeout_seconds:g} seconds.")
        except (WebhookRefusedError, ValueError) as error:
            return Answer(error=str(error), is_final=True)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
            OSError,
        ) as error:
            return Answer(error=f"It cannot be reached ({str(error) or type(error).__name__}).")

    async def _post(self, url: str, secret: str, message_id: str, body: str) -> int:
        timestamp = int(datetime.now(UTC).timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"stoat-ferret/{__version__}",
            "Webhook-Id": message_id,
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": sign(secret, message_id, timestamp, body),
        }
        if self._ssl is None:  # reads the certificates of all authorities
            self._ssl = await anyio.to_thread.run_sync(httpcore.default_ssl_context)
        pool = httpcore.AsyncConnectionPool(ssl_context=self._ssl, network_backend=self._network)
        async with (
            pool,
            pool.stream(
                "POST", url, headers=list(headers.items()), content=body.encode()
            ) as answer,
        ):
            await _read(answer)
            return answer.status


async def _read(answer: httpcore.Response) -> None:
    """Read an answer to its end, or as far as it may go."""
    size = 0
    async for part in answer.aiter_stream():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            return
