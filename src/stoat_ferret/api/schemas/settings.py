"""Schemas of the settings that can be changed while the server runs."""

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.config import Settings
from stoat_ferret.server_settings import ServerSettings
from stoat_ferret.stored_settings import CHANGEABLE, ChangeableSettings

_VALUES: dict[str, Any] = {
    "scan_schedule": "0 3 * * *",
    "quiet_hours": None,
    "watch": "auto",
    "thumbnails": True,
    "storyboards_after_scan": True,
    "scan_concurrency": 1,
    "render_concurrency": 2,
}


class SettingValues(BaseModel):
    """Values of settings."""

    scan_schedule: str | None = Field(
        description="When all library folders that were scanned before are scanned again, as in "
        "cron, in local time; null for never."
    )
    quiet_hours: str | None = Field(description="Hours in which jobs wait, in local time.")
    watch: Literal["auto", "poll", "off"] = Field(
        description="How scanned folders are watched for changes."
    )
    thumbnails: bool = Field(description="Whether scans make a thumbnail of every video.")
    storyboards_after_scan: bool = Field(
        description="Whether storyboards are made after scans, while nothing else is running."
    )
    scan_concurrency: int = Field(description="Maximum number of scans at a time.")
    render_concurrency: int = Field(description="Maximum number of renders at a time.")

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the schema for `settings`."""
        return cls(**{name: getattr(settings, name) for name in CHANGEABLE})


class SettingsResponse(BaseModel):
    """The settings that can be changed while the server runs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "values": _VALUES,
                    "defaults": {**_VALUES, "scan_schedule": None, "render_concurrency": 1},
                    "fixed": {"scan_schedule": "STOAT_SCAN_SCHEDULE"},
                    "revision": 3,
                }
            ]
        }
    )

    values: SettingValues = Field(description="Those in effect.")
    defaults: SettingValues = Field(description="Those without any change.")
    fixed: dict[str, str] = Field(
        description="The settings that cannot be changed here, each with the variable that fixes "
        "it; a flag of `serve` counts as its variable."
    )
    revision: int = Field(description="The number of changes so far; the ETag contains it.")

    @classmethod
    def from_settings(cls, settings: ServerSettings) -> Self:
        """Return the schema for `settings`."""
        fixed = {name: one for name, one in settings.fixed.items() if name in CHANGEABLE}
        return cls(
            values=SettingValues.from_settings(settings.current),
            defaults=SettingValues.from_settings(settings.base),
            fixed=fixed,
            revision=settings.stored.revision,
        )


class SettingsPatch(ChangeableSettings):
    """Changes of settings: null is the default, and what is missing stays."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"quiet_hours": "22:00-6:00", "scan_schedule": None}]},
    )

    def changes(self) -> dict[str, Any]:
        """Return the values that were given."""
        return {name: getattr(self, name) for name in self.model_fields_set}
