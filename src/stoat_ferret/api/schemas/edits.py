"""Schemas for editing and forgetting videos."""

import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.edits.editor import BulkEditor
from stoat_ferret.errors import ForgettingChangedError
from stoat_ferret.folded_text import fold
from stoat_ferret.jobs.job import Job
from stoat_ferret.library.annotations import (
    KEEP,
    MAX_NOTES_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TAGS_OF_VIDEO,
    MAX_TITLE_LENGTH,
    VideoEdit,
)
from stoat_ferret.library.bulk_edits import FORGETTING, MAX_AT_ONCE, BulkChange, BulkOutcome
from stoat_ferret.library.forget import ForgetPreview, Forgettable, Forgetting
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.library.undo import Restored, Undo

_LAYOUT = "\n\t"
_LINE_ENDS = "\u2028\u2029"


def _written(text: str) -> str:
    """Normalize multi-line text. Raise `ValueError` for control characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(char) == "Cc" and char not in _LAYOUT for char in lines):
        raise ValueError("must not contain control characters")
    return lines.strip()


def _line(text: str) -> str:
    """Normalize one line of text, without whitespace at its ends."""
    line = _written(text)
    if any(char in line for char in _LAYOUT + _LINE_ENDS):
        raise ValueError("must be one line, without tabs")
    return line


def _tag_name(text: str) -> str:
    name = _line(text)
    if not fold(name).strip():
        raise ValueError("must have at least one letter")
    return name


Title = Annotated[str, Field(max_length=MAX_TITLE_LENGTH), AfterValidator(_line)]
Notes = Annotated[str, Field(max_length=MAX_NOTES_LENGTH), AfterValidator(_written)]
TagName = Annotated[str, Field(max_length=MAX_TAG_LENGTH), AfterValidator(_tag_name)]
Rating = Annotated[int, Field(ge=1, le=5, strict=True)]
Favourite = Annotated[bool, Field(strict=True)]
Tags = Annotated[list[TagName], Field(max_length=MAX_TAGS_OF_VIDEO)]


class VideoPatch(BaseModel):
    """Changes to a video: omitted fields are unchanged, null clears."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"title": "The first swim", "tags": ["family", "sea"], "rating": 5}]
        },
    )

    title: Title | None = Field(
        default=None, description="Displayed and searched instead of the title in the file."
    )
    tags: Tags | None = Field(default=None, description="The complete list of tags.")
    rating: Rating | None = Field(default=None, description="From 1 to 5.")
    notes: Notes | None = Field(default=None, description="Any text, of several lines.")
    favourite: Favourite | None = Field(default=None, description="Whether it is a favourite.")

    def edit(self) -> VideoEdit:
        """Return the edit for the library."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        for name in given.keys() & {"title", "notes"}:
            given[name] = given[name] or None
        if "favourite" in given:
            given["favourite"] = bool(given["favourite"])
        if "tags" in given:
            given["tags"] = given["tags"] or []
        return VideoEdit(**given)


Token = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
_UNDO = Field(
    default=None,
    description="The `undo` of an earlier part of the same edit, which then undoes this part too.",
)
_KEY = Field(
    default=None,
    description="A random text for this edit: the same again edits nothing, and returns the "
    "answer of the first request.",
)


class BulkEditBody(BaseModel):
    """The videos to change, by `video_ids` or `query`, and the changes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"video_ids": [VIDEO_EXAMPLE["id"]], "add_tags": ["sea"], "rating": 4},
                {"query": {"folder": "holidays"}, "add_tags": ["holiday"], "remove_tags": ["new"]},
            ]
        },
    )

    video_ids: list[Annotated[str, Field(max_length=100)]] | None = Field(
        default=None, max_length=MAX_AT_ONCE, description="The videos by their ids."
    )
    query: VideoFilter | None = Field(
        default=None, description="All videos in a list with these filters."
    )
    add_tags: Tags = Field(default=[], description="Tags to add to each video.")
    remove_tags: Tags = Field(default=[], description="Tags to remove from each video.")
    rating: Rating | None = Field(
        default=None, description="From 1 to 5; null clears, if omitted it is unchanged."
    )
    favourite: Favourite | None = Field(
        default=None, description="Whether they are favourites; if omitted it is unchanged."
    )
    undo: Token | None = _UNDO
    key: Token | None = _KEY

    @model_validator(mode="after")
    def _is_either(self) -> Self:
        if (self.video_ids is None) == (self.query is None):
            raise ValueError("give either video_ids or query")
        if self.undo is not None and self.query is not None:
            raise ValueError("an edit by query has no parts: give no undo")
        if self.edit().is_empty:
            raise ValueError("give at least one of add_tags, remove_tags, rating and favourite")
        return self

    def edit(self) -> VideoEdit:
        """Return the edit for the library."""
        rating = self.rating if "rating" in self.model_fields_set else KEEP
        return VideoEdit(
            add_tags=self.add_tags,
            remove_tags=self.remove_tags,
            rating=rating,
            favourite=KEEP if self.favourite is None else self.favourite,
        )

    def change(self) -> BulkChange:
        """Return the change for the library."""
        return BulkChange(self.edit())


