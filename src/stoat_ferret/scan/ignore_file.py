"""The files `.stoatignore`, in the syntax of gitignore."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE_NAME = ".stoatignore"
_MAX_BYTES = 1_000_000


def read_ignore_file(folder: str) -> GitIgnoreSpec | None:
    """The patterns of the ignore file in `folder`, None without one.

    Raises `OSError` where it cannot be read, `ValueError` where a pattern cannot be understood.
    """
    try:
        with open(os.path.join(folder, IGNORE_FILE_NAME), "rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(content) > _MAX_BYTES:
        raise ValueError(f"larger than {_MAX_BYTES} bytes")
    from pathspec import GitIgnoreSpec

    # Surrogate escapes, as in the names that the patterns are held against.
    return GitIgnoreSpec.from_lines(os.fsdecode(content).splitlines())


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The ignore files from the root down to one folder, each with the folder it lies in."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def and_below(self, folder: str, spec: GitIgnoreSpec) -> IgnoreRules:
        """These rules, and those of the ignore file in `folder`."""
        return IgnoreRules((*self.specs, (f"{folder}/" if folder else "", spec)))

    def ignore(self, path: str) -> bool:
        """Whether `path` is left out; that of a folder ends in a slash. The last match decides."""
        decision = False
        for prefix, spec in self.specs:
            include = spec.check_file(path.removeprefix(prefix)).include
            if include is not None:
                decision = include
        return decision
