#!/usr/bin/env python3
"""Run the gate for blocking calls, which is in tools/loopgate."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools" / "loopgate" / "src"))

from loopgate.command_line import run

if __name__ == "__main__":
    run()
