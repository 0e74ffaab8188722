"""Schemas of renders: presets, their options as a form shows them, and plans."""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from stoat_ferret.api.schemas.text import Display
from stoat_ferret.api.schemas.videos import VIDEO_EXAMPLE
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.render.plan.plan import OutputKind, PlannedOutput
from stoat_ferret.render.request.batch import MAX_BATCH_VIDEOS, BatchTemplate, RenderBatch
from stoat_ferret.render.request.clip import VideoId
from stoat_ferret.render.request.options import OptionGroup, RenderOptions
from stoat_ferret.render.request.preset import Preset, choices_of
from stoat_ferret.render.request.request import PresetName
from stoat_ferret.render.request.transition import TransitionKind
from stoat_ferret.render.run.renderer import PreparedRender

_LISTS = {"TextOverlay": "texts", "ImageOverlay": "images"}


class OptionType(StrEnum):
    """The type of an option's value; the last three are lists."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TEXT = "text"
    MOMENTS = "moments"
    TEXTS = "texts"
    IMAGES = "images"


class OptionResponse(BaseModel):
    """An option of a render."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "fit",
                    "label": "Fit",
                    "group": "picture",
                    "is_advanced": False,
                    "type": "choice",
                    "choices": ["contain", "cover", "stretch"],
                    "default": "contain",
                    "minimum": None,
                    "maximum": None,
                    "unit": None,
                    "description": "How to fit a picture of another aspect ratio into the frame.",
                }
            ]
        }
    )

    name: str
    label: str
    group: OptionGroup
    is_advanced: bool = Field(description="Whether forms hide it at first.")
    type: OptionType
    choices: list[str] | None = Field(
        description="The possible values; null if any is allowed, or if presets differ."
    )
    default: bool | float | str | list[Any] | None = Field(
        description="The default; null if the preset sets it."
    )
    minimum: float | None
    maximum: float | None
    unit: str | None
    description: str | None

    @classmethod
    def every(cls) -> list[Self]:
        """Return all options, in the order of the request."""
        document = RenderOptions.model_json_schema()
        types = document.get("$defs", {})
        return [
            cls._from_schema(name, schema, types) for name, schema in document["properties"].items()
        ]

    @classmethod
    def _from_schema(cls, name: str, schema: dict[str, Any], types: dict[str, Any]) -> Self:
        value = _value_schema(schema, types)
        return cls(
            name=name,
            label=schema["label"],
            group=schema["group"],
            is_advanced=schema["is_advanced"],
            type=_type_of(value),
            choices=value.get("enum"),
            default=schema.get("default"),
            minimum=value.get("minimum"),
            maximum=value.get("maximum"),
            unit=schema["unit"],
            description=schema.get("description"),
        )


def _value_schema(schema: dict[str, Any], types: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the value: neither null nor a reference."""
    given = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    found: dict[str, Any] = given[0] if len(given) == 1 else {"type": "string"}
    reference = found.get("$ref", "").rpartition("/")[2]
    return types[reference] if reference else found


def _type_of(value: dict[str, Any]) -> OptionType:
    if "enum" in value:
        return OptionType.CHOICE
    if value.get("type") == "array":
        item = value["items"].get("$ref", "").rpartition("/")[2]
        return OptionType(_LISTS.get(item, "moments"))
    return OptionType("text" if value.get("type", "string") == "string" else value["type"])


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
    """A preset, with the defaults for its options."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    name: PresetName
    title: str
    description: str
    kind: OutputKind = Field(description="The kind of file it makes.")
    container: str | None
    video_codec: str | None
    audio_codec: str | None
    options: list[str] = Field(description="The options that it supports; others are rejected.")
    choices: dict[str, list[str]] = Field(description="The values of its options that are names.")
    defaults: dict[str, str | int] = Field(
        description="The defaults of its options, if they are fixed."
    )

    @classmethod
    def from_preset(cls, preset: Preset) -> Self:
        """Return the schema for `preset`."""
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
        "audio": preset.audio,
        "metadata": preset.metadata,
    }
    return {
        name: value for name, value in fixed.items() if name in preset.options and value is not None
    }


class TransitionResponse(BaseModel):
    """A kind of transition between clips."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "wipeleft", "label": "Wipe left"}]}
    )

    kind: TransitionKind
    label: str = Field(description="The name to show to people.")

    @classmethod
    def every(cls) -> list[Self]:
        """Return all kinds, in the order to show them."""
        return [cls(kind=kind, label=kind.label) for kind in TransitionKind]


class PresetList(BaseModel):
    """The presets, and the capabilities of this machine for them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "items": [_EXAMPLE],
                    "options": [],
                    "transitions": [{"kind": "fade", "label": "Cross-fade"}],
                    "output_folder": "/home/ada/.local/share/stoat-ferret/renders",
                    "hardware_encoders": ["h264_vaapi"],
                }
            ]
        }
    )

    items: list[PresetResponse]
    options: list[OptionResponse] = Field(description="All options of the presets.")
    transitions: list[TransitionResponse] = Field(
        description="The kinds of transitions; an older ffmpeg lacks some of them."
    )
    output_folder: Display = Field(description="The folder of rendered files.")
    hardware_encoders: list[str] | None = Field(
        description="The hardware encoders that work here; null: not known yet, ask again."
    )


