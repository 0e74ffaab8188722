"""A render with or without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.cli.job_running import outcome_of, run_somewhere
from stoat_ferret.cli.server_job import ServerJob

if TYPE_CHECKING:
    from stoat_ferret.cli.job_outcome import JobOutcome
    from stoat_ferret.cli.job_running import Show
    from stoat_ferret.cli.server_client import ServerClient
    from stoat_ferret.config import Settings
    from stoat_ferret.render.request import RenderRequest


async def render_somewhere(settings: Settings, request: RenderRequest) -> JobOutcome:
    """Render; see `run_somewhere`."""
    seconds = settings.render_timeout_seconds

    async def by_server(server: ServerClient, show: Show) -> JobOutcome:
        job = ServerJob(
            server, lambda: server.start_render(request.params), show, timeout_seconds=seconds
        )
        return await job.run()

    async def here(show: Show) -> JobOutcome:
        from stoat_ferret.directly import render_directly
        from stoat_ferret.render.render_result import RenderResult

        result = RenderResult()
        work = render_directly(settings, request, result=result, on_progress=show)
        return await outcome_of(work, result, timeout_seconds=seconds)

    return await run_somewhere(settings, "stoat-ferret render", by_server=by_server, here=here)
