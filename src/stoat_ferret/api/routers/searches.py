"""Routes of saved searches: list, save, change and delete them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from stoat_ferret.api.dependencies import SearchesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.searches import (
    SearchBody,
    SearchesResponse,
    SearchPatch,
    SearchResponse,
)
from stoat_ferret.errors import SearchExistsError, SearchNotFoundError, TooManySearchesError

router = APIRouter(prefix="/api/v1/searches", tags=["searches"])

SearchId = Annotated[
    int, Path(ge=0, lt=2**31, description="The id of a saved search.", examples=[3])
]


@router.get("", summary="List saved searches", responses=problems())
async def list_searches(searches: SearchesDep) -> SearchesResponse:
    """List all saved searches, in their order."""
    return SearchesResponse(
        items=[SearchResponse.from_search(search) for search in await searches.find()]
    )


@router.post(
    "",
    summary="Save a search",
    status_code=201,
    responses=problems(SearchExistsError, TooManySearchesError, body=True),
)
async def save_search(body: SearchBody, searches: SearchesDep) -> SearchResponse:
    """Save filters and an order under a name."""
    return SearchResponse.from_search(await searches.add(body.name, body.query, body.position))


@router.patch(
    "/{search_id}",
    summary="Change a saved search",
    responses=problems(SearchNotFoundError, SearchExistsError, body=True),
)
async def change_search(
    search_id: SearchId, patch: SearchPatch, searches: SearchesDep
) -> SearchResponse:
    """Rename a saved search, replace what it finds, or move it."""
    changed = await searches.change(
        search_id, name=patch.name, query=patch.query, position=patch.position
    )
    return SearchResponse.from_search(changed)


@router.delete(
    "/{search_id}",
    summary="Delete a saved search",
    status_code=204,
    response_model=None,
    responses=problems(SearchNotFoundError, body=True),
)
async def delete_search(search_id: SearchId, searches: SearchesDep) -> Response:
    """Delete a saved search, not the videos that it finds."""
    await searches.delete(search_id)
    return Response(status_code=204)
