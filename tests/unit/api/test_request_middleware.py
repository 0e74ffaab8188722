"""Middleware that handles every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
import structlog
from starlette.responses import PlainTextResponse

from stoat_ferret.api.metrics import Metrics
from stoat_ferret.api.request_middleware import RequestMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


async def fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError("the secret recipe")


async def fail_late(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError("the secret recipe")


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


def client(app: ASGIApp, metrics: Metrics | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(RequestMiddleware(app, metrics or Metrics()))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


async def test_an_unexpected_error_is_a_problem_that_tells_nothing_but_the_id() -> None:
    with structlog.testing.capture_logs() as logs:
        async with client(fail) as http:
            response = await http.get("/api/v1/videos?q=private", headers={"x-request-id": "abc"})
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    problem = response.json()
    assert problem["type"] == "urn:stoat-ferret:problem:internal-error"
    assert problem["request_id"] == "abc"
    assert "secret" not in response.text
    failure, request = logs
    assert failure["event"] == "request_failed"
    assert failure["exc_info"]
    assert request["event"] == "request"
    assert request["status"] == 500
    assert "private" not in str(request)


async def test_an_error_after_the_answer_began_closes_the_connection() -> None:
    with structlog.testing.capture_logs() as logs, pytest.raises(ValueError, match="recipe"):
        async with client(fail_late) as http:
            await http.get("/")
    assert [entry["event"] for entry in logs] == ["request_failed", "request"]


async def test_a_request_is_one_line_in_the_log() -> None:
    with structlog.testing.capture_logs() as logs:
        async with client(answer) as http:
            response = await http.get("/caf%E9", headers={"x-request-id": "abc"})
    assert response.headers["x-request-id"] == "abc"
    (entry,) = logs
    assert entry["log_level"] == "info"
    assert (entry["method"], entry["status"]) == ("GET", 200)
    assert entry["duration_ms"] >= 0


async def test_the_log_of_whatever_a_request_does_names_its_id() -> None:
    bound: list[object] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        bound.append(structlog.contextvars.get_contextvars().get("request_id"))
        await answer(scope, receive, send)

    async with client(look) as http:
        await http.get("/", headers={"x-request-id": "abc"})
    assert bound == ["abc"]
    assert "request_id" not in structlog.contextvars.get_contextvars()


async def test_checks_of_health_fill_no_log() -> None:
    with structlog.testing.capture_logs() as logs:
        async with client(answer) as http:
            await http.get("/health/live")
    assert [entry["log_level"] for entry in logs] == ["debug"]


async def test_requests_are_measured_by_route_and_not_by_address() -> None:
    metrics = Metrics()
    async with client(answer, metrics) as http:
        for number in range(3):
            await http.get(f"/{number}")
    text = metrics.render(jobs={}, files_per_second=0.0, event_streams=0).decode()
    line = 'stoat_request_seconds_count{method="GET",route="unknown",status="200"} 3.0'
    assert line in text
