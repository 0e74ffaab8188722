"""The command that makes rules, without a server."""

from __future__ import annotations

import asyncio
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.library.rows import save, video

from stoat_ferret.cli.commands.rules import COMMANDS
from stoat_ferret.cli.program import run_program
from stoat_ferret.database import Database, sqlite_url
from stoat_ferret.library.repository import VideoRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data_dir(tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder with two videos."""
    monkeypatch.setenv("STOAT_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("STOAT_DATABASE_URL", raising=False)
    shutil.copy(migrated_file, tmp_path / "library.db")

    async def fill() -> None:
        database = Database(sqlite_url(tmp_path / "library.db"))
        (root,) = await VideoRepository(database).ensure_roots(["/films"])
        await save(database, root, video("sea/a.mp4"), video("b.mp4"))
        await database.aclose()

    asyncio.run(fill())
    return tmp_path


def test_the_command_makes_tries_and_deletes_rules(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: str) -> Any:
        assert run_program(["rules", *arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    body = data_dir / "body.json"
    body.write_text(json.dumps({"filter": {"min_height": 100}, "actions": {"add_tags": ["x"]}}))
    options = ["--body", str(body), "--when", "added", "--folder", "sea", "--storyboard"]
    tried = told("add", "Sea", *options, "--dry-run")
    assert (tried["count"], tried["storyboards"], tried["tagged"]) == (1, 1, 1)
    assert told("list") == {"items": []}
    made = told("add", "Sea", *options, "--existing", "--webhook", "https://example.org/")
    assert made["filter"] == {**made["filter"], "min_height": 100, "folder": "sea"}
    assert made["webhook_secret"].startswith("whsec_")
    assert told("off", made["id"])["enabled"] is False
    assert told("on", made["id"])["enabled"] is True
    (listed,) = told("list")["items"]
    assert (listed["name"], listed["webhook_secret"]) == ("Sea", None)
    assert told("runs", made["id"]) == {"items": [], "next_cursor": None, "total": 0}
    assert told("deliveries", made["id"])["total"] == 0
    assert told("delete", made["id"]) == {"deleted": made["id"]}
    assert run_program(["rules", "runs", made["id"]]) == 1
    assert "There is no rule" in capsys.readouterr().err


def test_a_dry_run_is_printed_for_people(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["rules", "add", "x", "--when", "added", "--render", "proxy", "--dry-run"]
    assert run_program(arguments) == 0
    assert capsys.readouterr().out.splitlines() == [
        "It concerns 2 existing videos.",
        "  sea/a.mp4",
        "  b.mp4",
        "2 renders",
        "1 job",
    ]
    assert run_program(["rules", "add", "x", "--when", "added"]) == 1
    assert "at least one action" in capsys.readouterr().err


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_each_command_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["rules", command, "--help"]) == 0
    assert f"stoat-ferret rules {command}" in capsys.readouterr().out.split("Example", 1)[1]
