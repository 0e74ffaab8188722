"""How a long task ended, done by a server or here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from stoat_ferret.cli.output import Row


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """A `JobStatus`, the result or the part of it that was done, and the reason."""

    status: str
    result: dict[str, Any] | None
    error: str | None = None
    job_id: str | None = None

    @classmethod
    def of(cls, job: Row) -> Self:
        """The outcome of a job of the HTTP interface."""
        return cls(job["status"], job.get("result"), job.get("error"), job["id"])

    def as_json(self) -> dict[str, Any]:
        """Status, error and job id, and beside them the counts of the result."""
        head = {"status": self.status, "error": self.error, "job_id": self.job_id}
        return {**head, **(self.result or {})}


def deadline_passed(timeout_seconds: float | None) -> str:
    """Why it was stopped."""
    return f"The deadline of {timeout_seconds:g} s passed. What was done so far is kept."
