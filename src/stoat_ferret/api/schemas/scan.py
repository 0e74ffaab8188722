"""Requests for a scan as they go over the wire."""

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import SentPath


class ScanRequestBody(BaseModel):
    """What to scan, and how."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"path": "/home/ada/Videos", "recursive": True, "force": False}]
        },
    )

    path: SentPath = Field(
        description="Absolute path of a folder inside a root. As a `file://` URI, it may hold "
        "bytes that are not UTF-8."
    )
    recursive: bool = Field(default=True, description="Whether the folders in it are scanned too.")
    force: bool = Field(
        default=False, description="Whether files that did not change are read again."
    )
