"""Chooses how a command sees the library: through the running server, or directly."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stoat_ferret.cli.client import LibraryClient
    from stoat_ferret.config import Settings


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[LibraryClient]:
    """The running server of this data folder where there is one, else the database itself."""
    url = await anyio.to_thread.run_sync(DataFolder(settings.data_dir).running_server)
    if url:
        from stoat_ferret.cli.server_client import ServerClient

        async with ServerClient(url, settings.token) as server:
            yield server
    else:
        from stoat_ferret.cli.direct_client import DirectClient

        async with DirectClient.open(settings) as direct:
            yield direct
