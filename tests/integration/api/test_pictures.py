"""Pictures over HTTP: thumbnails after a scan, storyboards on request."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import av
import pytest
from tests.clips import make_clip
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import wait_for_end

from stoat_ferret.config import Settings, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

FOR_EVER = "private, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings of a root with a small video, a large one and its copy, and broken ones."""
    root = tmp_path_factory.mktemp("films")
    for clip, name in (("h264.mp4", "small"), ("wide.mp4", "wide"), ("wide.mp4", "copy")):
        shutil.copy(make_clip(clip), root / f"{name}.mp4")
    _without_pictures(root / "empty.mp4")
    (root / "bad.mp4").write_bytes(b"rubbish")
    data_dir = tmp_path_factory.mktemp("data")
    return load_settings(roots=(root,), data_dir=data_dir, port=0, shutdown_grace_seconds=0.5)


def _without_pictures(target: Path) -> None:
    """Write a video whose index is right and whose frames are all zeros."""
    data = bytearray(make_clip("one-frame.mp4").read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    target.write_bytes(data)


@pytest.fixture(scope="module")
def videos(client: httpx.Client, settings: Settings) -> dict[str, dict[str, Any]]:
    """Return the scanned videos by their names without the extension."""
    started = client.post("/api/v1/scans", json={"path": str(settings.roots[0])}).json()
    ended = wait_for_end(client, started["id"])
    assert ended["result"]["added"] == 4, ended
    items = client.get("/api/v1/videos").json()["items"]
    return {item["name"].removesuffix(".mp4"): item for item in items}


def size(data: bytes, folder: Path) -> tuple[int, int]:
    (folder / "picture.webp").write_bytes(data)
    with av.open(folder / "picture.webp") as container:
        frame = next(container.decode(video=0))
        return frame.width, frame.height


def test_a_thumbnail_has_an_address_that_clients_may_keep_for_ever(
    client: httpx.Client, videos: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    url = videos["wide"]["thumbnail_url"]
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == FOR_EVER
    assert size(answer.content, tmp_path) == (320, 180)
    assert client.get(f"/api/v1/videos/{videos['wide']['id']}").json()["thumbnail_url"] == url


def test_a_larger_one_is_there_for_large_videos(
    client: httpx.Client, videos: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    for name, expected in (("wide", (640, 360)), ("small", (320, 240))):
        answer = client.get(f"{videos[name]['thumbnail_url']}&width=640")
        assert size(answer.content, tmp_path) == expected


def test_who_has_it_already_is_told_so(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    url = videos["wide"]["thumbnail_url"]
    etag = client.get(url).headers["etag"]
    assert not etag.startswith("W/")
    for given in (etag, f'"other", W/{etag}', "*"):
        answer = client.get(url, headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert client.get(url, headers={"if-none-match": '"other"'}).status_code == 200
    assert client.get(f"{url}&width=640").headers["etag"] != etag


def test_a_head_tells_the_same_without_the_picture(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    url = videos["wide"]["thumbnail_url"]
    got, looked = client.get(url), client.head(url)
    assert looked.status_code == 200
    assert looked.content == b""
    for name in ("content-length", "content-type", "etag", "cache-control"):
        assert looked.headers[name] == got.headers[name]


def test_an_address_without_the_version_is_asked_again(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    url = f"/api/v1/videos/{videos['wide']['id']}/thumbnail"
    for address in (url, f"{url}?v=older-0"):
        assert client.get(address).headers["cache-control"] == "private, no-cache"


def test_what_cannot_be_decoded_has_no_thumbnail(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    video = videos["empty"]
    assert video["status"] == "ok"
    assert video["thumbnail_url"] is None
    answer = client.get(f"/api/v1/videos/{video['id']}/thumbnail")
    assert "could be decoded" in problem(answer, 404, "picture-not-found")["detail"]


def test_a_bad_file_promises_no_pictures(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    assert "bad" not in videos
    (bad,) = client.get("/api/v1/videos", params={"status": "bad"}).json()["items"]
    for name in ("thumbnail", "storyboard.vtt"):
        answer = client.get(f"/api/v1/videos/{bad['id']}/{name}")
        detail = problem(answer, 404, "picture-not-found")["detail"]
        assert detail == "No video could be read from this file, so there are no pictures of it."


def test_only_the_sizes_that_there_are_can_be_asked_for(
    client: httpx.Client, videos: dict[str, dict[str, Any]]
) -> None:
    problem(client.get(f"{videos['wide']['thumbnail_url']}&width=5000"), 422, "malformed-request")
    problem(client.get("/api/v1/videos/nobody/thumbnail"), 404, "video-not-found")


def test_a_storyboard_is_made_when_it_is_asked_for(
    client: httpx.Client, videos: dict[str, dict[str, Any]], settings: Settings, tmp_path: Path
) -> None:
    video = videos["small"]
    assert video["storyboard_url"] is None
    address = f"/api/v1/videos/{video['id']}/storyboard.vtt"
    assert (
        "POST /api/v1/storyboards"
        in problem(client.get(address), 404, "picture-not-found")["detail"]
    )

    started = client.post("/api/v1/storyboards", json={"video_ids": [video["id"]]})
    assert started.status_code == 202
    assert started.headers["location"] == f"/api/v1/jobs/{started.json()['id']}"
    ended = wait_for_end(client, started.json()["id"])
    assert (ended["status"], ended["progress"]) == ("succeeded", 1.0)
    assert (ended["result"]["found"], ended["result"]["made"]) == (1, 1)

    url = client.get(f"/api/v1/videos/{video['id']}").json()["storyboard_url"]
    cues = client.get(url)
    assert cues.headers["content-type"] == "text/vtt; charset=utf-8"
    assert cues.headers["cache-control"] == FOR_EVER
    places = re.findall(r"(storyboard-\d+\.webp)#xywh=(\d+),(\d+),(\d+),(\d+)", cues.text)
    assert [place[0] for place in places] == ["storyboard-0.webp"] * 2
    sheet = client.get(str(cues.url.join(places[0][0])))
    assert size(sheet.content, tmp_path) == (320, 120)
    assert client.head(str(sheet.url)).headers["etag"] == sheet.headers["etag"]
    problem(client.get(str(cues.url.join("storyboard-7.webp"))), 404, "picture-not-found")

    # So a job that goes on after a restart does not start over either.
    again = client.post("/api/v1/storyboards", json={"video_ids": [video["id"]]}).json()
    ended = wait_for_end(client, again["id"])
    assert (ended["status"], ended["result"]["found"]) == ("succeeded", 0)


def test_storyboards_of_a_whole_folder_are_made_once(
    client: httpx.Client, videos: dict[str, dict[str, Any]], settings: Settings
) -> None:
    results = []
    for _ in range(2):
        started = client.post("/api/v1/storyboards", json={"path": str(settings.roots[0])}).json()
        results.append(wait_for_end(client, started["id"])["result"])
    assert results[0]["made"] + results[0]["empty"] == results[0]["found"]
    assert results[0]["empty"] == 1
    assert results[1]["found"] == 0
    listed = client.get("/api/v1/videos").json()["items"]
    assert {item["name"] for item in listed if item["storyboard_url"] is None} == {"empty.mp4"}


def test_storyboards_can_follow_every_scan(tmp_path: Path) -> None:
    root = tmp_path / "films"
    root.mkdir()
    (tmp_path / "data").mkdir()
    shutil.copy(make_clip("h264.mp4"), root)
    settings = load_settings(
        roots=(root,),
        data_dir=tmp_path / "data",
        port=0,
        storyboards_after_scan=True,
        thumbnails=False,
    )
    with running_server(settings) as server, server.client() as client:
        scan = client.post("/api/v1/scans", json={"path": str(root)}).json()
        assert wait_for_end(client, scan["id"])["status"] == "succeeded"
        (storyboards,) = client.get("/api/v1/jobs", params={"kind": "storyboard"}).json()["items"]
        assert storyboards["status"] == "queued"  # until nothing else has run for a while
        assert storyboards["params"]["when_idle"] is True
        client.post(f"/api/v1/jobs/{storyboards['id']}/resume")
        assert wait_for_end(client, storyboards["id"])["result"]["made"] == 1
        scan = client.post("/api/v1/scans", json={"path": str(root)}).json()
        assert wait_for_end(client, scan["id"])["status"] == "succeeded"
        jobs = client.get("/api/v1/jobs", params={"kind": "storyboard"}).json()
        assert jobs["total"] == 1, "none is missing"
        (video,) = client.get("/api/v1/videos").json()["items"]
        assert video["storyboard_url"]
        assert video["thumbnail_url"] is None


@pytest.mark.parametrize("body", [{"video_ids": []}, {"video_ids": ["a"], "path": "/"}, {"x": 1}])
def test_a_malformed_request_for_storyboards_is_refused(
    client: httpx.Client, body: dict[str, Any]
) -> None:
    problem(client.post("/api/v1/storyboards", json=body), 422, "malformed-request")
    problem(client.post("/api/v1/storyboards", json={"path": "/etc"}), 403, "path-outside-roots")


def test_pictures_stay_as_long_as_a_forgotten_video_may_return(
    client: httpx.Client, videos: dict[str, dict[str, Any]], settings: Settings
) -> None:
    def pictures() -> int:
        return len(list(settings.pictures_folder.rglob(f"{videos['wide']['fingerprint']}*")))

    assert pictures() >= 2
    for name in ("copy", "wide"):
        forgotten = client.delete(f"/api/v1/videos/{videos[name]['id']}").json()
        assert pictures() >= 2
    assert client.post(f"/api/v1/undo/{forgotten['undo']}").json()["restored"] == 1
    assert client.get(videos["wide"]["thumbnail_url"]).status_code == 200


def test_a_deleted_picture_is_made_again_by_the_next_scan(
    client: httpx.Client, videos: dict[str, dict[str, Any]], settings: Settings
) -> None:
    url = videos["small"]["thumbnail_url"]
    for picture in settings.pictures_folder.rglob(f"{videos['small']['fingerprint']}*"):
        picture.unlink()
    problem(client.get(url), 404, "picture-not-found")
    started = client.post("/api/v1/scans", json={"path": str(settings.roots[0])}).json()
    result = wait_for_end(client, started["id"])["result"]
    assert result["unchanged"] == 4
    assert client.get(url).status_code == 200
