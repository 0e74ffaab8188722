"""Routes of tags: list, rename, merge and delete them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import EventsDep, TagEditorDep, TagsDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.jobs import JOB_RESPONSE, job_response
from stoat_ferret.api.schemas.tags import (
    TagEditResponse,
    TagListQuery,
    TagPage,
    TagPatch,
    TagResponse,
)
from stoat_ferret.errors import (
    InvalidCursorError,
    QueueClosedError,
    TagExistsError,
    TagNotFoundError,
)
from stoat_ferret.jobs.job import Job
from stoat_ferret.library.bulk_edits import BulkOutcome

router = APIRouter(prefix="/api/v1/tags", tags=["tags"])

TagId = Annotated[int, Path(ge=0, lt=2**31, description="The id of a tag.", examples=[7])]


@router.get("", summary="List tags", responses=problems(InvalidCursorError))
async def list_tags(query: Annotated[TagListQuery, Query()], tags: TagsDep) -> TagPage:
    """List the tags of videos, by name, or those with the most videos first."""
    page = await tags.find(
        query.q, anywhere=query.anywhere, sort=query.sort, after=query.cursor, limit=query.limit
    )
    return TagPage(
        items=[TagResponse.from_tag(tag) for tag in page.items],
        next_cursor=page.next_after,
        total=page.total,
    )


@router.get("/{tag_id}", summary="Get a tag", responses=problems(TagNotFoundError))
async def get_tag(tag_id: TagId, tags: TagsDep) -> TagResponse:
    """Return a tag, with the number of its videos now."""
    return TagResponse.from_tag(await tags.get(tag_id))


@router.patch(
    "/{tag_id}",
    summary="Rename or merge a tag",
    response_model=TagEditResponse,
    responses={
        **JOB_RESPONSE,
        **problems(TagNotFoundError, TagExistsError, QueueClosedError, body=True),
    },
)
async def rename_tag(
    tag_id: TagId, patch: TagPatch, editor: TagEditorDep, events: EventsDep
) -> TagEditResponse | Response:
    """Rename a tag on all videos; with `merge`, the new name may be that of another tag.

    `undo` reverts it. A tag of more than 1,000 videos is renamed by a job, and has a new id
    afterwards, as any that gets another name.
    """
    return _answer(await editor.rename(tag_id, patch.name, merge=patch.merge), events)


@router.delete(
    "/{tag_id}",
    summary="Delete a tag",
    response_model=TagEditResponse,
    responses={**JOB_RESPONSE, **problems(TagNotFoundError, QueueClosedError, body=True)},
)
async def delete_tag(
    tag_id: TagId, editor: TagEditorDep, events: EventsDep
) -> TagEditResponse | Response:
    """Remove a tag from all videos, by a job if they are more than 1,000; `undo` reverts it."""
    return _answer(await editor.delete(tag_id), events)


def _answer(outcome: BulkOutcome | Job, events: EventsDep) -> TagEditResponse | Response:
    if isinstance(outcome, Job):
        return job_response(outcome)
    events.notify(LibraryEvent.from_person(edited=outcome.edited))
    return TagEditResponse(edited=outcome.edited, undo=outcome.undo)
