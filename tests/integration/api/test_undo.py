"""Bulk edits over HTTP: small ones at once, large ones as jobs, and both undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import event_stream, wait_for_end
from tests.integration.library.rows import save
from tests.integration.library.rows import video as scanned_video

from stoat_ferret.library.bulk_edits import MAX_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.integration.api.server import RunningServer

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.config import Settings

BULK = "/api/v1/videos/bulk"
FORGET = "/api/v1/videos/forget"
MANY = MAX_AT_ONCE + 100
"""More than are edited at once; a job edits them in six slices."""


async def _fill(services: Services) -> None:
    root = services.roots[0]
    await save(services.database, root, *(scanned_video(f"many/{n:05}.mp4") for n in range(MANY)))
    await save(services.database, root, *(scanned_video(f"few/{n}.mp4") for n in range(3)))


@pytest.fixture(scope="module", autouse=True)
def _filled(server: RunningServer) -> None:
    server.call(_fill)


@pytest.fixture(autouse=True)
def _restored(client: httpx.Client) -> Iterator[None]:
    """Take what a test has edited from all videos."""
    yield
    assert total(client) == MANY + 3
    edits: list[dict[str, str | int]] = [{"min_rating": 1}, {"tag": "sea"}, {"tag": "sun"}]
    if not any(total(client, **edit) for edit in edits):
        return
    everything: dict[str, Any] = {"query": {}, "rating": None, "remove_tags": ["sea", "sun"]}
    wait_for_end(client, client.post(BULK, json=everything).json()["id"])


def total(client: httpx.Client, **query: str | int) -> int:
    answer = client.get("/api/v1/videos", params={"limit": 1, **query})
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["total"]
    return found


def few(client: httpx.Client) -> list[str]:
    items = client.get("/api/v1/videos", params={"folder": "few"}).json()["items"]
    return [one["id"] for one in items]


def edited(client: httpx.Client, **body: object) -> dict[str, Any]:
    """Make an edit by a job, and return the job after its end."""
    answer = client.post(BULK, json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
    return wait_for_end(client, answer.json()["id"])


def undone(client: httpx.Client, token: str) -> dict[str, Any]:
    """Undo an edit at once."""
    answer = client.post(f"/api/v1/undo/{token}")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_a_few_are_rated_at_once_and_that_is_undone(client: httpx.Client) -> None:
    one, *others = few(client)
    client.patch(f"/api/v1/videos/{one}", json={"rating": 5}, headers={"if-match": "*"})
    answer = client.post(BULK, json={"query": {"folder": "few"}, "rating": 2}).json()
    assert (answer["edited"], total(client, min_rating=2)) == (3, 3)
    with event_stream(client) as events:
        assert undone(client, answer["undo"]) == {"restored": 3, "changed_since": 0}
        told = next(event.data for event in events if event.name == "library")
        assert told["counts"] == {"restored": 3}
    ratings = [client.get(f"/api/v1/videos/{video}").json()["rating"] for video in (one, *others)]
    assert ratings == [5, None, None]


def test_favourites_are_marked_filtered_and_restored(client: httpx.Client) -> None:
    one, *others = few(client)
    match = {"if-match": "*"}
    patched = client.patch(f"/api/v1/videos/{one}", json={"favourite": True}, headers=match)
    assert (patched.json()["favourite"], total(client, favourite=True)) == (True, 1)
    answer = client.post(BULK, json={"query": {"folder": "few"}, "favourite": True}).json()
    assert (answer["edited"], total(client, favourite=True)) == (3, 3)
    assert total(client, favourite=False, folder="few") == 0
    assert undone(client, answer["undo"])["restored"] == 3
    marks = [client.get(f"/api/v1/videos/{video}").json()["favourite"] for video in (one, *others)]
    assert marks == [True, False, False]
    counted = client.post("/api/v1/videos/forget", json={"ids": [one], "dry_run": True}).json()
    assert (counted["favourites"], counted["annotated"]) == (1, 1)
    gone = client.delete(f"/api/v1/videos/{one}").json()["undo"]
    assert undone(client, gone)["restored"] == 1
    assert client.get(f"/api/v1/videos/{one}").json()["favourite"]
    cleared = client.patch(f"/api/v1/videos/{one}", json={"favourite": None}, headers=match)
    assert (cleared.json()["favourite"], total(client, favourite=True)) == (False, 0)
    for wrong in ("yes", 1):
        assert client.post(BULK, json={"video_ids": [one], "favourite": wrong}).status_code == 422


def test_a_token_that_is_wrong_or_was_used_is_refused_in_a_sentence(client: httpx.Client) -> None:
    token = client.post(BULK, json={"video_ids": few(client), "rating": 2}).json()["undo"]
    for wrong in ("nobody", token + "x", "%00", "%F0%9F%98%80", "x" * 100):
        answer = client.post(f"/api/v1/undo/{wrong}")
        assert answer.status_code in {404, 422}, answer.text
    assert undone(client, token)["restored"] == 3
    again = problem(client.post(f"/api/v1/undo/{token}"), 410, "undo-ended")
    assert again["detail"] == "This edit was undone already."
    lost = problem(client.post("/api/v1/undo/nobody"), 404, "undo-not-found")
    assert "Copy the whole token" in lost["detail"]
    late = {"video_ids": few(client), "rating": 2, "undo": token}
    problem(client.post(BULK, json=late), 410, "undo-ended")


def test_many_are_edited_by_a_job_and_restored_by_one(client: httpx.Client) -> None:
    job = edited(client, query={"folder": "many"}, rating=4, add_tags=["sea"])
    assert (job["kind"], job["status"]) == ("edit-videos", "succeeded")
    assert (job["result"]["found"], job["result"]["edited"]) == (MANY, MANY)
    assert (job["progress"], job["progress_detail"]["done"]) == (1.0, MANY)
    assert total(client, tag="sea", min_rating=4) == MANY
    rated = few(client)[0]
    (one,) = client.get("/api/v1/videos", params={"folder": "many", "limit": 1}).json()["items"]
    client.patch(f"/api/v1/videos/{one['id']}", json={"notes": "x"}, headers={"if-match": "*"})
    answer = client.post(f"/api/v1/undo/{job['result']['undo']}")
    assert answer.status_code == 202, answer.text
    ended = wait_for_end(client, answer.json()["id"])
    assert (ended["kind"], ended["status"]) == ("undo-edit", "succeeded")
    counts = {name: ended["result"][name] for name in ("found", "restored", "changed_since")}
    assert counts == {"found": MANY, "restored": MANY - 1, "changed_since": 1}
    assert total(client, tag="sea") == 1
    assert client.get(f"/api/v1/videos/{rated}").json()["rating"] is None
    problem(client.post(f"/api/v1/undo/{job['result']['undo']}"), 410, "undo-ended")


def test_a_tag_of_many_is_renamed_by_a_job_and_restored_by_one(client: httpx.Client) -> None:
    edited(client, query={"folder": "many"}, add_tags=["sea"])
    (tag,) = client.get("/api/v1/tags").json()["items"]
    answer = client.patch(f"/api/v1/tags/{tag['id']}", json={"name": "sun"})
    assert answer.status_code == 202, answer.text
    job = wait_for_end(client, answer.json()["id"])
    assert (job["kind"], job["result"]["edited"]) == ("edit-videos", MANY)
    assert (total(client, tag="sea"), total(client, tag="sun")) == (0, MANY)
    undo = client.post(f"/api/v1/undo/{job['result']['undo']}")
    assert wait_for_end(client, undo.json()["id"])["result"]["restored"] == MANY
    (tag,) = client.get("/api/v1/tags").json()["items"]
    assert (tag["name"], tag["count"]) == ("sea", MANY)
    job = wait_for_end(client, client.delete(f"/api/v1/tags/{tag['id']}").json()["id"])
    assert (job["result"]["edited"], total(client, has_tags=True)) == (MANY, 0)


def test_an_edit_that_changes_what_it_finds_reaches_all_of_it(client: httpx.Client) -> None:
    edited(client, query={"folder": "many"}, add_tags=["sea"])
    job = edited(client, query={"tag": ["sea"]}, remove_tags=["sea"], add_tags=["sun"])
    assert job["result"]["edited"] == MANY
    assert (total(client, tag="sea"), total(client, tag="sun")) == (0, MANY)


def test_many_are_removed_by_a_job_and_return(client: httpx.Client) -> None:
    query = {"folder": "many"}
    before = client.get("/api/v1/videos", params={**query, "limit": 500}).json()["items"]
    counted = client.post(FORGET, json={"query": query, "dry_run": True}).json()
    assert (counted["count"], counted["forgotten"], counted["undo"]) == (MANY, 0, None)
    body = {"query": query, "dry_run": False, "expected_count": MANY - 1}
    problem(client.post(FORGET, json=body), 409, "forgetting-changed")
    answer = client.post(FORGET, json={**body, "expected_count": MANY, "key": "forget-many"})
    assert answer.status_code == 202, answer.text
    job = wait_for_end(client, answer.json()["id"])
    assert (job["result"]["removed"], total(client)) == (MANY, 3)
    again = client.post(FORGET, json={**body, "expected_count": MANY, "key": "forget-many"})
    assert again.json()["id"] == job["id"]
    answer = client.post(f"/api/v1/undo/{job['result']['undo']}")
    assert wait_for_end(client, answer.json()["id"])["result"]["restored"] == MANY
    after = client.get("/api/v1/videos", params={**query, "limit": 500}).json()["items"]
    assert after == before


def test_a_few_are_removed_and_return(client: httpx.Client) -> None:
    ids = few(client)
    before = client.get("/api/v1/videos", params={"folder": "few"}).json()
    body = {"ids": ids[:2], "dry_run": False, "expected_count": 2}
    first = client.post(FORGET, json=body).json()
    more = {"ids": ids, "dry_run": False, "expected_count": 1, "undo": first["undo"]}
    second = client.post(FORGET, json=more).json()
    assert (second["forgotten"], second["undo"]) == (1, first["undo"])
    assert few(client) == []
    assert undone(client, first["undo"]) == {"restored": 3, "changed_since": 0}
    assert client.get("/api/v1/videos", params={"folder": "few"}).json() == before
    listed = {"query": {"folder": "few"}, "dry_run": False, "expected_count": 3}
    third = client.post(FORGET, json=listed).json()
    assert third["forgotten"] == 3
    assert undone(client, third["undo"])["restored"] == 3


def test_a_cancelled_edit_is_undone_as_far_as_it_went(client: httpx.Client) -> None:
    with event_stream(client) as events:
        job = client.post(BULK, json={"query": {}, "add_tags": ["sea"], "rating": 1}).json()
        for event in events:
            if event.name == "job" and event.data["id"] == job["id"]:
                if event.data["progress_detail"]["done"]:
                    break
                assert event.data["status"] in {"queued", "running"}
        client.post(f"/api/v1/jobs/{job['id']}/cancel")
    job = wait_for_end(client, job["id"])
    done = total(client, tag="sea")
    if job["status"] == "cancelled":
        assert 0 < done < MANY + 3
    answer = client.post(f"/api/v1/undo/{job['result']['undo']}")
    assert answer.status_code in {200, 202}, answer.text
    if answer.status_code == 202:
        assert wait_for_end(client, answer.json()["id"])["result"]["restored"] == done
    else:
        assert answer.json() == {"restored": done, "changed_since": 0}
    assert (total(client, tag="sea"), total(client, min_rating=1)) == (0, 0)
    retried = client.post(f"/api/v1/jobs/{job['id']}/retry").json()
    failed = wait_for_end(client, retried["id"])
    assert (failed["status"], failed["error"]) == ("failed", "This edit was undone already.")


def test_a_retry_of_a_cancelled_edit_makes_the_rest(client: httpx.Client) -> None:
    job = client.post(BULK, json={"query": {}, "add_tags": ["sea"]}).json()
    client.post(f"/api/v1/jobs/{job['id']}/cancel")
    job = wait_for_end(client, job["id"])
    retried = wait_for_end(client, client.post(f"/api/v1/jobs/{job['id']}/retry").json()["id"])
    assert (retried["status"], retried["result"]["edited"]) == ("succeeded", MANY + 3)
    assert retried["result"]["undo"]
    assert total(client, tag="sea") == MANY + 3


def test_videos_with_too_many_tags_stay_as_they_are(client: httpx.Client) -> None:
    full = client.get("/api/v1/videos", params={"folder": "many", "limit": 3}).json()["items"][2]
    tags = [f"t{number}" for number in range(100)]
    path = f"/api/v1/videos/{full['id']}"
    client.patch(path, json={"tags": tags}, headers={"if-match": "*"})
    try:
        job = edited(client, query={}, add_tags=["sea"], rating=1)
        assert (job["status"], job["result"]["failed"]) == ("succeeded", 1)
        assert job["result"]["edited"] == total(client, tag="sea") == MANY + 2
        assert client.get(path).json()["rating"] is None
    finally:
        client.patch(path, json={"tags": None}, headers={"if-match": "*"})


def test_a_request_that_is_sent_twice_edits_once(client: httpx.Client) -> None:
    body = {"query": {"folder": "many"}, "add_tags": ["sea"], "key": "many-1"}
    first, second = client.post(BULK, json=body), client.post(BULK, json=body)
    assert first.json()["id"] == second.json()["id"]
    wait_for_end(client, first.json()["id"])
    assert client.post(BULK, json=body).json()["id"] == first.json()["id"]
    other = {**body, "add_tags": ["sun"]}
    problem(client.post(BULK, json=other), 409, "edit-mismatch")
    small = {"query": {"folder": "few"}, "rating": 5, "key": "few-1"}
    one, two = client.post(BULK, json=small).json(), client.post(BULK, json=small).json()
    assert one == two


@pytest.mark.parametrize(
    "body",
    [
        {"query": {}, "rating": 1, "undo": "x"},
        {"video_ids": ["x"], "rating": 1, "undo": ""},
        {"video_ids": ["x"], "rating": 1, "undo": "a b"},
        {"video_ids": ["x"], "rating": 1, "key": "x" * 65},
        {"video_ids": ["x"], "rating": 1, "key": 1},
    ],
)
def test_a_token_that_makes_no_sense_is_refused(client: httpx.Client, body: Any) -> None:
    problem(client.post(BULK, json=body), 422, "malformed-request")


def test_an_edit_can_be_undone_after_a_restart(settings: Settings, tmp_path: Any) -> None:
    own = settings.model_copy(update={"data_dir": tmp_path})
    with running_server(own) as first, first.client() as client:
        first.call(_fill)
        token = client.post(BULK, json={"video_ids": few(client), "rating": 2}).json()["undo"]
    with running_server(own) as second, second.client() as client:
        assert undone(client, token) == {"restored": 3, "changed_since": 0}


def test_edits_that_can_be_undone_are_listed_newest_first(client: httpx.Client) -> None:
    ids = few(client)
    rated = client.post(BULK, json={"video_ids": ids, "rating": 4, "add_tags": ["sea"]}).json()
    removed = client.delete(f"/api/v1/videos/{ids[0]}").json()
    first, second, *_ = client.get("/api/v1/undo").json()["items"]
    assert (first["undo"], first["change"], first["videos"]) == (
        removed["undo"],
        {"forget": True},
        1,
    )
    change = {"rating": 4, "add_tags": ["sea"]}
    assert (second["undo"], second["change"], second["videos"]) == (rated["undo"], change, 3)
    assert (second["job_id"], second["created_at"] <= first["created_at"]) == (None, True)
    assert client.get("/api/v1/undo", params={"limit": 1}).json()["items"] == [first]
    for one in (removed, rated):
        assert client.post(f"/api/v1/undo/{one['undo']}").json() == {
            "restored": 1 if one is removed else 3,
            "changed_since": 0,
        }
    left = {one["undo"] for one in client.get("/api/v1/undo").json()["items"]}
    assert not left & {removed["undo"], rated["undo"]}
