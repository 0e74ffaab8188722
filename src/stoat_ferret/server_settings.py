"""The settings of a running server: those in effect, which are fixed, and changing the others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from stoat_ferret.database import finish
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import SettingFixedError, SettingsChangedError
from stoat_ferret.stored_settings import (
    SettingsFile,
    StoredSettings,
    changed,
    fixed_names,
    merged,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from pathlib import Path
    from typing import Self

    from stoat_ferret.config import Settings

    Follower = Callable[[Settings, Settings], Awaitable[None]]
    """Is called with the old settings and the new ones."""


class ServerSettings:
    """The settings in effect, of which `base` are those of environment and flags.

    Each change is stored before it takes effect.
    """

    def __init__(self, base: Settings, file: SettingsFile, stored: StoredSettings) -> None:
        self.base = base
        self.fixed = fixed_names(base)
        self.stored = stored
        self.current = merged(base, stored)
        self.followers: list[Follower] = []
        self._file = file
        self._changing = asyncio.Lock()

    @classmethod
    async def open(cls, base: Settings) -> Self:
        """Read the stored settings. Raises `ConfigurationError`."""
        file = SettingsFile(base.data_dir)
        return cls(base, file, await run_on_disk_thread(file.read))

    async def change(
        self, values: Mapping[str, Any], *, revisions: Collection[int] | None = None
    ) -> None:
        """Change these settings, of which None is the default; all of them or none.

        `revisions` are those that the change may be based on, None for any. Raises
        `SettingFixedError`, `SettingsChangedError`, `ConfigurationError`.
        """
        fixed = [name for name in values if name in self.fixed]
        if fixed:
            raise SettingFixedError(fixed, [self.fixed[name] for name in fixed])
        async with self._changing:
            if revisions is not None and self.stored.revision not in revisions:
                raise SettingsChangedError
            await finish(self._store(changed(self.stored, values)))

    async def add_root(self, path: Path) -> None:
        """Add a root. Raises `ConfigurationError`."""
        async with self._changing:
            if path in self.current.roots:
                return
            stored, values = self.stored, dict[str, Any]()
            if path in self.base.roots:
                values["removed_roots"] = tuple(p for p in stored.removed_roots if p != path)
            else:
                values["added_roots"] = (*stored.added_roots, path)
            await finish(self._store(changed(stored, values)))

    async def remove_root(self, path: Path) -> None:
        """Remove a root. Raises `SettingFixedError` for a fixed one, `ConfigurationError`."""
        self.refuse_fixed_root(path)
        async with self._changing:
            stored = self.stored
            values = {"added_roots": tuple(p for p in stored.added_roots if p != path)}
            if path in self.base.roots:
                values["removed_roots"] = (*stored.removed_roots, path)
            await finish(self._store(changed(stored, values)))

    def is_fixed_root(self, path: Path) -> bool:
        """Return whether the environment or a flag names this root."""
        return "roots" in self.fixed and path in self.base.roots

    def refuse_fixed_root(self, path: Path) -> None:
        """Raise `SettingFixedError` if the environment or a flag names this root."""
        if self.is_fixed_root(path):
            raise SettingFixedError(["path"], [self.fixed["roots"]])

    async def _store(self, stored: StoredSettings) -> None:
        await run_on_disk_thread(self._file.write, stored)
        before = self.current
        self.stored, self.current = stored, merged(self.base, stored)
        for follow in self.followers:
            await follow(before, self.current)
