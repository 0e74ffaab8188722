"""What a scan leaves: every file that was found is counted once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stoat_ferret.errors import shown
from stoat_ferret.scan.passed_over import PassedOver

MAX_ERRORS = 100
NOT_STORABLE = "The database does not take what the file system says of it."


@dataclass(slots=True)
class ScanResult:
    """Counts of one scan, growing while it runs.

    When a scan is complete, `found` is the sum of `added`, `updated`, `unchanged`, `moved`,
    `skipped` and `failed`. `missing` files were known before and are gone. What was
    `passed_over` is not among those that were found.
    """

    root: str
    found: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    moved: int = 0
    missing: int = 0
    skipped: int = 0
    failed: int = 0
    errors: list[dict[str, str]] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)
    elapsed_seconds: float = 0.0

    def add_error(self, path: str, reason: str) -> None:
        """Keep the first hundred; every bad file is in the library with its reason anyway."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"path": shown(path), "reason": reason})

    def add_warning(self, what: str, reason: str) -> None:
        """Say once of something other than a file that it is not as it should be."""
        if not any(error["path"] == what for error in self.errors):
            self.errors.insert(0, {"path": what, "reason": reason})
            del self.errors[MAX_ERRORS:]

    def as_json(self) -> dict[str, Any]:
        """The result as it goes into the job and over the wire."""
        return {
            "root": shown(self.root),
            "found": self.found,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "moved": self.moved,
            "missing": self.missing,
            "skipped": self.skipped,
            "failed": self.failed,
            "errors": list(self.errors),
            "passed_over": self.passed_over.as_json(),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }
