"""The form that every error must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """Return the problem in `answer`, which must be of this kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:stoat-ferret:problem:{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith("."), body["detail"]
    assert "Value error" not in answer.text
    assert body["request_id"] == answer.headers["x-request-id"]
    return body
