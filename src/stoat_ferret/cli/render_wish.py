"""From what is typed to a request for a render."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stoat_ferret.errors import RenderRefusedError, listed_faults
from stoat_ferret.render.request import RenderRequest

if TYPE_CHECKING:
    from collections.abc import Sequence


def request_of(document: Any) -> RenderRequest:
    """The request in a JSON document. Raises `RenderRefusedError` with what is wrong with it."""
    try:
        return RenderRequest.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        faults = listed_faults(found, "the request")
        raise RenderRefusedError(f"That cannot be rendered: {faults}.") from error


def document_of(
    clips: Sequence[str],
    *,
    preset: str,
    name: str | None,
    options: Sequence[str],
    overwrite: bool,
) -> dict[str, Any]:
    """The body of `POST /renders` for clips typed as `VIDEO` or `VIDEO:START-END`."""
    document: dict[str, Any] = {
        "preset": preset,
        "clips": [_clip(clip) for clip in clips],
        "options": dict(_option(option) for option in options),
        "overwrite": overwrite,
    }
    return document if name is None else {**document, "name": name}


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
