"""A scan with or without a server."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stoat_ferret.cli.job_running import outcome_of, run_somewhere
from stoat_ferret.cli.server_job import ServerJob
from stoat_ferret.errors import shown

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from stoat_ferret.cli.job_outcome import JobOutcome
    from stoat_ferret.cli.job_running import Show
    from stoat_ferret.cli.output import Row
    from stoat_ferret.cli.server_client import ServerClient
    from stoat_ferret.config import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanWish:
    """What to scan; `folder` is absolute."""

    folder: Path
    recursive: bool
    force: bool
    timeout_seconds: float | None


async def scan_somewhere(settings: Settings, wish: ScanWish) -> JobOutcome:
    """Scan a folder; see `run_somewhere`."""
    folder = os.fspath(wish.folder)

    async def by_server(server: ServerClient, show: Show) -> JobOutcome:
        def start() -> Coroutine[Any, Any, Row]:
            return server.start_scan(folder, recursive=wish.recursive, force=wish.force)

        return await ServerJob(server, start, show, timeout_seconds=wish.timeout_seconds).run()

    async def here(show: Show) -> JobOutcome:
        from stoat_ferret.directly import scan_directly
        from stoat_ferret.scan.result import ScanResult

        result = ScanResult(root=shown(wish.folder))
        work = scan_directly(
            settings,
            folder,
            recursive=wish.recursive,
            force=wish.force,
            result=result,
            on_progress=show,
        )
        return await outcome_of(work, result, timeout_seconds=wish.timeout_seconds)

    return await run_somewhere(settings, "stoat-ferret scan", by_server=by_server, here=here)
