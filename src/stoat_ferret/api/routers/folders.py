"""Routes of roots, and of the folders in them."""

import asyncio
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from stoat_ferret.api.dependencies import EventsDep, FoldersDep, FolderTreeDep, ServicesDep
from stoat_ferret.api.openapi import problems
from stoat_ferret.api.schemas.events import LibraryEvent
from stoat_ferret.api.schemas.folders import (
    FolderListQuery,
    FolderPage,
    FolderResponse,
    OutputRootResponse,
    RootBody,
    RootPage,
    RootRemovalBody,
    RootRemovalResponse,
    RootResponse,
)
from stoat_ferret.api.schemas.text import path_to_send
from stoat_ferret.errors import (
    ConfigurationError,
    FolderNotFoundError,
    ForgettingChangedError,
    PathOutsideRootsError,
    QueueClosedError,
    RootRefusedError,
    RootUnavailableError,
    SettingFixedError,
)

if TYPE_CHECKING:
    from stoat_ferret.bootstrap import Services
    from stoat_ferret.library.video import Root

router = APIRouter(prefix="/api/v1", tags=["folders"])


@router.get("/roots", summary="List the roots", responses=problems())
async def list_roots(services: ServicesDep, folders: FoldersDep) -> RootPage:
    """List the configured folders that may be scanned, and whether they can be read now."""
    roots = services.roots.now
    found = await asyncio.gather(*(folders.problem(root.path) for root in roots))
    items = [
        _root_response(services, root, problem) for root, problem in zip(roots, found, strict=True)
    ]
    output = services.renders.output.root
    return RootPage(
        items=items,
        next_cursor=None,
        total=len(items),
        default=services.server_settings.current.roots_are_default,
        can_add=services.settings.add_folders_from != (),
        output=OutputRootResponse(name=output.name, path=path_to_send(output.path)),
    )


@router.post(
    "/roots",
    summary="Add a library folder",
    status_code=201,
    responses=problems(
        RootRefusedError, FolderNotFoundError, RootUnavailableError, ConfigurationError, body=True
    ),
)
async def add_root(body: RootBody, services: ServicesDep, folders: FoldersDep) -> RootResponse:
    """Make a folder of the server a library folder, which can be scanned from now on.

    Folders of the system, hidden ones, the data folder, those that the server may not read, and
    those that overlap another library folder are refused; so is what lies outside
    `STOAT_ADD_FOLDERS_FROM`, if that is set.
    """
    root = await services.root_editor.add(body.path)
    return _root_response(services, root, await folders.problem(root.path))


@router.post(
    "/roots/remove",
    summary="Remove a library folder",
    responses=problems(
        RootRefusedError,
        SettingFixedError,
        ForgettingChangedError,
        ConfigurationError,
        QueueClosedError,
        body=True,
    ),
)
async def remove_root(
    body: RootRemovalBody, services: ServicesDep, events: EventsDep
) -> RootRemovalResponse:
    """Remove a library folder and the records of its videos, never a file; its jobs are cancelled.

    With `dry_run` nothing is removed: the response counts what would be. Without it, there may be
    no more videos than expected. Undo brings the folder and the records back;
    without records, add the folder again.
    """
    if body.expected_count is None or body.dry_run:
        return RootRemovalResponse.from_removed(
            await services.root_editor.preview(body.path), dry_run=True
        )
    removed = await services.root_editor.remove(body.path, expected_count=body.expected_count)
    answer = RootRemovalResponse.from_removed(removed, dry_run=False)
    if answer.forgotten:
        events.notify(LibraryEvent.from_person(removed=answer.forgotten))
    return answer


def _root_response(services: "Services", root: "Root", problem: str | None) -> RootResponse:
    return RootResponse(
        name=root.name,
        path=path_to_send(root.path),
        available=problem is None,
        problem=problem,
        fixed_by=services.server_settings.fixed_by(Path(root.path)),
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
            for root in services.roots.now
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