class RenderBatchBody(BatchTemplate):
    """The render of each of several videos, given by `video_ids` or `query`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "preset": "web-720p",
                    "video_ids": [VIDEO_EXAMPLE["id"]],
                    "name": "{video}-small",
                    "options": {"quality": 24},
                },
                {"preset": "audio", "query": {"folder": "talks"}},
            ]
        },
    )

    video_ids: list[VideoId] | None = Field(
        default=None,
        min_length=1,
        max_length=MAX_BATCH_VIDEOS,
        description="The videos by their ids, in the order to render them.",
    )
    query: VideoFilter | None = Field(
        default=None,
        description=f"All videos in a list with these filters, {MAX_BATCH_VIDEOS:,} at most.",
    )

    @model_validator(mode="after")
    def _is_either(self) -> Self:
        if (self.video_ids is None) == (self.query is None):
            raise ValueError("give either video_ids or query")
        return self

    def batch(self, video_ids: Sequence[str]) -> RenderBatch:
        """Return the render of these videos."""
        template = {name: getattr(self, name) for name in BatchTemplate.model_fields}
        return RenderBatch(**template, video_ids=tuple(video_ids))


_PLAN_EXAMPLE: dict[str, Any] = {
    "name": "holiday.mp4",
    "kind": "video",
    "extension": ".mp4",
    "muxer": "mp4",
    "duration_seconds": 2.5,
    "frames": 75,
    "frame_rate": "30/1",
    "width": 1280,
    "height": 720,
    "video_codec": "h264",
    "audio_codec": "aac",
    "audio_streams": 1,
    "subtitle_streams": 0,
}


class PlannedOutputResponse(BaseModel):
    """A planned file; null for facts that are unknown before, or do not apply."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PLAN_EXAMPLE]})

    name: Display = Field(description="The file name; ` (2)` is added if it is taken by then.")
    kind: OutputKind
    extension: str
    muxer: str = Field(description="FFmpeg's name of the container.")
    duration_seconds: float | None
    frames: int | None
    frame_rate: str | None = Field(description="The exact frame rate.")
    width: int | None
    height: int | None
    video_codec: str | None
    audio_codec: str | None
    audio_streams: int
    subtitle_streams: int

    @classmethod
    def from_output(cls, name: str, output: PlannedOutput) -> Self:
        """Return the schema for `output` of a render called `name`."""
        seconds = output.duration_seconds
        return cls(
            name=f"{output.name or name}{output.name_suffix}{output.extension}",
            kind=output.kind,
            extension=output.extension,
            muxer=output.muxer,
            duration_seconds=None if seconds is None else float(seconds),
            frames=output.frames,
            frame_rate=_frame_rate(output),
            width=output.width,
            height=output.height,
            video_codec=output.video_codec,
            audio_codec=output.audio_codec,
            audio_streams=output.audio_streams,
            subtitle_streams=output.subtitle_streams,
        )


class RenderPlanResponse(BaseModel):
    """The files that a render would make, and notes about them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "holiday",
                    "outputs": [_PLAN_EXAMPLE],
                    "duration_seconds": 2.5,
                    "estimated_bytes": 1_300_000,
                    "notes": [],
                }
            ]
        }
    )

    name: Display = Field(
        description="The name of its files, without extension; the pattern of separate ones."
    )
    outputs: list[PlannedOutputResponse]
    duration_seconds: float
    estimated_bytes: int = Field(description="An estimate of the bytes of all files.")
    notes: list[Display] = Field(
        description="Sentences for people, such as the actual position of a cut."
    )

    @classmethod
    def from_prepared(cls, prepared: PreparedRender) -> Self:
        """Return the schema for `prepared`."""
        plan = prepared.plan
        return cls(
            name=prepared.name,
            outputs=[
                PlannedOutputResponse.from_output(prepared.name, output) for output in plan.outputs
            ],
            duration_seconds=float(plan.duration_seconds),
            estimated_bytes=plan.estimated_bytes,
            notes=list(plan.notes),
        )


def _frame_rate(output: PlannedOutput) -> str | None:
    seconds, frames = output.duration_seconds, output.frames
    if not seconds or not frames:
        return None
    rate = Fraction(frames) / seconds
    return f"{rate.numerator}/{rate.denominator}"
