"""Renders over HTTP."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

DEADLINE_SECONDS = 100.0


def ended(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    """Return the job after it has ended."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while job["finished_at"] is None:
        assert time.monotonic() < deadline, job
        job = client.get(f"/api/v1/jobs/{job['id']}").json()
    return job


@pytest.fixture(scope="module")
def video_id(client: httpx.Client, library: Path) -> str:
    """Return the id of a video of two seconds."""
    body = {"path": str(library / "small")}
    ended(client, client.post("/api/v1/scans", json=body).json())
    found = client.get("/api/v1/videos").json()["items"]
    return str(found[0]["id"])


def test_a_render_is_a_job_whose_file_has_its_recipe(client: httpx.Client, video_id: str) -> None:
    body = {
        "preset": "web-720p",
        "clips": [{"video_id": video_id, "start_seconds": 0.5, "end_seconds": 1.0}],
        "name": "holiday",
        "options": {"effort": "draft"},
    }
    answer = client.post("/api/v1/renders", json=body)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], answer.headers["location"]) == ("render", f"/api/v1/jobs/{job['id']}")
    job = ended(client, job)
    assert job["status"] == "succeeded", job["error"]
    assert job["progress"] == 1.0
    assert set(job["result"]) == {"outputs", "folder", "notes", "speed", "elapsed_seconds"}
    [output] = job["result"]["outputs"]
    video = client.get(f"/api/v1/videos/{output['video_id']}").json()
    assert video["recipe"]["job_id"] == job["id"]
    assert video["recipe"]["request"]["name"] == "holiday"
    assert client.get(video["stream_url"]).status_code == 200
    again = client.post("/api/v1/renders", json=video["recipe"]["request"])
    assert again.status_code == 202
    assert ended(client, again.json())["status"] == "succeeded"
    assert client.get(f"/api/v1/videos/{video_id}").json()["recipe"] is None


def test_what_cannot_be_rendered_is_refused_with_a_reason(
    client: httpx.Client, video_id: str
) -> None:
    clip = {"video_id": video_id}
    for change, status, slug in (
        ({"preset": "papyrus"}, 422, "malformed-request"),
        ({"colour": "red"}, 422, "malformed-request"),
        ({"clips": []}, 422, "malformed-request"),
        ({"clips": [{**clip, "start_seconds": 2, "end_seconds": 1}]}, 422, "malformed-request"),
        ({"name": "../etc/passwd"}, 422, "malformed-request"),
        ({"clips": [{"video_id": "nobody"}]}, 404, "video-not-found"),
        ({"clips": [{**clip, "start_seconds": 900}]}, 422, "render-refused"),
        ({"options": {"video_codec": "quicksilver"}}, 422, "render-refused"),
    ):
        body = {"preset": "web-720p", "clips": [clip], **change}
        problem(client.post("/api/v1/renders", json=body), status, slug)


def test_many_videos_are_rendered_in_one_job(client: httpx.Client, video_id: str) -> None:
    body = {
        "preset": "copy",
        "clip": {"end_seconds": 1},
        "name": "each-{number}",
        "video_ids": [video_id, "nobody"],
    }
    answer = client.post("/api/v1/renders/batch", json=body)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], answer.headers["location"]) == (
        "render-batch",
        f"/api/v1/jobs/{job['id']}",
    )
    job = ended(client, job)
    assert job["status"] == "succeeded", job["error"]
    result = job["result"]
    assert (result["found"], result["rendered"], result["failed"]) == (2, 1, 1)
    [output] = result["outputs"]
    assert output["path"].endswith("each-1.mp4")
    [error] = result["errors"]
    assert (error["video_id"], error["path"]) == ("nobody", "nobody")
    about = client.get("/api/v1/jobs", params={"video_id": video_id}).json()["items"]
    assert job["id"] in {one["id"] for one in about}


def test_a_list_with_filters_is_rendered_in_one_job(client: httpx.Client, video_id: str) -> None:
    name = client.get(f"/api/v1/videos/{video_id}").json()["name"]
    query = {"q": name}
    found = client.get("/api/v1/videos", params=query).json()["items"]
    body = {"preset": "copy", "query": query, "name": "listed-{number}"}
    job = client.post("/api/v1/renders/batch", json=body).json()
    assert job["params"]["video_ids"] == [video["id"] for video in found] != []
    assert ended(client, job)["status"] == "succeeded"


@pytest.mark.parametrize(
    ("change", "slug", "field"),
    [
        ({"query": {}}, "malformed-request", "body"),
        ({"video_ids": None}, "malformed-request", "body"),
        ({"video_ids": []}, "malformed-request", "body.video_ids"),
        ({"video_ids": ["a"] * 1001}, "malformed-request", "body.video_ids"),
        ({"clips": []}, "malformed-request", "body.clips"),
        ({"clip": {"video_id": "a"}}, "malformed-request", "body.clip.video_id"),
        (
            {"clip": {"start_seconds": 2, "end_seconds": 1}},
            "malformed-request",
            "body.clip",
        ),
        ({"clip": {"transition": {"seconds": 1}}}, "malformed-request", "body.clip.transition"),
        ({"name": "{title}"}, "render-refused", "body.name"),
        ({"video_ids": None, "query": {"q": "nothing like it"}}, "render-refused", "body.query"),
        ({"options": {"count": 2}}, "render-refused", None),
    ],
)
def test_a_batch_that_is_no_batch_is_refused(
    client: httpx.Client, change: dict[str, Any], slug: str, field: str | None
) -> None:
    body = {"preset": "web-720p", "video_ids": ["a"], **change}
    answer = problem(client.post("/api/v1/renders/batch", json=body), 422, slug)
    if field is not None:
        assert [error["location"] for error in answer["errors"]] == [field]


def test_presets_are_listed(client: httpx.Client) -> None:
    answer = client.get("/api/v1/presets")
    assert answer.status_code == 200
    listed = answer.json()
    names = [preset["name"] for preset in listed["items"]]
    assert {"web-720p", "copy", "smart-cut", "gif", "audio"} <= set(names)
    assert listed["output_folder"].endswith("/renders")


def test_presets_are_saved_by_name_with_options_that_renders_take(client: httpx.Client) -> None:
    address = "/api/v1/presets/saved"
    body = {
        "name": "For the forum",
        "preset": "web-720p",
        "options": {"quality": 24, "fit": "contain"},
    }
    saved = client.post(address, json=body)
    assert saved.status_code == 201
    mine = f"{address}/{saved.json()['id']}"
    assert saved.json()["options"] == {"quality": 24}
    assert client.get(address).json()["items"] == [saved.json()]

    other = {"name": "Other", "preset": "copy"}
    for change, status, kind in (
        ({"name": "WEB-720P"}, 409, "preset-exists"),
        ({"name": "smart cut"}, 409, "preset-exists"),
        ({"name": "for the FORUM"}, 409, "preset-exists"),
        ({"options": {"quality": 24}}, 422, "render-refused"),
        ({"options": {"quality": "much"}}, 422, "malformed-request"),
        ({"preset": "For the forum"}, 422, "malformed-request"),
    ):
        problem(client.post(address, json={**other, **change}), status, kind)
    assert client.patch(mine, json={"name": "gif"}).status_code == 409
    assert client.patch(mine, json={"preset": "copy"}).status_code == 422
    assert (
        client.patch(mine, json={"preset": "copy", "options": {"fit": "cover"}}).status_code == 422
    )
    assert client.get(address).json()["items"] == [saved.json()]

    changed = client.patch(mine, json={"preset": "proxy", "options": {"mute": True}}).json()
    assert changed == {**saved.json(), "preset": "proxy", "options": {"mute": True}}
    assert client.patch(mine, json={"name": "Small"}).json()["name"] == "Small"
    assert client.delete(mine).status_code == 204
    assert client.delete(mine).status_code == 404
