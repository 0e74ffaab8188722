"""The tree of the library's folders over HTTP."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import make_clip
from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import scan

from stoat_ferret.config import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

TREE = "/api/v1/folders/tree"
MARK = "\N{REPLACEMENT CHARACTER}"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a root with folders in folders, one of them not UTF-8, and one without videos."""
    root = tmp_path_factory.mktemp("films")
    clip = make_clip("small-0.mp4")
    for folder in ("day2", "day10", "day10/evening", os.fsdecode(b"caf\xe9")):
        (root / folder).mkdir()
        shutil.copy(clip, root / folder / "clip.mp4")
    (root / "empty").mkdir()
    shutil.copy(clip, root / "top.mp4")
    return root


@pytest.fixture(scope="module")
def scanned(client: httpx.Client, library: Path) -> httpx.Client:
    assert scan(client, str(library))["status"] == "succeeded"
    return client


def level(client: httpx.Client, **params: object) -> dict[str, Any]:
    answer = client.get(TREE, params={name: str(value) for name, value in params.items()})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_level_shows_folders_with_counts_and_pictures(
    scanned: httpx.Client, library: Path
) -> None:
    (top,) = level(scanned)["items"]
    assert (top["root"], top["folder"], top["name"]) == (library.name, "", library.name)
    assert (top["videos"], top["total_videos"], top["available"]) == (1, 5, True)
    page = level(scanned, root=library.name)
    assert [one["name"] for one in page["items"]] == [f"caf{MARK}", "day2", "day10"]
    assert page["parent"]["total_videos"] == 5
    ten = page["items"][2]
    assert (ten["videos"], ten["total_videos"], ten["has_subfolders"]) == (1, 2, True)
    assert scanned.get(ten["thumbnail_url"]).headers["content-type"].startswith("image/")
    (evening,) = level(scanned, root=library.name, folder="day10")["items"]
    assert evening["folder"] == "day10/evening"


def test_pages_of_a_level_follow_each_other(scanned: httpx.Client, library: Path) -> None:
    first = level(scanned, root=library.name, limit=2)
    rest = level(scanned, root=library.name, limit=2, cursor=first["next_cursor"])
    assert [one["name"] for one in rest["items"]] == ["day10"]
    assert rest == level(scanned, root=library.name, limit=2, offset=2)


def test_each_folder_lists_its_videos_with_and_without_subfolders(
    scanned: httpx.Client, library: Path
) -> None:
    for folder in [*level(scanned, root=library.name)["items"], level(scanned)["items"][0]]:
        for subfolders, count in ((True, "total_videos"), (False, "videos")):
            params = {"root": folder["root"], "folder": folder["folder"], "subfolders": subfolders}
            listed = scanned.get("/api/v1/videos", params=params).json()
            assert listed["total"] == len(listed["items"]) == folder[count]
            facets = scanned.get("/api/v1/videos/facets", params=params).json()
            assert facets["root"] == [{"value": library.name, "count": folder[count]}]


def test_a_bulk_edit_of_a_folder_leaves_out_its_subfolders(
    scanned: httpx.Client, library: Path
) -> None:
    query = {"root": library.name, "folder": "day10", "subfolders": False}
    edit = {"query": query, "rating": 4}
    assert scanned.post("/api/v1/videos/bulk", json=edit).json()["edited"] == 1
    rated = scanned.get("/api/v1/videos", params={"min_rating": 4}).json()["items"]
    assert [one["path"] for one in rated] == ["day10/clip.mp4"]


def test_the_way_to_a_folder_has_its_places(scanned: httpx.Client, library: Path) -> None:
    params = {"root": library.name, "folder": "day10/evening"}
    way = scanned.get(f"{TREE}/path", params=params).json()["items"]
    assert [(one["name"], one["index"]) for one in way] == [
        (library.name, 0),
        ("day10", 2),
        ("evening", 0),
    ]


def test_folders_of_the_disk_say_what_the_library_has_of_them(
    scanned: httpx.Client, library: Path
) -> None:
    page = scanned.get("/api/v1/folders", params={"path": str(library)}).json()
    counts = [(one["name"], one["total_videos"]) for one in page["items"]]
    assert counts == [(f"caf{MARK}", 1), ("day2", 1), ("day10", 2), ("empty", 0)]
    (top,) = scanned.get("/api/v1/folders").json()["items"]
    assert top["total_videos"] == 5


@pytest.mark.parametrize(
    ("params", "status", "kind"),
    [
        ({"root": "nowhere"}, 404, "folder-not-found"),
        ({"root": "films0", "folder": "no/such"}, 404, "folder-not-found"),
        ({"root": "films0", "folder": "../films0"}, 404, "folder-not-found"),
        ({"folder": "a"}, 422, "malformed-request"),
        ({"root": "films0", "limit": "0"}, 422, "malformed-request"),
        ({"root": "films0", "offset": "1", "cursor": "x"}, 422, "malformed-request"),
        ({"root": "films0", "cursor": "rubbish"}, 422, "invalid-cursor"),
    ],
)
def test_what_is_not_there_is_refused(
    scanned: httpx.Client, library: Path, params: dict[str, str], status: int, kind: str
) -> None:
    given = {name: library.name if text == "films0" else text for name, text in params.items()}
    answer = scanned.get(TREE, params=given)
    if kind == "invalid-cursor":
        status = answer.status_code
        assert status in {400, 422}
    problem(answer, status, kind)


def test_an_unplugged_root_stays_in_the_tree(tmp_path: Path) -> None:
    root = tmp_path / "stick"
    (root / "day").mkdir(parents=True)
    shutil.copy(make_clip("small-0.mp4"), root / "day" / "clip.mp4")
    settings = load_settings(roots=(root,), data_dir=tmp_path, port=0)
    with running_server(settings) as server, server.client() as client:
        assert scan(client, str(root))["status"] == "succeeded"
        root.rename(tmp_path / "unplugged")
        (top,) = level(client)["items"]
        assert not top["available"]
        assert "There is no such folder" in top["problem"]
        (day,) = level(client, root=root.name)["items"]
        assert (day["name"], day["videos"], day["missing"]) == ("day", 1, 0)
