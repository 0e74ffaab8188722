"""Schemas of roots and folders."""

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.text import Display, SentPath


class RootResponse(BaseModel):
    """A folder that may be scanned."""

    name: Display = Field(description="Its name in the library, which never changes.")
    path: str = Field(description="Its absolute path; a `file://…` URI if that is not UTF-8.")
    available: bool = Field(description="Whether it can be read now. False for an unmounted disk.")
    problem: Display | None = Field(
        default=None, description="Why it cannot be read now, such as an unresponsive disk."
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
                    "items": [
                        {
                            "name": "Videos",
                            "path": "/home/ada/Videos",
                            "available": True,
                            "problem": None,
                        }
                    ],
                    "next_cursor": None,
                    "total": 1,
                    "default": False,
                    "output": {
                        "name": "renders",
                        "path": "/home/ada/.local/share/stoat-ferret/renders",
                    },
                }
            ]
        }
    )

    default: bool = Field(description="Whether no root is configured, so that this is the default.")
    output: OutputRootResponse = Field(
        description="The root of rendered files, which may be one of the others."
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
