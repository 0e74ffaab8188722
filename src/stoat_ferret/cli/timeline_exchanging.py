"""Timelines taken over and written, with or without a server, and their files."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.cli.job_running import START_SECONDS
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.errors import RenderRefusedError, TimelineRefusedError, shown
from stoat_ferret.render.timeline_text import MAX_TIMELINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stoat_ferret.cli.output import Row
    from stoat_ferret.cli.server_client import ServerClient
    from stoat_ferret.config import Settings
    from stoat_ferret.render.request import RenderRequest
    from stoat_ferret.render.timeline_exchange import TimelineExchange


async def take_somewhere(settings: Settings, text: bytes) -> Row:
    """The answer of `POST /timelines/import`. Raises `StoatFerretError`."""

    async def here(timelines: TimelineExchange) -> Row:
        from stoat_ferret.api.schemas.timeline import TakenTimelineResponse

        taken = await timelines.take(text)
        return TakenTimelineResponse.from_taken(taken).model_dump(mode="json")

    return await _somewhere(settings, lambda server: server.import_timeline(text), here)


async def write_somewhere(settings: Settings, wish: RenderRequest | str) -> Row:
    """The answer of `POST /timelines/export`, or for an id that of a video's timeline.

    Raises `StoatFerretError`.
    """

    async def here(timelines: TimelineExchange) -> Row:
        from stoat_ferret.api.schemas.timeline import WrittenTimelineResponse

        written = await (
            timelines.write_recipe(wish) if isinstance(wish, str) else timelines.write(wish)
        )
        return WrittenTimelineResponse.from_written(written).model_dump(mode="json")

    def by_server(server: ServerClient) -> Awaitable[Row]:
        if isinstance(wish, str):
            return server.export_video_timeline(wish)
        return server.export_timeline(wish.params)

    return await _somewhere(settings, by_server, here)


async def _somewhere(
    settings: Settings,
    by_server: Callable[[ServerClient], Awaitable[Row]],
    here: Callable[[TimelineExchange], Awaitable[Row]],
) -> Row:
    data_folder = DataFolder(settings.data_dir)
    url = await anyio.to_thread.run_sync(data_folder.running_server)
    if url:
        from stoat_ferret.cli.server_client import ServerClient

        async with ServerClient(url, settings.token) as server:
            return await by_server(server)
    from stoat_ferret.cli.logs import send_events_to_logging
    from stoat_ferret.directly import open_timelines_directly

    send_events_to_logging()
    async with (
        data_folder.own("stoat-ferret timeline", wait_seconds=START_SECONDS),
        open_timelines_directly(settings) as timelines,
    ):
        return await here(timelines)


def read_timeline(path: Path) -> bytes:
    """What is in the file, or for `-` on standard input. Raises `TimelineRefusedError`."""
    try:
        if str(path) == "-":
            text = sys.stdin.buffer.read(MAX_TIMELINE_BYTES + 1)
        else:
            with path.open("rb") as file:
                text = file.read(MAX_TIMELINE_BYTES + 1)
    except OSError as error:
        raise TimelineRefusedError(f"{shown(path)} cannot be read: {error.strerror}.") from error
    if len(text) > MAX_TIMELINE_BYTES:
        raise TimelineRefusedError(
            f"{shown(path)} is too large: a timeline may have {MAX_TIMELINE_BYTES:,} bytes at most."
        )
    return text


def save_timeline(text: str, target: Path, *, overwrite: bool) -> None:
    """Write the file whole or not at all; never over another one, unless asked.

    Raises `RenderRefusedError`.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".otio")
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            _publish(draft, target, overwrite=overwrite)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
    except FileExistsError as error:
        raise RenderRefusedError(
            f"{shown(target)} is there already. Choose another name, or add --overwrite."
        ) from error
    except OSError as error:
        raise RenderRefusedError(f"{shown(target)} cannot be written: {error.strerror}.") from error


def _publish(draft: Path, target: Path, *, overwrite: bool) -> None:
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o666 & ~mask)
    if not overwrite:
        # Its name is taken before it is given, which any file system does in one step.
        target.touch(exist_ok=False)
    draft.replace(target)
