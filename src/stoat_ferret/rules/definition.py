"""The definition of a rule: when it runs, for which videos, and what it does."""

import json
import unicodedata
from enum import StrEnum
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.folded_text import fold
from stoat_ferret.library.annotations import MAX_TAG_LENGTH
from stoat_ferret.library.query import MAX_TAGS, VideoFilter
from stoat_ferret.render.plan.planner import check_options
from stoat_ferret.render.request.batch import BatchTemplate
from stoat_ferret.render.request.name_pattern import check_pattern
from stoat_ferret.render.request.preset import PRESETS

MAX_NAME_LENGTH = 100
_MAX_URL_LENGTH = 2000
_SEPARATORS = {"Cc", "Zl", "Zp"}


class RuleTrigger(StrEnum):
    """What a rule waits for.

    `added` is a video that was added, once it passes the filter; `changed` is other content, that
    is, another size or other bytes at either end of the file; `failed` is a file that cannot be
    read; `matches` is a video that begins to pass the filter.
    """

    ADDED = "added"
    CHANGED = "changed"
    FAILED = "failed"
    MATCHES = "matches"


def _line(text: str) -> str:
    line = text.strip()
    if any(unicodedata.category(char) in _SEPARATORS for char in line):
        raise ValueError("must be one line, without tabs")
    if not fold(line).strip():
        raise ValueError("must have at least one letter")
    return line


def _webhook_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not url.isascii() or any(char <= " " for char in url):
        raise ValueError("must be an http or https URL, such as https://example.org/hook")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not contain a user name or a password")
    return url


RuleName = Annotated[str, Field(max_length=MAX_NAME_LENGTH), AfterValidator(_line)]
RuleTag = Annotated[str, Field(max_length=MAX_TAG_LENGTH), AfterValidator(_line)]


class WebhookAction(BaseModel):
    """The URL to call with the videos, after everything else was done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Annotated[str, Field(max_length=_MAX_URL_LENGTH), AfterValidator(_webhook_url)]


class RuleActions(BaseModel):
    """What a rule does with each video."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    storyboard: bool = Field(default=False, description="Whether preview thumbnails are made.")
    render: BatchTemplate | None = Field(
        default=None, description="A render of each, as `POST /renders/batch` takes it."
    )
    add_tags: tuple[RuleTag, ...] = Field(
        default=(), max_length=MAX_TAGS, description="Tags that each gets."
    )
    webhook: WebhookAction | None = Field(
        default=None, description="The URL that is called at the end."
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not (self.storyboard or self.render or self.add_tags or self.webhook):
            raise ValueError("give at least one action")
        return self

    def check(self) -> None:
        """Raise `RenderRefusedError` if no video can be rendered like that."""
        if self.render is not None:
            check_options(self.render.options, PRESETS[self.render.preset])
            check_pattern(self.render.name or "")


class RuleDefinition(BaseModel):
    """When a rule runs, for which videos, and what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: RuleTrigger
    filter: VideoFilter | None = Field(
        default=None,
        description="Only videos that pass it, as `GET /videos` takes it. The status is that of "
        "`when` for `failed`.",
    )
    search_id: int | None = Field(
        default=None,
        ge=0,
        lt=2**31,
        description="A saved search instead of `filter`; what it finds may change later.",
    )
    actions: RuleActions

    @model_validator(mode="after")
    def _selects_once(self) -> Self:
        if self.filter is not None and self.search_id is not None:
            raise ValueError("give either filter or search_id")
        if self.when is RuleTrigger.MATCHES and self.filter is None and self.search_id is None:
            raise ValueError("a rule for what matches needs filter or search_id")
        return self

    def as_json(self) -> str:
        """Return the definition in the form that `from_json` reads."""
        shown = self.model_dump(mode="json", exclude_defaults=True, exclude={"filter"})
        query = {} if self.filter is None else {"filter": self.filter.as_params()}
        return json.dumps({**shown, **query})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the definition in `text`. Raises `ValueError`."""
        stored: dict[str, Any] = json.loads(text)
        return cls.model_validate(stored)
