"""What a render leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from stoat_ferret.errors import shown


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file in its place; `path` is relative to the root, `video_id` None for what is no video."""

    video_id: str | None
    root: str
    path: str
    size_bytes: int
    duration_seconds: float | None

    def as_json(self) -> dict[str, Any]:
        """The file as it goes into the job and over the wire."""
        return {
            "video_id": self.video_id,
            "root": shown(self.root),
            "path": shown(self.path),
            "size_bytes": self.size_bytes,
            "duration_seconds": self.duration_seconds,
        }


@dataclass(slots=True)
class RenderResult:
    """What was made; `notes` are sentences for people, `speed` is that of real time.

    Empty until everything is in its place: a render gives all of its files or none.
    """

    outputs: list[RenderedFile] = field(default_factory=list)
    folder: str = ""
    notes: list[str] = field(default_factory=list)
    speed: float | None = None
    elapsed_seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The result as it goes into the job and over the wire."""
        return {
            "outputs": [output.as_json() for output in self.outputs],
            "folder": shown(self.folder),
            "notes": list(self.notes),
            "speed": None if self.speed is None else round(self.speed, 3),
            "elapsed_seconds": round(self.elapsed_seconds, 3),
        }
