#!/usr/bin/env python3
"""Finds the calls that hold the event loop; docs/blocking-calls.md says how."""

from __future__ import annotations

import gc
import sys

from blocking_calls.command_line import main

if __name__ == "__main__":
    gc.disable()  # a third of the time, for nothing: what is made is needed to the end
    sys.exit(main(sys.argv[1:]))
