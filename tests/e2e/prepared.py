"""Commands that start in a hundredth of the time: forks of a process that has imported the program.

Two thirds of the processor time of a short command go into importing it. A test process that starts
many therefore starts one process that imports all modules and does nothing else (`serve_requests`),
and each command is a fork of that: a process of its own, with its own environment, standard
streams, signals and exit code. What a start itself does is tested with commands that are started
the ordinary way (`Stoat.is_prepared`).
"""

from __future__ import annotations

import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LENGTH = struct.Struct("!I")
_STATUS = struct.Struct("!i")
_STREAMS = 3


@dataclass
class PreparedProcess:
    """A command that runs; the methods are those of `subprocess.Popen`."""

    args: list[str]
    pid: int
    status: IO[bytes]
    stdout: IO[bytes] | None = None
    stderr: IO[bytes] | None = None
    returncode: int | None = field(default=None, init=False)

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""
        if self.returncode is None and select.select([self.status], [], [], 0)[0]:
            self.returncode = self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code. Raises `subprocess.TimeoutExpired` after `timeout` seconds."""
        if self.returncode is None:
            if not select.select([self.status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0.0)
            self.returncode = self._end()
        return self.returncode

    def _end(self) -> int:
        code: int = _STATUS.unpack(self.status.read(_STATUS.size))[0]
        self.status.close()
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send it SIGKILL, unless it has ended."""
        self.send_signal(signal.SIGKILL)


class Preparer:
    """The process that the commands are forks of."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.prepared", str(theirs.fileno())],
                env={k: v for k, v in os.environ.items() if not k.startswith(("STOAT_", "PYTHON"))}
                | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self._end)

    @classmethod
    @cache
    def shared(cls) -> Self:
        """Return the one of this process; it ends with it."""
        return cls()

    def _end(self) -> None:
        self._requests.close()
        self._process.wait()  # so that what the commands used is counted

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> PreparedProcess:
        """Start a command without input whose output and errors are pipes."""
        output, its_output = os.pipe()
        errors, its_errors = os.pipe()
        with Path(os.devnull).open("rb") as nothing:
            try:
                streams = (nothing.fileno(), its_output, its_errors)
                process = self.start_with(arguments, environment, *streams)
            finally:
                os.close(its_output)
                os.close(its_errors)
        process.stdout, process.stderr = os.fdopen(output, "rb"), os.fdopen(errors, "rb")
        return process

    def start_with(
        self, arguments: Sequence[str], environment: Mapping[str, str], *streams: int
    ) -> PreparedProcess:
        """Start a command whose standard streams are the descriptors `streams`.

        If its standard input is a terminal, it runs in its foreground, in a session of its own.
        """
        status, its_status = os.pipe()
        request = {"arguments": arguments, "environment": environment, "folder": str(Path.cwd())}
        text = json.dumps(request).encode()
        try:
            socket.send_fds(self._requests, [_LENGTH.pack(len(text))], [*streams, its_status])
            self._requests.sendall(text)
        finally:
            os.close(its_status)
        answer = os.fdopen(status, "rb", buffering=0)
        pid = _STATUS.unpack(answer.read(_STATUS.size))[0]
        return PreparedProcess(list(arguments), pid, answer)


def serve_requests(requests: socket.socket) -> list[str]:
    """Fork a process for each request; return in that one, with its arguments.

    Ends this process when the requests do. The parent writes the id of the process, then its exit
    code, to the last descriptor of a request.
    """
    running: dict[int, int] = {}

    def report_ends(*_: object) -> None:
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            answer = running.pop(pid)
            _answer(answer, os.waitstatus_to_exitcode(status))
            os.close(answer)

    usual = signal.signal(signal.SIGCHLD, report_ends)
    while True:
        header, descriptors, *_ = socket.recv_fds(requests, _LENGTH.size, _STREAMS + 1)
        if not header:
            os._exit(0)
        request = json.loads(_read(requests, _LENGTH.unpack(header)[0]))
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, usual)
        else:
            running[pid] = descriptors[-1]
            _answer(descriptors[-1], pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
        if not pid:
            requests.close()
            for descriptor in running.values():
                os.close(descriptor)
            return _become(request, descriptors)
        for descriptor in descriptors[:_STREAMS]:
            os.close(descriptor)


def _answer(descriptor: int, number: int) -> None:
    with suppress(BrokenPipeError):  # the test has ended
        os.write(descriptor, _STATUS.pack(number))


def _read(requests: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        parts += requests.recv(length - len(parts))
    return bytes(parts)


def _become(request: dict[str, Any], descriptors: list[int]) -> list[str]:
    for number, descriptor in enumerate(descriptors[:_STREAMS]):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    is_terminal = os.isatty(0)
    if is_terminal:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # Those that Python made know whether the former files had positions and were terminals.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", 1 if is_terminal else -1, "utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    return list(request["arguments"])


_OTHERS = ("stoat_ferret.__main__", "stoat_ferret.library.migrations", "stoat_ferret.processes")
"""What runs by being imported, or in other processes."""


def import_program() -> None:
    """Import the modules of the program, as its commands do."""
    import stoat_ferret  # not in the process of the tests
    from stoat_ferret.cli.startup import start_fast

    start_fast()
    for module in pkgutil.walk_packages(stoat_ferret.__path__, "stoat_ferret."):
        if not module.name.startswith(_OTHERS):
            importlib.import_module(module.name)


def end_without_teardown(code: int) -> NoReturn:
    """End this process as Python does, but leave its modules and objects to the system.

    To take apart everything that was imported takes longer than most commands.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # what Python does first at its end
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import_program()
    gc.freeze()  # so that no fork copies what a collection would mark
    # When tests run in the background, the signal of Ctrl-C is ignored until a program resets it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv[1:] = serve_requests(socket.socket(fileno=int(sys.argv[1])))

    from stoat_ferret.cli import main

    try:
        main()
    except SystemExit as end:
        end_without_teardown(int(end.code or 0))
