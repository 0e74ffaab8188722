"""Scans of folders and of single files: ask for one; what comes of it is a job."""

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
    """Queue a scan and return its job at once; `Location` says where to follow it.

    A scan that is asked for while the same one is queued or running is that one.
    """
    job = await services.submit_scan(body.path, recursive=body.recursive, force=body.force)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)


@router.post(
    "/videos/rescan",
    summary="Look at files again",
    status_code=202,
    responses=problems(QueueClosedError, body=True),
)
async def rescan_videos(
    body: RescanBody, services: ServicesDep, response: Response
) -> JobStatusResponse:
    """Queue a scan of just these files, read again whether they changed or not.

    So a bad file that was mended, or whose disk is back, need not wait for a whole scan. Files
    that are gone are flagged as missing. Asked for twice at a time, it is one job.
    """
    job = await services.submit_rescan(body.request())
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobStatusResponse.from_job(job)
