"""Schemas of requests for a scan."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import SentPath
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.scan.rescan import RescanRequest

MAX_IDS = 1000


class ScanRequestBody(BaseModel):
    """The folder or file to scan, and how."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"path": "/home/ada/Videos", "recursive": True, "force": False}]
        },
    )

    path: SentPath = Field(
        description="Absolute path of a folder inside a root, or of one file, which is read "
        "again even if unchanged. A `file://` URI may contain "
        "bytes that are not UTF-8."
    )
    recursive: bool = Field(default=True, description="Whether to scan its subfolders too.")
    force: bool = Field(default=False, description="Whether to read unchanged files again.")


class RescanBody(BaseModel):
    """The files to rescan, by `video_ids` or `query`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"video_ids": [VIDEO_EXAMPLE["id"]]}, {"query": {"status": ["bad"]}}]
        },
    )

    video_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None, min_length=1, max_length=MAX_IDS, description="The ids of videos."
    )
    query: VideoFilter | None = Field(
        default=None, description="All videos in a list with these filters."
    )

    @model_validator(mode="after")
    def _is_either(self) -> Self:
        if (self.video_ids is None) == (self.query is None):
            raise ValueError("give either video_ids or query")
        return self

    def request(self) -> RescanRequest:
        """Return the request for a scan."""
        if self.query is not None:
            return RescanRequest(query=self.query)
        return RescanRequest(tuple(self.video_ids or ()))
