"""Routes of roots, and of the folders in them."""

import asyncio
import posixpath
from typing import Annotated

from fastapi import APIRouter, Query

from stoat_ferret.api.dependencies import FoldersDep, FolderTreeDep, ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.folders import (
    FolderListQuery,
    FolderPage,
    FolderResponse,
    OutputRootResponse,
    RootPage,
    RootResponse,
)
from stoat_ferret.api.schemas.text import path_to_send
from stoat_ferret.errors import FolderNotFoundError, PathOutsideRootsError, RootUnavailableError

router = APIRouter(prefix="/api/v1", tags=["folders"])


@router.get("/roots", summary="List the roots", responses=problems())
async def list_roots(services: ServicesDep, folders: FoldersDep) -> RootPage:
    """List the configured folders that may be scanned, and whether they can be read now."""
    found = await asyncio.gather(*(folders.problem(root.path) for root in services.roots))
    items = [
        RootResponse(
            name=root.name,
            path=path_to_send(root.path),
            available=problem is None,
            problem=problem,
        )
        for root, problem in zip(services.roots, found, strict=True)
    ]
    output = services.renders.output.root
    return RootPage(
        items=items,
        next_cursor=None,
        total=len(items),
        default=services.settings.roots_are_default,
        output=OutputRootResponse(name=output.name, path=path_to_send(output.path)),
    )


@router.get(
    "/folders",
    summary="List the folders in a folder",
    responses=problems(PathOutsideRootsError, FolderNotFoundError, RootUnavailableError),
)
async def list_sub_folders(
    query: Annotated[FolderListQuery, Query()],
    services: ServicesDep,
    folders: FoldersDep,
    tree: FolderTreeDep,
) -> FolderPage:
    """List the folders in a folder of a root, except hidden ones and links out of the root.

    These are the folders on the disk, for choosing one to scan; see `GET /folders/tree` for those
    in the library. Without a path, list the roots. At most 10,000 are listed; `total` counts all.
    """
    if query.path is None:
        known = {one.root: one.total_videos for one in await tree.roots()}
        roots = [
            FolderResponse(
                name=root.name,
                path=path_to_send(root.path),
                total_videos=known.get(root.name, 0),
            )
            for root in services.roots
        ]
        return FolderPage(path=None, parent=None, items=roots, next_cursor=None, total=len(roots))
    root, relative = await services.resolve_folder(query.path)
    listing = await folders.list_folders(root.path, relative)
    inside = [posixpath.join(relative, folder.name) for folder in listing.folders]
    counts = await tree.count_videos(root.name, inside)
    return FolderPage(
        path=path_to_send(listing.path),
        parent=None if listing.parent is None else path_to_send(listing.parent),
        items=[
            FolderResponse(name=folder.name, path=path_to_send(folder.path), total_videos=count)
            for folder, count in zip(listing.folders, counts, strict=True)
        ],
        next_cursor=None,
        total=listing.total,
    )
