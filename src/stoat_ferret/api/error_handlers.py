"""Errors of routes turned into problem+json; what the table does not know is the middleware's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from stoat_ferret.api.problems import (
    MALFORMED,
    METHOD_REFUSED,
    NO_SUCH_ADDRESS,
    field_errors,
    kind_of,
    kind_of_status,
    problem_response,
)
from stoat_ferret.api.schemas.problem import FieldError
from stoat_ferret.api.schemas.text import display
from stoat_ferret.errors import MediaProcessError, QueueClosedError, StoatFerretError

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

log = structlog.get_logger(__name__)

_MOST_ERRORS = 20
"""Of one request that are listed; a body has room for thousands."""


def install_error_handlers(app: FastAPI) -> None:
    """Make `app` answer every error with problem+json."""
    app.add_exception_handler(StoatFerretError, _handle_own_error)
    app.add_exception_handler(RequestValidationError, _handle_malformed)
    app.add_exception_handler(HTTPException, _handle_http_error)


async def _handle_own_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoatFerretError)  # noqa: S101  it is registered for nothing else
    kind = kind_of(error)
    if kind.status >= 500:
        log.error("request_failed", problem=kind.slug, detail=str(error))
    headers = {"retry-after": "5"} if isinstance(error, QueueClosedError) else None
    found = []
    if error.location is not None:
        location, message = display(f"body.{error.location}"), display(str(error))
        found.append(FieldError(location=location, message=message, code="refused"))
    detail = _sentence(error)
    return problem_response(request.scope, kind, detail, field_errors=found, headers=headers)


def _sentence(error: StoatFerretError) -> str:
    """Return what happened and what to do; of a program, only its last output is known."""
    if isinstance(error, MediaProcessError):
        return f"{str(error).removesuffix('.')}. See `stoat-ferret doctor` for what is wrong."
    return str(error)


async def _handle_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  it is registered for nothing else
    found = field_errors(error.errors()[:_MOST_ERRORS])
    detail = "; ".join(f"{one.location}: {one.message}" for one in found[:3])
    return problem_response(
        request.scope, MALFORMED, f"The request is malformed: {detail}.", field_errors=found
    )


async def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  it is registered for nothing else
    kind = kind_of_status(error.status_code)
    detail, headers = str(error.detail), dict(error.headers or {})
    if kind is NO_SUCH_ADDRESS:
        detail = f"There is nothing at {request.url.path}. The calls are in /api/v1/openapi.json."
    elif kind is METHOD_REFUSED:
        headers = {"allow": ", ".join(_allowed(request))}
        detail = f"{request.method} is not allowed here; {headers['allow']} is."
    return problem_response(request.scope, kind, detail, headers=headers)


def _allowed(request: Request) -> list[str]:
    """The methods of all routes at this address; the framework names those of the first."""
    methods: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex.match(request.scope["path"]):
            methods.update(route.methods or ())
    return sorted(methods)
