"""Folders inside the output folder: whether files can be published there, and making them."""

from __future__ import annotations

import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path


def check_subfolder(
    output: Path, folder: str | None, skipped: Container[str] = frozenset()
) -> None:
    """Raise `RenderRefusedError` if no file can be moved into `folder` inside `output`.

    It need not exist, but must not be, or lead through, a link, a file, another disk or a folder
    whose name, case-folded, is `skipped` by scans. Blocking; raises `OSError`.
    """
    for place in _steps(output, folder):
        if place.name.casefold() in skipped:
            raise _refusal(
                place,
                "scans skip folders of this name (STOAT_EXCLUDED_FOLDERS), and would mark what is "
                "rendered as missing",
            )
    device = output.stat().st_dev
    for place in _steps(output, folder):
        try:
            status = place.lstat()
        except FileNotFoundError:
            return
        if stat.S_ISLNK(status.st_mode):
            raise _refusal(place, "it is a link, and may lead out of the output folder")
        if not stat.S_ISDIR(status.st_mode):
            raise _refusal(place, "a file of this name is there")
        if status.st_dev != device:
            raise _refusal(place, "it is on another disk than the output folder")


def make_subfolder(output: Path, folder: str | None) -> tuple[Path, list[Path]]:
    """Create `folder` inside `output`; return its path, and which of its parts are new.

    Blocking; raises `OSError` and the errors of `check_subfolder`.
    """
    check_subfolder(output, folder)
    made: list[Path] = []
    place = output
    try:
        for place in _steps(output, folder):
            with suppress(FileExistsError):
                place.mkdir()
                made.append(place)
        check_subfolder(output, folder)  # somebody else may have made a part of it
    except BaseException:
        remove_empty(made)
        raise
    return place, made


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of `folders`, from the inner ones outwards, that are empty. Blocking."""
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        with suppress(OSError):  # it is not empty
            folder.rmdir()


def _steps(output: Path, folder: str | None) -> list[Path]:
    """Return the paths of `folder`, from the outermost of its parts inwards."""
    parts = folder.split("/") if folder else []
    return [output.joinpath(*parts[: count + 1]) for count in range(len(parts))]


def _refusal(place: Path, reason: str) -> RenderRefusedError:
    return RenderRefusedError(
        f"Nothing can be rendered into {for_display(place)}: {reason}. Choose another folder.",
        field="folder",
    )
