"""Routes that start scans of folders and of single files, which run as jobs."""

from fastapi import APIRouter, Response

from stoat_ferret.api.dependencies import ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.api.schemas.scans import RescanBody, ScanRequestBody
from stoat_ferret.errors import (
    FolderNotFoundError,
    PathOutsideRootsError,
    QueueClosedError,
    RootUnavailableError,
)

router = APIRouter(prefix="/api/v1", tags=["scans"])


@router.post(
    "/scans",
    summary="Scan a folder",
    status_code=202,
    responses=problems(
        PathOutsideRootsError,
        FolderNotFoundError,
        RootUnavailableError,
        QueueClosedError,
        body=True,
    ),
)
async def start_scan(
    body: ScanRequestBody, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue a scan and return its job at once; `Location` is its URL.

    If the same scan is active already, its job is returned.
    """
    job = await services.submit_scan(body.path, recursive=body.recursive, force=body.force)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


@router.post(
    "/videos/rescan",
    summary="Rescan files",
    status_code=202,
    responses=problems(QueueClosedError, body=True),
)
async def rescan_videos(
    body: RescanBody, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue a scan of only these files, which reads them even if they did not change.

    So a file that was repaired, or whose disk is available again, need not wait for a complete
    scan. Missing files are flagged. If the same request is active already, its job is
    returned.
    """
    job = await services.submit_rescan(body.request())
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)
