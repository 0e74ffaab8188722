"""The options of renders as a form shows them, taken from the request itself."""

from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.render.request.options import OptionGroup, RenderOptions

_LISTS = {"TextOverlay": "texts", "ImageOverlay": "images"}


class OptionType(StrEnum):
    """What an option takes; the last three are lists."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    TEXT = "text"
    MOMENTS = "moments"
    TEXTS = "texts"
    IMAGES = "images"


class OptionResponse(BaseModel):
    """One option of a render."""

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
                    "description": "How a picture of another shape is put into the frame.",
                }
            ]
        }
    )

    name: str
    label: str
    group: OptionGroup
    is_advanced: bool = Field(description="Whether few people want it.")
    type: OptionType
    choices: list[str] | None = Field(
        description="The values there are; null where any will do, or where presets differ."
    )
    default: bool | float | str | list[Any] | None = Field(
        description="What counts where it is left out; null: as the preset has it."
    )
    minimum: float | None
    maximum: float | None
    unit: str | None
    description: str | None

    @classmethod
    def every(cls) -> list[Self]:
        """All options, in the order of the request."""
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
    """The schema of the value where there is one: neither null nor a reference."""
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
