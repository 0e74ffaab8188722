"""Edits of titles, tags, ratings and notes over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.streams import event_stream, scan

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


@pytest.fixture(scope="module", autouse=True)
def _scanned(client: httpx.Client, library: Path) -> None:
    assert scan(client, str(library))["status"] == "succeeded"


@pytest.fixture
def video(client: httpx.Client) -> dict[str, Any]:
    """Return one video without title, tags, rating and notes."""
    (found,) = client.get("/api/v1/videos", params={"q": "small/clip-0000"}).json()["items"]
    path = f"/api/v1/videos/{found['id']}"
    said = {"title": None, "tags": None, "rating": None, "notes": None}
    answer = client.patch(path, json=said, headers={"if-match": "*"})
    assert answer.status_code == 200, answer.text
    detail: dict[str, Any] = answer.json()
    return detail


def patch(client: httpx.Client, video: dict[str, Any], **changes: Any) -> httpx.Response:
    return client.patch(f"/api/v1/videos/{video['id']}", json=changes, headers={"if-match": "*"})


def test_a_change_is_made_from_the_version_that_was_seen(
    client: httpx.Client, video: dict[str, Any]
) -> None:
    path = f"/api/v1/videos/{video['id']}"
    seen = client.get(path).headers["etag"]
    first = client.patch(path, json={"title": "One", "rating": 5}, headers={"if-match": seen})
    assert (first.json()["title"], first.json()["rating"]) == ("One", 5)
    assert first.headers["etag"] == client.get(path).headers["etag"] != seen
    late = client.patch(path, json={"title": "Two"}, headers={"if-match": seen})
    assert "load it again" in problem(late, 412, "video-changed")["detail"]
    for wrong in ('"no number"', f"W/{first.headers['etag']}", "rubbish", "99", '"'):
        refused = client.patch(path, json={"title": "Two"}, headers={"if-match": wrong})
        problem(refused, 412, "video-changed")
    problem(client.patch(path, json={"title": "Two"}), 428, "precondition-required")
    nothing = client.patch(path, json={}, headers={"if-match": "*"})
    assert nothing.headers["etag"] == first.headers["etag"]
    several = client.patch(
        path, json={"notes": "x"}, headers={"if-match": f'"77", {first.headers["etag"]}'}
    )
    assert (several.json()["title"], several.json()["notes"]) == ("One", "x")


def test_null_clears_and_what_is_left_out_stays(
    client: httpx.Client, video: dict[str, Any]
) -> None:
    said = {"title": " One ", "tags": ["Sea", "sea", " sun  "], "rating": 1, "notes": "a\r\nb"}
    changed = patch(client, video, **said).json()
    assert (changed["title"], changed["tags"]) == ("One", ["Sea", "sun"])
    assert (changed["rating"], changed["notes"]) == (1, "a\nb")
    (listed,) = client.get("/api/v1/videos", params={"tag": ["sea", "sun"]}).json()["items"]
    assert {name: changed[name] for name in listed} == listed
    cleared = patch(client, video, title="  ", rating=None, tags=None).json()
    assert (cleared["title"], cleared["tags"]) == (None, [])
    assert (cleared["rating"], cleared["notes"]) == (None, "a\nb")
    problem(
        client.patch("/api/v1/videos/none", json={"rating": 1}, headers={"if-match": "*"}),
        404,
        "video-not-found",
    )


@pytest.mark.parametrize(
    "body",
    [
        '{"title": 1}',
        '{"rating": 0}',
        '{"rating": 6}',
        '{"rating": 1.5}',
        '{"rating": "3"}',
        '{"rating": true}',
        '{"tags": "sea"}',
        '{"tags": [""]}',
        '{"tags": ["\\u0301"]}',
        '{"tags": ["a\\nb"]}',
        '{"tags": [null]}',
        '{"title": "a\\u0000b"}',
        '{"title": "\\u001b[2J"}',
        '{"title": "\\ud800"}',
        '{"notes": "\\udfff"}',
        '{"notes": "\\u0007"}',
        '{"title": "a\\u2028b"}',
        '{"tags": ["a\\u2029b"]}',
        '{"heading": "x"}',
        "[]",
        '"x"',
        f'{{"title": "{"x" * 501}"}}',
        f'{{"notes": "{"x" * 10_001}"}}',
        f'{{"tags": ["{"x" * 101}"]}}',
        '{"tags": [' + ",".join(f'"{number}"' for number in range(101)) + "]}",
    ],
)
def test_what_makes_no_sense_is_refused(
    client: httpx.Client, video: dict[str, Any], body: str
) -> None:
    answer = client.patch(
        f"/api/v1/videos/{video['id']}",
        content=body,
        headers={"if-match": "*", "content-type": "application/json"},
    )
    problem(answer, 422, "malformed-request")
    assert client.get(f"/api/v1/videos/{video['id']}").json()["tags"] == []


def test_the_longest_of_everything_is_kept(client: httpx.Client, video: dict[str, Any]) -> None:
    said = {
        "title": "t" * 500,
        "notes": "\N{OTTER}" * 10_000,
        "tags": [f"{number:03}" + "x" * 37 for number in range(100)],
    }
    assert patch(client, video, **said).status_code == 200
    detail = client.get(f"/api/v1/videos/{video['id']}").json()
    assert {name: detail[name] for name in said} == said
    more = {"video_ids": [video["id"]], "add_tags": ["one more"]}
    problem(client.post("/api/v1/videos/bulk", json=more), 422, "too-many-tags")


@pytest.mark.parametrize(
    "q",
    ['"', "a OR b", "NEAR(", "^x", "a*", "{", "%", "_", "\\", "'", "😀", "\0", "-clip", "col:x"],
)
def test_any_text_can_be_searched(client: httpx.Client, q: str) -> None:
    for word in (q, q * 3, f"{q} mp4"):
        answer = client.get("/api/v1/videos", params={"q": word})
        assert answer.status_code == 200, answer.text
        assert answer.json()["total"] == len(answer.json()["items"])


def test_many_videos_are_edited_at_once(client: httpx.Client, video: dict[str, Any]) -> None:
    body = {"video_ids": [video["id"], "nobody"], "add_tags": ["bulk"], "rating": 2}
    answer = client.post("/api/v1/videos/bulk", json=body)
    token = answer.json().pop("undo")
    assert answer.json() == {"edited": 1, "not_found": ["nobody"], "undo": token}
    query = {"q": "clip", "folder": "small"}
    answer = client.post("/api/v1/videos/bulk", json={"query": query, "add_tags": ["more"]})
    assert answer.json()["edited"] == 3
    tags = {tag["name"]: tag for tag in client.get("/api/v1/tags").json()["items"]}
    assert (tags["bulk"]["count"], tags["more"]["count"]) == (1, 3)
    rated = client.get("/api/v1/videos", params={"min_rating": 2}).json()
    assert [item["id"] for item in rated["items"]] == [video["id"]]
    undo = {"query": {"tag": ["more"]}, "remove_tags": ["MORE", "bulk"], "rating": None}
    assert client.post("/api/v1/videos/bulk", json=undo).json()["edited"] == 3
    assert client.get("/api/v1/tags").json()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"add_tags": ["x"]},
        {"video_ids": [], "query": {}, "add_tags": ["x"]},
        {"video_ids": ["x"]},
        {"query": {"colour": "blue"}, "rating": 1},
        {"video_ids": ["x"] * 1001, "rating": 1},
        {"query": {"status": []}, "rating": 1},
    ],
)
def test_an_edit_of_many_says_which_and_what(client: httpx.Client, body: dict[str, Any]) -> None:
    problem(client.post("/api/v1/videos/bulk", json=body), 422, "malformed-request")


def test_tags_are_renamed_merged_and_deleted(client: httpx.Client, video: dict[str, Any]) -> None:
    patch(client, video, tags=["Sea", "sun"])
    items = client.get("/api/v1/tags", params={"q": "S"}).json()["items"]
    assert [tag["name"] for tag in items] == ["Sea", "sun"]
    sea, sun = (f"/api/v1/tags/{tag['id']}" for tag in items)
    assert client.get(sea).json() == items[0] == {**items[0], "count": 1, "missing": 0}
    problem(client.patch(sea, json={"name": "SUN"}), 409, "tag-exists")
    search = {"name": "By the sea", "query": {"tag": ["SEA"], "not_tag": ["x"]}}
    saved = client.post("/api/v1/searches", json=search).json()["id"]

    def searched() -> list[str]:
        found = client.get("/api/v1/searches").json()["items"]
        tags: list[str] = next(one for one in found if one["id"] == saved)["query"]["tag"]
        return tags

    renamed = client.patch(sea, json={"name": "Ocean"}).json()
    assert (renamed["edited"], searched()) == (1, ["Ocean"])
    client.post(f"/api/v1/undo/{renamed['undo']}").raise_for_status()
    assert searched() == ["SEA"]
    items = client.get("/api/v1/tags", params={"q": "S"}).json()["items"]
    sea, sun = (f"/api/v1/tags/{tag['id']}" for tag in items)
    merged = client.patch(sea, json={"name": "SUN", "merge": True}).json()
    assert (merged["edited"], searched()) == (1, ["SUN"])
    client.delete(f"/api/v1/searches/{saved}")
    for call in (client.get(sea), client.delete(sea), client.patch(sea, json={"name": "x"})):
        problem(call, 404, "tag-not-found")
    page = client.get("/api/v1/tags", params={"limit": 1, "sort": "count"}).json()
    assert (page["total"], page["next_cursor"]) == (1, None)
    assert client.delete(sun).json()["edited"] == 1
    assert client.get(f"/api/v1/videos/{video['id']}").json()["tags"] == []
    assert client.post(f"/api/v1/undo/{merged['undo']}").json()["changed_since"] == 1
    wrong = {"sort": "count", "cursor": "no number"}
    problem(client.get("/api/v1/tags", params=wrong), 422, "invalid-cursor")


def test_duplicates_are_resolved_and_that_is_undone(client: httpx.Client) -> None:
    page = client.get("/api/v1/duplicates", params={"limit": 1}).json()
    (group,) = page["items"]
    assert group["is_whole"] == (group["size_bytes"] <= 2 * 64 * 1024)
    assert group["copies"] == len(group["videos"])
    assert group["suggested"] in {one["id"] for one in group["videos"]}
    kept, other = group["videos"][1], group["videos"][0]
    patch(client, other, tags=["sea"], notes="x")
    choice = {"fingerprint": group["fingerprint"], "keep": kept["id"]}
    done = client.post("/api/v1/duplicates/resolve", json={"groups": [choice]}).json()
    assert (done["resolved"], done["edited"]) == (1, 1)
    detail = client.get(f"/api/v1/videos/{kept['id']}").json()
    assert (detail["tags"], detail["notes"]) == (["sea"], "x")
    left = client.get("/api/v1/duplicates").json()
    assert left["total"] == page["total"] - 1
    assert left["spare_bytes"] == page["spare_bytes"] - group["spare_bytes"]
    undone = client.post(f"/api/v1/undo/{done['undo']}").json()
    assert undone == {"restored": 1, "changed_since": 0}
    assert client.get("/api/v1/duplicates").json()["total"] == page["total"]
    patch(client, other, tags=[], notes=None)
    resolve = "/api/v1/duplicates/resolve"
    client.post(resolve, json={"groups": [{**choice, "keep": None}]}).raise_for_status()
    (resolved,) = client.get("/api/v1/duplicates", params={"resolved": True}).json()["items"]
    assert (resolved["fingerprint"], resolved["resolved_at"] is None) == (
        group["fingerprint"],
        False,
    )
    reopening = {"fingerprints": [group["fingerprint"], "unknown"]}
    assert client.post("/api/v1/duplicates/reopen", json=reopening).json() == {"reopened": 1}
    assert client.get("/api/v1/duplicates").json()["total"] == page["total"]
    wrong = {"groups": [{**choice, "keep": "nobody"}]}
    problem(client.post("/api/v1/duplicates/resolve", json=wrong), 409, "duplicates-changed")
    twice = {"groups": [choice, choice]}
    problem(client.post("/api/v1/duplicates/resolve", json=twice), 422, "malformed-request")


def test_other_tabs_are_told(client: httpx.Client, video: dict[str, Any]) -> None:
    with event_stream(client) as events:
        patch(client, video, rating=3)
        told = next(event.data for event in events if event.name == "library")
        assert told["job_id"] is None
        assert (told["finished"], told["counts"]) == (True, {"edited": 1})
        for rating in (4, 5):
            patch(client, video, rating=rating)
        counted = 0
        while counted < 2:
            counted += next(e.data for e in events if e.name == "library")["counts"]["edited"]
        assert counted == 2


def test_facets_count_what_lists_have(client: httpx.Client, library: Path) -> None:
    facets = client.get("/api/v1/videos/facets").json()
    total = client.get("/api/v1/videos").json()["total"]
    assert {"value": "h264", "count": total} in facets["codec"]
    assert facets["root"] == [{"value": library.name, "count": total}]
    assert {"value": "bad", "count": 1} in facets["status"]
    assert facets["hdr"] == [{"value": None, "count": total}]
    assert {"value": "lower", "count": total} in facets["height_class"]
    assert {one["value"] for one in facets["folder"]} == {"small", "inside", "caf\ufffd"}
    below = client.get("/api/v1/videos/facets", params={"folder": "small", "q": "0000"}).json()
    assert below["codec"] == [{"value": "h264", "count": 1}]
    problem(client.get("/api/v1/videos/facets?sort=name"), 422, "malformed-request")
