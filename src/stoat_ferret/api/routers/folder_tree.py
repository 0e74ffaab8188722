"""Routes of the tree of the library's folders."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from stoat_ferret.api.dependencies import FoldersDep, FolderTreeDep, LibraryDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.folder_tree import (
    FolderLevelPage,
    FolderLevelQuery,
    FolderOfTree,
    FolderPathResponse,
    PlacedFolderResponse,
    TreeRootResponse,
)
from stoat_ferret.errors import FolderNotFoundError, InvalidCursorError

router = APIRouter(prefix="/api/v1/folders/tree", tags=["folders"])


@router.get(
    "",
    summary="List a level of the library's folders",
    responses=problems(FolderNotFoundError, InvalidCursorError),
)
async def list_folder_level(
    query: Annotated[FolderLevelQuery, Query()],
    tree: FolderTreeDep,
    services: LibraryDep,
    folders: FoldersDep,
) -> FolderLevelPage:
    """List the subfolders that hold videos, with counts and a picture, in natural order.

    Without a root, list the roots. No disk is read for a level, so it is the same while the disk of
    a root is unplugged; folders without videos are only in `GET /folders`.
    """
    if query.root is not None:
        return FolderLevelPage.of(
            await tree.level(
                query.root,
                query.folder,
                limit=query.limit,
                cursor=query.cursor,
                offset=query.offset,
            )
        )
    paths = {root.name: root.path for root in services.all_roots}
    listed = await tree.roots(root.name for root in services.roots)

    async def problem(root: str) -> str | None:
        return await folders.problem(paths[root]) if root in paths else "It is not configured."

    found = await asyncio.gather(*(problem(one.root) for one in listed))
    items = [TreeRootResponse.of_root(*pair) for pair in zip(listed, found, strict=True)]
    return FolderLevelPage(parent=None, items=list(items), next_cursor=None, total=len(items))


@router.get("/path", summary="Find a folder in the tree", responses=problems(FolderNotFoundError))
async def get_folder_path(
    query: Annotated[FolderOfTree, Query()], tree: FolderTreeDep
) -> FolderPathResponse:
    """Return the folders from the root down to a folder, each with its place in its level."""
    way = await tree.path(query.root, query.folder)
    return FolderPathResponse(items=[PlacedFolderResponse.of_placed(one) for one in way])
