"""Routes of markers: list, search, add, change and delete them."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from stoat_ferret.api.dependencies import EventsDep, MarkersDep
from stoat_ferret.api.etags import REVISION_HEADER, etag, revisions
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.markers import (
    CSV_EXAMPLE,
    MARKER_ID_EXAMPLE,
    FoundMarkerResponse,
    FoundMarkersResponse,
    MarkerBody,
    MarkerDeletedResponse,
    MarkerQuery,
    MarkerResponse,
    MarkersResponse,
    markers_csv,
)
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.errors import (
    MarkerChangedError,
    MarkerNotFoundError,
    MarkerOutsideVideoError,
    RevisionMissingError,
    TooManyMarkersError,
    VideoNotFoundError,
)

router = APIRouter(prefix="/api/v1", tags=["markers"])

VideoId = Annotated[
    str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
]
MarkerId = Annotated[
    str, Path(max_length=100, description="The id of a marker.", examples=[MARKER_ID_EXAMPLE])
]
IfMatch = Annotated[
    str | None, Header(max_length=1000, description="The ETag of the marker, or `*` for any.")
]


@router.get("/markers", summary="Search markers", responses=problems())
async def search_markers(
    query: Annotated[MarkerQuery, Query()], markers: MarkersDep
) -> FoundMarkersResponse:
    """List the markers of usable videos that have all these words, the newest first."""
    found = await markers.search(query.q, limit=query.limit)
    return FoundMarkersResponse(items=[FoundMarkerResponse.from_found(one) for one in found])


@router.get(
    "/videos/{video_id}/markers",
    summary="List the markers of a video",
    responses=problems(VideoNotFoundError),
)
async def list_markers(video_id: VideoId, markers: MarkersDep) -> MarkersResponse:
    """List the markers of a video in the order of time."""
    found = await markers.of_video(video_id)
    return MarkersResponse(items=[MarkerResponse.from_marker(one) for one in found])


@router.get(
    "/videos/{video_id}/markers.csv",
    summary="Export the markers of a video",
    response_class=Response,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}, "example": CSV_EXAMPLE}}},
        **problems(VideoNotFoundError),
    },
)
async def export_markers(video_id: VideoId, markers: MarkersDep) -> Response:
    """Return the markers of a video as CSV (RFC 4180), with times in seconds."""
    text = markers_csv(await markers.of_video(video_id))
    disposition = {"content-disposition": 'attachment; filename="markers.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=disposition)


@router.post(
    "/videos/{video_id}/markers",
    summary="Add a marker",
    status_code=201,
    responses={
        201: {"headers": REVISION_HEADER},
        **problems(VideoNotFoundError, TooManyMarkersError, MarkerOutsideVideoError, body=True),
    },
)
async def add_marker(
    video_id: VideoId,
    body: MarkerBody,
    markers: MarkersDep,
    events: EventsDep,
    response: Response,
) -> MarkerResponse:
    """Mark a moment or a range of a video; the words of markers find their videos, too."""
    added = await markers.add(video_id, body.values())
    events.notify(LibraryEvent.from_person(markers=1))
    response.headers["etag"] = etag(added.revision)
    return MarkerResponse.from_marker(added)


@router.get(
    "/markers/{marker_id}",
    summary="Get a marker",
    responses={200: {"headers": REVISION_HEADER}, **problems(MarkerNotFoundError)},
)
async def get_marker(
    marker_id: MarkerId, markers: MarkersDep, response: Response
) -> MarkerResponse:
    """Return a marker. Send its ETag when you change it."""
    marker = await markers.get(marker_id)
    response.headers["etag"] = etag(marker.revision)
    return MarkerResponse.from_marker(marker)


@router.put(
    "/markers/{marker_id}",
    summary="Change a marker",
    responses={
        200: {"headers": REVISION_HEADER},
        **problems(
            MarkerNotFoundError,
            MarkerChangedError,
            MarkerOutsideVideoError,
            RevisionMissingError,
            body=True,
        ),
    },
)
async def change_marker(
    marker_id: MarkerId,
    body: MarkerBody,
    markers: MarkersDep,
    events: EventsDep,
    response: Response,
    if_match: IfMatch = None,
) -> MarkerResponse:
    """Replace all values of a marker.

    If-Match contains the version that was changed, so that changes of others are not overwritten.
    """
    changed = await markers.change(marker_id, body.values(), revisions=revisions(if_match))
    events.notify(LibraryEvent.from_person(markers=1))
    response.headers["etag"] = etag(changed.revision)
    return MarkerResponse.from_marker(changed)


@router.delete(
    "/markers/{marker_id}",
    summary="Delete a marker",
    responses=problems(MarkerNotFoundError, body=True),
)
async def delete_marker(
    marker_id: MarkerId, markers: MarkersDep, events: EventsDep
) -> MarkerDeletedResponse:
    """Delete a marker; `undo` restores it."""
    undo = await markers.delete(marker_id)
    events.notify(LibraryEvent.from_person(markers=1))
    return MarkerDeletedResponse(undo=undo)
