"""Videos over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan, wait_for_end

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

MARK = "\N{REPLACEMENT CHARACTER}"


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


def found(client: httpx.Client, **parameters: Any) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/videos", params=parameters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_video_in_a_list_has_all_its_fields(client: httpx.Client, library: Path) -> None:
    (video,) = found(client, q="clip-0000", folder="small")
    assert set(video) == {
        "id", "root", "path", "folder", "name", "title", "status", "reason", "size_bytes",
        "read_error", "read_failed_at", "modified_at_clamped",
        "position_seconds", "watched", "watched_at",
        "modified_at", "added_at", "taken_at", "missing_since", "fingerprint", "duration_seconds",
        "width", "height", "rotation", "video_codec", "audio_codec", "frame_rate", "bit_rate",
        "container", "hdr", "tags", "rating", "favourite", "thumbnail_url",
        "storyboard_url", "stream_url",
    }  # fmt: skip
    assert video["root"] == library.name
    assert video["path"] == "small/clip-0000.mp4"
    assert (video["folder"], video["name"]) == ("small", "clip-0000.mp4")
    assert video["status"] == "ok"
    assert (video["width"], video["height"], video["rotation"]) == (320, 240, 0)
    assert video["video_codec"] == "h264"
    assert video["frame_rate"] == "25/1"
    assert video["size_bytes"] == (library / video["path"]).stat().st_size
    assert video["tags"] == []


def test_one_video_has_all_that_is_known_of_it(client: httpx.Client) -> None:
    (video,) = found(client, q="clip-0000", folder="small")
    detail = client.get(f"/api/v1/videos/{video['id']}").json()
    assert {name: detail[name] for name in video} == video
    assert detail["media_info"]["video"][0]["codec"] == "h264"
    assert [other["path"] for other in detail["duplicates"]] == ["inside/clip-0000.mp4"]
    assert detail["notes"] is None
    assert detail["playable"]["as_is"] is True
    assert detail["playable"]["mime_type"].startswith('video/mp4; codecs="avc1.')


def test_bad_files_are_listed_with_their_reason(client: httpx.Client) -> None:
    (bad,) = found(client, status="bad")
    assert bad["path"] == "broken.mp4"
    assert bad["reason"]
    both = {video["status"] for video in found(client, status=["ok", "bad"])}
    assert both == {"ok", "bad"}
    assert {video["status"] for video in found(client)} == {"ok"}


def test_names_that_are_not_unicode_are_shown_with_marks(client: httpx.Client) -> None:
    (video,) = found(client, folder=f"caf{MARK}")
    assert video["path"] == f"caf{MARK}/{MARK}{MARK}.mp4"
    assert client.get(f"/api/v1/videos/{video['id']}").json()["path"] == video["path"]


def test_a_list_comes_in_parts(client: httpx.Client) -> None:
    whole = [video["id"] for video in found(client, sort="size", order="desc")]
    parts: list[str] = []
    parameters: dict[str, Any] = {"sort": "size", "order": "desc", "limit": 2}
    while True:
        page = client.get("/api/v1/videos", params=parameters).json()
        assert page["total"] == len(whole)
        parts += [video["id"] for video in page["items"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert parts == whole
    assert len(whole) == 3 + 3 + 1


def test_a_cursor_of_another_list_is_refused(client: httpx.Client) -> None:
    cursor = client.get("/api/v1/videos", params={"limit": 1}).json()["next_cursor"]
    answer = client.get("/api/v1/videos", params={"limit": 1, "sort": "size", "cursor": cursor})
    problem(answer, 422, "invalid-cursor")


def test_filters_leave_out_what_does_not_match(client: httpx.Client) -> None:
    assert found(client, codec="av1") == []
    assert found(client, hdr="HDR10+") == []
    assert found(client, min_height=241) == []
    assert len(found(client, min_height=240, min_duration=1, max_duration=3)) == 7


def test_a_forgotten_video_is_gone_and_its_file_is_not(client: httpx.Client, library: Path) -> None:
    (video,) = found(client, q="clip-0002", folder="small")
    answer = client.delete(f"/api/v1/videos/{video['id']}")
    assert answer.status_code == 200
    problem(client.get(f"/api/v1/videos/{video['id']}"), 404, "video-not-found")
    problem(client.delete(f"/api/v1/videos/{video['id']}"), 404, "video-not-found")
    assert (library / video["path"]).exists()
    undo = f"/api/v1/undo/{answer.json()['undo']}"
    assert client.post(undo).json() == {"restored": 1, "changed_since": 0}
    assert found(client, q="clip-0002", folder="small") == [video]
    assert client.delete(f"/api/v1/videos/{video['id']}").status_code == 200
    scan(client, str(library))
    assert len(found(client, q="clip-0002", folder="small")) == 1


def test_a_part_of_a_list_can_be_had_by_how_many_come_before(client: httpx.Client) -> None:
    whole = [video["id"] for video in found(client, sort="size")]
    assert [video["id"] for video in found(client, sort="size", offset=3, limit=2)] == whole[3:5]
    assert found(client, offset=10_000_000) == []
    answer = client.get("/api/v1/videos", params={"sort": "size", "limit": 1, "offset": 2}).json()
    after = found(client, sort="size", cursor=answer["next_cursor"])
    assert [video["id"] for video in after] == whole[3:]


def test_the_place_of_a_video_in_a_list_is_its_offset(client: httpx.Client) -> None:
    whole = [video["id"] for video in found(client, sort="size", order="desc")]
    parameters = {"sort": "size", "order": "desc"}
    path = f"/api/v1/videos/{whole[3]}/index"
    assert client.get(path, params=parameters).json() == {"index": 3}
    assert client.get(path, params={**parameters, "codec": "av1"}).json() == {"index": None}
    assert client.get("/api/v1/videos/unknown/index").json() == {"index": None}
    problem(client.get(path, params={"offset": 1}), 422, "malformed-request")


@pytest.mark.parametrize("offset", [-1, 10_000_001, "many"])
def test_an_offset_that_makes_no_sense_is_refused(client: httpx.Client, offset: int | str) -> None:
    answer = client.get("/api/v1/videos", params={"offset": offset})
    assert problem(answer, 422, "malformed-request")["errors"][0]["location"] == "query.offset"


def test_an_offset_beside_a_cursor_is_refused(client: httpx.Client) -> None:
    cursor = client.get("/api/v1/videos", params={"limit": 1}).json()["next_cursor"]
    answer = client.get("/api/v1/videos", params={"offset": 1, "cursor": cursor})
    assert "give one of them" in problem(answer, 422, "malformed-request")["errors"][0]["message"]


def test_bad_files_are_looked_at_again_as_a_job(client: httpx.Client) -> None:
    (bad,) = found(client, status="bad")
    answer = client.post("/api/v1/videos/rescan", json={"video_ids": [bad["id"]]})
    assert answer.status_code == 202, answer.text
    assert answer.json()["kind"] == "scan"
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    job = wait_for_end(client, answer.json()["id"])
    assert job["status"] == "succeeded"
    assert (job["result"]["found"], job["result"]["failed"]) == (1, 1)
    assert job["result"]["errors"][0]["path"] == bad["path"]


def test_all_bad_files_are_looked_at_again_by_a_query(client: httpx.Client) -> None:
    answer = client.post("/api/v1/videos/rescan", json={"query": {"status": ["bad"]}})
    job = wait_for_end(client, answer.json()["id"])
    assert job["result"]["found"] == 1


def test_one_file_is_scanned_by_its_path(client: httpx.Client, library: Path) -> None:
    (good,) = found(client, q="clip-0000", folder="small")
    path = str(library / good["path"])
    job = wait_for_end(client, client.post("/api/v1/scans", json={"path": path}).json()["id"])
    assert (job["result"]["found"], job["result"]["updated"]) == (1, 1)
    refused = client.post("/api/v1/scans", json={"path": "/etc/passwd"})
    problem(refused, 403, "path-outside-roots")


@pytest.mark.parametrize(
    "body", [{}, {"video_ids": []}, {"video_ids": ["a"], "query": {}}, {"ids": ["a"]}]
)
def test_a_rescan_says_which(client: httpx.Client, body: dict[str, object]) -> None:
    problem(client.post("/api/v1/videos/rescan", json=body), 422, "malformed-request")
