"""The route of facts about the server."""

import asyncio
from datetime import UTC, datetime

from fastapi import APIRouter

from stoat_ferret import __version__
from stoat_ferret.api.dependencies import ServicesDep, SystemDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.health import CheckResponse
from stoat_ferret.api.schemas.system import (
    DatabaseResponse,
    PictureUseResponse,
    RootFactsResponse,
    SpaceResponse,
    SystemResponse,
)
from stoat_ferret.api.system import WAIT_SECONDS
from stoat_ferret.cron import CronTimes

router = APIRouter(prefix="/api/v1", tags=["system"])


@router.get("/system", summary="Describe the server", responses=problems())
async def get_system(services: ServicesDep, system: SystemDep) -> SystemResponse:
    """Return versions, folders, disks and sizes, for people and for bug reports.

    Slow counts run in the background: repeat the request for values that are null or counting.
    """
    report, database, disk, libav, roots, _ = await asyncio.gather(
        services.health.report(),
        system.database(),
        system.data_disk(),
        system.libav(),
        system.roots(),
        system.pictures.refresh(wait_seconds=WAIT_SECONDS),
    )
    settings = services.server_settings.current
    times = CronTimes(settings.scan_schedule) if settings.scan_schedule else None
    return SystemResponse(
        version=__version__,
        python=system.python,
        machine=system.machine,
        checks={
            name: CheckResponse(ok=check.ok, detail=check.detail)
            for name, check in report.checks.items()
        },
        libav=libav,
        prober=settings.prober,
        media_processes=settings.media_processes,
        database=None if database is None else DatabaseResponse.from_facts(database),
        data_dir=str(settings.data_dir),
        data_disk=SpaceResponse.from_space(disk),
        pictures=PictureUseResponse.from_pictures(system.pictures),
        roots=[RootFactsResponse.from_facts(facts) for facts in roots],
        roots_are_default=settings.roots_are_default,
        scan_schedule=settings.scan_schedule,
        next_scan_at=None if times is None else times.next_after(datetime.now(UTC)),
        token_required=settings.token is not None,
        started_at=system.started_at,
        uptime_seconds=(datetime.now(UTC) - system.started_at).total_seconds(),
    )
