"""The command: its output and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.loopgate.tests.conftest import Sample

TOP = Path(__file__).parents[3]
GATE = TOP / "scripts" / "check_blocking_calls.py"


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(GATE), *map(str, arguments)]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


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


@pytest.mark.parametrize(
    "data", [b"def f(:\n", b"x = '\xff'\n", b"x = 1\0\n", b"-" * 20_000 + b"1"]
)
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


def test_files_of_the_same_name_are_all_checked(sample: Sample) -> None:
    sample.write(
        one__setup="import time\nasync def f():\n    time.sleep(1)\n",
        two__setup="import time\nasync def g():\n    time.sleep(1)\n",
    )
    result = run(sample.folder / "one", sample.folder / "two")
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == [
        str(sample.folder / name / "setup.py") for name in ("one", "two")
    ]


def test_links_lead_to_what_is_checked(sample: Sample) -> None:
    sample.write(
        elsewhere__low="import time\nasync def f():\n    time.sleep(1)\n", linked__empty=""
    )
    link = sample.folder / "linked" / "link.py"
    link.symlink_to(sample.folder / "elsewhere" / "low.py")
    for path in (link, link.parent):
        result = run(path)
        assert (result.returncode, result.stderr) == (1, "1 finding\n")


def test_what_is_called_like_a_file_but_is_none_is_passed_over(sample: Sample) -> None:
    (sample.folder / "folder.py").mkdir()
    os.mkfifo(sample.folder / "pipe.py")
    assert run(sample.folder).returncode == 0


def test_a_package_called_build_is_checked_and_a_folder_is_not(sample: Sample) -> None:
    text = "import time\nasync def f():\n    time.sleep(1)\n"
    sample.write(build__made=text, tool__build____init__="", tool__build__steps=text)
    (found,) = run(sample.folder).stdout.splitlines()
    assert found.startswith(str(sample.folder / "tool" / "build" / "steps.py"))


NESTED = {
    "branches": "def f(x):\n    if x == 0: pass\n" + "    elif x: pass\n" * 800,
    "a sum": "x = " + "+".join("1" * 900),
    "an annotation": f"x: '{'a.' * 30_000}b'",
    "a strange annotation": "x: '\\ud800'",
}


@pytest.mark.parametrize("form", NESTED)
def test_deeply_nested_code_is_followed(sample: Sample, form: str) -> None:
    sample.write(a=NESTED[form])
    result = run(sample.folder)
    assert (result.returncode, result.stderr) == (0, "")


def test_names_that_the_terminal_cannot_show(sample: Sample) -> None:
    sample.write(é="import time\nasync def f():\n    time.sleep(1)\n")
    result = run(sample.folder, PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stderr) == (1, "1 finding\n")
    assert "\\xe9.py:3:5" in result.stdout
