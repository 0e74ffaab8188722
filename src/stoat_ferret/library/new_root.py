"""Which folders may become library folders when somebody asks for it over HTTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.errors import RootRefusedError
from stoat_ferret.library.roots import existing_folder
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_OF_SYSTEM = tuple(
    Path(name)
    for name in (
        *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found"),
        *("/proc", "/run", "/sbin", "/snap", "/sys", "/usr", "/var"),
        # macOS
        *("/Applications", "/Library", "/System", "/cores", "/private/etc", "/private/var"),
    )
)
_OF_PEOPLE = tuple(
    Path(name)
    for name in ("/run/media", "/run/mount", "/var/home", "/var/media", "/var/mnt", "/var/roothome")
)
"""Folders of those, below which some systems have disks and homes of people."""


def check_new_root(
    path: str,
    *,
    roots: Iterable[str],
    data_dir: Path,
    allowed: Sequence[Path] | None = None,
) -> Path:
    """Return the real path of the folder `path`, which may become a root beside `roots`.

    It is a readable folder, is neither of the system nor hidden, holds nothing of the data folder,
    and overlaps no other root. `allowed` are the folders that it may lie in, None for any. Raises
    `RootRefusedError`, and `FolderNotFoundError` and `RootUnavailableError` of `existing_folder`.
    Blocking.
    """
    if not os.path.isabs(path):  # noqa: PTH117  text, not UTF-8
        raise RootRefusedError(
            f"{for_display(path)} is no absolute path. Give the whole path of the folder on the "
            "server, such as /mnt/videos."
        )
    _refuse_place(Path(os.path.normpath(path)), allowed)
    real = Path(existing_folder(path))
    # A link may lead to another place than its name says.
    _refuse_place(real, allowed)
    _refuse_data_folder(real, Path(os.path.realpath(data_dir)))
    refuse_overlap(real, roots)
    _refuse_unreadable(real)
    return real


def _refuse_place(path: Path, allowed: Sequence[Path] | None) -> None:
    shown = for_display(path)
    if allowed is not None and not any(
        path.is_relative_to(one) or path.is_relative_to(os.path.realpath(one)) for one in allowed
    ):
        listed = ", ".join(for_display(one) for one in allowed) or "none"
        raise RootRefusedError(
            f"{shown} is not in a folder that library folders may be added from ({listed}). The "
            "administrator of the server can name it in STOAT_ADD_FOLDERS_FROM or STOAT_ROOTS."
        )
    is_of_people = any(path != one and path.is_relative_to(one) for one in _OF_PEOPLE)
    if path == Path("/") or (not is_of_people and any(map(path.is_relative_to, _OF_SYSTEM))):
        raise RootRefusedError(
            f"{shown} belongs to the operating system and cannot be a library folder. Choose a "
            "folder of videos; the administrator of the server can name any in STOAT_ROOTS."
        )
    if any(part.startswith(".") for part in path.parts):
        raise RootRefusedError(
            f"{shown} is hidden, or in a hidden folder, and cannot be a library folder. Choose "
            "another one; the administrator of the server can name any in STOAT_ROOTS."
        )


def _refuse_data_folder(real: Path, data_dir: Path) -> None:
    if real.is_relative_to(data_dir) or data_dir.is_relative_to(real):
        raise RootRefusedError(
            f"{for_display(real)} holds, or is in, the data folder of this server "
            f"({for_display(data_dir)}), and cannot be a library folder. Choose another one."
        )


def refuse_overlap(path: Path, roots: Iterable[str]) -> None:
    """Raise `RootRefusedError` if `path` is one of `roots`, contains one or is in one. Blocking."""
    real = Path(os.path.realpath(path))
    for root in roots:
        known = Path(os.path.realpath(root))
        if known == real:
            raise RootRefusedError(f"{for_display(real)} is a library folder already.")
        if real.is_relative_to(known):
            raise RootRefusedError(
                f"{for_display(real)} is inside the library folder {for_display(root)}, so its "
                "videos are in the library once that is scanned."
            )
        if known.is_relative_to(real):
            raise RootRefusedError(
                f"{for_display(real)} contains the library folder {for_display(root)}, whose "
                "videos would be listed twice. Remove that one first, or add others beside it."
            )


def _refuse_unreadable(real: Path) -> None:
    try:
        with os.scandir(real) as entries:
            next(entries, None)
        if not os.access(real, os.R_OK | os.X_OK):
            raise PermissionError
    except OSError as error:
        raise RootRefusedError(
            f"The server may not read {for_display(real)}. Give the user that it runs as the "
            "permission to, or choose another folder."
        ) from error
