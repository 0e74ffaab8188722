"""The runner of the checks: what it runs, what it runs in parallel, and what it reports."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import check

if TYPE_CHECKING:
    from pathlib import Path


def python(name: str, program: str) -> check.Check:
    """Return a check that runs a Python program."""
    return check.Check(name, (sys.executable, "-c", program))


def test_a_check_that_fails_fails_the_whole_and_stops_no_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = check.Run()
    run.run_side_by_side(
        [python("bad", "print('why it failed'); raise SystemExit(3)"), python("next", "")],
        [python("other", "sum(range(3_000_000))")],
    )
    shown = capsys.readouterr().out
    assert "why it failed" in shown
    assert run.report(1.0) == 1
    report = capsys.readouterr().out
    assert {outcome.check.name for outcome in run.outcomes} == {"bad", "next", "other"}
    assert "failed with 3" in report
    assert "failed: bad" in report
    assert sum(outcome.cpu_seconds for outcome in run.outcomes) > 0


def test_all_is_well_where_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    run = check.Run()
    run.run_side_by_side([python("one", "")])
    assert run.report(0.5) == 0
    assert "failed" not in capsys.readouterr().out


def test_lanes_run_side_by_side(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    script = "import os, sys; os.path.exists(sys.argv[1]) or os.mkfifo(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, pipe], check=True)
    run = check.Run()
    # Each of the two can be opened only while the other one is open.
    run.run_side_by_side(
        [python("writer", f"open({str(pipe)!r}, 'w').write('word')")],
        [python("reader", f"raise SystemExit(open({str(pipe)!r}).read() != 'word')")],
    )
    assert [outcome.exit_code for outcome in run.outcomes] == [0, 0]


def test_a_test_that_fails_is_shown_before_the_next_one_ends(tmp_path: Path) -> None:
    tests = tmp_path / "test_two.py"
    tests.write_text("def test_first():\n    assert 1 == 2\n\n\ndef test_second():\n    pass\n")
    pytest_command = [sys.executable, "-m", "pytest", "-v", "-p", "tests.conftest"]
    result = subprocess.run(
        [*pytest_command, "-p", "no:cacheprovider", tests],
        cwd=check.TOP,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 1
    assert 0 < result.stdout.index("assert 1 == 2") < result.stdout.index("test_second PASSED")


def names(changed: list[str]) -> list[str]:
    return [checked.name for checked in check.static_checks_of(changed)]


def test_only_what_may_find_something_is_run() -> None:
    assert names(["README.md"]) == []
    assert names(["tests/unit/test_check.py"]) == ["ruff check", "ruff format", "mypy"]
    for file in ("src/stoat_ferret/errors.py", "tools/loopgate/src/loopgate/rules.py"):
        assert names([file])[-2:] == ["import-linter", "blocking calls"]
    assert names(["web/src/lib/session.ts"]) == ["oxlint and eslint", "vitest"]


def test_every_static_check_of_a_change_is_one_of_all() -> None:
    every = {checked.name for checked in check.static_checks()}
    assert set(names(["src/a.py", "web/src/a.ts"])) <= every


@pytest.mark.parametrize(("cores", "processes"), [(1, 1), (2, 2), (8, 4)])
def test_browsers_have_a_lane_of_their_own(
    monkeypatch: pytest.MonkeyPatch, cores: int, processes: int
) -> None:
    monkeypatch.setattr(check, "_cores", lambda: cores)
    (browsers,), (others,) = check.Tests(is_soak=False).lanes()
    assert processes_of(browsers) == processes
    assert processes_of(others) == cores + 1
    folders = {f"tests/{name}" for name in ("browser", "e2e", "integration", "unit")}
    folders.add("tools/loopgate/tests")
    assert {*browsers.command} & folders == {"tests/browser"}
    assert {*others.command} & folders == folders - {"tests/browser"}
    for lane in (browsers, others):
        assert "not soak and not serial" in lane.command


def processes_of(tests: check.Check) -> int:
    command = tests.command
    return int(command[command.index("-n") + 1]) if "-n" in command else 1


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.invalid"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_changed_is_what_upstream_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    origin.mkdir()
    git(origin, "init", "--initial-branch=main")
    for name in ("kept.py", "edited.py", "deleted.py"):
        (origin / name).write_text("one = 1\n")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "Begin")
    git(tmp_path, "clone", str(origin), str(clone))
    monkeypatch.setattr(check, "TOP", clone)
    assert check.changed_files() == []
    (clone / "edited.py").write_text("two = 2\n")
    (clone / "deleted.py").unlink()
    (clone / "new.py").write_text("three = 3\n")
    assert check.changed_files() == ["edited.py", "new.py"]
    git(clone, "add", ".")
    git(clone, "commit", "-m", "Go on")
    assert check.changed_files() == ["edited.py", "new.py"]
    git(clone, "branch", "--unset-upstream")
    assert check.changed_files() == []


def test_without_git_nothing_is_known_of_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "TOP", tmp_path)
    assert check.changed_files() is None


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no niceness")
@pytest.mark.parametrize("niceness", [0, 3])
def test_a_nice_check_leaves_the_processor_to_the_others(tmp_path: Path, niceness: int) -> None:
    found = tmp_path / "niceness"
    expected = min(19, os.nice(0) + niceness)
    program = (
        "import os, sys, time\n"
        "deadline = time.monotonic() + 10\n"
        f"while os.nice(0) != {expected} and time.monotonic() < deadline: pass\n"
        "open(sys.argv[1], 'w').write(str(os.nice(0)))"
    )
    command = (sys.executable, "-c", program, str(found))
    run = check.Run()
    run.run_side_by_side([check.Check("one", command, niceness=niceness)])
    assert run.report(0) == 0
    assert int(found.read_text()) == expected


def test_a_test_that_failed_is_ended_if_its_cleanup_waits_for_ever(tmp_path: Path) -> None:
    tests = tmp_path / "test_stuck.py"
    tests.write_text(
        "import threading\n\nimport pytest\n\n\n@pytest.fixture\ndef stuck():\n    yield\n"
        "    threading.Event().wait()\n\n\ndef test_fails(stuck):\n    assert 1 == 2\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-o", "faulthandler_timeout=2",
         "-p", "no:cacheprovider", tests],
        cwd=check.TOP,
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip
    assert result.returncode == 1
    assert "assert 1 == 2" in result.stdout
    assert "Timeout (0:00:02)!" in result.stderr
