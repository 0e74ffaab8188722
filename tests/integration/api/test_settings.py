"""Settings and library folders that are changed while the server runs."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips
from tests.integration.api.problems import problem
from tests.integration.api.server import RunningServer, running_server

from stoat_ferret.cli.program import run_program
from stoat_ferret.config import Settings, load_settings
from stoat_ferret.edits import editor
from stoat_ferret.errors import ConfigurationError, ForgettingChangedError, RootRefusedError
from stoat_ferret.library.forget import Forgetting

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.library.forget import ForgetPreview, Forgettable

DEADLINE_SECONDS = 60.0
TOKEN = "only-the-test-knows"  # noqa: S105  it is one


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home folder: its videos are the default root."""
    home = tmp_path_factory.mktemp("home")
    for name in ("Videos", "films", "films/deep", ".hidden", "other", "data"):
        (home / name).mkdir()
    small_clips(home / "films", 2)
    return home


@pytest.fixture(scope="module")
def settings(home: Path) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("STOAT_")]:
            patch.delenv(name)
        patch.setenv("HOME", str(home))
        yield load_settings(
            data_dir=home / "data", port=0, shutdown_grace_seconds=0.5, quiet_hours="3:00-4:00"
        )


def change(client: httpx.Client, **values: object) -> dict[str, Any]:
    response = client.patch("/api/v1/settings", json=values, headers={"if-match": "*"})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def wait_for_end(client: httpx.Client, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        job: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}").json()
        if job["finished_at"]:
            return job
        assert time.monotonic() < deadline, job


def scan(client: httpx.Client, folder: Path) -> dict[str, Any]:
    job = client.post("/api/v1/scans", json={"path": str(folder)}).json()
    return wait_for_end(client, job["id"])


def roots(client: httpx.Client) -> list[str]:
    return [root["path"] for root in client.get("/api/v1/roots").json()["items"]]


def test_settings_tell_what_is_fixed_by_which_variable(client: httpx.Client) -> None:
    response = client.get("/api/v1/settings")
    answer = response.json()
    assert answer["fixed"] == {"quiet_hours": "STOAT_QUIET_HOURS"}
    assert answer["values"]["quiet_hours"] == "3:00-4:00"
    assert answer["values"]["storyboards_after_scan"] is True
    assert response.headers["etag"] == f'"{answer["revision"]}"'


def test_changes_take_effect_at_once_and_stay(client: httpx.Client, settings: Settings) -> None:
    before = client.get("/api/v1/settings")
    values = {"scan_schedule": "0  3 * * *", "scan_concurrency": 3, "thumbnails": False}
    same = {"if-match": before.headers["etag"]}
    response = client.patch("/api/v1/settings", json=values, headers=same)
    answer = response.json()
    assert answer["values"]["scan_schedule"] == "0 3 * * *"
    assert answer["values"]["scan_concurrency"] == 3
    assert answer["defaults"]["scan_concurrency"] == 1
    assert answer["revision"] == before.json()["revision"] + 1
    system = client.get("/api/v1/system").json()
    assert system["scan_schedule"] == "0 3 * * *"
    assert system["next_scan_at"]
    stored = json.loads((settings.data_dir / "settings.json").read_text())
    assert stored["scan_concurrency"] == 3
    assert (settings.data_dir / "settings.json").stat().st_mode & 0o777 == 0o600
    problem(client.patch("/api/v1/settings", json={"watch": "off"}), 428, "precondition-required")
    late = client.patch("/api/v1/settings", json={"watch": "off"}, headers=same)
    problem(late, 412, "settings-changed")
    answer = change(client, scan_schedule=None, scan_concurrency=None, thumbnails=None)
    assert answer["values"] == {**answer["defaults"], "quiet_hours": "3:00-4:00"}


@pytest.mark.parametrize(
    ("values", "status", "kind", "said"),
    [
        ({"quiet_hours": "22:00-6:00"}, 409, "setting-fixed", "STOAT_QUIET_HOURS is set"),
        ({"scan_schedule": "at night"}, 422, "malformed-request", "name minute, hour"),
        ({"scan_concurrency": 0}, 422, "malformed-request", "greater than or equal to 1"),
        ({"render_concurrency": 65}, 422, "malformed-request", "less than or equal to 64"),
        ({"watch": "sometimes"}, 422, "malformed-request", "'auto', 'poll' or 'off'"),
        ({"token": "secret"}, 422, "malformed-request", "token"),
        ({"roots": ["/"]}, 422, "malformed-request", "roots"),
        ({"added_roots": ["/"]}, 422, "malformed-request", "added_roots"),
    ],
)
def test_what_cannot_be_set_is_refused_as_a_whole(
    client: httpx.Client, values: dict[str, Any], status: int, kind: str, said: str
) -> None:
    before = client.get("/api/v1/settings").json()
    given = {"thumbnails": False, **values}
    answer = client.patch("/api/v1/settings", json=given, headers={"if-match": "*"})
    assert said in problem(answer, status, kind)["detail"]
    assert client.get("/api/v1/settings").json() == before


