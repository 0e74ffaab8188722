"""All settings, read once from the environment (`STOAT_…`) and from command-line flags."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from stoat_ferret.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VIDEO_EXTENSIONS = frozenset(
    "264 265 266 360 3g2 3gp 3gp2 3gpp 3gpp2 amv asf av1 avc avi avs2 avs3 bik bk2 braw cine dav "
    "dif divx dv dvr-ms dvx evo f4p f4v flc fli flv gxf h261 h263 h264 h265 h266 hevc insv ipu ism "
    "ismv ivf ivr k3g kux lrv lxf m1v m2p m2t m2ts m2v m4v mj2 mjp2 mjpeg mjpg mk3d mkv mlv mod "
    "mov mp2v mp4 mp4v mpe mpeg mpeg1 mpeg2 mpeg4 mpg mpg2 mpg4 mpv mpv2 mqv mts mxf mxg nsv nut "
    "nuv obu ogm ogv ogx pva qt r3d rec rm rmvb roq skm smk ssif swf tod tp trp ts ty ty+ vc1 vdr "
    "viv vivo vob vro vvc webm wm wmv wtv xesc xmv xvid y4m yuv4mpeg".split()
)
EXCLUDED_FOLDERS = frozenset(
    (
        # Recycle bins, snapshots and indexes of network storage (Synology, QNAP and others).
        *("#recycle", "@recycle", "#snapshot", "@recently-snapshot", "@snapshot", "@eadir"),
        *("@tmp", "@synoresource", "#recycle.bin", "network trash folder", "temporary items"),
        # Present on every Windows or Linux disk.
        *("$recycle.bin", "recycler", "recycled", "system volume information", "lost+found"),
    )
)
"""Case-folded with `str.casefold`."""


_SIGNS = ("+", "-")
_SWITCHES = {
    **dict.fromkeys(("on", "true", "yes", "1"), "auto"),
    **dict.fromkeys(("false", "no", "0"), "off"),
}


def default_roots(given: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the folders of the root map in `given`, the other settings, if there are any.

    Otherwise, return the video folder in the home folder if there is one, else the home folder.
    """
    if mapped := given.get("root_map"):
        return tuple(mapped.values())
    home = Path.home()
    return (next((home / name for name in ("Videos", "Movies") if (home / name).is_dir()), home),)


def _split(value: object, separator: str) -> object:
    if isinstance(value, str):
        return [part for part in value.split(separator) if part.strip()]
    return value


def _extension(name: str) -> str:
    """Return an extension in lower case without its dot, keeping a leading sign."""
    text = name.strip().lower()
    sign = text[0] if text[:1] in _SIGNS and text[1:] else ""
    return sign + text.removeprefix(sign).lstrip(".")


def _with_default(names: Sequence[str], default: frozenset[str]) -> frozenset[str]:
    """Return `default` changed by signed `names`; without signs, `names` alone."""
    signed = [name for name in names if name[:1] in _SIGNS and name[1:]]
    if not signed:
        return frozenset(names)
    if len(signed) < len(names):
        raise ValueError("either all names start with + or -, to change the default, or none does")
    removed = {name[1:] for name in signed if name[0] == "-"}
    added = {name[1:] for name in signed if name[0] == "+"}
    if unknown := removed - default:
        raise ValueError(f"not in the default, so it cannot be removed: {min(unknown)}")
    return (default | added) - removed