UNDO_EXAMPLE = "s7Qm1xk0vXq3hY2b9cTnLwZrEo5uKd8f"


class BulkEditResponse(BaseModel):
    """The result of editing several videos."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"edited": 2, "not_found": [], "undo": UNDO_EXAMPLE}]}
    )

    edited: int = Field(description="The number of videos that were changed.")
    not_found: list[Display] = Field(description="Unknown ids; the other videos were changed.")
    undo: str = Field(description="The token that undoes it: `POST /undo/{token}`.")

    @classmethod
    def from_outcome(cls, outcome: BulkOutcome) -> Self:
        """Return the schema for `outcome`."""
        return cls(edited=outcome.edited, not_found=list(outcome.not_found), undo=outcome.undo)


class ForgottenVideoResponse(BaseModel):
    """The removal of a record."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"undo": UNDO_EXAMPLE}]})

    undo: str = Field(description="The token that restores it: `POST /undo/{token}`.")


_EDIT_EXAMPLE: dict[str, Any] = {
    "undo": UNDO_EXAMPLE,
    "created_at": "2026-01-01T00:00:00Z",
    "change": {"rating": 4, "add_tags": ["sea"]},
    "videos": 42,
    "job_id": None,
}


class UndoableEditResponse(BaseModel):
    """An edit that can be undone."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EDIT_EXAMPLE]})

    undo: str = Field(description="The token that undoes it: `POST /undo/{token}`.")
    created_at: datetime
    change: dict[str, Any] = Field(
        description='What was changed, as in the request of the edit; `{"forget": true}` for the '
        "removal of videos, with the `root` of a library folder that was removed with them."
    )
    videos: int = Field(description="The number of videos that were edited.")
    job_id: str | None = Field(description="The job that made it; null for one made at once.")

    @classmethod
    def from_undo(cls, undo: Undo) -> Self:
        """Return the schema for `undo`."""
        return cls(
            undo=undo.token,
            created_at=undo.created_at,
            change=dict(undo.change),
            videos=undo.edited,
            job_id=undo.job_id,
        )


class UndoableEditsResponse(BaseModel):
    """The edits that can be undone, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EDIT_EXAMPLE]}]})

    items: list[UndoableEditResponse]


