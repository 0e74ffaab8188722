"""The counts and names of what a scan skipped, so that nothing is missing silently."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from stoat_ferret.errors import shown

MAX_EXAMPLES = 20


class Why(StrEnum):
    """Why an entry was passed over."""

    HIDDEN = "hidden"
    """A folder, or a file with the extension of a video, whose name begins with a dot."""
    EXCLUDED = "excluded"
    """A folder that is left out by its name, or by a file `.nomedia` in it."""
    IGNORED = "ignored"
    """A folder, or a file with the extension of a video, that a `.stoatignore` names."""
    LINK = "link"
    """A link to nothing, to a folder above it, or to one that was entered by another link."""
    EXTENSION = "extension"
    """A file without the extension of a video."""


@dataclass(slots=True)
class _Tally:
    count: int = 0
    examples: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PassedOver:
    """Counts by reason, each with its first paths; of extensions, the first path of each."""

    _tallies: dict[Why, _Tally] = field(default_factory=dict)

    def note(self, why: Why, path: str, kind: str | None = None) -> None:
        """Count one entry; of those of one `kind` only the first is named."""
        tally = self._tallies.setdefault(why, _Tally())
        tally.count += 1
        if len(tally.examples) < MAX_EXAMPLES:
            tally.examples.setdefault(path if kind is None else kind, path)

    def merge(self, other: PassedOver) -> None:
        """Count those of `other` too."""
        for why, theirs in other._tallies.items():
            ours = self._tallies.setdefault(why, _Tally())
            ours.count += theirs.count
            for kind, path in theirs.examples.items():
                if len(ours.examples) < MAX_EXAMPLES:
                    ours.examples.setdefault(kind, path)

    def as_json(self) -> dict[str, Any]:
        """Counts and examples by reason, those that occurred only."""
        return {
            why.value: {
                "count": tally.count,
                "examples": [shown(path) for path in tally.examples.values()],
            }
            for why, tally in self._tallies.items()
        }
