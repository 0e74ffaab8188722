"""What can be rendered, as it goes over the wire."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.schemas.render_option import OptionResponse
from stoat_ferret.api.schemas.text import Display
from stoat_ferret.render.plan.plan import OutputKind
from stoat_ferret.render.request.preset import Preset, choices_of
from stoat_ferret.render.request.request import PresetName

_EXAMPLE: dict[str, Any] = {
    "name": "web-720p",
    "title": "Web 720p",
    "description": "Plays in every browser.",
    "kind": "video",
    "container": "mp4",
    "video_codec": "h264",
    "audio_codec": "aac",
    "options": ["container", "fit", "quality", "width"],
    "choices": {"container": ["mp4", "mov", "mkv", "webm"]},
    "defaults": {"container": "mp4", "quality": 22},
}


class PresetResponse(BaseModel):
    """One preset; what the options do not say is as it says here."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: PresetName
    title: str
    description: str
    kind: OutputKind = Field(description="What sort of file it makes.")
    container: str | None
    video_codec: str | None
    audio_codec: str | None
    options: list[str] = Field(description="The options that it heeds; others are refused.")
    choices: dict[str, list[str]] = Field(
        description="What those of its options take that are names."
    )
    defaults: dict[str, str | int] = Field(
        description="What those of its options are that are left out, where that is fixed."
    )

    @classmethod
    def from_preset(cls, preset: Preset) -> Self:
        """`preset` in the form of the wire."""
        return cls(
            name=preset.name,
            title=preset.title,
            description=preset.description,
            kind=preset.kind,
            container=preset.container,
            video_codec=preset.video_codec,
            audio_codec=preset.audio_codec,
            options=sorted(preset.options),
            choices={name: list(chosen) for name, chosen in choices_of(preset).items()},
            defaults=_defaults_of(preset),
        )


def _defaults_of(preset: Preset) -> dict[str, str | int]:
    fixed = {
        "container": preset.container,
        "video_codec": preset.video_codec,
        "audio_codec": preset.audio_codec,
        "quality": preset.quality,
        "effort": preset.effort.value,
        "audio_bit_rate": preset.audio_bit_rate,
    }
    return {
        name: value for name, value in fixed.items() if name in preset.options and value is not None
    }


class PresetList(BaseModel):
    """Every preset, and what they can be made with on this machine."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [_EXAMPLE],
                    "options": [],
                    "output_folder": "/home/ada/.local/share/stoat-ferret/renders",
                    "hardware_encoders": ["h264_vaapi"],
                }
            ]
        }
    )

    items: list[PresetResponse]
    options: list[OptionResponse] = Field(description="Every option that some preset heeds.")
    output_folder: Display = Field(description="Where rendered files go.")
    hardware_encoders: list[str] | None = Field(
        description="Encoders in hardware that work here; null: not known yet, ask again."
    )
