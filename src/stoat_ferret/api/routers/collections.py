"""Routes of collections: list, create, rename and delete them, and change their videos."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from stoat_ferret.api.dependencies import CollectionEntriesDep, CollectionsDep, EventsDep
from stoat_ferret.api.etags import REVISION_HEADER, etag, revisions
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.collections import (
    COLLECTION_ID_EXAMPLE,
    AddVideosBody,
    CollectionBody,
    CollectionDeletedResponse,
    CollectionQuery,
    CollectionResponse,
    CollectionsResponse,
    EntriesChangeResponse,
    MoveVideosBody,
    RemoveVideosBody,
)
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.errors import (
    CollectionChangedError,
    CollectionExistsError,
    CollectionFullError,
    CollectionNotFoundError,
    NotInCollectionError,
    RevisionMissingError,
    TooManyCollectionsError,
)
from stoat_ferret.library.collection_entries import EntriesChange

router = APIRouter(prefix="/api/v1/collections", tags=["collections"])

CollectionId = Annotated[
    str,
    Path(max_length=100, description="The id of a collection.", examples=[COLLECTION_ID_EXAMPLE]),
]
IfMatch = Annotated[
    str | None,
    Header(max_length=1000, description="The ETag of the collection, or `*` for any."),
]


@router.get("", summary="List collections", responses=problems())
async def list_collections(
    query: Annotated[CollectionQuery, Query()], collections: CollectionsDep
) -> CollectionsResponse:
    """List all collections by name, or those that a video is in."""
    found = await collections.find(video_id=query.video_id)
    return CollectionsResponse(items=[CollectionResponse.from_collection(one) for one in found])


@router.post(
    "",
    summary="Create a collection",
    status_code=201,
    responses={
        201: {"headers": REVISION_HEADER},
        **problems(CollectionExistsError, TooManyCollectionsError, body=True),
    },
)
async def create_collection(
    body: CollectionBody, collections: CollectionsDep, events: EventsDep, response: Response
) -> CollectionResponse:
    """Create an empty collection."""
    made = await collections.add(body.name)
    events.notify(LibraryEvent.from_person(collections=1))
    response.headers["etag"] = etag(made.revision)
    return CollectionResponse.from_collection(made)


@router.get(
    "/{collection_id}",
    summary="Get a collection",
    responses={200: {"headers": REVISION_HEADER}, **problems(CollectionNotFoundError)},
)
async def get_collection(
    collection_id: CollectionId, collections: CollectionsDep, response: Response
) -> CollectionResponse:
    """Return a collection; `GET /videos?collection=…` lists its videos."""
    found = await collections.get(collection_id)
    response.headers["etag"] = etag(found.revision)
    return CollectionResponse.from_collection(found)


@router.patch(
    "/{collection_id}",
    summary="Rename a collection",
    responses={
        200: {"headers": REVISION_HEADER},
        **problems(
            CollectionNotFoundError,
            CollectionExistsError,
            CollectionChangedError,
            RevisionMissingError,
            body=True,
        ),
    },
)
async def rename_collection(
    collection_id: CollectionId,
    body: CollectionBody,
    collections: CollectionsDep,
    events: EventsDep,
    response: Response,
    if_match: IfMatch = None,
) -> CollectionResponse:
    """Rename a collection.

    If-Match contains the version that was renamed, so that changes of others are not overwritten.
    """
    renamed = await collections.rename(collection_id, body.name, revisions=revisions(if_match))
    events.notify(LibraryEvent.from_person(collections=1))
    response.headers["etag"] = etag(renamed.revision)
    return CollectionResponse.from_collection(renamed)


@router.delete(
    "/{collection_id}",
    summary="Delete a collection",
    responses=problems(CollectionNotFoundError, body=True),
)
async def delete_collection(
    collection_id: CollectionId, collections: CollectionsDep, events: EventsDep
) -> CollectionDeletedResponse:
    """Delete a collection, not its videos; `undo` restores it with its videos and their order."""
    undo = await collections.delete(collection_id)
    events.notify(LibraryEvent.from_person(collections=1))
    return CollectionDeletedResponse(undo=undo)


@router.post(
    "/{collection_id}/videos",
    summary="Add videos to a collection",
    responses=problems(CollectionNotFoundError, CollectionFullError, body=True),
)
async def add_videos(
    collection_id: CollectionId,
    body: AddVideosBody,
    entries: CollectionEntriesDep,
    events: EventsDep,
) -> EntriesChangeResponse:
    """Add videos at the end, in their order; those that are in the collection stay where they are.

    `undo` takes out those that were added.
    """
    return _answer(await entries.add(collection_id, body.which), events)


@router.post(
    "/{collection_id}/videos/remove",
    summary="Remove videos from a collection",
    responses=problems(CollectionNotFoundError, body=True),
)
async def remove_videos(
    collection_id: CollectionId,
    body: RemoveVideosBody,
    entries: CollectionEntriesDep,
    events: EventsDep,
) -> EntriesChangeResponse:
    """Remove videos from the collection, not from the library; `undo` puts them back in place."""
    return _answer(await entries.remove(collection_id, body.which), events)


@router.post(
    "/{collection_id}/videos/move",
    summary="Move videos in a collection",
    responses=problems(CollectionNotFoundError, NotInCollectionError, body=True),
)
async def move_videos(
    collection_id: CollectionId,
    body: MoveVideosBody,
    entries: CollectionEntriesDep,
    events: EventsDep,
) -> EntriesChangeResponse:
    """Move videos before another one of the collection, or to its end; others stay as they are.

    Moves of several people do not overwrite each other. `undo` moves them back.
    """
    change = await entries.move(collection_id, body.video_ids, before=body.before)
    return _answer(change, events)


def _answer(change: EntriesChange, events: EventsDep) -> EntriesChangeResponse:
    if change.changed:
        events.notify(LibraryEvent.from_person(collections=1))
    return EntriesChangeResponse.from_change(change)
