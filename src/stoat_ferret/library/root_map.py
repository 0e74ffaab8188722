"""The root map: where this machine has roots, if not where their records say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from stoat_ferret.errors import ConfigurationError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.library.video import Root

ROOT_MAP_OPTION = "stoat_root_map"
"""The option of a `Database` with the `RootMap` of this machine."""


class RootMap:
    """The folders of roots on this machine, by the names of the roots.

    A root that is not among them is where the machine that made its record has it.
    """

    def __init__(self, paths: Mapping[str, str]) -> None:
        """Use these absolute paths."""
        self._paths = dict(paths)
        self._names = {path: name for name, path in paths.items()}

    def path_of(self, name: str, recorded: bytes) -> str:
        """Return the path of a root on this machine; `recorded` is the one in its record."""
        return self._paths.get(name) or os.fsdecode(recorded)

    def check(self, roots: Iterable[Root]) -> None:
        """Raise `ConfigurationError` if one of `roots` is at the place of another."""
        for root in roots:
            name = self.name_of(root.path)
            if name not in {None, root.name}:
                raise ConfigurationError(
                    f"STOAT_ROOT_MAP says that {for_display(root.path)} is the library folder "
                    f"{name}, but the library knows it as {root.name}. Use that name, or if it is "
                    "another folder that another machine has at the same path, map a link to it."
                )

    def name_of(self, path: str) -> str | None:
        """Return the name of the root at this path; None if it has none of its own here."""
        return self._names.get(path)


AS_RECORDED = RootMap({})
"""All roots are where their records say."""


def root_map_of(connection: AsyncConnection) -> RootMap:
    """Return the root map for rows of this connection."""
    options = connection.sync_connection.get_execution_options()  # type: ignore[union-attr]  # it is open
    root_map = options.get(ROOT_MAP_OPTION, AS_RECORDED)
    assert isinstance(root_map, RootMap)  # noqa: S101  nobody else sets it
    return root_map