def test_limits_hold_for_what_is_queued_already(
    server: RunningServer, client: httpx.Client
) -> None:
    change(client, render_concurrency=4, scan_concurrency=2)

    async def limits(services: Services) -> tuple[float, int]:
        lanes = services.queue._lanes  # type: ignore[attr-defined]
        return services.renders.slots.total_tokens, lanes["scan"].limit

    assert server.call(limits) == (4, 2)
    change(client, render_concurrency=None, scan_concurrency=None)
    assert server.call(limits) == (1, 1)


def test_a_folder_is_added_and_removed_with_its_videos_and_comes_back(
    client: httpx.Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = home / "films"
    assert roots(client) == [str(home / "Videos")]
    problem(client.post("/api/v1/scans", json={"path": str(films)}), 403, "path-outside-roots")
    added = client.post("/api/v1/roots", json={"path": f"{films}/"})
    assert added.status_code == 201, added.text
    assert added.json() == {
        "name": "films",
        "path": str(films),
        "available": True,
        "problem": None,
        "fixed_by": None,
    }
    assert scan(client, films)["result"]["added"] == 2
    video = client.get("/api/v1/videos").json()["items"][0]
    assert client.get(f"/api/v1/videos/{video['id']}/stream").status_code == 200
    edit = {"rating": 4, "tags": ["kept"]}
    client.patch(f"/api/v1/videos/{video['id']}", json=edit, headers={"if-match": "*"})

    where = {"path": str(films)}
    dry = client.post("/api/v1/roots/remove", json={**where, "dry_run": True}).json()
    assert (dry["count"], dry["annotated"], dry["undo"]) == (2, 1, None)
    assert str(films) in roots(client)
    no_count = client.post("/api/v1/roots/remove", json={**where, "dry_run": False})
    problem(no_count, 422, "malformed-request")
    fewer = {**where, "dry_run": False, "expected_count": 1}
    problem(client.post("/api/v1/roots/remove", json=fewer), 409, "forgetting-changed")
    right = {**where, "dry_run": False, "expected_count": 2}
    removed = client.post("/api/v1/roots/remove", json=right).json()
    assert removed["forgotten"] == 2
    assert roots(client) == [str(home / "Videos")]
    assert client.get("/api/v1/videos").json()["total"] == 0
    assert sorted(path.name for path in films.glob("*.mp4")) != []
    problem(client.post("/api/v1/scans", json={"path": str(films)}), 403, "path-outside-roots")
    problem(client.post("/api/v1/roots/remove", json=right), 422, "root-refused")

    assert client.post(f"/api/v1/undo/{removed['undo']}").json()["restored"] == 2
    assert roots(client) == [str(home / "Videos"), str(films)]
    again = client.get(f"/api/v1/videos/{video['id']}").json()
    assert (again["rating"], again["tags"]) == (4, ["kept"])
    assert client.get(f"/api/v1/videos/{video['id']}/stream").status_code == 200
    assert scan(client, films)["result"]["unchanged"] == 2
    # As a job, as for more videos.
    monkeypatch.setattr(editor, "MAX_AT_ONCE", 1)
    job = client.post("/api/v1/roots/remove", json=right).json()["job"]
    result = wait_for_end(client, job["id"])["result"]
    assert result["removed"] == 2
    assert roots(client) == [str(home / "Videos")]
    undoing = client.post(f"/api/v1/undo/{result['undo']}").json()
    assert wait_for_end(client, undoing["id"])["result"]["restored"] == 2
    assert roots(client) == [str(home / "Videos"), str(films)]
    monkeypatch.undo()
    # What has taken its place is not listed twice.
    removed = client.post("/api/v1/roots/remove", json=right).json()
    inner = {"path": str(films / "deep")}
    assert client.post("/api/v1/roots", json=inner).status_code == 201
    answer = client.post(f"/api/v1/undo/{removed['undo']}")
    assert "contains the library folder" in problem(answer, 422, "root-refused")["detail"]
    body = {**inner, "dry_run": False, "expected_count": 0}
    assert client.post("/api/v1/roots/remove", json=body).status_code == 200


def test_a_default_folder_can_be_removed_and_added_again(client: httpx.Client, home: Path) -> None:
    where = {"path": str(home / "Videos")}
    nothing = {**where, "dry_run": False, "expected_count": 0}
    assert client.post("/api/v1/roots/remove", json=nothing).json()["undo"] is None
    assert client.get("/api/v1/roots").json()["total"] == 0
    assert client.post("/api/v1/roots", json=where).status_code == 201
    assert roots(client) == [str(home / "Videos")]


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        *(("/", "operating system"), ("/proc", "operating system"), ("/etc", "operating system")),
        *(("/proc/self/root", "operating system"), ("/usr/share", "operating system")),
        (f"HOME{'/..' * 40}/etc", "operating system"),
        ("HOME/to-etc", "operating system"),
        ("HOME/.hidden", "hidden"),
        ("HOME/to-hidden", "hidden"),
        *(("HOME/data", "data folder"), ("HOME/data/inner", "data folder")),
        *(("HOME", "data folder"), ("HOME/holder", "contains the library folder")),
        ("HOME/Videos", "is a library folder already"),
        ("HOME/Videos/holiday", "is inside the library folder"),
    ],
)
def test_folders_that_are_not_of_people_are_refused(
    client: httpx.Client, home: Path, folder: str, said: str
) -> None:
    for link, target in (("to-etc", Path("/etc")), ("to-hidden", home / ".hidden")):
        if not (home / link).is_symlink():
            (home / link).symlink_to(target)
    for name in ("Videos/holiday", "data/inner", "holder/other"):
        (home / name).mkdir(exist_ok=True, parents=True)
    inner = {"path": str(home / "holder" / "other")}
    if "holder" in folder:
        assert client.post("/api/v1/roots", json=inner).status_code == 201
    path = folder.replace("HOME", str(home))
    answer = client.post("/api/v1/roots", json={"path": path})
    assert said in problem(answer, 422, "root-refused")["detail"]
    if "holder" in folder:
        removal = {**inner, "dry_run": False, "expected_count": 0}
        assert client.post("/api/v1/roots/remove", json=removal).status_code == 200
    assert roots(client) == [str(home / "Videos")]


