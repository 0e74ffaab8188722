"""What a server is and uses, as it goes over the wire."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.api.folders import Space
from stoat_ferret.api.schemas.health import CheckResponse
from stoat_ferret.api.schemas.text import Display, path_to_send
from stoat_ferret.api.system import DatabaseFacts, RootFacts
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.pictures.disk_usage import PictureUse, Use

_EXAMPLE: dict[str, Any] = {
    "version": "0.1.0",
    "python": "3.11.9",
    "machine": "Linux x86_64",
    "checks": {
        "database": {"ok": True, "detail": "sqlite answers"},
        "ffmpeg": {"ok": True, "detail": "7.1 at /usr/bin/ffmpeg, 218 encoders, 480 filters"},
        "ffprobe": {"ok": True, "detail": "7.1 at /usr/bin/ffprobe"},
        "queue": {"ok": True, "detail": "12 jobs kept"},
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
        }
    ],
    "roots_are_default": False,
    "token_required": False,
    "started_at": "2026-01-31T12:00:00Z",
    "uptime_seconds": 3600.0,
}


class SpaceResponse(BaseModel):
    """The room on a disk."""

    free_bytes: int
    total_bytes: int

    @classmethod
    def from_space(cls, space: Space | None) -> Self | None:
        """`space` in the form of the wire."""
        if space is None:
            return None
        return cls(free_bytes=space.free_bytes, total_bytes=space.total_bytes)


class UseResponse(BaseModel):
    """What some files take."""

    files: int
    size_bytes: int

    @classmethod
    def from_use(cls, use: Use) -> Self:
        """`use` in the form of the wire."""
        return cls(files=use.files, size_bytes=use.size_bytes)


class PictureUseResponse(BaseModel):
    """What the pictures take."""

    counting: bool = Field(
        description="Whether the first count is not done; the rest is what was found so far."
    )
    thumbnails: UseResponse
    storyboards: UseResponse

    @classmethod
    def from_pictures(cls, pictures: PictureUse) -> Self:
        """What is known now."""
        return cls(
            counting=not pictures.is_complete,
            thumbnails=UseResponse.from_use(pictures.of("thumbnails")),
            storyboards=UseResponse.from_use(pictures.of("storyboards")),
        )


class DatabaseResponse(BaseModel):
    """Which database holds the library."""

    engine: Literal["SQLite", "PostgreSQL"]
    version: str
    revision: str = Field(description="Of its tables, which an update may change.")
    size_bytes: int | None

    @classmethod
    def from_facts(cls, facts: DatabaseFacts) -> Self:
        """`facts` in the form of the wire."""
        return cls.model_validate(facts, from_attributes=True)


class StatusCounts(BaseModel):
    """How many videos there are with each status."""

    ok: int
    bad: int
    skipped: int
    missing: int


class RootFactsResponse(BaseModel):
    """A root, with what is in it and on its disk."""

    name: Display
    path: str = Field(description="Its absolute path; `file://…` where that is not UTF-8.")
    available: bool = Field(description="Whether it can be read now. False for an unplugged disk.")
    space: SpaceResponse | None = Field(description="Null where its disk does not answer.")
    videos: StatusCounts | None = Field(
        description="Null while they are counted, or where the database does not work."
    )

    @classmethod
    def from_facts(cls, facts: RootFacts) -> Self:
        """`facts` in the form of the wire."""
        counts = facts.videos
        return cls(
            name=facts.root.name,
            path=path_to_send(facts.root.path),
            available=facts.is_available,
            space=SpaceResponse.from_space(facts.space),
            videos=None
            if counts is None
            else StatusCounts(**{status.value: counts[status] for status in VideoStatus}),
        )


class SystemResponse(BaseModel):
    """What this server is, what it uses, and how much room it takes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    version: str = Field(description="Of stoat-ferret.")
    python: str
    machine: str = Field(description="Operating system and processor.")
    checks: dict[str, CheckResponse] = Field(
        description="What `/health/ready` says, also where something does not work."
    )
    libav: str | None = Field(description="Version of PyAV; null where it is not installed.")
    prober: Literal["libav", "ffprobe"] = Field(description="What reads the files.")
    media_processes: int = Field(description="The most there are at a time, over all jobs.")
    database: DatabaseResponse | None = Field(
        description="Null while it is too busy, or does not work."
    )
    data_dir: Display = Field(description="Folder for everything that this program keeps.")
    data_disk: SpaceResponse | None = Field(description="Null where it does not answer.")
    pictures: PictureUseResponse
    roots: list[RootFactsResponse]
    roots_are_default: bool = Field(description="Whether nobody named a root.")
    token_required: bool = Field(description="Whether this server has a token.")
    started_at: datetime
    uptime_seconds: float
