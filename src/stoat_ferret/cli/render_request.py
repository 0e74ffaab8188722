"""Render requests from command line arguments and from files."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stoat_ferret.errors import RenderRefusedError, listed_faults
from stoat_ferret.folded_text import fold
from stoat_ferret.render.request.preset import PRESETS
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

USUAL_PRESET = "web-720p"
"""The preset of clips on the command line; a timeline has its own."""


def parse_request(document: Any) -> RenderRequest:
    """Return the request in a JSON document. Raises `RenderRefusedError` with its faults."""
    try:
        return RenderRequest.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = listed_faults(found, "the request")
        raise RenderRefusedError(f"That cannot be rendered: {faults}.") from error


def read_document(path: Path) -> Any:
    """Read JSON from a file, or for `-` from standard input. Raises `RenderRefusedError`."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        return json.loads(text)
    except (OSError, ValueError) as error:
        raise RenderRefusedError(f"{for_display(path)} holds no request: {error}") from error


def saved_preset(name: str, saved: Sequence[Mapping[str, Any]]) -> tuple[str, Mapping[str, Any]]:
    """Return the preset and the options that are saved as `name`. Raises `RenderRefusedError`."""
    for one in saved:
        if fold(one["name"]) == fold(name):
            return one["preset"], one["options"]
    own = ", ".join(for_display(one["name"]) for one in saved)
    raise RenderRefusedError(
        f"There is no preset {name!r}. Built in are {', '.join(PRESETS)}"
        + (f"; saved are {own}." if own else "; none are saved.")
    )


def document_from_clips(
    clips: Sequence[str],
    *,
    preset: str | None,
    name: str | None,
    options: Sequence[str],
    overwrite: bool,
    separate: bool = False,
    folder: str | None = None,
    saved_options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the body of `POST /renders` for clips in the form `VIDEO` or `VIDEO:START-END`."""
    typed = {"preset": USUAL_PRESET, "clips": [_clip(clip) for clip in clips]}
    return with_changes(
        typed,
        preset=preset,
        name=name,
        options=options,
        overwrite=overwrite,
        folder=folder,
        separate=separate,
        saved_options=saved_options,
    )


def document_of_batch(
    videos: Sequence[str],
    *,
    preset: str | None,
    name: str | None,
    options: Sequence[str],
    overwrite: bool,
    folder: str | None = None,
    saved_options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the body of `POST /renders/batch` for videos given by id.

    Raises `RenderRefusedError` for a video with a range.
    """
    for video in videos:
        if ":" in video:
            raise RenderRefusedError(
                f"--each makes a file for each whole video; use --separate for parts like {video}."
            )
    typed = {"preset": USUAL_PRESET, "video_ids": list(videos)}
    return with_changes(
        typed,
        preset=preset,
        name=name,
        options=options,
        overwrite=overwrite,
        folder=folder,
        saved_options=saved_options,
    )


def with_changes(
    document: Mapping[str, Any],
    *,
    preset: str | None,
    name: str | None,
    options: Sequence[str],
    overwrite: bool,
    separate: bool = False,
    folder: str | None = None,
    saved_options: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a copy of a request with these values replaced.

    If the preset changes, only options that the new one supports are kept. The `saved_options` of
    a preset replace those of the document, and `options` both.
    """
    own = dict(document.get("options", {}))
    known = next((one for one in PRESETS.values() if one.name == preset), None)
    if known is not None:
        own = {key: value for key, value in own.items() if key in known.options}
    return {
        **document,
        **({} if preset is None else {"preset": preset}),
        **({} if name is None else {"name": name}),
        **({} if folder is None else {"folder": folder}),
        "options": {**own, **(saved_options or {}), **dict(_option(option) for option in options)},
        "overwrite": overwrite,
        **({"separate": True} if separate else {}),
    }


def _clip(text: str) -> dict[str, Any]:
    video_id, _, part = text.partition(":")
    start, _, end = part.partition("-")
    clip: dict[str, Any] = {"video_id": video_id}
    if start:
        clip["start_seconds"] = start
    if end:
        clip["end_seconds"] = end
    return clip


def _option(text: str) -> tuple[str, Any]:
    name, is_given, value = text.partition("=")
    if not is_given:
        raise RenderRefusedError(f"An option is NAME=VALUE, not {text!r}.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
