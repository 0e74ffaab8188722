"""Routes of edits that can be undone: list them, undo one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import EditorDep, EventsDep, LibraryDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.edits import (
    UNDO_EXAMPLE,
    UndoableEditResponse,
    UndoableEditsResponse,
    UndoResponse,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.jobs import JOB_RESPONSE, job_response
from stoat_ferret.errors import (
    ConfigurationError,
    EditActiveError,
    QueueClosedError,
    RootRefusedError,
    UndoEndedError,
    UndoNotFoundError,
)
from stoat_ferret.jobs.job import Job

router = APIRouter(prefix="/api/v1/undo", tags=["videos"])

MAX_LISTED = 200
"""The maximum number of edits in a list."""

UndoToken = Annotated[
    str,
    Path(max_length=100, description="The `undo` of the edit.", examples=[UNDO_EXAMPLE]),
]


@router.get("", summary="List edits that can be undone", responses=problems())
async def list_edits(
    editor: EditorDep,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED, description="Maximum number of edits.")] = 50,
) -> UndoableEditsResponse:
    """List the bulk edits and removals of the last day that can still be undone, newest first."""
    return UndoableEditsResponse(
        items=[UndoableEditResponse.from_undo(undo) for undo in await editor.undoable(limit)]
    )


@router.post(
    "/{token}",
    summary="Undo a bulk edit",
    response_model=UndoResponse,
    responses={
        **JOB_RESPONSE,
        **problems(
            UndoNotFoundError,
            UndoEndedError,
            EditActiveError,
            RootRefusedError,
            ConfigurationError,
            QueueClosedError,
        ),
    },
)
async def undo_edit(
    token: UndoToken, editor: EditorDep, events: EventsDep, library: LibraryDep
) -> UndoResponse | Response:
    """Put back exactly what a bulk edit has replaced, for all of its videos, once.

    Videos that were edited since are left alone and counted. Removed videos return with their ids,
    and a library folder that was removed with them is one again. The undoing of more than 1,000
    videos is a job.
    """
    root = await editor.removed_root(token)
    if root is not None:
        from stoat_ferret.root_editor import bring_back  # loaded here: most edits remove no root

        await bring_back(library.server_settings, root)
    outcome = await editor.undo(token)
    if isinstance(outcome, Job):
        return job_response(outcome)
    if outcome.restored:
        events.notify(LibraryEvent.from_person(restored=outcome.restored))
    return UndoResponse.from_restored(outcome)
