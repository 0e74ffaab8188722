"""Routes of duplicates: list files with the same content, and resolve them."""

from typing import Annotated

from fastapi import APIRouter, Query

from stoat_ferret.api.dependencies import EventsDep, LibraryDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.duplicates import (
    DuplicateListQuery,
    DuplicatePage,
    ReopenBody,
    ReopenResponse,
    ResolveBody,
    ResolveResponse,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.errors import DuplicatesChangedError, InvalidCursorError, TooManyTagsError
from stoat_ferret.library.duplicate_resolution import DuplicateResolver
from stoat_ferret.library.duplicates import DuplicateRepository

router = APIRouter(prefix="/api/v1/duplicates", tags=["videos"])


@router.get("", summary="List duplicates", responses=problems(InvalidCursorError))
async def list_duplicates(
    query: Annotated[DuplicateListQuery, Query()], library: LibraryDep
) -> DuplicatePage:
    """List groups of files with the same content, those that take up the most space first.

    Resolved groups are listed by `resolved=true` alone, unless they have more files than when they
    were resolved.
    """
    found = DuplicateRepository(library.database)
    page = await found.find(resolved=query.resolved, after=query.cursor, limit=query.limit)
    return DuplicatePage.from_page(page)


@router.post(
    "/resolve",
    summary="Resolve duplicates",
    responses=problems(DuplicatesChangedError, TooManyTagsError, body=True),
)
async def resolve_duplicates(
    body: ResolveBody, library: LibraryDep, events: EventsDep
) -> ResolveResponse:
    """Keep one video of each group, which takes over tags, title, rating and notes of the others.

    Or keep all of them as they are. No file is touched, and all videos stay in the library; `undo`
    reverts it.
    """
    resolver = DuplicateResolver(library.database)
    outcome = await resolver.resolve(body.choices(), tag_others=body.tag_others)
    events.notify(LibraryEvent.from_person(edited=outcome.edited))
    return ResolveResponse.from_resolution(outcome)


@router.post("/reopen", summary="Reopen resolved duplicates", responses=problems(body=True))
async def reopen_duplicates(
    body: ReopenBody, library: LibraryDep, events: EventsDep
) -> ReopenResponse:
    """List resolved groups again. Details of their videos stay as they are now."""
    reopened = await DuplicateResolver(library.database).reopen(body.fingerprints)
    events.notify(LibraryEvent.from_person(edited=0))
    return ReopenResponse(reopened=reopened)
