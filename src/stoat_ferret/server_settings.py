"""The settings of a running server: those in effect, which are fixed, and changing the others."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from stoat_ferret.database import finish
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import (
    ConfigurationError,
    RootRefusedError,
    SettingFixedError,
    SettingsChangedError,
)
from stoat_ferret.stored_settings import (
    MAX_FOLDERS,
    SettingsFile,
    StoredSettings,
    changed,
    fixed_names,
    merged,
)
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from pathlib import Path
    from typing import Self

    from stoat_ferret.config import Settings

    Follower = Callable[[Settings], Awaitable[None]]
    """Is called with the settings in effect, and again after it has failed."""

_STORE_SECONDS = 30.0


class ServerSettings:
    """The settings in effect, of which `base` are those of environment and flags.

    Each change is stored before it takes effect. `taken_away` are the roots that were removed since
    the start, and `changing_roots` is held while one is checked and added.
    """

    def __init__(self, base: Settings, file: SettingsFile, stored: StoredSettings) -> None:
        self.base = base
        self.fixed = fixed_names(base)
        self.stored = stored
        self.current = merged(base, stored)
        self.followers: list[Follower] = []
        self._file = file
        self.taken_away: set[Path] = set()
        self.changing_roots = asyncio.Lock()
        self._changing = asyncio.Lock()
        self._is_uncertain = False
        """True if the last change may have been stored, since its disk did not answer."""

    @classmethod
    async def open(cls, base: Settings) -> Self:
        """Read the stored settings. Raises `ConfigurationError`."""
        file = SettingsFile(base.data_dir)
        return cls(base, file, await _read(file))

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
            await self._look_again()
            if revisions is not None and self.stored.revision not in revisions:
                raise SettingsChangedError
            await finish(self._store(changed(self.stored, values)))

    async def add_root(self, path: Path) -> None:
        """Add a root. Raises `RootRefusedError` if there are too many, `ConfigurationError`."""
        async with self._changing:
            await self._look_again()
            stored, values = self.stored, dict[str, Any]()
            if path in self.base.roots:
                values["removed_roots"] = tuple(p for p in stored.removed_roots if p != path)
            else:
                values["added_roots"] = tuple(dict.fromkeys((*stored.added_roots, path)))
                if len(values["added_roots"]) > MAX_FOLDERS:
                    raise RootRefusedError(
                        f"{MAX_FOLDERS} folders were added already, and no more can be. Add a "
                        "folder that contains several of them, or name some in STOAT_ROOTS."
                    )
            await finish(self._store(changed(stored, values)))
            self.taken_away.discard(path)

    async def remove_root(self, path: Path) -> None:
        """Remove a root. Raises `SettingFixedError` for a fixed one, `ConfigurationError`."""
        self.refuse_fixed_root(path)
        async with self._changing:
            await self._look_again()
            stored = self.stored
            values = {"added_roots": tuple(p for p in stored.added_roots if p != path)}
            if path in self.base.roots:
                # Those of former defaults are forgotten: there is no end to them otherwise.
                removed = (*(p for p in stored.removed_roots if p in self.base.roots), path)
                values["removed_roots"] = tuple(dict.fromkeys(removed))
            self.taken_away.add(path)
            await finish(self._store(changed(stored, values)))

    def was_root(self, path: Path) -> bool:
        """Return whether this was a root that somebody has removed."""
        is_default = path in self.base.roots
        return path in self.taken_away or (is_default and path in self.stored.removed_roots)

    def fixed_by(self, path: Path) -> str | None:
        """Return the variable that names this root; a flag of `serve` counts as its variable."""
        if path in self.base.root_map.values():
            return "STOAT_ROOT_MAP"
        return self.fixed.get("roots") if path in self.base.roots else None

    def refuse_fixed_root(self, path: Path) -> None:
        """Raise `SettingFixedError` if the environment or a flag names this root."""
        if variable := self.fixed_by(path):
            raise SettingFixedError(["path"], [variable])

    async def _look_again(self) -> None:
        """Read what was stored, if that is not certain. Raises `ConfigurationError`."""
        if not self._is_uncertain:
            return
        stored = await _read(self._file)
        self.stored, self.current = stored, merged(self.base, stored)
        self._is_uncertain = False

    async def _store(self, stored: StoredSettings) -> None:
        is_late = threading.Event()
        try:
            await run_on_disk_thread(
                self._file.write, stored, is_late.is_set, timeout_seconds=_STORE_SECONDS
            )
        except TimeoutError as error:
            self._is_uncertain = True
            raise _no_answer(self._file) from error
        finally:
            is_late.set()
        self.stored, self.current = stored, merged(self.base, stored)
        for follow in self.followers:
            await follow(self.current)


async def _read(file: SettingsFile) -> StoredSettings:
    try:
        return await run_on_disk_thread(file.read, timeout_seconds=_STORE_SECONDS)
    except TimeoutError as error:
        raise _no_answer(file) from error


def _no_answer(file: SettingsFile) -> ConfigurationError:
    return ConfigurationError(
        f"The disk of {for_display(file.path)} has not answered within {_STORE_SECONDS:g} s, so "
        "the settings were neither read nor changed. Try it again once it does."
    )
