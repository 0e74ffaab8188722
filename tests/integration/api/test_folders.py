"""Roots and folders over HTTP."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.integration.api.problems import problem
from tests.integration.api.server import running_server
from tests.integration.api.streams import scan

from stoat_ferret.config import load_settings

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from stoat_ferret.config import Settings

MARK = "\N{REPLACEMENT CHARACTER}"


def test_roots_are_listed(client: httpx.Client, library: Path, settings: Settings) -> None:
    assert client.get("/api/v1/roots").json() == {
        "items": [
            {
                "name": library.name,
                "path": str(library),
                "available": True,
                "problem": None,
                "fixed_by": "STOAT_ROOTS",
            }
        ],
        "next_cursor": None,
        "total": 1,
        "default": False,
        "can_add": True,
        "output": {"name": settings.renders_dir.name, "path": str(settings.renders_dir)},
    }


def test_a_root_whose_disk_is_not_there_is_listed_as_such(tmp_path: Path) -> None:
    settings = load_settings(roots=(tmp_path / "unplugged",), data_dir=tmp_path, port=0)
    with running_server(settings) as server, server.client() as client:
        (root,) = client.get("/api/v1/roots").json()["items"]
        assert not root["available"]
        assert "There is no such folder" in root["problem"]
        answer = client.get("/api/v1/folders", params={"path": str(tmp_path / "unplugged")})
        assert answer.status_code in {404, 409}


def test_without_a_path_the_folders_are_the_roots(client: httpx.Client, library: Path) -> None:
    page = client.get("/api/v1/folders").json()
    assert page["path"] is None
    assert page["items"] == [{"name": library.name, "path": str(library), "total_videos": 0}]


def test_hidden_folders_files_and_links_out_of_the_root_are_not_shown(
    client: httpx.Client, library: Path
) -> None:
    page = client.get("/api/v1/folders", params={"path": str(library)}).json()
    assert [folder["name"] for folder in page["items"]] == [
        f"caf{MARK}",
        "empty",
        "inside",
        "small",
    ]
    assert page["total"] == 4
    assert page["path"] == str(library)
    assert page["parent"] is None


def test_folders_lead_up_and_down(client: httpx.Client, library: Path) -> None:
    small = client.get("/api/v1/folders", params={"path": str(library / "small")}).json()
    assert small["parent"] == str(library)
    (folder,) = small["items"]
    assert (folder["name"], folder["path"]) == ("deep", str(library / "small" / "deep"))
    deep = client.get("/api/v1/folders", params={"path": small["items"][0]["path"]}).json()
    assert deep["items"] == []
    assert deep["parent"] == str(library / "small")


def test_a_folder_that_is_not_unicode_can_be_opened_and_scanned(
    client: httpx.Client, library: Path
) -> None:
    folders = client.get("/api/v1/folders", params={"path": str(library)}).json()["items"]
    path = folders[0]["path"]
    assert path == f"file://{library}/caf%E9"
    page = client.get("/api/v1/folders", params={"path": path}).json()
    assert page["path"] == path
    assert page["items"] == []
    job = scan(client, path)
    assert job["status"] == "succeeded"
    assert job["result"]["found"] == 1
    assert job["params"]["folder"] == f"caf{MARK}"


def test_a_file_and_what_lies_outside_are_no_folders(client: httpx.Client, library: Path) -> None:
    broken = client.get("/api/v1/folders", params={"path": str(library / "broken.mp4")})
    problem(broken, 404, "folder-not-found")
    outside = client.get("/api/v1/folders", params={"path": str(library / "outside" / "etc")})
    problem(outside, 403, "path-outside-roots")
    above = client.get("/api/v1/folders", params={"path": os.path.dirname(library)})  # noqa: PTH120  text
    problem(above, 403, "path-outside-roots")


def test_a_name_that_is_longer_than_there_may_be_is_of_no_folder(
    client: httpx.Client, library: Path
) -> None:
    for path in (f"{library}/{'a' * 300}", f"{library}/{'a' * 300}/b", f"{library}/{'é' * 200}"):
        problem(client.get("/api/v1/folders", params={"path": path}), 404, "folder-not-found")
        for call in ("scans", "storyboards"):
            answer = client.post(f"/api/v1/{call}", json={"path": path})
            problem(answer, 404, "folder-not-found")


def test_folders_are_in_the_order_of_their_numbers(client: httpx.Client, library: Path) -> None:
    names = ["Season 1", "season 2", "Season 10", "Season 10\u2013b"]
    for name in names:
        (library / "empty" / name).mkdir()
    page = client.get("/api/v1/folders", params={"path": str(library / "empty")}).json()
    assert [folder["name"] for folder in page["items"]] == names
