"""Facts about the server."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.integration.api.problems import problem
from tests.integration.api.server import RunningServer, running_server
from tests.postgresql import only_sqlite

from stoat_ferret import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.config import Settings

DEADLINE_SECONDS = 60.0


def ask_until(
    client: httpx.Client, condition: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Return the facts when `condition` holds; counts may be two seconds old."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        system: dict[str, Any] = client.get("/api/v1/system").json()
        if condition(system):
            return system
        assert time.monotonic() < deadline, system


@pytest.fixture(scope="module")
def scanned(server: RunningServer, client: httpx.Client, library: Path) -> None:
    job = client.post("/api/v1/scans", json={"path": str(library)}).json()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while client.get(f"/api/v1/jobs/{job['id']}").json()["status"] in {"queued", "running"}:
        assert time.monotonic() < deadline


@only_sqlite
def test_versions_and_places_are_those_of_this_server(
    server: RunningServer, client: httpx.Client, settings: Settings
) -> None:
    server.check_health()
    system = ask_until(client, lambda system: system["database"])
    assert system["version"] == __version__
    assert system["data_dir"] == str(settings.data_dir)
    assert system["data_disk"]["total_bytes"] >= system["data_disk"]["free_bytes"] > 0
    assert system["prober"] == "libav"
    assert system["libav"]
    assert set(system["checks"]) == {
        "database",
        "ffmpeg",
        "ffprobe",
        "queue",
        "output",
        "roots",
        "watching",
    }
    assert system["checks"]["database"] == {"ok": True, "detail": "sqlite answers"}
    assert system["database"]["engine"] == "SQLite"
    assert system["database"]["size_bytes"] > 0
    assert system["token_required"] is False
    assert system["uptime_seconds"] > 0


@pytest.mark.usefixtures("scanned")
def test_a_root_says_what_is_in_it(client: httpx.Client, library: Path) -> None:
    system = ask_until(client, lambda system: (system["roots"][0]["videos"] or {}).get("ok"))
    (root,) = system["roots"]
    assert root["path"] == str(library)
    assert root["available"] is True
    assert root["space"]["total_bytes"] > 0
    facets = client.get(
        "/api/v1/videos/facets", params={"status": ["ok", "bad", "skipped", "missing"]}
    ).json()
    told = {one["value"]: one["count"] for one in facets["status"]}
    assert {name: count for name, count in root["videos"].items() if count} == told


@pytest.mark.usefixtures("scanned")
def test_the_room_that_pictures_take_is_that_of_their_files(
    client: httpx.Client, settings: Settings
) -> None:
    files = [
        path for path in (settings.pictures_folder / "thumbnails").rglob("*") if path.is_file()
    ]
    assert files
    size_bytes = sum(path.stat().st_size for path in files)
    told = {"files": len(files), "size_bytes": size_bytes}
    system = ask_until(client, lambda system: system["pictures"]["thumbnails"] == told)
    assert system["pictures"]["counting"] is False


def test_an_absent_root_says_so_and_keeps_its_place(tmp_path: Path, settings: Settings) -> None:
    gone = tmp_path / os.fsdecode(b"caf\xe9")
    ours = settings.model_copy(update={"roots": (gone,), "data_dir": tmp_path})
    with running_server(ours) as server, server.client() as client:
        (root,) = client.get("/api/v1/system").json()["roots"]
    assert root["path"].startswith("file://")
    assert root["available"] is False
    assert root["space"] is None


def test_a_database_that_does_not_work_keeps_nothing_else_back(
    tmp_path: Path, settings: Settings
) -> None:
    async def damage(services: Services) -> None:
        async with services.database.write() as connection:
            await connection.execute(sa.text("DROP TABLE alembic_version"))

    ours = settings.model_copy(update={"data_dir": tmp_path})
    with running_server(ours) as server, server.client() as client:
        server.call(damage)
        system = client.get("/api/v1/system").json()
    assert system["database"] is None
    assert system["version"] == __version__
    assert system["roots"][0]["available"] is True


def test_it_is_told_to_nobody_without_the_token(tmp_path: Path, settings: Settings) -> None:
    ours = settings.model_copy(update={"data_dir": tmp_path})
    token = "correct horse"  # noqa: S105  that of this test
    guarded = type(ours)(**{**ours.model_dump(), "token": token})
    with running_server(guarded) as server, server.client() as client:
        problem(client.get("/api/v1/system"), 401, "token-required")
        headers = {"authorization": f"Bearer {token}"}
        assert client.get("/api/v1/system", headers=headers).json()["token_required"] is True
