"""Schemas of rules, their dry runs and their runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.rules.definition import RuleActions, RuleDefinition, RuleName, RuleTrigger
from stoat_ferret.rules.deliveries import Delivery
from stoat_ferret.rules.preview import RulePreview
from stoat_ferret.rules.store import Rule, Run

_ID = "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e11"
_DEFINITION: dict[str, Any] = {
    "when": "added",
    "filter": {"folder": "camera"},
    "actions": {"storyboard": True, "add_tags": ["new"]},
}
_COUNTS = {"waiting": 0, "running": 0, "done": 12, "failed": 1}
_RULE: dict[str, Any] = {
    "id": _ID,
    "name": "From the camera",
    "enabled": True,
    **_DEFINITION,
    "search_id": None,
    "runs": _COUNTS,
    "problem": None,
    "created_at": "2026-05-01T08:00:00Z",
    "since": "2026-05-01T08:00:00Z",
    "webhook_secret": None,
}
_RUN: dict[str, Any] = {
    "video_id": "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e12",
    "name": "beach.mp4",
    "state": "done",
    "error": None,
    "changed_at": "2026-05-01T08:00:00Z",
}


_DELIVERY: dict[str, Any] = {
    "id": "0199e6a2-7b5c-7cc0-8a44-6a4f0a3f7e13",
    "state": "waiting",
    "videos": 1,
    "attempts": 1,
    "next_at": "2026-05-01T08:05:05Z",
    "status_code": 503,
    "error": "It answered with status 503.",
    "created_at": "2026-05-01T08:00:00Z",
    "ended_at": None,
}


class DeliveryState(StrEnum):
    """The state of a call of a webhook."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class RunState(StrEnum):
    """The state of a run: of a rule, for one video in one version."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RunCounts(BaseModel):
    """The numbers of the runs of a rule."""

    waiting: int = Field(default=0, description="Those whose turn is yet to come.")
    running: int = 0
    done: int = 0
    failed: int = 0


class RuleResponse(BaseModel):
    """A rule."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RULE]})

    id: str
    name: str
    enabled: bool
    when: RuleTrigger
    filter: VideoFilter | None
    search_id: int | None
    actions: RuleActions
    runs: RunCounts
    problem: str | None = Field(description="Why it cannot run; null if it can.")
    created_at: datetime
    since: datetime = Field(
        description="What happened before this does not concern it: when it was made, turned on, "
        "or given other videos to look for."
    )
    webhook_secret: str | None = Field(
        default=None,
        description="The key that signs its webhooks. It is only shown when it is new.",
    )

    @classmethod
    def from_rule(cls, rule: Rule, *, secret: str | None = None) -> Self:
        """Return the schema for `rule`, with a `secret` that is new."""
        return cls(
            id=rule.id,
            name=rule.name,
            enabled=rule.enabled,
            when=rule.definition.when,
            filter=rule.definition.filter,
            search_id=rule.definition.search_id,
            actions=rule.definition.actions,
            runs=RunCounts(**rule.counts),
            problem=rule.problem,
            created_at=rule.created_at,
            since=rule.since,
            webhook_secret=secret,
        )


class RulesResponse(BaseModel):
    """All rules, oldest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_RULE]}]})

    items: list[RuleResponse]


class RuleBody(RuleDefinition):
    """A rule to make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "From the camera", **_DEFINITION}]}
    )

    name: RuleName = Field(description="One line.")
    enabled: bool = Field(default=True, description="Whether it runs.")
    include_existing: bool = Field(
        default=False, description="Whether it runs on the videos that it concerns now, too."
    )

    @property
    def definition(self) -> RuleDefinition:
        """The definition of the rule."""
        return _definition(self)


class RulePatch(BaseModel):
    """Changes of a rule; what is missing stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": False}]})

    name: RuleName | None = Field(default=None, description="Its new name.")
    enabled: bool | None = Field(
        default=None, description="Whether it runs. Turned off, it forgets the videos that wait."
    )
    when: RuleTrigger | None = None
    filter: VideoFilter | None = Field(default=None, description="Null removes it.")
    search_id: int | None = Field(default=None, ge=0, lt=2**31, description="Null removes it.")
    actions: RuleActions | None = None
    include_existing: bool = Field(
        default=False, description="Whether it runs on the videos that it concerns now, too."
    )
    new_secret: bool = Field(default=False, description="Whether its webhooks get another key.")

    def definition(self, old: RuleDefinition) -> RuleDefinition | None:
        """Return the changed definition, or None if it stays. Raises `ValidationError`."""
        names = ("when", "filter", "search_id", "actions")
        given = {name: getattr(self, name) for name in names if name in self.model_fields_set}
        given = {
            name: value
            for name, value in given.items()
            if value is not None or name in {"filter", "search_id"}
        }
        if not given:
            return None
        if given.get("filter") is not None:
            given.setdefault("search_id", None)
        elif given.get("search_id") is not None:
            given.setdefault("filter", None)
        return RuleDefinition(**{**{name: getattr(old, name) for name in names}, **given})


class RulePreviewBody(RuleDefinition):
    """A rule to try."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DEFINITION]})

    rule_id: str | None = Field(
        default=None,
        max_length=64,
        description="The saved rule that it changes: the videos that this one ran on are left out.",
    )

    @property
    def definition(self) -> RuleDefinition:
        """The definition of the rule."""
        return _definition(self)


