"""The command: what it prints and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.blocking_calls.conftest import Sample

TOP = Path(__file__).parents[3]
GATE = TOP / "scripts" / "check_blocking_calls.py"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(GATE), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_no_findings(sample: Sample) -> None:
    sample.write(a="async def f():\n    pass\n")
    result = run(sample.folder)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_findings_are_lines_that_editors_understand(sample: Sample) -> None:
    sample.write(a="import time\nasync def f():\n    time.sleep(1)\n")
    result = run(sample.folder)
    assert result.returncode == 1
    assert result.stdout.startswith(f"{sample.folder / 'a.py'}:3:5: SF001 time.sleep() in ")
    assert "asyncio.sleep" in result.stdout


def test_findings_as_json(sample: Sample) -> None:
    sample.write(a="import time\nasync def f():\n    time.sleep(1)\n")
    result = run("--json", sample.folder)
    (found,) = json.loads(result.stdout)
    assert result.returncode == 1
    assert found["path"] == str(sample.folder / "a.py")
    assert (found["line"], found["column"], found["rule"]) == (3, 5, "SF001")
    assert found["call"] == "time.sleep"


def test_no_findings_as_json(sample: Sample) -> None:
    sample.write(a="")
    assert json.loads(run("--json", sample.folder).stdout) == []


@pytest.mark.parametrize("data", [b"def f(:\n", b"x = '\xff'\n", b"x = 1\0\n"])
def test_a_file_that_cannot_be_parsed_is_named(sample: Sample, data: bytes) -> None:
    sample.write(a="import time\nasync def f():\n    time.sleep(1)\n")
    (sample.folder / "broken.py").write_bytes(data)
    result = run(sample.folder)
    assert result.returncode == 2
    assert "broken.py" in result.stderr
    assert "Traceback" not in result.stderr
    assert "SF001" in result.stdout, "the other files are checked all the same"


def test_a_path_that_is_not_there(sample: Sample) -> None:
    result = run(sample.folder / "nothing")
    assert (result.returncode, result.stdout) == (2, "")
    assert "nothing" in result.stderr


def test_single_files_are_seen_together(sample: Sample) -> None:
    sample.write(
        helper="def load():\n    open('x')\n",
        a="from helper import load\nasync def f():\n    load()\n",
    )
    assert run(sample.folder / "a.py", sample.folder / "helper.py").returncode == 1
    assert run(sample.folder / "a.py").returncode == 0
