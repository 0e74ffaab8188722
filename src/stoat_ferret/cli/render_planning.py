"""What a render would make, with or without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.cli.job_running import START_SECONDS
from stoat_ferret.data_folder import DataFolder

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings
    from stoat_ferret.render.request import RenderRequest


async def plan_somewhere(settings: Settings, request: RenderRequest) -> Row:
    """The answer of `POST /renders/plan`, of the running server or made here.

    Raises `StoatFerretError`.
    """
    data_folder = DataFolder(settings.data_dir)
    url = await anyio.to_thread.run_sync(data_folder.running_server)
    if url:
        from stoat_ferret.cli.server_client import ServerClient

        async with ServerClient(url, settings.token) as server:
            return await server.plan_render(request.params)
    async with data_folder.own("stoat-ferret render", wait_seconds=START_SECONDS):
        return await _plan_here(settings, request)


def sentence(output: Row) -> str:
    """One planned file in a line."""
    seconds = output["duration_seconds"]
    picture = f"{output['width']}x{output['height']}" if output["width"] else ""
    parts = [
        "" if seconds is None else f"{seconds:.3f} s",
        picture,
        output["video_codec"],
        output["audio_codec"],
    ]
    return f"{output['name']}: {', '.join(part for part in parts if part)}"


async def _plan_here(settings: Settings, request: RenderRequest) -> Row:
    from stoat_ferret.api.schemas.render_plan import RenderPlanResponse
    from stoat_ferret.cli.logs import send_events_to_logging
    from stoat_ferret.directly import plan_render_directly

    send_events_to_logging()
    prepared = await plan_render_directly(settings, request)
    return RenderPlanResponse.from_prepared(prepared).model_dump(mode="json")
