"""Files of a request that are no videos, named by a library folder and a path in it."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


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
