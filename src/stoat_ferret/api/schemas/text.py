"""Text in requests and responses: always valid Unicode, whatever the file system contains."""

import os
from typing import Annotated, Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pydantic import AfterValidator, BeforeValidator, Field

from stoat_ferret.text import for_display

_FILE_URI = "file://"


def display_json(value: Any) -> Any:
    """Return plain JSON with `for_display` applied to every text, including keys."""
    if isinstance(value, str):
        return for_display(value)
    if isinstance(value, dict):
        return {display_json(key): display_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [display_json(item) for item in value]
    return value


def path_to_send(path: str) -> str:
    """Return `path` in a form that a client can send back.

    That is the path itself, or a `file://` URI (RFC 8089) if it is not valid Unicode.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return _FILE_URI + quote_from_bytes(os.fsencode(path))
    return path


def path_sent(value: str) -> str:
    """Return the path that a client sent, as `os.fsdecode` does; the inverse of `path_to_send`.

    Raises `ValueError` if it is no absolute path.
    """
    path = value
    if value.startswith(_FILE_URI):
        path = os.fsdecode(unquote_to_bytes(value.removeprefix(_FILE_URI)))
    if not path.startswith("/"):
        raise ValueError("must be an absolute path, such as /home/ada/Videos")
    if "\0" in path:
        raise ValueError("must not contain a NUL character")
    return path


Display = Annotated[str, BeforeValidator(lambda value: for_display(value) if value else value)]
"""Text from outside, with replacement marks for invalid characters."""

DisplayJson = Annotated[dict[str, Any], BeforeValidator(display_json)]
"""A JSON object from outside, with replacement marks for invalid characters."""

SentPath = Annotated[str, Field(min_length=1, max_length=4096), AfterValidator(path_sent)]
"""An absolute path from a client."""
