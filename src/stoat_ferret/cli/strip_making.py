"""The making of contact strips with or without a server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stoat_ferret.cli.job_running import outcome_of, run_somewhere
from stoat_ferret.cli.server_job import ServerJob

if TYPE_CHECKING:
    from pathlib import Path

    from stoat_ferret.cli.job_outcome import JobOutcome
    from stoat_ferret.cli.job_running import Show
    from stoat_ferret.cli.server_client import ServerClient
    from stoat_ferret.config import Settings


async def make_strips_somewhere(settings: Settings, folder: Path | None) -> JobOutcome:
    """Make those that are missing, in a folder or all; see `run_somewhere`."""
    place = None if folder is None else os.fspath(folder)

    async def by_server(server: ServerClient, show: Show) -> JobOutcome:
        return await ServerJob(server, lambda: server.start_strips(place), show).run()

    async def here(show: Show) -> JobOutcome:
        from stoat_ferret.directly import make_strips_directly
        from stoat_ferret.pictures.strip_result import StripResult

        result = StripResult()
        work = make_strips_directly(settings, place, result=result, on_progress=show)
        return await outcome_of(work, result)

    return await run_somewhere(settings, "stoat-ferret strips", by_server=by_server, here=here)
