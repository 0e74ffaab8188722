"""The files below the roots of the library, opened safely."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stoat_ferret.errors import PathOutsideRootsError
from stoat_ferret.library.files import open_in_root
from stoat_ferret.library.roots import RootFinder, with_disk_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.library.files import VideoFile
    from stoat_ferret.library.video import Root

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RootFiles:
    """The files below `roots`, which requests name by a root and a path in it."""

    roots: Sequence[Root]
    root_finder: RootFinder

    def root_called(self, name: str) -> Root:
        """Return the root with this name. Raises `PathOutsideRootsError`."""
        root = next((root for root in self.roots if root.name == name), None)
        if root is None:
            raise PathOutsideRootsError(name, [root.path for root in self.roots])
        return root

    async def read(self, root: Root, path: str, read: Callable[[VideoFile], T]) -> tuple[str, T]:
        """Return the real path of a regular file in its root, and what `read` returns for it.

        `read` gets the open file, on a disk thread. Raises `PathOutsideRootsError`,
        `RootUnavailableError` and `MediaError`s.
        """
        shown_path = os.path.join(root.path, path)  # noqa: PTH118  text, not UTF-8

        # Each by itself: a root whose disk does not respond must not delay the others.
        known = (await self.root_finder.real_paths(self.roots)).values()

        def resolve() -> tuple[str, T]:
            real_root = os.path.realpath(root.path)
            if not any(os.path.commonpath((one, real_root)) == one for one in known):
                raise PathOutsideRootsError(shown_path, [one.path for one in self.roots])
            file = open_in_root(root.path, path)
            try:
                return os.path.realpath(shown_path), read(file)
            finally:
                file.close()

        return await with_disk_timeout(root.path, resolve)
