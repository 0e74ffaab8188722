"""The middleware for every request: request id, headers, one log line, one measurement."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect

from stoat_ferret.api.problems import INTERNAL, problem_response
from stoat_ferret.api.security import SECURITY_HEADERS
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stoat_ferret.api.metrics import Metrics

REQUEST_ID_HEADER = "x-request-id"

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_QUIET_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})

log = structlog.get_logger(__name__)


class RequestMiddleware:
    """The outermost middleware: every response gets its headers, and no error escapes."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID_HEADER))
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._handle(scope, receive, send, request_id)

    async def _handle(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, scope["path"], request_id)
                self._measure(scope, message["status"], time.perf_counter() - started)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or 499
        except Exception:
            log.exception("request_failed", method=scope["method"], path=for_display(scope["path"]))
            if status is not None:
                raise  # too late for a response: the server closes the connection
            response = problem_response(
                scope,
                INTERNAL,
                f"The log of the server says more under the request id {request_id}.",
            )
            await response(scope, receive, send_with_headers)
        finally:
            _log_request(scope, status, time.perf_counter() - started)

    def _measure(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self._metrics.observe_request(scope["method"], route, status, seconds)


def _request_id(sent: str | None) -> str:
    if sent is not None and _REQUEST_ID.fullmatch(sent):
        return sent
    return uuid.uuid4().hex


def _add_headers(message: Message, path: str, request_id: str) -> None:
    headers = MutableHeaders(scope=message)
    headers[REQUEST_ID_HEADER] = request_id
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith("/api/"):
        headers.setdefault("cache-control", "no-store")


def _log_request(scope: Scope, status: int | None, seconds: float) -> None:
    client = scope.get("client")
    level = "debug" if scope["path"] in _QUIET_PATHS and status == 200 else "info"
    getattr(log, level)(
        "request",
        method=scope["method"],
        path=for_display(scope["path"]),  # without the query: it may contain what people search for
        status=status,
        duration_ms=round(seconds * 1000, 2),
        client=client[0] if client else None,
    )
