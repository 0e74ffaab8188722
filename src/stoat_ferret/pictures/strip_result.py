"""What a job for contact strips leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stoat_ferret.errors import shown

MAX_ERRORS = 100


@dataclass(slots=True)
class StripResult:
    """Counts, growing while it runs; at the end `found` is the sum of the three that follow.

    `empty` are videos in which there is nothing to see.
    """

    found: int = 0
    made: int = 0
    empty: int = 0
    failed: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    elapsed_seconds: float = 0.0

    def fail(self, path: str, reason: str) -> None:
        """Count one that could not be made; the first hundred are kept with their reasons."""
        self.failed += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"path": shown(path), "reason": reason})

    def as_json(self) -> dict[str, Any]:
        """The result as it goes into the job and over the wire."""
        return {
            "found": self.found,
            "made": self.made,
            "empty": self.empty,
            "failed": self.failed,
            "errors": list(self.errors),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }
