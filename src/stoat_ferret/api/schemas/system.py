"""Schemas of facts about the server and its resources."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.folders import Space
from stoat_ferret.api.schemas.health import CheckResponse
from stoat_ferret.api.schemas.text import Display, path_to_send
from stoat_ferret.api.system import DatabaseFacts, RootFacts
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.pictures.disk_usage import PictureUse, Use
from stoat_ferret.watch_folders.folder_watching import RootWatch
from stoat_ferret.watch_folders.watch_status import WatchState

_EXAMPLE: dict[str, Any] = {
    "version": "0.1.0",
    "python": "3.11.9",
    "machine": "Linux x86_64",
    "checks": {
        "database": {"ok": True, "detail": "sqlite answers"},
        "ffmpeg": {"ok": True, "detail": "7.1 at /usr/bin/ffmpeg, 218 encoders, 480 filters"},
        "ffprobe": {"ok": True, "detail": "7.1 at /usr/bin/ffprobe"},
        "queue": {"ok": True, "detail": "12 jobs kept"},
        "watching": {"ok": True, "detail": "1 watched"},
    },
    "libav": "18.1.0",
    "prober": "libav",
    "media_processes": 2,
    "database": {
        "engine": "SQLite",
        "version": "3.46.1",
        "revision": "0003",
        "size_bytes": 52_428_800,
    },
    "data_dir": "/home/ada/.local/share/stoat-ferret",
    "data_disk": {"free_bytes": 120_000_000_000, "total_bytes": 500_000_000_000},
    "pictures": {
        "counting": False,
        "thumbnails": {"files": 2400, "size_bytes": 31_000_000},
        "storyboards": {"files": 300, "size_bytes": 90_000_000},
    },
    "roots": [
        {
            "name": "Videos",
            "path": "/home/ada/Videos",
            "available": True,
            "space": {"free_bytes": 120_000_000_000, "total_bytes": 500_000_000_000},
            "videos": {"ok": 1200, "bad": 3, "skipped": 1, "missing": 0},
            "watch": {"state": "events", "detail": None, "noticed_at": "2026-01-31T12:30:00Z"},
        }
    ],
    "roots_are_default": False,
    "scan_schedule": "0 3 * * *",
    "next_scan_at": "2026-02-01T03:00:00+01:00",
    "token_required": False,
    "started_at": "2026-01-31T12:00:00Z",
    "uptime_seconds": 3600.0,
}


class SpaceResponse(BaseModel):
    """The space of a disk."""

    free_bytes: int
    total_bytes: int

    @classmethod
    def from_space(cls, space: Space | None) -> Self | None:
        """Return the schema for `space`."""
        if space is None:
            return None
        return cls(free_bytes=space.free_bytes, total_bytes=space.total_bytes)


class UseResponse(BaseModel):
    """The disk usage of some files."""

    files: int
    size_bytes: int

    @classmethod
    def from_use(cls, use: Use) -> Self:
        """Return the schema for `use`."""
        return cls(files=use.files, size_bytes=use.size_bytes)


class PictureUseResponse(BaseModel):
    """The disk usage of pictures."""

    counting: bool = Field(
        description="Whether the first count is in progress; the totals are partial then."
    )
    thumbnails: UseResponse
    storyboards: UseResponse

    @classmethod
    def from_pictures(cls, pictures: PictureUse) -> Self:
        """Return the schema for the usage that is known now."""
        return cls(
            counting=not pictures.is_complete,
            thumbnails=UseResponse.from_use(pictures.of("thumbnails")),
            storyboards=UseResponse.from_use(pictures.of("storyboards")),
        )


class DatabaseResponse(BaseModel):
    """The database of the library."""

    engine: Literal["SQLite", "PostgreSQL"]
    version: str
    revision: str = Field(description="The revision of its schema, which an update may change.")
    size_bytes: int | None

    @classmethod
    def from_facts(cls, facts: DatabaseFacts) -> Self:
        """Return the schema for `facts`."""
        return cls.model_validate(facts, from_attributes=True)


class StatusCounts(BaseModel):
    """The number of videos with each status."""

    ok: int
    bad: int
    skipped: int
    missing: int


class RootWatchResponse(BaseModel):
    """How a root is watched for changes."""

    state: WatchState = Field(
        description="`events`: the system reports changes. `polling`: its folders are read "
        "regularly. `limited`: the same, because a limit of the system is reached. "
        "`not_scanned`: nothing of it was scanned yet, so nothing is watched. `unavailable`: it is "
        "watched again when it is back. `failed`: it is tried again."
    )
    detail: Display | None = Field(description="A sentence about the reason, with a remedy.")
    noticed_at: datetime | None = Field(
        description="When changes were last noticed; null if none were since the server started."
    )

    @classmethod
    def from_watch(cls, watch: RootWatch) -> Self:
        """Return the schema for `watch`."""
        status = watch.status
        return cls(state=status.state, detail=status.detail, noticed_at=watch.noticed_at)


class RootFactsResponse(BaseModel):
    """A root with its videos, its watching, and the space of its disk."""

    name: Display
    path: str = Field(description="Its absolute path; a `file://…` URI if that is not UTF-8.")
    available: bool = Field(description="Whether it can be read now. False for an unmounted disk.")
    space: SpaceResponse | None = Field(description="Null if its disk does not respond.")
    videos: StatusCounts | None = Field(
        description="Null while they are counted, or if the database does not work."
    )
    watch: RootWatchResponse

    @classmethod
    def from_facts(cls, facts: RootFacts) -> Self:
        """Return the schema for `facts`."""
        counts = facts.videos
        return cls(
            name=facts.root.name,
            path=path_to_send(facts.root.path),
            available=facts.is_available,
            space=SpaceResponse.from_space(facts.space),
            videos=None
            if counts is None
            else StatusCounts(**{status.value: counts[status] for status in VideoStatus}),
            watch=RootWatchResponse.from_watch(facts.watch),
        )


class SystemResponse(BaseModel):
    """The server, its resources and its disk usage."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    version: str = Field(description="The version of stoat-ferret.")
    python: str
    machine: str = Field(description="Operating system and processor.")
    checks: dict[str, CheckResponse] = Field(
        description="The checks of `/health/ready`, including failed ones."
    )
    libav: str | None = Field(description="The version of PyAV; null if it is not installed.")
    prober: Literal["libav", "ffprobe"] = Field(description="The prober that reads the files.")
    media_processes: int = Field(description="The most at a time, over all jobs.")
    database: DatabaseResponse | None = Field(
        description="Null while it is too busy, or does not work."
    )
    data_dir: Display = Field(description="The folder of everything that this program stores.")
    data_disk: SpaceResponse | None = Field(description="Null if it does not respond.")
    pictures: PictureUseResponse
    roots: list[RootFactsResponse]
    roots_are_default: bool = Field(description="Whether no root is configured.")
    scan_schedule: str | None = Field(description="When the roots are scanned, as in cron.")
    next_scan_at: datetime | None = Field(description="The next time of the schedule.")
    token_required: bool = Field(description="Whether this server has a token.")
    started_at: datetime
    uptime_seconds: float
