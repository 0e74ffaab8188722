"""A server whose library is in PostgreSQL: what people do, and what happens to the database."""

from __future__ import annotations

import threading
import time
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips
from tests.fake_programs import program_that
from tests.integration.api.server import running_server

from stoat_ferret.config import Settings, load_settings
from stoat_ferret.ffmpeg.binaries import find_ffprobe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx
    from tests.postgresql import PostgresqlServer

END_SECONDS = 180.0
"""The time within which everything here ends, even on a busy machine."""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with a few clips, some of them in a folder."""
    root = tmp_path_factory.mktemp("films")
    small_clips(root / "holidays", 3)
    small_clips(root, 2)
    return root


@pytest.fixture(scope="module")
def settings(
    library: Path, tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresqlServer
) -> Settings:
    """Return settings for that root, with an empty database that nothing has migrated yet."""
    return load_settings(
        roots=(library,),
        data_dir=tmp_path_factory.mktemp("data"),
        database_url=postgresql.new_database(),
        port=0,
        shutdown_grace_seconds=0.5,
    )


@pytest.fixture(scope="module")
def scanned(client: httpx.Client, library: Path) -> httpx.Client:
    """Return a client of the server after a scan."""
    job = client.post("/api/v1/scans", json={"path": str(library)}).json()
    ended = wait_for(
        lambda: get(client, f"/jobs/{job['id']}"), lambda job: bool(job["finished_at"])
    )
    assert (ended["status"], ended["result"]["added"]) == ("succeeded", 5), ended
    return client


def wait_for(look: Callable[[], Any], condition: Callable[[Any], object]) -> Any:
    """Return what `look` gives as soon as `condition` holds for it."""
    end = time.monotonic() + END_SECONDS
    while not condition(found := look()):
        assert time.monotonic() < end, getattr(found, "text", found)
        time.sleep(0.1)  # to ask takes a server longer than much of what it does meanwhile
    return found


def get(client: httpx.Client, path: str, **params: Any) -> Any:
    answer = client.get(f"/api/v1{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ended_job(client: httpx.Client, job_id: str) -> Any:
    return wait_for(lambda: get(client, f"/jobs/{job_id}"), itemgetter("finished_at"))


def names(client: httpx.Client, **params: Any) -> list[str]:
    return [video["name"] for video in get(client, "/videos", sort="name", **params)["items"]]


def test_videos_are_listed_found_and_counted(scanned: httpx.Client) -> None:
    everything = names(scanned)
    assert len(everything) == 5
    assert sorted(names(scanned, q="holidays")) == names(scanned, folder="holidays")
    assert names(scanned, q="no such words") == []
    assert len(names(scanned, q="-holidays")) == 2
    assert get(scanned, "/videos/facets")["status"] == [{"value": "ok", "count": 5}]
    (root,) = get(scanned, "/folders/tree")["items"]
    (folder,) = get(scanned, "/folders/tree", root=root["name"])["items"]
    assert (folder["name"], folder["videos"]) == ("holidays", 3)


def test_edits_of_one_and_of_many_are_made_and_undone(scanned: httpx.Client) -> None:
    videos = get(scanned, "/videos")["items"]
    address = f"/api/v1/videos/{videos[0]['id']}"
    edit = {"title": "Straße nach Übersee", "rating": 4, "tags": ["sea"]}
    assert scanned.patch(address, json=edit, headers={"if-match": "*"}).status_code == 200
    for words in ("strasse", "ubersee", "#sea"):
        assert len(names(scanned, q=words)) == 1
    bulk = {"video_ids": [video["id"] for video in videos], "rating": 2}
    edited = scanned.post("/api/v1/videos/bulk", json=bulk).json()
    assert {video["rating"] for video in get(scanned, "/videos")["items"]} == {2}
    undone = scanned.post(f"/api/v1/undo/{edited['undo']}")
    assert undone.status_code == 200, undone.text
    assert get(scanned, f"/videos/{videos[0]['id']}")["rating"] == 4
    made = scanned.post("/api/v1/collections", json={"name": "Film"}).json()["id"]
    entries = f"/api/v1/collections/{made}/videos"
    scanned.post(entries, json={"query": {}})
    first, *_, last = get(scanned, "/videos", collection=made)["items"]
    move = {"video_ids": [last["id"]], "before": first["id"]}
    moved = scanned.post(f"{entries}/move", json=move).json()
    assert get(scanned, "/videos", collection=made)["items"][0]["id"] == last["id"]
    assert scanned.post(f"/api/v1/undo/{moved['undo']}").json()["restored"] == 1
    deleted = scanned.delete(f"/api/v1/collections/{made}").json()
    assert scanned.post(f"/api/v1/undo/{deleted['undo']}").json()["restored"] == len(videos)
    assert get(scanned, "/videos", collection=made)["items"][0]["id"] == first["id"]
    saved = {"name": "By the sea", "query": {"q": "#sea"}}
    assert scanned.post("/api/v1/searches", json=saved).status_code == 201


def test_a_scan_that_is_asked_for_thrice_is_one_job(scanned: httpx.Client, library: Path) -> None:
    body = {"path": str(library), "force": True}
    ids = [scanned.post("/api/v1/scans", json=body).json()["id"] for _ in range(3)]
    assert {ended_job(scanned, one)["status"] for one in ids} == {"succeeded"}


@pytest.mark.parametrize("path", ["/jobs/%00", "/jobs/%EF%BF%BD", "/videos/%00", "/videos/x"])
def test_an_id_that_no_database_can_store_is_of_nothing(scanned: httpx.Client, path: str) -> None:
    assert scanned.get(f"/api/v1{path}").status_code in {404, 422}


def test_a_restart_of_the_database_interrupts_a_job_and_nothing_more(
    settings: Settings, postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    root = tmp_path / "many"
    small_clips(root, 60)
    (tmp_path / "data").mkdir()
    slow = program_that(tmp_path, "ffprobe", f'sleep 0.15\nexec {find_ffprobe()} "$@"')
    settings = settings.model_copy(
        update={
            "roots": (root,),
            "data_dir": tmp_path / "data",
            "database_url": postgresql.new_database(),
            "prober": "ffprobe",
            "ffprobe": slow.path,
            "thumbnails": False,
        }
    )
    with running_server(settings) as running, running.client() as client:
        wait_for(lambda: client.get("/health/ready"), lambda answer: answer.status_code == 200)
        job = client.post("/api/v1/scans", json={"path": str(root)}).json()
        wait_for(lambda: get(client, "/videos")["total"], lambda total: total > 0)
        postgresql.stop()
        wait_for(lambda: client.get("/health/ready"), lambda answer: answer.status_code == 503)
        assert client.get("/api/v1/videos").status_code == 503
        waiting = wait_for(lambda: get(client, f"/jobs/{job['id']}"), itemgetter("error"))
        assert "cannot be stored yet" in waiting["error"]
        postgresql.start()
        ended = ended_job(client, job["id"])
        assert (ended["status"], ended["attempt"]) == ("succeeded", 2), ended
        assert get(client, "/videos")["total"] == 60
        wait_for(lambda: client.get("/health/ready"), lambda answer: answer.status_code == 200)
    assert threading.active_count() < 50
