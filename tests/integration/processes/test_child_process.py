"""A child process whose output is held open by other processes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from stoat_ferret.processes.child_process import ChildProcess

SECONDS = 60
DAEMON = """
import subprocess, sys, time
code = "import time; time.sleep(60)"
other = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
print(other.pid, flush=True)
time.sleep(60)
"""


async def test_a_killed_process_whose_pipes_another_session_holds_is_let_go() -> None:
    child = await ChildProcess.start("a program", [sys.executable, "-c", DAEMON], stdout_bytes=100)
    async with asyncio.timeout(SECONDS):
        while not child.stdout.endswith(b"\n"):  # noqa: ASYNC110  it sets no event for output
            await asyncio.sleep(0.01)
        try:
            await child.kill()
            await child.ended.wait()
        finally:
            os.kill(int(child.stdout), signal.SIGKILL)
    assert child.exit_code == -signal.SIGKILL
