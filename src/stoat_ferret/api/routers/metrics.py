"""The route of the Prometheus metrics."""

from fastapi import APIRouter, Response

from stoat_ferret.api.dependencies import EventsDep, MetricsDep, QueueDep
from stoat_ferret.api.metrics import METRICS_MEDIA_TYPE
from stoat_ferret.api.openapi import problems
from stoat_ferret.jobs.job import JobStatus

router = APIRouter(prefix="/metrics", tags=["health"])

_EXAMPLE = '# TYPE stoat_jobs gauge\nstoat_jobs{status="running"} 1.0\n'


@router.get(
    "",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "The text format of Prometheus, version 0.0.4.",
            "content": {"text/plain": {"example": _EXAMPLE}},
        },
        **problems(),
    },
)
async def get_metrics(metrics: MetricsDep, queue: QueueDep, events: EventsDep) -> Response:
    """Return request latency, event loop lag, jobs by state, files a second, open streams."""
    counts = {status: (await queue.list(status=status, limit=1)).total for status in JobStatus}
    running = await queue.list(status=JobStatus.RUNNING, limit=500)
    rates = [job.progress.rate or 0.0 for job in running.items if job.progress.unit == "files"]
    text = metrics.render(
        jobs=counts, files_per_second=sum(rates), event_streams=events.open_streams
    )
    return Response(text, media_type=METRICS_MEDIA_TYPE)
