"""Schemas of restoring a backup."""

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import Display


class RestoreBody(BaseModel):
    """The prepared library to restore."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"staged": "restore-0f3a9c1e5b7d4f2a8c6e0b9d1f3a5c7e.db"}]},
    )

    staged: str = Field(
        pattern="^restore-[0-9a-f]{32}[.]db$",
        description="The name of a file in the data folder, as `stoat-ferret restore` makes it.",
    )


class RestoreResponse(BaseModel):
    """The result of restoring a backup."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "videos": 1234,
                    "kept": "/home/ada/.local/share/stoat-ferret/backups/"
                    "before-restore-20260131T120000000000Z.db",
                }
            ]
        }
    )

    videos: int = Field(description="The number of videos in the library now.")
    kept: Display | None = Field(description="The backup of the previous library.")