class UndoResponse(BaseModel):
    """The result of undoing an edit."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"restored": 41, "changed_since": 1}]}
    )

    restored: int = Field(description="The number of videos that are as they were.")
    changed_since: int = Field(
        description="The number of videos left alone: edited since, or not there any more."
    )

    @classmethod
    def from_restored(cls, restored: Restored) -> Self:
        """Return the schema for `restored`."""
        return cls(restored=restored.restored, changed_since=restored.changed_since)


MAX_IDS = 1000
MAX_COUNT = 2**31
_CENTURY_SECONDS = 100 * 365 * 86400


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie in the years 1 to 9999, in UTC too") from error


class ForgetBody(BaseModel):
    """The records to forget: those missing long enough, those with these ids, or of a list."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"missing_for_seconds": 2592000, "dry_run": True},
                {
                    "missing_before": "2026-01-01T00:00:00Z",
                    "dry_run": False,
                    "expected_count": 12,
                },
            ]
        },
    )

    missing_for_seconds: float | None = Field(
        default=None, ge=0, le=_CENTURY_SECONDS, description="Missing for at least this time."
    )
    missing_before: Annotated[AwareDatetime, AfterValidator(_in_utc)] | None = Field(
        default=None, description="Missing since this time or longer, as returned by a dry run."
    )
    ids: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=MAX_IDS, description="These videos, missing or not."
    )
    query: VideoFilter | None = Field(
        default=None, description="All videos in a list with these filters, without the others."
    )
    undo: Token | None = _UNDO
    key: Token | None = _KEY
    dry_run: bool = Field(description="Only count the records.")
    expected_count: int | None = Field(
        default=None,
        ge=0,
        le=MAX_COUNT,
        description="The number of records, as counted by a dry run; required without `dry_run`.",
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.missing_for_seconds is not None and self.missing_before is not None:
            raise ValueError("missing_for_seconds and missing_before say the same: give one")
        is_listed = (
            self.missing_for_seconds is not None or self.missing_before is not None or self.ids
        )
        if bool(is_listed) == (self.query is not None):
            raise ValueError("say which: missing_for_seconds, missing_before, ids, or a query")
        if self.undo is not None and self.query is not None:
            raise ValueError("an edit by query has no parts: give no undo")
        if self.key is not None and self.query is None:
            raise ValueError("a key is for a query: other records are forgotten in parts")
        if not self.dry_run and self.expected_count is None:
            raise ValueError("expected_count is needed: make a dry run first")
        return self

    def forgettable(self) -> Forgettable:
        """Return the records that match now."""
        before = self.missing_before
        if self.missing_for_seconds is not None:
            before = datetime.now(UTC) - timedelta(seconds=self.missing_for_seconds)
        return Forgettable(before, tuple(self.ids), self.query)


class ForgettableVideoResponse(BaseModel):
    """A record that would be forgotten."""

    id: str
    root: Display
    path: Display
    missing_since: datetime | None


class ForgetResponse(BaseModel):
    """The records that would be, or were, forgotten."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dry_run": True,
                    "missing_before": "2026-01-01T00:00:00Z",
                    "count": 12,
                    "annotated": 3,
                    "rated": 2,
                    "tagged": 1,
                    "titled": 0,
                    "noted": 1,
                    "favourites": 0,
                    "forgotten": 0,
                    "undo": None,
                    "not_found": [],
                    "examples": [
                        {
                            "id": "0199e6a2-7c01-7d2e-9f10-2f4d5c6b7a80",
                            "root": "Videos",
                            "path": "holidays/beach.mp4",
                            "missing_since": "2025-11-01T09:00:00Z",
                        }
                    ],
                }
            ]
        }
    )

    dry_run: bool
    missing_before: datetime | None = Field(
        description="Send this to forget exactly the records that were counted."
    )
    count: int = Field(description="The number of matching records.")
    annotated: int = Field(
        description="The number of them with a title, tags, a rating, notes or a favourite mark."
    )
    rated: int
    tagged: int
    titled: int
    noted: int
    favourites: int
    forgotten: int = Field(
        description="The number of forgotten records. Fewer than `count` if time ran out: "
        "repeat the request with the rest as `expected_count`, and with `undo`."
    )
    undo: str | None = Field(
        description="The token that restores them: `POST /undo/{token}`; null if none was removed."
    )
    not_found: list[Display] = Field(description="Ids in the request without a record.")
    examples: list[ForgettableVideoResponse] = Field(description="At most 10.")

    @classmethod
    def of(
        cls,
        preview: ForgetPreview,
        which: Forgettable,
        *,
        dry_run: bool,
        forgotten: int,
        undo: str | None,
    ) -> Self:
        """Return the schema for `preview`."""
        return cls(
            dry_run=dry_run,
            missing_before=which.missing_before,
            count=preview.count,
            annotated=preview.annotated,
            rated=preview.rated,
            tagged=preview.tagged,
            titled=preview.titled,
            noted=preview.noted,
            favourites=preview.favourites,
            forgotten=forgotten,
            undo=undo,
            not_found=list(preview.not_found),
            examples=[
                ForgettableVideoResponse(
                    id=one.id, root=one.root, path=one.path, missing_since=one.missing_since
                )
                for one in preview.examples
            ],
        )


async def carry_out(
    body: ForgetBody, forgetting: Forgetting, editor: BulkEditor
) -> ForgetResponse | Job:
    """Carry out the request in `body`; return the job if there are too many videos to wait for.

    Raises `ForgettingChangedError`, and the errors of `BulkEditor`.
    """
    which = body.forgettable()
    preview = await forgetting.preview(which)
    forgotten, undo = 0, None
    if not body.dry_run and body.expected_count is not None:
        if body.query is not None:
            known = await editor.known(body.key, FORGETTING)
            if known is None and preview.count != body.expected_count:
                raise ForgettingChangedError(body.expected_count, preview.count)
            outcome = await editor.edit_found(body.query, FORGETTING, key=body.key)
            if isinstance(outcome, Job):
                return outcome
            forgotten, undo = outcome.edited, outcome.undo
        else:
            part = await editor.start(FORGETTING, token=body.undo)
            forgotten = await forgetting.forget(
                which, expected_count=body.expected_count, undo=part
            )
            undo = part.token if forgotten else body.undo
    return ForgetResponse.of(preview, which, dry_run=body.dry_run, forgotten=forgotten, undo=undo)
