"""Records of files that went missing, forgotten together."""

from fastapi import APIRouter

from stoat_ferret.api.dependencies import EventsDep, ForgettingDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.forget import ForgetBody, ForgetResponse, carry_out
from stoat_ferret.errors import ForgettingChangedError

router = APIRouter(prefix="/api/v1/videos", tags=["videos"])


@router.post(
    "/forget", summary="Forget videos", responses=problems(ForgettingChangedError, body=True)
)
async def forget_videos(
    body: ForgetBody, forgetting: ForgettingDep, events: EventsDep
) -> ForgetResponse:
    """Remove records, with what people said about them, never files.

    With `dry_run` nothing goes: the answer counts what would. Without it exactly as many must
    be there as are expected.
    """
    answer = await carry_out(body, forgetting)
    if answer.forgotten:
        events.tell(LibraryEvent.from_person(removed=answer.forgotten))
    return answer
