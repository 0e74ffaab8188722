"""Schemas of health."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.page import Problem
from stoat_ferret.api.schemas.text import Display

_CHECKS_EXAMPLE: dict[str, Any] = {
    "database": {"ok": True, "detail": "sqlite answers"},
    "ffmpeg": {"ok": True, "detail": "7.1 at /usr/bin/ffmpeg"},
    "ffprobe": {"ok": True, "detail": "7.1 at /usr/bin/ffprobe"},
    "queue": {"ok": True, "detail": "running"},
}


class LiveResponse(BaseModel):
    """The process is alive."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "live"}]})

    status: Literal["live"] = "live"


class CheckResponse(BaseModel):
    """The result of one check."""

    ok: bool
    detail: Display | None = Field(
        description="The finding and how to fix it; null if not signed in."
    )


class ReadyResponse(BaseModel):
    """The response if all checks passed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ready", "checks": _CHECKS_EXAMPLE}]}
    )

    status: Literal["ready"] = "ready"
    checks: dict[str, CheckResponse]


class NotReadyProblem(Problem):
    """The problem if at least one check failed."""

    checks: dict[str, CheckResponse]
