"""Schemas of saved presets."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.edits import TagName
from stoat_ferret.library.saved_presets import SavedPreset
from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.request import PresetName

_CONTENT: dict[str, Any] = {"preset": "web-720p", "options": {"quality": 24, "mute": True}}
_EXAMPLE: dict[str, Any] = {"id": 2, "name": "For the forum", **_CONTENT}


class SavedPresetResponse(BaseModel):
    """A saved preset."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: int
    name: str
    preset: str = Field(description="The built-in preset that it is based on.")
    options: dict[str, Any] = Field(description="Its options, as `POST /renders` takes them.")

    @classmethod
    def from_preset(cls, saved: SavedPreset) -> Self:
        """Return the schema for `saved`."""
        return cls(id=saved.id, name=saved.name, preset=saved.preset, options=dict(saved.options))


class SavedPresetsResponse(BaseModel):
    """All saved presets, ordered by name."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_EXAMPLE]}]})

    items: list[SavedPresetResponse]


class SavedPresetBody(BaseModel):
    """A preset to save."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "For the forum", **_CONTENT}]},
    )

    name: TagName = Field(
        description="One line, and not the name of another preset; case and accents do not "
        "distinguish names."
    )
    preset: PresetName = Field(description="The built-in preset that it is based on.")
    options: RenderOptions = Field(
        default=RenderOptions(), description="Its options, as `POST /renders` takes them."
    )


class SavedPresetPatch(BaseModel):
    """Changes of a saved preset; what is null or missing stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "For friends"}, _CONTENT]}
    )

    name: TagName | None = Field(default=None, description="Its new name.")
    preset: PresetName | None = Field(default=None, description="With `options`.")
    options: RenderOptions | None = Field(default=None, description="With `preset`.")

    @model_validator(mode="after")
    def _changes_both(self) -> Self:
        if (self.preset is None) != (self.options is None):
            raise ValueError("give both preset and options, or neither")
        return self
