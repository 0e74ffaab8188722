"""The route of live events: one stream for each client."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent

from stoat_ferret.api.dependencies import EventsDep, QueueDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.problems import ORIGIN_REFUSED

router = APIRouter(prefix="/api/v1/events", tags=["events"])

_EXAMPLE = (
    "event: job\n"
    'data: {"id": "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11", "kind": "scan", "status": "running", '
    '"progress": 0.42}\n\n'
    "event: library\n"
    'data: {"job_id": "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11", "done": 420, "total": 1000, '
    '"finished": false, "counts": {}}\n\n'
)


@router.get(
    "",
    summary="Follow jobs and the library",
    response_class=EventSourceResponse,
    responses={
        200: {
            "description": "Events until the client or the server closes the stream.",
            "content": {"text/event-stream": {"example": _EXAMPLE}},
        },
        **problems(ORIGIN_REFUSED),
    },
)
async def follow_events(events: EventsDep, queue: QueueDep) -> AsyncIterator[ServerSentEvent]:
    """Stream server-sent events.

    `job` contains a job as in `GET /api/v1/jobs/{id}`: first each active one, then each that
    changes, at most ten times a second. `library` reports, at most once a second, that the library
    changed. A client that lost events need not request them: each is a complete snapshot. Comments
    keep the connection open.
    """
    async for event in events.stream(queue):
        yield event
