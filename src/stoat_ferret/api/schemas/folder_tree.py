"""Schemas of the tree of the library's folders."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.pictures import thumbnail_url
from stoat_ferret.api.schemas.text import Display
from stoat_ferret.library.folder_tree import FolderLevel, LibraryFolder, PlacedFolder
from stoat_ferret.library.query import MAX_LIMIT, MAX_OFFSET

_EXAMPLE: dict[str, Any] = {
    "root": "Videos",
    "folder": "holidays/2025",
    "name": "2025",
    "videos": 12,
    "total_videos": 80,
    "missing": 0,
    "has_subfolders": True,
    "thumbnail_url": "/api/v1/videos/0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80/thumbnail"
    "?v=3f1c7a1c9f2b4b7c-1",
}


class FolderOfTree(BaseModel):
    """The folder to look at; `root` and `folder` are those of the list of videos."""

    root: str = Field(max_length=255, description="The name of its root.")
    folder: str | None = Field(
        default=None, max_length=4096, description="Relative to the root. Default: the root itself."
    )


class FolderLevelQuery(BaseModel):
    """The folder whose subfolders are listed, and the part of them to return."""

    root: str | None = Field(
        default=None, max_length=255, description="The name of a root. Default: list the roots."
    )
    folder: str | None = Field(
        default=None, max_length=4096, description="Relative to the root. Default: the root itself."
    )
    limit: int = Field(default=100, ge=1, le=MAX_LIMIT, description="Maximum number of items.")
    cursor: str | None = Field(
        default=None, max_length=20_000, description="`next_cursor` of the previous page."
    )
    offset: int = Field(
        default=0,
        ge=0,
        le=MAX_OFFSET,
        description="Number of folders before the page; an alternative to `cursor`.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.offset and self.cursor is not None:
            raise ValueError("offset and cursor both say where to begin: give one of them")
        if self.root is None and (self.folder or self.cursor or self.offset):
            raise ValueError("a folder, a cursor or an offset needs the root that it belongs to")
        return self


class LibraryFolderResponse(BaseModel):
    """A folder of the library, with what is in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    root: Display = Field(description="The name of its root.")
    folder: Display = Field(description="Relative to the root; empty for the root itself.")
    name: Display
    videos: int = Field(description="The number of videos in the folder itself.")
    total_videos: int = Field(description="The number of videos in it and its subfolders.")
    missing: int = Field(description="The number of missing files in it and its subfolders.")
    has_subfolders: bool
    thumbnail_url: str | None = Field(
        description="The thumbnail of a video in it; add `&width=640` for a larger one."
    )

    @classmethod
    def of(cls, folder: LibraryFolder) -> Self:
        """Return the schema for `folder`."""
        return cls(**_fields(folder))


class TreeRootResponse(LibraryFolderResponse):
    """A root of the library, whose videos stay when its disk is unplugged."""

    available: bool = Field(description="Whether it is configured, and can be read now.")
    problem: Display | None = Field(description="Why it is not available.")

    @classmethod
    def of_root(cls, folder: LibraryFolder, problem: str | None) -> Self:
        """Return the schema for a root, with why it is not available."""
        return cls(**_fields(folder), available=problem is None, problem=problem)


def _fields(folder: LibraryFolder) -> dict[str, object]:
    return {
        "root": folder.root,
        "folder": folder.folder,
        "name": folder.name,
        "videos": folder.videos,
        "total_videos": folder.total_videos,
        "missing": folder.missing,
        "has_subfolders": folder.has_subfolders,
        "thumbnail_url": None if folder.picture is None else thumbnail_url(folder.picture),
    }


class FolderLevelPage(Page[TreeRootResponse | LibraryFolderResponse]):
    """The subfolders that hold videos, in natural order; the roots if none was given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"parent": None, "items": [_EXAMPLE], "next_cursor": None, "total": 1}]
        }
    )

    parent: LibraryFolderResponse | None = Field(
        description="The folder itself; null for the list of roots."
    )

    @classmethod
    def of(cls, level: FolderLevel) -> Self:
        """Return the schema for `level`."""
        return cls(
            parent=LibraryFolderResponse.of(level.folder),
            items=[LibraryFolderResponse.of(one) for one in level.items],
            next_cursor=level.next_cursor,
            total=level.total,
        )


class PlacedFolderResponse(LibraryFolderResponse):
    """A folder on the way down, with its place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "index": 3}]})

    index: int = Field(description="The number of folders before it in its level.")

    @classmethod
    def of_placed(cls, placed: PlacedFolder) -> Self:
        """Return the schema for `placed`."""
        return cls(**_fields(placed.folder), index=placed.index)


class FolderPathResponse(BaseModel):
    """The folders from a root down to a folder."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{**_EXAMPLE, "index": 3}]}]}
    )

    items: list[PlacedFolderResponse] = Field(description="The root first, the folder last.")
