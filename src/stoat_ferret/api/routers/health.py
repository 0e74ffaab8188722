"""Routes of liveness and readiness."""

from fastapi import APIRouter, Request, Response

from stoat_ferret.api.dependencies import ServicesDep, SignedInDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.problems import NOT_READY, PROBLEM_MEDIA_TYPE
from stoat_ferret.api.schemas.health import (
    CheckResponse,
    LiveResponse,
    NotReadyProblem,
    ReadyResponse,
)

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="Is the process alive", responses=problems(open_=True))
async def get_liveness() -> LiveResponse:
    """Respond while the process is alive; needs no token."""
    return LiveResponse()


@router.get(
    "/ready",
    summary="Does everything work",
    response_model=ReadyResponse,
    responses=problems(NOT_READY, open_=True),
)
async def get_readiness(
    services: ServicesDep, signed_in: SignedInDep, request: Request
) -> ReadyResponse | Response:
    """Return the latest result of each check: database, ffmpeg, ffprobe, queue. Never waits.

    Needs no token, but includes details only for signed-in clients.
    """
    report = await services.health.report()
    checks = {
        name: CheckResponse(ok=check.ok, detail=check.detail if signed_in else None)
        for name, check in report.checks.items()
    }
    if report.ok:
        return ReadyResponse(checks=checks)
    wrong = ", ".join(name for name, check in checks.items() if not check.ok)
    problem = NotReadyProblem(
        type=NOT_READY.type,
        title=NOT_READY.title,
        status=NOT_READY.status,
        detail=f"Not working: {wrong}. `stoat-ferret doctor` says how to mend it.",
        instance=request.url.path,
        request_id=request.state.request_id,
        checks=checks,
    )
    return Response(
        problem.model_dump_json(exclude_none=True),
        NOT_READY.status,
        media_type=PROBLEM_MEDIA_TYPE,
        headers={"retry-after": "15"},
    )