class PreviewVideoResponse(BaseModel):
    """A video that a rule concerns."""

    id: str
    name: Display
    folder: Display


class RulePreviewResponse(BaseModel):
    """What a rule would do if it were made with `include_existing`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "count": 1,
                    "videos": [{"id": _ID, "name": "beach.mp4", "folder": "camera/"}],
                    "storyboards": 1,
                    "renders": 0,
                    "tagged": 1,
                    "jobs": 1,
                    "webhook_calls": 0,
                }
            ]
        }
    )

    count: int = Field(description="The number of videos that it concerns now.")
    videos: list[PreviewVideoResponse] = Field(description="The first of them.")
    storyboards: int = Field(description="Storyboards that it would make.")
    renders: int = Field(description="Videos that it would render.")
    tagged: int = Field(description="Videos that would get tags which they lack.")
    jobs: int = Field(description="Jobs that it would submit, a batch of videos at a time.")
    webhook_calls: int = Field(description="Calls of its webhook, each with a batch of videos.")

    @classmethod
    def from_preview(cls, preview: RulePreview) -> Self:
        """Return the schema for `preview`."""
        listed = [
            PreviewVideoResponse(id=one.id, name=one.name, folder=one.folder)
            for one in preview.videos
        ]
        return cls(
            count=preview.count,
            videos=listed,
            storyboards=preview.storyboards,
            renders=preview.renders,
            tagged=preview.tagged,
            jobs=preview.jobs,
            webhook_calls=preview.webhook_calls,
        )


class RunListQuery(BaseModel):
    """A page of the runs of a rule."""

    model_config = ConfigDict(extra="forbid")

    state: RunState | None = Field(default=None, description="Only runs in this state.")
    limit: int = Field(default=50, ge=1, le=500, description="Maximum number of items.")
    cursor: str | None = Field(
        default=None, max_length=64, description="`next_cursor` of the previous page."
    )


class RunResponse(BaseModel):
    """A run of a rule for one video."""

    video_id: str
    name: Display | None = Field(description="The name of its file; null if it was removed.")
    state: RunState
    error: str | None = Field(description="Why it failed.")
    changed_at: datetime

    @classmethod
    def from_run(cls, run: Run) -> Self:
        """Return the schema for `run`."""
        return cls(
            video_id=run.video_id,
            name=run.name,
            state=RunState(run.state),
            error=run.error,
            changed_at=run.changed_at,
        )


class RunPageResponse(BaseModel):
    """A page of the runs of a rule, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [_RUN], "next_cursor": None, "total": 1}]}
    )

    items: list[RunResponse]
    next_cursor: str | None = Field(
        default=None, description="Send it as `cursor` to get the next page; null at the end."
    )
    total: int = Field(description="The number of items in the whole list.")


class DeliveryListQuery(BaseModel):
    """A page of the deliveries of a rule."""

    model_config = ConfigDict(extra="forbid")

    state: DeliveryState | None = Field(default=None, description="Only those in this state.")
    limit: int = Field(default=50, ge=1, le=500, description="Maximum number of items.")
    cursor: str | None = Field(
        default=None, max_length=64, description="`next_cursor` of the previous page."
    )


class DeliveryResponse(BaseModel):
    """A call of a webhook."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DELIVERY]})

    id: str = Field(description="The `webhook-id` of the call, the same in each attempt.")
    state: DeliveryState
    videos: int = Field(description="The number of videos in it.")
    attempts: int
    next_at: datetime | None = Field(description="When it is tried next.")
    status_code: int | None = Field(description="The status of the last answer.")
    error: str | None = Field(description="Why the last attempt failed.")
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def from_delivery(cls, delivery: Delivery) -> Self:
        """Return the schema for `delivery`."""
        values = {name: getattr(delivery, name) for name in cls.model_fields}
        return cls(**values)


class DeliveryPageResponse(BaseModel):
    """A page of the deliveries of a rule, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [_DELIVERY], "next_cursor": None, "total": 1}]}
    )

    items: list[DeliveryResponse]
    next_cursor: str | None = Field(
        default=None, description="Send it as `cursor` to get the next page; null at the end."
    )
    total: int = Field(description="The number of items in the whole list.")


def _definition(body: RuleDefinition) -> RuleDefinition:
    return RuleDefinition(**{name: getattr(body, name) for name in RuleDefinition.model_fields})
