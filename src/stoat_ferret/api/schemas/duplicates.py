"""Schemas of duplicates."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.edits import UNDO_EXAMPLE, TagName
from stoat_ferret.api.schemas.page import Page
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE, VideoResponse
from stoat_ferret.library.duplicate_resolution import KeptCopy, Resolution
from stoat_ferret.library.duplicates import MAX_GROUPS, MAX_SHOWN, Copy, DuplicateGroup
from stoat_ferret.library.duplicates import DuplicatePage as FoundPage
from stoat_ferret.media.media_file import END_BYTES

_FINGERPRINT = "6e34471f84557e1713012d64a7477c71bfdac631"


class CopyResponse(VideoResponse):
    """A video with the same content as others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**VIDEO_EXAMPLE, "notes": None}]})

    notes: str | None = Field(description="Its notes.")

    @classmethod
    def from_copy(cls, copy: Copy) -> Self:
        """Return the schema for `copy`."""
        plain = VideoResponse.from_video(copy.video).model_dump()
        return cls(**plain, notes=copy.notes)


GROUP_EXAMPLE: dict[str, Any] = {
    "fingerprint": _FINGERPRINT,
    "is_whole": False,
    "size_bytes": 734003200,
    "copies": 2,
    "spare_bytes": 734003200,
    "suggested": VIDEO_EXAMPLE["id"],
    "resolved_at": None,
    "videos": [
        {**VIDEO_EXAMPLE, "notes": None},
        {**VIDEO_EXAMPLE, "id": "0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a81", "notes": None},
    ],
}


class DuplicateGroupResponse(BaseModel):
    """Files of the same size with the same first and last 64 KiB."""

    model_config = ConfigDict(json_schema_extra={"examples": [GROUP_EXAMPLE]})

    fingerprint: str
    is_whole: bool = Field(
        description="Whether that is all of their content; if not, they may differ in between."
    )
    size_bytes: int = Field(description="The size of each.")
    copies: int = Field(description="The number of files.")
    spare_bytes: int = Field(description="The size of all files but one.")
    suggested: str = Field(
        description="The id of the one to keep: that with the most details (title, tags, rating, "
        "notes), of equal ones the one that was added first."
    )
    resolved_at: datetime | None = Field(
        description="When it was resolved; null for a group that is open."
    )
    videos: list[CopyResponse] = Field(description=f"The first {MAX_SHOWN} of them.")

    @classmethod
    def from_group(cls, group: DuplicateGroup) -> Self:
        """Return the schema for `group`."""
        return cls(
            fingerprint=group.fingerprint,
            is_whole=group.size_bytes <= 2 * END_BYTES,
            size_bytes=group.size_bytes,
            copies=group.copies,
            spare_bytes=group.spare_bytes,
            suggested=group.suggested,
            resolved_at=group.resolved_at,
            videos=[CopyResponse.from_copy(copy) for copy in group.listed],
        )


class DuplicatePage(Page[DuplicateGroupResponse]):
    """A page of groups, those with the most spare bytes first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [GROUP_EXAMPLE],
                    "next_cursor": None,
                    "total": 1,
                    "spare_bytes": 734003200,
                }
            ]
        }
    )

    spare_bytes: int = Field(description="The spare bytes of all groups in the whole list.")

    @classmethod
    def from_page(cls, page: FoundPage) -> Self:
        """Return the schema for `page`."""
        return cls(
            items=[DuplicateGroupResponse.from_group(group) for group in page.items],
            next_cursor=page.next_after,
            total=page.total,
            spare_bytes=page.spare_bytes,
        )


class DuplicateListQuery(BaseModel):
    """The groups to list."""

    resolved: bool = Field(default=False, description="Those that are resolved, instead.")
    limit: int = Field(default=20, ge=1, le=MAX_GROUPS, description="The most groups to return.")
    cursor: str = Field(
        default="", max_length=200, description="`next_cursor` of the previous page."
    )


class KeptCopyBody(BaseModel):
    """The choice which copy of a group to keep."""

    model_config = ConfigDict(extra="forbid")

    fingerprint: Annotated[str, Field(max_length=128)] = Field(description="That of the group.")
    keep: Annotated[str, Field(max_length=100)] | None = Field(
        description="The id of the kept video; null keeps all of them as they are."
    )


class ResolveBody(BaseModel):
    """The groups to resolve."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "groups": [{"fingerprint": _FINGERPRINT, "keep": VIDEO_EXAMPLE["id"]}],
                    "tag_others": "duplicate",
                }
            ]
        },
    )

    groups: list[KeptCopyBody] = Field(min_length=1, max_length=MAX_GROUPS)
    tag_others: TagName | None = Field(
        default=None, description="A tag for the videos that are not kept."
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len({group.fingerprint for group in self.groups}) < len(self.groups):
            raise ValueError("groups contains a fingerprint twice")
        return self

    def choices(self) -> list[KeptCopy]:
        """Return the choices for the library."""
        return [KeptCopy(group.fingerprint, group.keep) for group in self.groups]


class ReopenBody(BaseModel):
    """The resolved groups to list again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"fingerprints": [_FINGERPRINT]}]}
    )

    fingerprints: list[Annotated[str, Field(max_length=128)]] = Field(
        min_length=1, max_length=MAX_GROUPS, description="Those of the groups."
    )


class ReopenResponse(BaseModel):
    """The result of reopening groups."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reopened": 1}]})

    reopened: int = Field(description="The number of groups that were resolved.")


class ResolveResponse(BaseModel):
    """The result of resolving duplicates."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"resolved": 1, "edited": 2, "undo": UNDO_EXAMPLE}]}
    )

    resolved: int = Field(description="The number of groups.")
    edited: int = Field(description="The number of videos whose details were changed.")
    undo: str = Field(description="The token that undoes it: `POST /undo/{token}`.")

    @classmethod
    def from_resolution(cls, resolution: Resolution) -> Self:
        """Return the schema for `resolution`."""
        return cls(resolved=resolution.resolved, edited=resolution.edited, undo=resolution.undo)
