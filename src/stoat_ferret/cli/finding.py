"""What one check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

DISK_SECONDS = 10.0
"""How long a check waits for a disk: far more than one takes to wake up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `facts` go into the JSON document."""

    state: Literal["ok", "warning", "broken"]
    detail: str
    mend: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """All of it, the facts beside state, detail and mend."""
        head = {"state": self.state, "detail": self.detail, "mend": self.mend}
        return {**head, **self.facts}
