"""Routes of videos: list, show, edit and forget them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from stoat_ferret.api.dependencies import (
    AnnotationsDep,
    EditorDep,
    EventsDep,
    ForgettingDep,
    VideosDep,
    WatchingDep,
    note_player,
)
from stoat_ferret.api.etags import REVISION_HEADER, etag, revisions
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.edits import (
    BulkEditBody,
    BulkEditResponse,
    ForgetBody,
    ForgetResponse,
    ForgottenVideoResponse,
    VideoPatch,
    carry_out,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.jobs import JOB_RESPONSE, job_response
from stoat_ferret.api.schemas.videos import (
    VIDEO_EXAMPLE,
    FacetsResponse,
    MonthCountResponse,
    MonthsResponse,
    VideoDetailResponse,
    VideoIndexResponse,
    VideoPage,
    page_json,
)
from stoat_ferret.api.schemas.watching import StartedVideosResponse, WatchBody, WatchResponse
from stoat_ferret.errors import (
    EditMismatchError,
    ForgettingChangedError,
    InvalidCursorError,
    QueueClosedError,
    RevisionMissingError,
    TooManyTagsError,
    UndoEndedError,
    UndoNotFoundError,
    VideoChangedError,
    VideoNotFoundError,
)
from stoat_ferret.jobs.job import Job
from stoat_ferret.library.bulk_edits import FORGETTING
from stoat_ferret.library.query import MonthQuery, VideoFilter, VideoList, VideoQuery
from stoat_ferret.library.watching import MAX_STARTED

router = APIRouter(prefix="/api/v1/videos", tags=["videos"])

_BULK_ERRORS = (UndoEndedError, EditMismatchError, QueueClosedError)

VideoId = Annotated[
    str, Path(max_length=100, description="The id of a video.", examples=[VIDEO_EXAMPLE["id"]])
]


@router.get(
    "",
    summary="Find videos",
    response_model=VideoPage,
    responses=problems(InvalidCursorError),
)
async def list_videos(query: Annotated[VideoQuery, Query()], videos: VideosDep) -> Response:
    """List videos; without `status`, those that are `ok`.

    Bad, skipped and missing files are listed by their status, with the reason.
    """
    return Response(page_json(await videos.find(query)), media_type="application/json")


@router.get("/facets", summary="Count videos by kind", responses=problems())
async def count_facets(
    filters: Annotated[VideoFilter, Query()], videos: VideosDep
) -> FacetsResponse:
    """Count the videos of each kind in a list with these filters."""
    return FacetsResponse.from_facets(await videos.count_facets(filters))


@router.get("/months", summary="Count videos by month", responses=problems())
async def count_months(query: Annotated[MonthQuery, Query()], videos: VideosDep) -> MonthsResponse:
    """Count the videos of each month in a list that is sorted by a date."""
    months = await videos.count_months(query)
    return MonthsResponse(items=[MonthCountResponse.model_validate(one) for one in months])


@router.get("/started", summary="List started videos", responses=problems())
async def list_started_videos(
    watching: WatchingDep,
    limit: Annotated[
        int, Query(ge=1, le=MAX_STARTED, description="Maximum number of videos.")
    ] = 20,
) -> StartedVideosResponse:
    """List the videos with a position to resume from, the last watched first."""
    return StartedVideosResponse.from_videos(await watching.started(limit=limit))


@router.get(
    "/{video_id}",
    summary="Get a video",
    responses={200: {"headers": REVISION_HEADER}, **problems(VideoNotFoundError)},
)
async def get_video(
    video_id: VideoId, videos: VideosDep, response: Response
) -> VideoDetailResponse:
    """Return all details of a video. Send its ETag when you edit the video."""
    video = await videos.get(video_id)
    response.headers["etag"] = etag(video.revision)
    return VideoDetailResponse.from_video_and(video, await videos.duplicates(video))


@router.get("/{video_id}/index", summary="Find a video in a list", responses=problems())
async def get_video_index(
    video_id: VideoId, query: Annotated[VideoList, Query()], videos: VideosDep
) -> VideoIndexResponse:
    """Return the place of a video in a list, as an `offset` of `GET /videos`."""
    return VideoIndexResponse(index=await videos.find_index(video_id, query))


@router.delete(
    "/{video_id}",
    summary="Forget a video",
    responses=problems(VideoNotFoundError, body=True),
)
async def forget_video(
    video_id: VideoId, videos: VideosDep, editor: EditorDep, events: EventsDep
) -> ForgottenVideoResponse:
    """Remove the record, never the file. The next scan adds a file that still exists again.

    `POST /undo/{undo}` restores it, with its id, rating, tags and notes.
    """
    await videos.get(video_id)  # an unknown one would leave an undoing of nothing
    outcome = await editor.edit_videos([video_id], FORGETTING)
    if not outcome.edited:
        raise VideoNotFoundError(video_id)
    events.notify(LibraryEvent.from_person(removed=1))
    return ForgottenVideoResponse(undo=outcome.undo)


@router.post(
    "/forget",
    summary="Forget videos",
    response_model=ForgetResponse,
    responses={
        **JOB_RESPONSE,
        **problems(ForgettingChangedError, UndoNotFoundError, *_BULK_ERRORS, body=True),
    },
)
async def forget_videos(
    body: ForgetBody, forgetting: ForgettingDep, editor: EditorDep, events: EventsDep
) -> ForgetResponse | Response:
    """Remove records with their ratings, tags and notes, never files; `undo` restores them.

    With `dry_run` nothing is removed: the response counts what would be. Without it, exactly as
    many must exist as are expected. A query that finds more than 1,000 videos is a job.
    """
    answer = await carry_out(body, forgetting, editor)
    if isinstance(answer, Job):
        return job_response(answer)
    if answer.forgotten:
        events.notify(LibraryEvent.from_person(removed=answer.forgotten))
    return answer


@router.put(
    "/{video_id}/watch",
    summary="Report how far a video was watched",
    dependencies=[Depends(note_player)],
    responses=problems(VideoNotFoundError, body=True),
)
async def report_watch(
    video_id: VideoId, body: WatchBody, watching: WatchingDep, events: EventsDep
) -> WatchResponse:
    """Store a position to resume from, or mark a video as watched or not; omitted fields stay.

    A report that is older than the stored one changes nothing. The response is what is stored.
    """
    change = await watching.report(video_id, body.report())
    if change.moves_lists:
        events.notify(LibraryEvent.from_person(edited=1))
    return WatchResponse.from_watch(change.after)


IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The ETag of the edited video, or `*` for any."),
]


@router.patch(
    "/{video_id}",
    summary="Edit a video",
    responses={
        200: {"headers": REVISION_HEADER},
        **problems(
            VideoNotFoundError,
            VideoChangedError,
            RevisionMissingError,
            TooManyTagsError,
            body=True,
        ),
    },
)
async def edit_video(
    video_id: VideoId,
    patch: VideoPatch,
    annotations: AnnotationsDep,
    videos: VideosDep,
    events: EventsDep,
    response: Response,
    if_match: IfMatch = None,
) -> VideoDetailResponse:
    """Edit the details that people gave: omitted fields are unchanged, null clears.

    If-Match contains the version that was edited, so that changes of others are not overwritten.
    """
    await annotations.edit(video_id, patch.edit(), revisions=revisions(if_match))
    events.notify(LibraryEvent.from_person(edited=1))
    video = await videos.get(video_id)
    response.headers["etag"] = etag(video.revision)
    return VideoDetailResponse.from_video_and(video, await videos.duplicates(video))


@router.post(
    "/bulk",
    summary="Edit many videos",
    response_model=BulkEditResponse,
    responses={
        **JOB_RESPONSE,
        **problems(TooManyTagsError, UndoNotFoundError, *_BULK_ERRORS, body=True),
    },
)
async def edit_videos(
    body: BulkEditBody, editor: EditorDep, events: EventsDep
) -> BulkEditResponse | Response:
    """Tag, rate or mark videos, given by ids or by the filters of a list; `undo` reverts it.

    All are edited, or none. A query that finds more than 1,000 videos is a job instead.
    """
    if body.query is not None:
        outcome = await editor.edit_found(body.query, body.change(), key=body.key)
    else:
        outcome = await editor.edit_videos(
            body.video_ids or [], body.change(), token=body.undo, key=body.key
        )
    if isinstance(outcome, Job):
        return job_response(outcome)
    if outcome.edited:
        events.notify(LibraryEvent.from_person(edited=outcome.edited))
    return BulkEditResponse.from_outcome(outcome)
