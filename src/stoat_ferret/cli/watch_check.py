"""The check of `stoat-ferret doctor` that tells how roots are watched for changes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoat_ferret.cli.checks import DISK_SECONDS, Finding
from stoat_ferret.data_folder import DataFolder
from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    from stoat_ferret.config import Settings

_LIMIT = Path("/proc/sys/fs/inotify/max_user_watches")
_TROUBLES = ("limited", "failed")
_LABELS = {
    "events": "watched",
    "polling": "polled",
    "limited": "polled because of a limit",
    "starting": "starting",
    "not_scanned": "not scanned yet, so not watched",
    "unavailable": "not available",
    "failed": "failed",
}


async def check_watching(settings: Settings) -> Finding:
    """Return how the running server watches the roots, else how one would."""
    if settings.watch == "off":
        return Finding("ok", "off (STOAT_WATCH)", None, {"watch": settings.watch})
    facts: dict[str, Any] = {"watch": settings.watch}
    facts["max_user_watches"] = await run_on_disk_thread(_read_limit, timeout_seconds=DISK_SECONDS)
    roots = await _ask_server(settings)
    if roots is None:
        roots = await run_on_disk_thread(_foresee, settings, timeout_seconds=DISK_SECONDS)
    facts["roots"] = roots
    counts = Counter(root["state"] for root in roots)
    detail = ", ".join(f"{count} {_LABELS.get(state, state)}" for state, count in counts.items())
    troubles = [root for root in roots if root["state"] in _TROUBLES]
    if troubles:
        mend = " ".join(f"{root['path']}: {root['detail']}" for root in troubles)
        return Finding("warning", detail, mend, facts)
    return Finding("ok", detail, None, facts)


def _read_limit() -> int | None:
    """Return how many folders inotify may watch for this user; None without inotify. Blocking."""
    try:
        return int(_LIMIT.read_text())
    except (OSError, ValueError):
        return None


def _foresee(settings: Settings) -> list[dict[str, Any]]:
    """Return how a server would watch the roots, from their file systems alone. Blocking."""
    from stoat_ferret.watch_folders.mounts import read_mounts

    found = []
    for root in settings.roots:
        reports = all(mount.reports_changes for mount in read_mounts(str(root)))
        is_polled = settings.watch == "poll" or not reports
        state = "polling" if is_polled else "events"
        found.append({"path": for_display(root), "state": state, "detail": None})
    return found


async def _ask_server(settings: Settings) -> list[dict[str, Any]] | None:
    """Return what the running server says of its roots; None if there is none, or it is silent."""
    import httpx

    owner = await run_on_disk_thread(
        DataFolder(settings.data_dir).owner, timeout_seconds=DISK_SECONDS
    )
    if owner is None or owner.url is None:
        return None
    token = settings.token.get_secret_value() if settings.token else None
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with httpx.AsyncClient(
            timeout=DISK_SECONDS, trust_env=False, headers=headers
        ) as client:
            response = await client.get(f"{owner.url}/api/v1/system")
            response.raise_for_status()
    except httpx.HTTPError:
        return None  # the check of the server tells why
    return [
        {"path": root["path"], "state": root["watch"]["state"], "detail": root["watch"]["detail"]}
        for root in response.json()["roots"]
    ]
