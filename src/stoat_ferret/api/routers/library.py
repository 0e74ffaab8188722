"""The route of the whole library: restoring a backup."""

from fastapi import APIRouter

from stoat_ferret.api.dependencies import EventsDep, LibraryDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.library import RestoreBody, RestoreResponse
from stoat_ferret.errors import BackupError

router = APIRouter(prefix="/api/v1/library", tags=["library"])


@router.post("/restore", summary="Restore a backup", responses=problems(BackupError, body=True))
async def restore_library(
    body: RestoreBody, library: LibraryDep, events: EventsDep
) -> RestoreResponse:
    """Replace the library, atomically, with one that was prepared in the data folder.

    The previous library is backed up first. Rejected while jobs are queued, running or paused. The
    command `stoat-ferret restore` prepares the file and calls this.
    """
    summary, kept = await library.restore(body.staged)
    events.notify(LibraryEvent.from_person(restored=summary.videos))
    return RestoreResponse(videos=summary.videos, kept=str(kept))
