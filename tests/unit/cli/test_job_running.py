"""A long task that a command runs by the server or here."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# In a process of its own, into which nothing else has loaded structlog.
PROGRAM = """
import asyncio, sys
from pathlib import Path

from stoat_ferret.cli.job_outcome import JobOutcome
from stoat_ferret.cli.job_running import run_somewhere
from stoat_ferret.cli.logs import logging_to_stderr
from stoat_ferret.config import load_settings
from stoat_ferret.jobs.job import JobStatus


async def here(_show):
    import structlog

    structlog.get_logger("a.part").error("file_failed", path="clip.mp4")
    return JobOutcome(JobStatus.SUCCEEDED, None)


settings = load_settings(data_dir=Path(sys.argv[1]), log_format="json")
with logging_to_stderr(settings, quiet=True):
    assert "structlog" not in sys.modules
    asyncio.run(run_somewhere(settings, "a test", by_server=None, here=here))
"""


def test_what_a_task_logs_is_not_printed_between_its_results(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path], capture_output=True, text=True, timeout=60
    )
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    [told] = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    assert (told["event"], told["path"]) == ("file_failed", "clip.mp4")
