"""Scans: ask for one; what comes of it is a job."""

from fastapi import APIRouter, Response

from stoat_ferret.api.dependencies import ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.job import JobStatusResponse
from stoat_ferret.api.schemas.scan import ScanRequestBody
from stoat_ferret.errors import (
    FolderNotFoundError,
    PathOutsideRootsError,
    QueueClosedError,
    RootUnavailableError,
)

router = APIRouter(prefix="/api/v1/scans", tags=["scans"])


@router.post(
    "",
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