def test_a_folder_that_was_removed_comes_back_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The default folder holds the data folder and is reached by a link; another one is unplugged.
    for name in ("films", "data"):
        (tmp_path / "disk" / name).mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "disk")
    home, films = tmp_path / "home", tmp_path / "films"
    films.mkdir()
    for name in [name for name in os.environ if name.startswith("STOAT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    given = load_settings(data_dir=home / "data", output_dir=tmp_path / "renders", port=0)
    (tmp_path / "renders").mkdir()
    with running_server(given) as server, server.client() as client:
        assert client.post("/api/v1/roots", json={"path": str(films)}).status_code == 201
        removal = {"dry_run": False, "expected_count": 0}
        for path in (str(home), str(films)):
            body = {"path": path, **removal}
            assert client.post("/api/v1/roots/remove", json=body).status_code == 200
        films.rmdir()
        for path in (str(home), str(films)):
            answer = client.post("/api/v1/roots", json={"path": path})
            assert (answer.status_code, answer.json()["path"]) == (201, path), answer.text
        assert roots(client) == [str(home), str(films)]
        problem(client.post("/api/v1/roots", json={"path": str(films)}), 404, "folder-not-found")
        # What was added meanwhile is not listed twice.
        body = {"path": str(home), **removal}
        assert client.post("/api/v1/roots/remove", json=body).status_code == 200
        inner = {"path": str(tmp_path / "disk" / "films")}
        assert client.post("/api/v1/roots", json=inner).status_code == 201
        answer = client.post("/api/v1/roots", json={"path": str(home)})
        assert "contains the library folder" in problem(answer, 422, "root-refused")["detail"]


def test_the_command_brings_a_removed_folder_back_without_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    films, data = tmp_path / "films", tmp_path / "data"
    small_clips(films, 1)
    data.mkdir()
    monkeypatch.setenv("STOAT_ROOTS", str(tmp_path / "none"))
    with running_server(load_settings(data_dir=data, port=0)) as server, server.client() as client:
        assert client.post("/api/v1/roots", json={"path": str(films)}).status_code == 201
        assert scan(client, films)["result"]["added"] == 1
        body = {"path": str(films), "dry_run": False, "expected_count": 1}
        removed = client.post("/api/v1/roots/remove", json=body).json()
        assert removed["forgotten"] == 1
    assert "added_roots" not in json.loads((data / "settings.json").read_text())
    assert run_program(["undo", removed["undo"], "--data-dir", str(data)]) == 0
    assert "Undone for 1 video" in capsys.readouterr().out
    assert json.loads((data / "settings.json").read_text())["added_roots"] == [str(films)]


def test_of_two_folders_that_overlap_only_one_can_be_added_at_a_time(
    server: RunningServer, home: Path
) -> None:
    (home / "both" / "inner").mkdir(parents=True)

    async def add(services: Services) -> list[object]:
        paths = (home / "both", home / "both" / "inner")
        adding = (services.root_editor.add(str(path)) for path in paths)
        return list(await asyncio.gather(*adding, return_exceptions=True))

    refused = [one for one in server.call(add) if isinstance(one, RootRefusedError)]
    assert len(refused) == 1
    with server.client() as client:
        (path,) = set(roots(client)) - {str(home / "Videos")}
        body = {"path": path, "dry_run": False, "expected_count": 0}
        assert client.post("/api/v1/roots/remove", json=body).status_code == 200


def test_a_folder_in_which_a_scan_finds_more_meanwhile_stays(
    server: RunningServer, client: httpx.Client, home: Path
) -> None:
    where = {"path": str(home / "films")}
    assert client.post("/api/v1/roots", json=where).status_code == 201

    class Growing(Forgetting):
        counts = iter((0, 1))

        async def preview(self, which: Forgettable) -> ForgetPreview:
            return replace(await super().preview(which), count=next(self.counts))

    async def remove(services: Services) -> None:
        growing = Growing(services.database, discard=services.pictures.discard)
        root_editor = replace(services.root_editor, forgetting=growing)
        await root_editor.remove(where["path"], expected_count=0)

    with pytest.raises(ForgettingChangedError):
        server.call(remove)
    assert where["path"] in roots(client)
    body = {**where, "dry_run": False, "expected_count": 0}
    assert client.post("/api/v1/roots/remove", json=body).status_code == 200


def test_what_is_no_folder_cannot_be_added(client: httpx.Client, home: Path) -> None:
    clip = next((home / "films").glob("*.mp4"))
    for path in (home / "nowhere", clip):
        problem(client.post("/api/v1/roots", json={"path": str(path)}), 404, "folder-not-found")
    for text in ("films", "", "~/films"):
        problem(client.post("/api/v1/roots", json={"path": text}), 422, "malformed-request")


def test_fixed_folders_stay_and_others_need_permission(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    given = {"roots": (home / "films",), "data_dir": tmp_path / "data", "port": 0}
    fixed = {"path": str(home / "films"), "dry_run": True}
    with (
        running_server(load_settings(**given, token=TOKEN)) as server,
        server.client() as client,
    ):
        problem(client.get("/api/v1/settings"), 401, "token-required")
        body = {"path": str(home / "other")}
        problem(client.post("/api/v1/roots", json=body), 401, "token-required")
        token = {"authorization": f"Bearer {TOKEN}"}
        listed = client.get("/api/v1/roots", headers=token).json()
        assert [root["fixed_by"] for root in listed["items"]] == ["STOAT_ROOTS"]
        answer = client.post("/api/v1/roots/remove", json=fixed, headers=token)
        problem(answer, 409, "setting-fixed")
        foreign = {**token, "origin": "https://evil.example"}
        answer = client.post("/api/v1/roots", json=body, headers=foreign)
        problem(answer, 403, "origin-not-allowed")
        assert client.post("/api/v1/roots", json=body, headers=token).status_code == 201
    # It is there after a restart, whatever may be added now.
    monkeypatch.setenv("STOAT_ADD_FOLDERS_FROM", "none")
    with running_server(load_settings(**given)) as server, server.client() as client:
        assert roots(client) == [str(home / "films"), str(home / "other")]
        change(client, quiet_hours="0:00-24:00")
        hours = client.get("/api/v1/jobs/quiet-hours").json()
        assert (hours["hours"], hours["are_now"]) == ("0:00-24:00", True)
        job = client.post("/api/v1/scans", json={"path": str(home / "films")}).json()
        assert client.get(f"/api/v1/jobs/{job['id']}").json()["status"] == "queued"
        change(client, quiet_hours=None)
        assert wait_for_end(client, job["id"])["status"] == "succeeded"
        assert client.get("/api/v1/roots").json()["can_add"] is False
        answer = client.post("/api/v1/roots", json={"path": str(home / "Videos")})
        assert "STOAT_ADD_FOLDERS_FROM" in problem(answer, 422, "root-refused")["detail"]
    (tmp_path / "data" / "settings.json").write_text('{"scan_concurrency": "many"}')
    with (
        pytest.raises(
            ConfigurationError, match=r"settings\.json cannot be used .*scan_concurrency"
        ),
        running_server(load_settings(**given)),
    ):
        pass
