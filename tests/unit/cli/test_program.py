"""Errors of commands, and what help, version and wrong usage print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import pytest

from stoat_ferret import __version__
from stoat_ferret.cli.options import read_settings
from stoat_ferret.cli.program import COMMANDS, GROUPS, run_program
from stoat_ferret.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = Path("/dev/full")
HEAVY = ["sqlalchemy", "fastapi", "av", "httpx", "alembic", "uvicorn", "anyio", "asyncio"]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_program(["--version"]) == 0
    assert capsys.readouterr().out == f"stoat-ferret {__version__}\n"


ALL_COMMANDS = [
    *(command.__name__ for command, _ in COMMANDS),
    *(f"{group} {name}" for group, module in GROUPS.items() for name, _, _ in module.COMMANDS),
]


@pytest.mark.parametrize("command", ALL_COMMANDS)
def test_every_command_has_help_with_an_example_and_json(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run_program([*command.split(), "--help"]) == 0
    out = capsys.readouterr().out
    assert f"stoat-ferret {command}" in out.split("Example", 1)[1]
    assert "--json" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["scan"],
        ["scan", "a", "b"],
        ["videos", "--sort", "x"],
        ["serve", "--port", "x"],
    ],
)
def test_wrong_usage_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run_program(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Error" in captured.err


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_an_error_is_one_sentence_and_no_trace(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, extra: list[str]
) -> None:
    monkeypatch.setenv("STOAT_PORT", "70000")
    assert run_program(["jobs", *extra]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("stoat-ferret: The setting STOAT_PORT cannot be used: ")
    assert len(captured.err.splitlines()) == 1
    if extra:
        assert "STOAT_PORT" in json.loads(captured.out)["error"]
    else:
        assert captured.out == ""


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("STOAT_PORT", "many"),
        ("STOAT_PROBER", "vlc"),
        ("STOAT_PROBE_TIMEOUT_SECONDS", "-1"),
        ("STOAT_MEDIA_PROCESSES", "0"),
        ("STOAT_LOG_LEVEL", "loud"),
    ],
)
def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=variable) as caught:
        read_settings()
    assert repr(value) in str(caught.value)


def test_the_home_folder_of_nobody_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOAT_DATA_DIR", "~no-such-user-here/data")
    with pytest.raises(ConfigurationError):
        read_settings()


def test_a_flag_wins_over_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STOAT_DATA_DIR", "/elsewhere")
    assert read_settings(data_dir=tmp_path).data_dir == tmp_path
    assert str(read_settings(data_dir=None).data_dir) == "/elsewhere"


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from stoat_ferret.cli.program import run_program\n"
        "run_program(['--help'])\n"
        f"sys.exit(', '.join(name for name in {HEAVY} if name in sys.modules))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert result.stderr.strip() == ""


def print_version(stdout: int, *, unbuffered: bool) -> subprocess.CompletedProcess[str]:
    """Run the real command; Python notices a broken output when it writes, or when it ends."""
    return subprocess.run(
        [sys.executable, "-m", "stoat_ferret", "--version"],
        env={**os.environ, "PYTHONUNBUFFERED": "1" if unbuffered else ""},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("unbuffered", [False, True])
def test_a_reader_that_goes_away_is_no_error(unbuffered: bool) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = print_version(writing, unbuffered=unbuffered)
    finally:
        os.close(writing)
    assert result.returncode == 141
    assert result.stderr == ""


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a full disk at hand")
@pytest.mark.parametrize("unbuffered", [False, True])
def test_a_full_disk_is_a_sentence(unbuffered: bool) -> None:
    with FULL.open("wb") as full:
        result = print_version(full.fileno(), unbuffered=unbuffered)
    assert result.returncode == 1
    assert result.stderr == "stoat-ferret: [Errno 28] No space left on device\n"


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS], ids=lambda c: c.__name__)
def test_no_folder_of_videos_is_looked_at_while_arguments_are_read(
    command: Callable[..., None],
) -> None:
    """click would stat each path, which hangs for ever on a disk that does not answer."""
    for name, hint in get_type_hints(command, include_extras=True).items():
        if name in {"roots", "folder"} and "pathlib" in str(hint):
            (argument,) = hint.__metadata__
            assert argument.parser is Path, name
