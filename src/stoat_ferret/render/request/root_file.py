"""Files of a request that are no videos, named by a library folder and a path in it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Encoding = Literal[
    "utf-8",
    "utf-16",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-15",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gb18030",
    "big5",
]
"""The encodings of subtitle files that can be named."""


def _no_nul(path: str) -> str:
    if "\0" in path:
        raise ValueError("must not contain a NUL character")
    return path


class _RootFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    root: str = Field(min_length=1, max_length=4096)
    path: Annotated[str, AfterValidator(_no_nul)] = Field(
        min_length=1, max_length=4096, description="Relative to the root."
    )


class ImageFile(_RootFile):
    """An image file in one of the library's folders."""


class LutFile(_RootFile):
    """A 3D lookup table (`.cube`) in one of the library's folders."""


class SubtitleFile(_RootFile):
    """A subtitle file (`.srt`, `.vtt`, `.ass` or `.ssa`) in one of the library's folders."""

    encoding: Encoding | None = Field(
        default=None,
        description="By default UTF-8 or UTF-16, else the usual one of the language in the name.",
    )
