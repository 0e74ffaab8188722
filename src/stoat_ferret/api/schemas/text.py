"""Text in requests and responses: always valid Unicode, whatever the file system contains."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from stoat_ferret.text import for_display, path_sent, path_to_send

__all__ = ["Display", "DisplayJson", "SentPath", "display_json", "path_sent", "path_to_send"]


def display_json(value: Any) -> Any:
    """Return plain JSON with `for_display` applied to every text, including keys."""
    if isinstance(value, str):
        return for_display(value)
    if isinstance(value, dict):
        return {display_json(key): display_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [display_json(item) for item in value]
    return value


Display = Annotated[str, BeforeValidator(lambda value: for_display(value) if value else value)]
"""Text from outside, with replacement marks for invalid characters."""

DisplayJson = Annotated[dict[str, Any], BeforeValidator(display_json)]
"""A JSON object from outside, with replacement marks for invalid characters."""

SentPath = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(path_sent)]
"""An absolute path from a client."""
