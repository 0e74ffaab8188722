"""Schemas of roots and folders."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.jobs import JobStatusResponse
from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.text import Display, SentPath, path_to_send
from stoat_ferret.jobs.job import Job
from stoat_ferret.root_editor import RemovedRoot

_ROOT: dict[str, Any] = {
    "name": "Videos",
    "path": "/home/ada/Videos",
    "available": True,
    "problem": None,
    "fixed_by": "STOAT_ROOTS",
}


class RootResponse(BaseModel):
    """A folder that may be scanned."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ROOT]})

    name: Display = Field(description="Its name in the library, which never changes.")
    path: str = Field(description="Its absolute path; a `file://…` URI if that is not UTF-8.")
    available: bool = Field(description="Whether it can be read now. False for an unmounted disk.")
    problem: Display | None = Field(
        default=None, description="Why it cannot be read now, such as an unresponsive disk."
    )
    fixed_by: str | None = Field(
        default=None,
        description="The variable that names it, so that it cannot be removed here; a flag of "
        "`serve` counts as its variable.",
    )


class OutputRootResponse(BaseModel):
    """The root of rendered files."""

    name: Display
    path: str = Field(description="Its absolute path; a `file://…` URI if that is not UTF-8.")


class RootPage(Page[RootResponse]):
    """The configured roots."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [_ROOT],
                    "next_cursor": None,
                    "total": 1,
                    "default": False,
                    "can_add": True,
                    "output": {
                        "name": "renders",
                        "path": "/home/ada/.local/share/stoat-ferret/renders",
                    },
                }
            ]
        }
    )

    default: bool = Field(description="Whether no root is configured, so that this is the default.")
    can_add: bool = Field(description="Whether `POST /roots` may add others.")
    output: OutputRootResponse = Field(
        description="The root of rendered files, which may be one of the others."
    )


class RootBody(BaseModel):
    """A folder to add to the library."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"path": "/mnt/films"}]}
    )

    path: SentPath = Field(description="Its absolute path on the server.")


class RootRemovalBody(BaseModel):
    """A library folder to remove."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"path": "/mnt/films", "dry_run": True},
                {"path": "/mnt/films", "dry_run": False, "expected_count": 120},
            ]
        },
    )

    path: SentPath = Field(description="Its path, as `GET /roots` returns it.")
    dry_run: bool = Field(description="Only count what would be removed.")
    expected_count: int | None = Field(
        default=None,
        ge=0,
        lt=2**31,
        description="The number of videos, as counted by a dry run; required without `dry_run`.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.dry_run and self.expected_count is None:
            raise ValueError("expected_count is needed: make a dry run first")
        return self


class RootRemovalResponse(BaseModel):
    """A library folder that was, or would be, removed, and its videos."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "films",
                    "path": "/mnt/films",
                    "dry_run": False,
                    "count": 120,
                    "annotated": 7,
                    "forgotten": 120,
                    "undo": "mJ3c0ZxQ8vT5kWb1Y7uR2aLp",
                    "job": None,
                }
            ]
        }
    )

    name: Display
    path: str = Field(description="Its absolute path; a `file://…` URI if that is not UTF-8.")
    dry_run: bool
    count: int = Field(description="The number of its videos in the library.")
    annotated: int = Field(
        description="The number of them with a title, tags, a rating, notes or a favourite mark."
    )
    forgotten: int = Field(description="The number of records that were removed at once.")
    undo: str | None = Field(
        description="The token that brings them and the folder back: `POST /undo/{token}`."
    )
    job: JobStatusResponse | None = Field(
        description="The job that removes the records, if they are many; its result has `undo`."
    )

    @classmethod
    def from_removed(cls, removed: RemovedRoot, *, dry_run: bool) -> Self:
        """Return the schema for `removed`."""
        job = removed.outcome if isinstance(removed.outcome, Job) else None
        done = None if isinstance(removed.outcome, Job) else removed.outcome
        return cls(
            name=removed.root.name,
            path=path_to_send(removed.root.path),
            dry_run=dry_run,
            count=removed.preview.count,
            annotated=removed.preview.annotated,
            forgotten=0 if done is None else done.edited,
            undo=None if done is None else done.undo,
            job=None if job is None else JobStatusResponse.from_job(job),
        )


class FolderResponse(BaseModel):
    """A folder to choose from."""

    name: Display
    path: str = Field(description="Its path, for scanning or listing it.")
    total_videos: int = Field(
        description="The number of videos in the library from it and its subfolders."
    )


class FolderPage(Page[FolderResponse]):
    """The folders in a folder, by name; the roots if no path was given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "/home/ada/Videos",
                    "parent": None,
                    "items": [
                        {
                            "name": "holidays",
                            "path": "/home/ada/Videos/holidays",
                            "total_videos": 80,
                        }
                    ],
                    "next_cursor": None,
                    "total": 1,
                }
            ]
        }
    )

    path: str | None = Field(description="The listed folder; null for the roots.")
    parent: str | None = Field(description="Its parent folder; null for a root.")


class FolderListQuery(BaseModel):
    """The folder to list."""

    path: SentPath | None = Field(
        default=None, description="Absolute path of a folder inside a root. Default: the roots."
    )
