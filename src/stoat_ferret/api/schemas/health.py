"""Health as it goes over the wire."""

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
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "live"}]})

    status: Literal["live"] = "live"


class CheckResponse(BaseModel):
    """What is known of one part."""

    ok: bool
    detail: Display | None = Field(
        description="What was found, with the mend; null for who is not signed in."
    )


class ReadyResponse(BaseModel):
    """Everything that is needed works."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ready", "checks": _CHECKS_EXAMPLE}]}
    )

    status: Literal["ready"] = "ready"
    checks: dict[str, CheckResponse]


class NotReadyProblem(Problem):
    """Something that is needed does not work."""

    checks: dict[str, CheckResponse]
