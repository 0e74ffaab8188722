"""Saved presets keep their options, and their names are one of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stoat_ferret.errors import PresetExistsError, PresetNotFoundError, TooManyPresetsError
from stoat_ferret.library import saved_presets
from stoat_ferret.library.saved_presets import SavedPresetRepository

if TYPE_CHECKING:
    from stoat_ferret.database import Database


@pytest.fixture
def presets(database: Database) -> SavedPresetRepository:
    """Return the saved presets of an empty library."""
    return SavedPresetRepository(database)


async def test_they_are_kept_by_name_and_changed(presets: SavedPresetRepository) -> None:
    forum = await presets.add("Forum", "web-720p", {"quality": 24, "texts": [{"text": "ü"}]})
    await presets.add("Archive of mine", "archive", {})
    assert [one.name for one in await presets.find()] == ["Archive of mine", "Forum"]
    changed = await presets.change(forum.id, name="Attic")
    assert (changed.preset, changed.options) == (forum.preset, forum.options)
    changed = await presets.change(forum.id, preset="proxy", options={"mute": True})
    assert (changed.name, changed.preset, changed.options) == ("Attic", "proxy", {"mute": True})
    await presets.delete(forum.id)
    assert [one.name for one in await presets.find()] == ["Archive of mine"]


async def test_names_are_one_of_a_kind(presets: SavedPresetRepository) -> None:
    one = await presets.add("Été", "proxy", {})
    other = await presets.add("winter", "proxy", {})
    with pytest.raises(PresetExistsError, match="Été"):
        await presets.add("ete", "copy", {})
    with pytest.raises(PresetExistsError):
        await presets.change(other.id, name="ETE")
    assert (await presets.change(one.id, name="ETE")).name == "ETE"


async def test_what_is_not_there_is_not_found(presets: SavedPresetRepository) -> None:
    with pytest.raises(PresetNotFoundError):
        await presets.change(7, name="x")
    with pytest.raises(PresetNotFoundError):
        await presets.delete(7)


async def test_there_is_a_most(
    presets: SavedPresetRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_presets, "MAX_SAVED_PRESETS", 2)
    for name in "ab":
        await presets.add(name, "proxy", {})
    with pytest.raises(TooManyPresetsError):
        await presets.add("c", "proxy", {})
    assert len(await presets.find()) == 2
