"""A launcher that becomes another program, which the kernel kills when its parent ends.

It runs as a plain file, without this package: `launcher.py PARENT PROGRAM ARGUMENT…`. On systems
without this feature it only becomes the program.
"""

from __future__ import annotations

import os
import signal
import sys

NOT_STARTED = 127
_KILL_ON_PARENT_EXIT = 1  # PR_SET_PDEATHSIG of prctl(2)


def main() -> None:
    """Become the program on the command line; print the error if it cannot be started."""
    parent, program = int(sys.argv[1]), sys.argv[2]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_KILL_ON_PARENT_EXIT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    try:
        os.execv(program, sys.argv[2:])  # noqa: S606  found and named by the caller
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        os._exit(NOT_STARTED)


if __name__ == "__main__":
    main()
