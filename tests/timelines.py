"""A timeline as an editor writes it, with everything that complicates an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import opentimelineio as otio

if TYPE_CHECKING:
    from pathlib import Path

RATE = 25.0
FRAMES = 60
"""The number of frames of the whole timeline."""


def edited_timeline(first: Path, second: Path, *, name: str = "holiday") -> str:
    """Return two clips with a dissolve, then black: a gap, a nested stack and a lost file.

    17 frames of `first` from its 10th on, 5 of the dissolve, 18 of `second` from its 27th on, and
    20 black ones. Both have audio, and `second` plays once more from 0.2 seconds on.
    """
    blur = otio.schema.Effect("b", "Gaussian Blur")
    marker = otio.schema.Marker("look", _span(0, 1))
    nested = otio.schema.Stack("Titles", source_range=_span(0, 5))
    nested.append(otio.schema.Track("inner", [_clip(first, 0, 5)]))
    pictures = [
        _clip(first, 10, 20, effects=[blur], markers=[marker]),
        _dissolve(3, 2),
        _clip(second, 25, 20),
        otio.schema.Gap(duration=_time(10)),
        nested,
        _clip(first.with_name("gone.mov"), 0, 5),
    ]
    sounds = [_clip(first, 10, 20), _dissolve(3, 2), _clip(second, 25, 20)]
    music = [otio.schema.Gap(duration=_time(5)), _clip(second, 0, 25)]
    timeline = otio.schema.Timeline(name)
    timeline.tracks.append(otio.schema.Track("V1", pictures, kind="Video"))
    timeline.tracks.append(otio.schema.Track("V2", [_clip(second, 0, 5)], kind="Video"))
    timeline.tracks.append(otio.schema.Track("A1", sounds, kind="Audio"))
    timeline.tracks.append(otio.schema.Track("A2", music, kind="Audio"))
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text


NOTES = (
    "Video track 2 (V2): only one is taken.",
    "Clip numbered.mp4: the effect Gaussian Blur is left out.",
    "Clip numbered.mp4: its markers are left out (1).",
    "Stack Titles: what is nested is not taken; a gap is there.",
    "Clip gone.mov: its media is not in the library; a gap is there.",
)
"""The notes of its import if `first` is `numbered.mp4`."""


def nested_too_deep(levels: int = 100_000) -> str:
    """Return a timeline that would crash the process of a careless parser."""
    inner = '{"a":' * levels + "1" + "}" * levels
    return (
        f'{{"OTIO_SCHEMA": "Timeline.1", "name": "x", "metadata": {inner}, '
        '"tracks": {"OTIO_SCHEMA": "Stack.1", "children": []}}'
    )


def _clip(path: Path, start: int, length: int, **more: Any) -> Any:
    reference = otio.schema.ExternalReference(path.as_uri(), _span(0, 75))
    return otio.schema.Clip(path.name, reference, _span(start, length), **more)


def _dissolve(before: int, after: int) -> Any:
    kind = otio.schema.TransitionTypes.SMPTE_Dissolve
    return otio.schema.Transition("Dissolve", kind, _time(before), _time(after))


def _span(start: int, length: int) -> Any:
    return otio.opentime.TimeRange(_time(start), _time(length))


def _time(frames: int) -> Any:
    return otio.opentime.RationalTime(frames, RATE)