class Settings(BaseSettings):
    """All settings; each is the environment variable `STOAT_` + its name in upper case."""

    model_config = SettingsConfigDict(env_prefix="STOAT_", env_ignore_empty=True, frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8765, ge=0, le=65535, description="Port to listen on; 0 picks a free port.")
    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("stoat-ferret", appauthor=False)),
        description="Folder for the database and everything else this program keeps.",
    )
    root_map: Annotated[dict[str, Path], NoDecode] = Field(
        default_factory=dict,
        description="Where library folders are on this machine, by their names, if they are not "
        "where they were first scanned: `films=/mnt/a:tv=/mnt/b`. They may be scanned, too.",
    )
    roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default_factory=default_roots,
        description="Folders that may be scanned, separated like PATH. "
        "Default: the video folder of the home folder, or the home folder.",
    )
    add_folders_from: Annotated[tuple[Path, ...] | None, NoDecode] = Field(
        None,
        description="Folders that people may add library folders from in the page, separated like "
        "PATH; `none` for none. Default: all but hidden folders and those of the system.",
    )
    database_url: str | None = Field(
        None, description="SQLAlchemy URL of the database. Default: SQLite in the data folder."
    )
    token: SecretStr | None = Field(
        None, description="Secret that every request must carry; needed to listen beyond loopback."
    )
    ffmpeg: Path | None = Field(
        None, description="Path of ffmpeg. Default: from PATH, then from the extra `ffmpeg`."
    )
    ffprobe: Path | None = Field(
        None, description="Path of ffprobe. Default: from PATH, then from the extra `ffmpeg`."
    )
    prober: Literal["libav", "ffprobe"] = Field(
        "libav", description="How files are read: by libav in worker processes, or by ffprobe."
    )
    probe_timeout_seconds: float = Field(
        30.0, gt=0, description="Time limit for reading one file; after that its prober is killed."
    )
    scan_timeout_seconds: float | None = Field(
        None, gt=0, description="Time limit for one scan. Default: none."
    )
    scan_schedule: str | None = Field(
        None,
        description="When all library folders that were scanned before are scanned again: minute, "
        "hour, day, month and weekday in local time, as in cron. Default: never.",
    )
    quiet_hours: str | None = Field(
        None,
        description="Hours in which scans, storyboards and renders wait, in local time: "
        "`22:00-6:00`, or with days `mon-fri 9:00-17:30, sat 20:00-2:00`. Default: none.",
    )
    notify: SecretStr | None = Field(
        None,
        description="Services that are told when jobs end, as URLs of apprise, separated by "
        "spaces. Needs the extra `notify`.",
    )
    notify_on: Literal["failed", "ended"] = Field(
        "failed", description="Which jobs they are told of: those that failed, or all but edits."
    )
    media_processes: int = Field(
        default_factory=lambda: os.cpu_count() or 2,
        ge=1,
        description="Limit of media processes over all jobs. Default: the number of cores.",
    )
    worker_memory_mb: int = Field(
        1024,
        ge=256,
        description="Memory limit of a process that reads a file, in MiB; a file that needs "
        "more is bad.",
    )
    output_dir: Path | None = Field(
        None, description="Folder for rendered files. Default: `renders` in the data folder."
    )
    pictures_dir: Path | None = Field(
        None,
        description="Folder with the folder `pictures` for thumbnails and preview thumbnails, "
        "such as one that several machines share. Default: the data folder.",
    )
    video_extensions: Annotated[frozenset[str], NoDecode] = Field(
        VIDEO_EXTENSIONS,
        description="File extensions that a scan reads, separated by commas; if each starts with "
        "+ or -, they are added to the default or removed from it.",
    )
    excluded_folders: Annotated[frozenset[str], NoDecode] = Field(
        EXCLUDED_FOLDERS,
        description="Names of folders that a scan skips, separated by commas; if each starts with "
        "+ or -, they are added to the default or removed from it.",
    )
    heed_nomedia: bool = Field(
        True, description="Whether scans skip folders that contain a `.nomedia` file."
    )
    trust_folder_times: bool = Field(
        False,
        description="Whether scans skip the files of folders whose own times have not changed; "
        "a file changed in place is then overlooked.",
    )
    watch: Literal["auto", "poll", "off"] = Field(
        "auto",
        description="How scanned folders are watched for changes: auto has the system report them "
        "and polls file systems that cannot, poll reads all folders regularly.",
    )
    watch_settle_seconds: float = Field(
        5.0, gt=0, description="Time without a change after which a changed file is scanned."
    )
    watch_poll_seconds: float = Field(
        60.0, gt=0, description="Time between two looks at folders that are polled."
    )
    thumbnails: bool = Field(True, description="Whether scans make a thumbnail of every video.")
    storyboards_after_scan: bool = Field(
        True,
        description="Whether storyboards are made after scans, while nothing else is running.",
    )
    storyboard_timeout_seconds: float = Field(
        600.0, gt=0, description="Time limit for the storyboard of one video."
    )
    scan_concurrency: int = Field(1, ge=1, description="Maximum number of scans at a time.")
    render_concurrency: int = Field(1, ge=1, description="Maximum number of renders at a time.")
    render_timeout_seconds: float | None = Field(
        None, gt=0, description="Time limit for one render. Default: none."
    )
    render_stall_seconds: float = Field(
        60.0, gt=0, description="Time without progress after which a render is stopped."
    )
    playback_processes: int = Field(
        4, ge=1, description="Maximum number of processes that convert videos for players."
    )
    playback_encoder: Literal["software", "auto"] = Field(
        "software",
        description="What encodes videos for players: software, or hardware where a trial shows "
        "that it works.",
    )
    playback_cache_mb: int = Field(
        1024,
        ge=64,
        description="Disk space for converted parts of videos, in MiB; the oldest are deleted.",
    )
    playback_idle_seconds: float = Field(
        30.0, gt=0, description="Time after which the process of a player that asks no more ends."
    )
    job_retention_days: float = Field(
        30.0, gt=0, description="Days for which finished jobs are kept."
    )
    shutdown_grace_seconds: float = Field(
        5.0,
        ge=0,
        description="Time that running jobs have to finish when the server shuts down.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Host names, separated by commas, that requests may use besides loopback and "
        "the listening address.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks of proxies, separated by commas, whose headers "
        "X-Forwarded-For and X-Forwarded-Proto are trusted.",
    )
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Addresses or networks, separated by commas, that webhooks of rules may call "
        "although they are private, such as 192.168.1.0/24. Default: public addresses only.",
    )
    loop_warning_seconds: float = Field(
        0.25,
        gt=0,
        description="How long code may block the event loop before a warning with its stack.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Lowest level that is logged."
    )
    log_format: Literal["auto", "text", "json"] = Field(
        "auto", description="Log format on standard error; auto is text on a terminal."
    )

    @field_validator("roots", mode="before")
    @classmethod
    def _split_roots(cls, value: object) -> object:
        return _split(value, os.pathsep)

    @field_validator("root_map", mode="before")
    @classmethod
    def _split_root_map(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = [part.partition("=") for part in value.split(os.pathsep) if part.strip()]
        if any(not (name.strip() and path.strip()) for name, _, path in named):
            raise ValueError(
                f"write it as NAME=/path, with {os.pathsep} between two, as in films=/mnt/films"
            )
        names = [name.strip() for name, _, _ in named]
        if len(set(names)) < len(names):
            raise ValueError(f"a name has two paths: {max(names, key=names.count)}")
        return {name.strip(): path.strip() for name, _, path in named}

    @field_validator("root_map")
    @classmethod
    def _make_places_absolute(cls, value: dict[str, Path]) -> dict[str, Path]:
        places = {
            name: Path(os.path.normpath(path.expanduser().absolute()))
            for name, path in value.items()
        }
        paths = list(places.values())
        if len(set(paths)) < len(paths):
            raise ValueError(f"a path has two names: {max(paths, key=paths.count)}")
        return places

    @field_validator("add_folders_from", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        is_none = isinstance(value, str) and value.strip().lower() == "none"
        return () if is_none else _split(value, os.pathsep)

    @field_validator(
        *("video_extensions", "excluded_folders", "allowed_hosts", "trusted_proxies"),
        "webhook_networks",
        mode="before",
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        return _split(value, ",")

    @field_validator("video_extensions")
    @classmethod
    def _normalize_extensions(cls, value: frozenset[str]) -> frozenset[str]:
        names = [_extension(name) for name in value]
        return _with_default(names, VIDEO_EXTENSIONS)

    @field_validator("excluded_folders")
    @classmethod
    def _normalize_folders(cls, value: frozenset[str]) -> frozenset[str]:
        return _with_default([name.strip().casefold() for name in value], EXCLUDED_FOLDERS)

    @field_validator("scan_schedule")
    @classmethod
    def _check_schedule(cls, value: str | None) -> str | None:
        from stoat_ferret.cron import CronTimes  # loaded here: most commands need no schedule

        return CronTimes(value).expression if value and value.strip() else None

    @field_validator("quiet_hours")
    @classmethod
    def _check_hours(cls, value: str | None) -> str | None:
        from stoat_ferret.quiet_hours import QuietHours  # loaded here: most commands need none

        return QuietHours(value).expression if value and value.strip() else None

    @field_validator("trusted_proxies", "webhook_networks")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ipaddress.ip_network(network.strip())) for network in value)
        except ValueError as error:
            raise ValueError(
                f"{error}; name each by its address, or by a network such as 10.0.0.0/8"
            ) from error

    @field_validator("watch", mode="before")
    @classmethod
    def _name_switches(cls, value: object) -> object:
        return _SWITCHES.get(str(value).strip().lower(), value)

    @field_validator("data_dir", "output_dir", "pictures_dir", "ffmpeg", "ffprobe")
    @classmethod
    def _make_absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().absolute()

    @field_validator("roots", "add_folders_from")
    @classmethod
    def _make_roots_absolute(
        cls, value: tuple[Path, ...] | None, info: ValidationInfo
    ) -> tuple[Path, ...] | None:
        if value is None:
            return None
        given = [path.expanduser().absolute() for path in value]
        more = info.data.get("root_map", {}).values() if info.field_name == "roots" else ()
        return tuple(dict.fromkeys([*given, *more]))

    @property
    def roots_are_default(self) -> bool:
        """True if no root was configured."""
        return not self.root_map and "roots" not in self.model_fields_set

    @property
    def pictures_folder(self) -> Path:
        """The folder for thumbnails and storyboards."""
        # Not the configured one itself, which may be an empty place to mount a disk at.
        return (self.pictures_dir or self.data_dir) / "pictures"

    @property
    def playback_dir(self) -> Path:
        """The folder for converted parts of videos, which the next start deletes."""
        return self.data_dir / "playback"

    @property
    def renders_dir(self) -> Path:
        """The folder for rendered files."""
        return self.output_dir or self.data_dir / "renders"


_RENAMED = {
    "STOAT_STRIPS_AFTER_SCAN": "STOAT_STORYBOARDS_AFTER_SCAN",
    "STOAT_STRIP_TIMEOUT_SECONDS": "STOAT_STORYBOARD_TIMEOUT_SECONDS",
}


def load_settings(**flags: Any) -> Settings:
    """Read the settings from the environment; those `flags` that are not None win.

    Raises `ConfigurationError` for a setting that has another name now, and `ValidationError`.
    """
    for old, new in _RENAMED.items():
        if os.environ.get(old):
            raise ConfigurationError(f"The setting {old} is called {new} now: rename it.")
    return Settings(**{name: value for name, value in flags.items() if value is not None})
