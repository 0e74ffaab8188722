"""The description of the interface is made once, on demand and off the event loop."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from fastapi import FastAPI, Request

from stoat_ferret.api.openapi import ApiDescription


class Described:
    """A description whose making can be delayed, and the threads that made it."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.go = threading.Event()
        app = FastAPI(title="a title", openapi_url=None)
        describe = app.openapi

        def recorded() -> dict[str, Any]:
            self.threads.append(threading.current_thread())
            assert self.go.wait(30)
            return describe()

        app.openapi = recorded  # type: ignore[method-assign]  # the way FastAPI documents
        self._description = ApiDescription(app)

    async def ask(self) -> Any:
        """Return the title in the description that a client gets."""
        answer = await self._description.respond(Request({"type": "http"}))
        assert answer.media_type == "application/json"
        return json.loads(bytes(answer.body))["info"]["title"]


async def test_a_thread_makes_it_once_for_all_who_ask() -> None:
    described = Described()
    asked = [asyncio.create_task(described.ask()) for _ in range(3)]
    await asyncio.sleep(0)
    described.go.set()
    assert await asyncio.gather(*asked) == ["a title"] * 3
    assert await described.ask() == "a title"
    assert len(described.threads) == 1
    assert described.threads[0] is not threading.current_thread()


async def test_a_client_that_goes_away_takes_it_from_nobody() -> None:
    described = Described()
    gone, waiting = (asyncio.create_task(described.ask()) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    described.go.set()
    assert await waiting == "a title"
    assert len(described.threads) == 1
