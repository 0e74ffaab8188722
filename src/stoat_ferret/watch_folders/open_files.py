"""Finds files that another process has open for writing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_PROCESSES = "/proc"


def open_for_writing(paths: Collection[str]) -> set[str]:
    """Return those of the real `paths` that a process is seen to have open for writing. Blocking.

    Only Linux tells, and it tells an ordinary user only about the user's own processes.
    """
    wanted = set(paths)
    found: set[str] = set()
    for process in _processes() if wanted else ():
        # The process may end meanwhile, or belong to another user.
        with suppress(OSError):
            for number in os.listdir(f"{process}/fd"):  # noqa: PTH208  as fast as can be
                # The link is only read: following it might wait for a disk.
                path = os.readlink(f"{process}/fd/{number}")  # noqa: PTH115  as above
                if path in wanted and _is_for_writing(f"{process}/fdinfo/{number}"):
                    found.add(path)
        if found == wanted:
            break
    return found


def _processes() -> Iterator[str]:
    with suppress(OSError):
        for name in os.listdir(_PROCESSES):  # noqa: PTH208  as above
            if name.isdigit():
                yield f"{_PROCESSES}/{name}"


def _is_for_writing(info: str) -> bool:
    with open(info, encoding="ascii") as lines:  # noqa: PTH123  as above
        for line in lines:
            if line.startswith("flags:"):
                return bool(int(line.split()[1], 8) & os.O_ACCMODE)
    return False
