"""Routes of tags: list, rename, merge and delete them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from stoat_ferret.api.dependencies import EventsDep, TagsDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.tags import TagListQuery, TagPage, TagPatch, TagResponse
from stoat_ferret.errors import TagExistsError, TagNotFoundError

router = APIRouter(prefix="/api/v1/tags", tags=["tags"])

TagId = Annotated[int, Path(ge=0, lt=2**31, description="The id of a tag.", examples=[7])]


@router.get("", summary="List tags", responses=problems())
async def list_tags(query: Annotated[TagListQuery, Query()], tags: TagsDep) -> TagPage:
    """List the tags of videos, ordered by name."""
    page = await tags.find(query.q, after=query.cursor, limit=query.limit)
    return TagPage(
        items=[TagResponse.from_tag(tag) for tag in page.items],
        next_cursor=page.next_after,
        total=page.total,
    )


@router.patch(
    "/{tag_id}",
    summary="Rename or merge a tag",
    responses=problems(TagNotFoundError, TagExistsError, body=True),
)
async def rename_tag(
    tag_id: TagId, patch: TagPatch, tags: TagsDep, events: EventsDep
) -> TagResponse:
    """Rename a tag on all videos; with `merge`, the new name may be that of another tag."""
    tag = await tags.rename(tag_id, patch.name, merge=patch.merge)
    events.notify(LibraryEvent.from_person(edited=tag.count))
    return TagResponse.from_tag(tag)


@router.delete(
    "/{tag_id}",
    summary="Delete a tag",
    status_code=204,
    response_model=None,
    responses=problems(TagNotFoundError, body=True),
)
async def delete_tag(tag_id: TagId, tags: TagsDep, events: EventsDep) -> Response:
    """Remove a tag from all videos."""
    events.notify(LibraryEvent.from_person(edited=await tags.delete(tag_id)))
    return Response(status_code=204)
