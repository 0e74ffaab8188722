"""Saved presets: a preset of renders and its options under a name that people choose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from stoat_ferret.errors import PresetExistsError, PresetNotFoundError, TooManyPresetsError
from stoat_ferret.folded_text import fold
from stoat_ferret.library.tables import saved_presets
from stoat_ferret.text import storable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from stoat_ferret.database import Database

MAX_SAVED_PRESETS = 100
"""The maximum number of saved presets."""


@dataclass(frozen=True, slots=True)
class SavedPreset:
    """A saved preset; names are distinguished like those of tags.

    `preset` is the name of the built-in preset, and `options` those of a request, as plain JSON.
    An older version may have stored options that are not known any more.
    """

    id: int
    name: str
    preset: str
    options: Mapping[str, Any]


class SavedPresetRepository:
    """The saved presets of all people, ordered by name.

    It checks neither presets nor options, which are those of renders.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self) -> Sequence[SavedPreset]:
        """Return all of them."""
        async with self._database.read() as connection:
            return await _all(connection)

    async def add(self, name: str, preset: str, options: Mapping[str, Any]) -> SavedPreset:
        """Save a preset. Raises `PresetExistsError` and `TooManyPresetsError`."""
        async with self._database.write() as connection:
            known = await _all(connection)
            if len(known) >= MAX_SAVED_PRESETS:
                raise TooManyPresetsError(MAX_SAVED_PRESETS)
            _check_name(known, name, None)
            values = {**_named(name), "preset": preset, "options": _stored(options)}
            added = sa.insert(saved_presets).values(values).returning(saved_presets.c.id)
            return await _get(connection, (await connection.execute(added)).scalar_one())

    async def change(
        self,
        preset_id: int,
        *,
        name: str | None = None,
        preset: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> SavedPreset:
        """Change what is given. Raises `PresetNotFoundError` and `PresetExistsError`."""
        async with self._database.write() as connection:
            await _get(connection, preset_id)
            values: dict[str, Any] = {} if preset is None else {"preset": preset}
            if options is not None:
                values["options"] = _stored(options)
            if name is not None:
                _check_name(await _all(connection), name, preset_id)
                values |= _named(name)
            if values:
                changed = sa.update(saved_presets).where(saved_presets.c.id == preset_id)
                await connection.execute(changed.values(values))
            return await _get(connection, preset_id)

    async def delete(self, preset_id: int) -> None:
        """Delete a preset, not what was rendered with it. Raises `PresetNotFoundError`."""
        async with self._database.write() as connection:
            await _get(connection, preset_id)
            gone = sa.delete(saved_presets).where(saved_presets.c.id == preset_id)
            await connection.execute(gone)


async def _all(connection: AsyncConnection) -> list[SavedPreset]:
    ordered = sa.select(saved_presets).order_by(saved_presets.c.name_key)
    return [
        SavedPreset(row.id, row.name, row.preset, json.loads(row.options))
        for row in await connection.execute(ordered)
    ]


async def _get(connection: AsyncConnection, preset_id: int) -> SavedPreset:
    for saved in await _all(connection):
        if saved.id == preset_id:
            return saved
    raise PresetNotFoundError(preset_id)


def _check_name(known: Sequence[SavedPreset], name: str, preset_id: int | None) -> None:
    for saved in known:
        if saved.id != preset_id and fold(saved.name) == fold(name):
            raise PresetExistsError(saved.name)


def _named(name: str) -> dict[str, str]:
    return {"name": storable(name), "name_key": fold(name)}


def _stored(options: Mapping[str, Any]) -> str:
    return json.dumps(dict(options))
