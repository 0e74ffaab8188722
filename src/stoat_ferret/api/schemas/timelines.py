"""Schemas of timelines of other programs."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.render.timeline.exchange import TakenTimeline, WrittenTimeline

TIMELINE_EXAMPLE: dict[str, Any] = {
    "OTIO_SCHEMA": "Timeline.1",
    "name": "holiday",
    "tracks": {"OTIO_SCHEMA": "Stack.1", "children": []},
}
"""The form of a timeline; one without clips is rejected."""


class TakenTimelineResponse(BaseModel):
    """An imported timeline as a render request."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request": {
                        "preset": "web-1080p",
                        "clips": [{"video_id": "0190d5a7-…", "end_seconds": 3.5}],
                        "name": "holiday",
                    },
                    "notes": ["Clip beach.mov: the effect Blur is left out."],
                }
            ]
        }
    )

    request: dict[str, Any] = Field(description="A body of `POST /renders`.")
    notes: list[Display] = Field(
        description="Sentences about parts that were not imported, or were changed."
    )

    @classmethod
    def from_taken(cls, taken: TakenTimeline) -> Self:
        """Return the schema for `taken`."""
        return cls(request=taken.request, notes=list(taken.notes))


class WrittenTimelineResponse(BaseModel):
    """A timeline for other programs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "file_name": "holiday.otio",
                    "text": '{"OTIO_SCHEMA": "Timeline.1", …}',
                    "notes": [
                        "Options of the render (width) is kept in the file, for this program alone."
                    ],
                }
            ]
        }
    )

    file_name: Display = Field(description="A name for its file.")
    text: str = Field(description="The content of that file, OpenTimelineIO in JSON.")
    notes: list[Display] = Field(description="Sentences about parts that other programs ignore.")

    @classmethod
    def from_written(cls, written: WrittenTimeline) -> Self:
        """Return the schema for `written`."""
        return cls(file_name=written.file_name, text=written.text, notes=list(written.notes))
