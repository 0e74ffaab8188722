"""The path of a folder inside the output folder."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

MAX_FOLDER_BYTES = 1000
"""Paths may have 4,096 bytes, of which the output folder and the name need some."""
MAX_FOLDER_DEPTH = 10
_MAX_PART_BYTES = 255


def _folder_path(path: str) -> str:
    text = path.strip()
    if text.startswith(("/", "~")):
        raise ValueError("must be relative to the output folder, such as trips/2026")
    if "\\" in text:
        raise ValueError("must have / between folders, not \\")
    parts = [part.strip() for part in text.removesuffix("/").split("/")]
    for part in parts:
        if any(unicodedata.category(char) in {"Cc", "Cs"} for char in part):
            raise ValueError("must not have control characters")
        if not part:
            raise ValueError("must have a name for each folder, such as trips/2026")
        if part.startswith("."):
            raise ValueError("must not lead out of the output folder, nor have hidden folders")
        if len(part.encode()) > _MAX_PART_BYTES:
            raise ValueError(f"must have {_MAX_PART_BYTES} bytes at most for each folder")
    if len(parts) > MAX_FOLDER_DEPTH:
        raise ValueError(f"must have {MAX_FOLDER_DEPTH} folders at most, one inside the other")
    whole = "/".join(parts)
    if len(whole.encode()) > MAX_FOLDER_BYTES:
        raise ValueError(f"must have {MAX_FOLDER_BYTES} bytes at most")
    return whole


Subfolder = Annotated[
    str, Field(max_length=MAX_FOLDER_BYTES, examples=["trips/2026"]), AfterValidator(_folder_path)
]
"""A relative path with `/` between its parts, none of which is hidden or leads upwards."""
