"""How roots are watched: the options, and the state that people see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.scan.ignore_rules import NameRules

ROOT_SECONDS = 5.0
"""How often the root itself is looked at, and how long an absent one is waited for."""


class WatchState(StrEnum):
    """How a root is watched, or why it is not."""

    OFF = "off"
    NOT_SCANNED = "not_scanned"
    STARTING = "starting"
    EVENTS = "events"
    POLLING = "polling"
    LIMITED = "limited"
    """Polled because a limit of the kernel is reached."""
    UNAVAILABLE = "unavailable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WatchStatus:
    """The state of the watching of a root; `detail` is a sentence for people, with a remedy."""

    state: WatchState
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchOptions:
    """How roots are watched."""

    names: NameRules
    always_poll: bool = False
    settle_seconds: float = 5.0
    poll_seconds: float = 60.0
    root_seconds: float = ROOT_SECONDS
