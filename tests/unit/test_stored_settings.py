"""The file of the stored settings, and changing it while a server runs."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from stoat_ferret import server_settings, stored_settings
from stoat_ferret.cli.program import run_program
from stoat_ferret.config import load_settings
from stoat_ferret.errors import ConfigurationError, RootRefusedError, SettingFixedError
from stoat_ferret.server_settings import ServerSettings
from stoat_ferret.stored_settings import ChangeableSettings, SettingsFile, StoredSettings, changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.config import Settings

LONG_HOURS = ",".join(["mon 1:00-2:00"] * 35)


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in [name for name in os.environ if name.startswith("STOAT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Videos").mkdir()
    return load_settings(data_dir=tmp_path)


def drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("settings.json.*")]


def test_hours_that_become_too_long_when_written_out_are_refused(tmp_path: Path) -> None:
    assert len(LONG_HOURS) < 500
    with pytest.raises(ValidationError, match="usual form"):
        ChangeableSettings(quiet_hours=LONG_HOURS)
    hours = ",".join(["mon 1:00-2:00"] * 33)
    file = SettingsFile(tmp_path)
    stored = changed(StoredSettings(), ChangeableSettings(quiet_hours=hours).model_dump())
    file.write(stored)
    assert file.read() == stored


@pytest.mark.parametrize(
    "values",
    [
        {"quiet_hours": ", ".join(["mon 1:00-2:00"] * 40)},
        {"added_roots": tuple(Path(f"/mnt/{number}") for number in range(201))},
        {"scan_concurrency": 65},
        {"watch": "sometimes"},
    ],
)
def test_what_could_not_be_read_is_not_written(tmp_path: Path, values: dict[str, Any]) -> None:
    file = SettingsFile(tmp_path)
    file.write(changed(StoredSettings(), {"scan_concurrency": 2}))
    before = file.path.read_bytes()
    with pytest.raises(ConfigurationError, match="Nothing was changed"):
        file.write(changed(file.read(), values))
    assert file.path.read_bytes() == before
    assert drafts(tmp_path) == []


async def test_more_folders_than_can_be_stored_are_refused(base: Settings) -> None:
    settings = await ServerSettings.open(base)
    many = [str(base.data_dir / f"films {number}") for number in range(200)]
    settings.stored = StoredSettings.model_validate({"added_roots": many})
    with pytest.raises(RootRefusedError, match="200 folders"):
        await settings.add_root(base.data_dir / "one more")


def test_other_changes_of_the_file_are_not_overwritten(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.write(StoredSettings(scan_concurrency=3, revision=5))
    with pytest.raises(ConfigurationError, match="changed meanwhile"):
        file.write(StoredSettings(revision=5))
    assert file.read().scan_concurrency == 3
    assert drafts(tmp_path) == []


def test_a_folder_that_cannot_be_synced_does_not_deny_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(stored_settings, "_sync", fail)
    file = SettingsFile(tmp_path)
    file.write(StoredSettings(scan_concurrency=3, revision=1))
    assert file.read().scan_concurrency == 3


async def test_a_disk_that_answers_late_changes_nothing_afterwards(
    base: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = await ServerSettings.open(base)
    goes_on, ended = threading.Event(), threading.Event()
    write: Callable[..., None] = SettingsFile.write

    def slow(*args: Any) -> None:
        goes_on.wait()
        try:
            write(*args)
        finally:
            ended.set()

    monkeypatch.setattr(server_settings, "_STORE_SECONDS", 0.05)
    monkeypatch.setattr(SettingsFile, "write", slow)
    with pytest.raises(ConfigurationError, match="not answered"):
        await settings.change({"scan_concurrency": 3})
    goes_on.set()
    await asyncio.to_thread(ended.wait)
    assert not (base.data_dir / "settings.json").exists()
    assert drafts(base.data_dir) == []
    monkeypatch.undo()
    await settings.change({"scan_concurrency": 2})
    assert json.loads((base.data_dir / "settings.json").read_text())["scan_concurrency"] == 2


async def test_a_disk_that_does_not_answer_at_the_start_is_told_in_words(
    base: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    monkeypatch.setattr(server_settings, "_STORE_SECONDS", 0.05)
    monkeypatch.setattr(SettingsFile, "read", lambda _: goes_on.wait())
    with pytest.raises(ConfigurationError, match="not answered"):
        await ServerSettings.open(base)
    goes_on.set()


async def test_a_change_that_could_not_be_followed_is_followed_when_it_is_repeated(
    base: Settings,
) -> None:
    settings = await ServerSettings.open(base)
    seen: list[tuple[Path, ...]] = []
    is_broken = True

    async def follow(after: Settings) -> None:
        if is_broken:
            raise RuntimeError("the library did not answer")
        seen.append(after.roots)

    settings.followers.append(follow)
    films = base.data_dir / "films"
    with pytest.raises(RuntimeError, match="did not answer"):
        await settings.add_root(films)
    is_broken = False
    await settings.add_root(films)
    assert seen == [(*base.roots, films)]
    assert settings.stored.added_roots == (films,)


async def test_folders_of_the_root_map_are_fixed(base: Settings, tmp_path: Path) -> None:
    films = tmp_path / "films"
    mapped = load_settings(data_dir=tmp_path, root_map={"films": films})
    SettingsFile(tmp_path).write(StoredSettings(removed_roots=(films,), revision=1))
    settings = await ServerSettings.open(mapped)
    assert settings.current.roots == (films,)
    assert settings.fixed_by(films) == "STOAT_ROOT_MAP"
    assert settings.fixed_by(tmp_path / "other") is None
    with pytest.raises(SettingFixedError, match="STOAT_ROOT_MAP is set"):
        await settings.remove_root(films)
    assert (await ServerSettings.open(base)).fixed_by(base.roots[0]) is None


def test_doctor_reports_stored_settings_that_cannot_be_used(
    base: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (base.data_dir / "settings.json").write_text('{"scan_concurrency": "many"}')
    assert run_program(["doctor", "--json", "--data-dir", str(base.data_dir)]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert checks["settings"]["state"] == "broken"
    assert "scan_concurrency" in checks["settings"]["detail"]
    assert "must then be added again" in checks["settings"]["detail"]
    assert checks["roots"]["state"] == "ok"
