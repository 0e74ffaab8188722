"""Results and progress of scans, and the entries that they skipped."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stoat_ferret.jobs.job import Progress
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_WINDOW_SECONDS = 15.0
_SAMPLE_SECONDS = 0.2


class ScanPhase(StrEnum):
    """The phases of a scan."""

    COUNTING = "counting"
    DETECTING_MOVES = "recognising"
    PROBING = "probing"
    MAKING_THUMBNAILS = "making thumbnails"


class ProgressMeter:
    """Measures how much of `total` is done; the rate covers the last fifteen seconds."""

    def __init__(self, total: int, *, unit: str, clock: Callable[[], float], done: int = 0) -> None:
        self.done = done
        self._total = total
        self._unit = unit
        self._clock = clock
        self._samples = deque([(clock(), done)])

    def advance(self, count: int = 1) -> None:
        """Add `count` to the units that are done."""
        self.done += count
        now = self._clock()
        if now - self._samples[-1][0] >= _SAMPLE_SECONDS:
            self._samples.append((now, self.done))
            while len(self._samples) > 2 and now - self._samples[1][0] >= _WINDOW_SECONDS:
                self._samples.popleft()

    def progress(self, phase: ScanPhase, current: str | None = None) -> Progress:
        """Return the current progress; rate and time left are None while unknown."""
        start, done_at_start = self._samples[0]
        elapsed = self._clock() - start
        rate = (self.done - done_at_start) / elapsed if elapsed > 0 else 0.0
        left = self._total - self.done
        return Progress(
            fraction=min(1.0, self.done / self._total) if self._total else 1.0,
            done=self.done,
            total=self._total,
            unit=self._unit,
            phase=phase,
            current=current,
            rate=round(rate, 2) if rate else None,
            eta_seconds=round(left / rate, 1) if rate else None,
        )


MAX_EXAMPLES = 20


class Why(StrEnum):
    """Why an entry was skipped."""

    HIDDEN = "hidden"
    """A folder, or a file with a video extension, whose name starts with a dot."""
    EXCLUDED = "excluded"
    """A folder excluded by its name or by a `.nomedia` file in it."""
    IGNORED = "ignored"
    """A folder, or a file with a video extension, that matches a `.stoatignore`."""
    LINK = "link"
    """A broken link, a link to a parent folder, or a link to a folder that was already entered."""
    EXTENSION = "extension"
    """A file without a video extension."""


@dataclass(slots=True)
class _Tally:
    count: int = 0
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PassedOver:
    """Counts by reason, each with its first paths; for extensions, the first path of each."""

    _tallies: dict[Why, _Tally] = field(default_factory=dict)

    def note(self, why: Why, path: str, kind: str | None = None) -> None:
        """Count one entry; only the first path of each `kind` becomes an example."""
        tally = self._tallies.setdefault(why, _Tally())
        tally.count += 1
        if len(tally.examples) < MAX_EXAMPLES:
            tally.examples.setdefault(path if kind is None else kind, path)

    def merge(self, other: PassedOver) -> None:
        """Add the counts and examples of `other`."""
        for why, other_tally in other._tallies.items():
            tally = self._tallies.setdefault(why, _Tally())
            tally.count += other_tally.count
            for kind, path in other_tally.examples.items():
                if len(tally.examples) < MAX_EXAMPLES:
                    tally.examples.setdefault(kind, path)

    def as_json(self) -> dict[str, Any]:
        """Return counts and examples by reason; reasons that did not occur are left out."""
        return {
            why.value: {
                "count": tally.count,
                "examples": [for_display(path) for path in tally.examples.values()],
            }
            for why, tally in self._tallies.items()
        }


MAX_ERRORS = 100
_READ = ("added", "updated", "moved", "skipped", "failed")
"""The counts of files that another attempt finds unchanged."""
NOT_STORABLE = "Its name, size or time cannot be stored in the database."


@dataclass(slots=True)
class ScanResult:
    """The counts of one scan, updated while it runs.

    When a scan is complete, `found` is the sum of `added`, `updated`, `unchanged`, `moved`,
    `skipped` and `failed`. `missing` files were known before and are gone. `passed_over` entries
    are not part of `found`. `earlier` is what attempts of the same job had done that were
    interrupted or paused: what they read counts as theirs, and not as unchanged.
    """

    root: str
    earlier: Mapping[str, Any] = field(default_factory=dict)
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
        """Keep the first hundred errors; the library has the reason of every bad file."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append({"path": for_display(path), "reason": reason})

    def add_warning(self, what: str, reason: str) -> None:
        """Report once a problem that does not concern a single file."""
        if not any(error["path"] == what for error in self.errors):
            self.errors.insert(0, {"path": what, "reason": reason})
            del self.errors[MAX_ERRORS:]

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON, as stored in the job and returned by the API."""
        before = {name: self.earlier.get(name, 0) for name in (*_READ, "missing")}
        # A file that has changed since is read again, and counts twice at most.
        known = min(sum(before[name] for name in _READ), self.unchanged)
        return {
            "root": for_display(self.root),
            "found": self.found,
            "added": before["added"] + self.added,
            "updated": before["updated"] + self.updated,
            "unchanged": self.unchanged - known,
            "moved": before["moved"] + self.moved,
            "missing": before["missing"] + self.missing,
            "skipped": before["skipped"] + self.skipped,
            "failed": before["failed"] + self.failed,
            "errors": self._all_errors(),
            "passed_over": self.passed_over.as_json(),
            "elapsed_seconds": round(
                self.earlier.get("elapsed_seconds", 0.0) + self.elapsed_seconds, 3
            ),
        }

    def _all_errors(self) -> list[dict[str, str]]:
        paths = {error["path"] for error in self.errors}
        before = [one for one in self.earlier.get("errors", ()) if one["path"] not in paths]
        return [*self.errors, *before][:MAX_ERRORS]
