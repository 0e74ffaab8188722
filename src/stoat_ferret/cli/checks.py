"""The checks of `stoat-ferret doctor`, each with a deadline, and their findings."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from stoat_ferret import __version__
from stoat_ferret.cli.output import plural, size
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import StoatFerretError
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from stoat_ferret.config import Settings

DISK_SECONDS = 10.0
"""The time limit for a disk: far more than one needs to wake up."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check; `facts` are added to the JSON document."""

    state: Literal["ok", "warning", "broken"]
    detail: str
    mend: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return all fields as JSON, with the facts at the same level."""
        head = {"state": self.state, "detail": self.detail, "mend": self.mend}
        return {**head, **self.facts}


CHECK_SECONDS = 30.0
"""The deadline of one check; the quick check of a large database takes a while."""
_OUTPUT_MEND = (
    "Nothing can be rendered. Plug in and mount its disk, make it writable, or choose another "
    "folder with STOAT_OUTPUT_DIR."
)
_PICTURES_MEND = (
    "Mount its disk. If STOAT_PICTURES_DIR is new, move the folder `pictures` of the data folder "
    "into it, or create an empty one there: a scan makes all pictures again."
)
_NEEDED_ENCODERS = ("libx264", "aac")
"""The encoders of most presets."""


async def examine(settings: Settings) -> dict[str, Finding]:
    """Run all checks concurrently; return their findings by name."""
    checks: dict[str, Callable[[Settings], Awaitable[Finding]]] = {
        "program": _program,
        "ffmpeg": _ffmpeg,
        "ffprobe": _ffprobe,
        "libav": _libav,
        "data folder": _data_folder,
        "output": _output_folder,
        "pictures": _pictures_folder,
        "database": _database,
        "roots": _roots,
        "watching": _watching,
        "limits": _limits,
        "schedule": _schedule,
        "quiet hours": _quiet_hours,
        "server": _server,
    }
    found = await asyncio.gather(*(_within(check, settings) for check in checks.values()))
    return dict(zip(checks, found, strict=True))


async def _within(check: Callable[[Settings], Awaitable[Finding]], settings: Settings) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check(settings)
    except TimeoutError:
        return Finding("broken", "No answer in time.", "Is there a network disk that is gone?")
    except StoatFerretError as error:
        return Finding("broken", str(error))


async def _program(_: Settings) -> Finding:
    facts = {"version": __version__, "python": platform.python_version()}
    system = f"{platform.system()} {platform.machine()}"
    return Finding(
        "ok", f"stoat-ferret {__version__}, Python {facts['python']}, {system}", None, facts
    )


async def _ffmpeg(settings: Settings) -> Finding:
    from stoat_ferret.errors import BinaryNotFoundError
    from stoat_ferret.ffmpeg.binaries import find_ffmpeg
    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities

    try:
        async with FfmpegCapabilities(lambda: find_ffmpeg(settings.ffmpeg)) as capabilities:
            found = await capabilities.describe()
    except BinaryNotFoundError as error:
        return _not_found(error, essential=False)
    facts: dict[str, Any] = {
        "path": for_display(found.path),
        "version": found.version,
        "hardware_encoders": list(found.hardware_encoders),
    }
    for name in ("encoders", "decoders", "filters", "muxers"):
        facts[name] = sorted(getattr(found, name))
    counts = f"{plural(len(found.encoders), 'encoder')}, {plural(len(found.filters), 'filter')}"
    hardware = ", ".join(found.hardware_encoders) or "none"
    place = _place(settings.ffmpeg, facts)
    detail = f"{found.version}, {place}; {counts}, in hardware: {hardware}"
    lacking = [name for name in _NEEDED_ENCODERS if name not in found.encoders]
    if lacking:
        mend = "Install a full FFmpeg, or this package with its extra `ffmpeg`."
        return Finding("warning", f"{detail}; lacks {', '.join(lacking)}", mend, facts)
    return Finding("ok", detail, None, facts)


async def _ffprobe(settings: Settings) -> Finding:
    from stoat_ferret.errors import BinaryNotFoundError
    from stoat_ferret.ffmpeg.binaries import describe, find_ffprobe

    try:
        info = await describe(
            await run_on_disk_thread(
                lambda: find_ffprobe(settings.ffprobe), timeout_seconds=DISK_SECONDS
            )
        )
    except BinaryNotFoundError as error:
        return _not_found(error, essential=settings.prober == "ffprobe")
    facts = {"path": for_display(info.path), "version": info.version}
    return Finding("ok", f"{info.version}, {_place(settings.ffprobe, facts)}", None, facts)


def _not_found(error: StoatFerretError, *, essential: bool) -> Finding:
    sentence, _, mend = str(error).partition(". ")
    return Finding("broken" if essential else "warning", f"{sentence}.", mend)


def _place(setting: Path | None, facts: dict[str, Any]) -> str:
    return f"{'named by the setting' if setting else 'found'} at {facts['path']}"


async def _libav(settings: Settings) -> Finding:
    def read_versions() -> dict[str, Any]:
        import av

        libraries = {
            name: ".".join(map(str, version)) for name, version in av.library_versions.items()
        }
        return {"version": av.__version__, "ffmpeg": av.ffmpeg_version_info, "libraries": libraries}

    try:
        facts = await run_on_disk_thread(read_versions, timeout_seconds=CHECK_SECONDS)
    except ImportError as error:
        state: Literal["broken", "warning"] = "broken" if settings.prober == "libav" else "warning"
        return Finding(state, f"PyAV cannot be used: {error}", "Install it: pip install av")
    used = "reads the files" if settings.prober == "libav" else "not used (STOAT_PROBER)"
    return Finding(
        "ok", f"PyAV {facts['version']} with FFmpeg {facts['ffmpeg']}, {used}", None, facts
    )


async def _data_folder(settings: Settings) -> Finding:
    path = settings.data_dir
    facts = {"path": for_display(path)}
    if not await run_on_disk_thread(path.exists, timeout_seconds=DISK_SECONDS):
        return Finding("ok", f"{facts['path']}, made when it is needed", None, facts)
    if not await run_on_disk_thread(
        lambda: path.is_dir() and os.access(path, os.R_OK | os.W_OK | os.X_OK),
        timeout_seconds=DISK_SECONDS,
    ):
        return Finding(
            "broken",
            f"{facts['path']} cannot be written.",
            "Make it writable, or choose another folder with --data-dir (STOAT_DATA_DIR).",
            facts,
        )
    free = (
        await run_on_disk_thread(lambda: shutil.disk_usage(path), timeout_seconds=DISK_SECONDS)
    ).free
    return Finding("ok", f"{facts['path']}, {size(free)} free", None, {**facts, "free_bytes": free})


async def _output_folder(settings: Settings) -> Finding:
    from stoat_ferret.render.run.output_folder import SPARE_BYTES, inspect_folder

    path = settings.renders_dir
    facts: dict[str, Any] = {"path": for_display(path)}
    if settings.output_dir is None and not await run_on_disk_thread(
        settings.data_dir.exists, timeout_seconds=DISK_SECONDS
    ):
        return Finding("ok", f"{facts['path']}, made when it is needed", None, facts)
    try:
        state = await run_on_disk_thread(lambda: inspect_folder(path), timeout_seconds=DISK_SECONDS)
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or "its disk does not answer"
        return Finding("warning", f"{facts['path']}: {reason.lower()}.", _OUTPUT_MEND, facts)
    room = f"{size(state.free_bytes)} free"
    facts |= {"exists": state.is_there, "free_bytes": state.free_bytes}
    if state.free_bytes < SPARE_BYTES:
        mend = "Make room, or choose another folder with STOAT_OUTPUT_DIR."
        return Finding("warning", f"{facts['path']}, {room}: nothing can be rendered.", mend, facts)
    made = "" if state.is_there else ", made when it is needed"
    return Finding("ok", f"{facts['path']}{made}, {room}", None, facts)


async def _pictures_folder(settings: Settings) -> Finding:
    path = settings.pictures_folder
    facts: dict[str, Any] = {"path": for_display(path)}
    if settings.pictures_dir is None:
        return Finding("ok", f"{facts['path']}, in the data folder", None, facts)
    try:
        is_there = await run_on_disk_thread(
            lambda: path.is_dir() and os.access(path, os.W_OK | os.X_OK),
            timeout_seconds=DISK_SECONDS,
        )
    except TimeoutError:
        is_there = False
    if not is_there:
        detail = f"{facts['path']} is not there, or cannot be written: no thumbnails are kept."
        return Finding("warning", detail, _PICTURES_MEND, facts)
    return Finding("ok", facts["path"], None, facts)


async def _database(settings: Settings) -> Finding:
    from stoat_ferret.cli.database_check import check_database

    return await check_database(settings)


async def _roots(settings: Settings) -> Finding:
    counts = await asyncio.gather(*(_count_entries(root) for root in settings.roots))
    counted = [
        (for_display(root), count) for root, count in zip(settings.roots, counts, strict=True)
    ]
    roots = [
        {"path": path, "readable": count is not None, "entries": count} for path, count in counted
    ]
    facts = {"roots": roots, "default": settings.roots_are_default}
    absent = [path for path, count in counted if count is None]
    detail = ", ".join(
        f"{path} (cannot be read)"
        if count is None
        else f"{path} ({plural(count, 'entry', 'entries')})"
        for path, count in counted
    )
    note = ", the default" if settings.roots_are_default else ""
    nested = await _nested(settings)
    if nested and not absent:
        return Finding("warning", f"{detail}{note}", nested, facts)
    if not absent:
        return Finding("ok", f"{detail}{note}", None, facts)
    mend = "Plug in and mount the disk, or correct STOAT_ROOTS. Videos of it stay in the library."
    return Finding("warning", f"{detail}{note}", mend, facts)


async def _nested(settings: Settings) -> str | None:
    """Return what to do about nested roots; None if there are none, or a disk does not respond."""
    from stoat_ferret.library.roots import nested_roots

    names = [str(root) for root in settings.roots]
    try:
        nested = await run_on_disk_thread(lambda: nested_roots(names), timeout_seconds=DISK_SECONDS)
    except TimeoutError:
        return None
    if not nested:
        return None
    inner, outer = nested[0]
    return (
        f"{for_display(inner)} lies in {for_display(outer)}: scans of both put its videos into "
        "the library "
        "twice. Take one of them out of STOAT_ROOTS."
    )


async def _count_entries(folder: Path) -> int | None:
    """Count the entries of `folder` itself; return None if it cannot be read in time."""

    def count() -> int:
        with os.scandir(folder) as entries:
            return sum(1 for _ in entries)

    try:
        return await run_on_disk_thread(count, timeout_seconds=DISK_SECONDS)
    except (OSError, TimeoutError):
        return None


async def _watching(settings: Settings) -> Finding:
    from stoat_ferret.cli.watch_check import check_watching

    return await check_watching(settings)


async def _limits(settings: Settings) -> Finding:
    facts = {
        "media_processes": settings.media_processes,
        "scan_concurrency": settings.scan_concurrency,
        "probe_timeout_seconds": settings.probe_timeout_seconds,
        "scan_timeout_seconds": settings.scan_timeout_seconds,
        "job_retention_days": settings.job_retention_days,
    }
    deadline = settings.scan_timeout_seconds
    return Finding(
        "ok",
        f"{plural(settings.media_processes, 'media process', 'media processes')} and "
        f"{plural(settings.scan_concurrency, 'scan')} at a time, "
        f"{settings.probe_timeout_seconds:g} s a file, "
        f"{f'{deadline:g} s' if deadline else 'no deadline for'} a scan",
        None,
        facts,
    )


async def _schedule(settings: Settings) -> Finding:
    from datetime import UTC, datetime

    from stoat_ferret.cron import CronTimes

    facts: dict[str, Any] = {"scan_schedule": settings.scan_schedule, "next_scan_at": None}
    if settings.scan_schedule is None:
        return Finding("ok", "scans only by hand (STOAT_SCAN_SCHEDULE)", None, facts)
    following = CronTimes(settings.scan_schedule).next_after(datetime.now(UTC))
    facts["next_scan_at"] = following.isoformat()
    detail = f"{settings.scan_schedule}: the next scan is on {following:%Y-%m-%d at %H:%M}"
    return Finding("ok", detail, None, facts)


async def _quiet_hours(settings: Settings) -> Finding:
    from datetime import UTC, datetime

    from stoat_ferret.quiet_hours import QuietHours

    facts: dict[str, Any] = {"quiet_hours": settings.quiet_hours, "are_now": False, "end_at": None}
    if settings.quiet_hours is None:
        return Finding("ok", "none (STOAT_QUIET_HOURS)", None, facts)
    hours, now = QuietHours(settings.quiet_hours), datetime.now(UTC)
    end = hours.end_after(now)
    facts |= {"are_now": hours.are_at(now), "end_at": None if end is None else end.isoformat()}
    detail = settings.quiet_hours
    if facts["are_now"]:
        detail += f": jobs wait until {end:%Y-%m-%d at %H:%M}" if end else ": jobs always wait"
    return Finding("ok", detail, None, facts)


async def _server(settings: Settings) -> Finding:
    import httpx

    owner = await run_on_disk_thread(
        DataFolder(settings.data_dir).owner, timeout_seconds=DISK_SECONDS
    )
    if owner is None:
        return Finding("ok", "not running", None, {"running": False, "url": None})
    facts = {"running": owner.url is not None, "url": owner.url, "pid": owner.pid}
    if owner.url is None:
        return Finding("ok", f"not running; the data folder is in use by {owner}", None, facts)
    try:
        async with httpx.AsyncClient(timeout=DISK_SECONDS, trust_env=False) as client:
            response = await client.get(f"{owner.url}/health/ready")
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        mend = f"See its log, or end process {owner.pid} and start it again."
        return Finding("broken", f"{owner} does not answer ({reason}).", mend, facts)
    if response.is_success:
        return Finding("ok", f"{owner} runs and is ready", None, facts)
    return Finding(
        "warning",
        f"{owner} runs, and is not ready: status {response.status_code}.",
        f"See what is wrong at {owner.url}/health/ready.",
        facts,
    )
