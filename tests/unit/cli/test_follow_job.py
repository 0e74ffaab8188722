"""A command's job, run in the process of the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# In a process of its own, in which nothing else has loaded structlog.
PROGRAM = """
import asyncio, sys
from pathlib import Path

from stoat_ferret.cli.follow_job import Task, run_to_outcome
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.config import load_settings


async def submit(_client):
    import structlog

    structlog.get_logger("a.part").error("file_failed", path="clip.mp4")
    structlog.get_logger("stoat_ferret.api.a_part").error("request_failed")
    return {"id": "1", "status": "succeeded"}


settings = load_settings(data_dir=Path(sys.argv[1]), log_format="json")
with logging_to_stderr(settings, quiet=True):
    assert "structlog" not in sys.modules
    outcome = asyncio.run(run_to_outcome(settings, Task(command="a test", submit=submit)))
assert outcome.status == "succeeded", outcome
"""


def test_what_a_task_logs_is_not_printed_between_its_results(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    [told] = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert (told["event"], told["path"]) == ("file_failed", "clip.mp4")
