"""The process that runs one function at a time for `MediaWorkers`, and may be killed at any time.

Run as a file by a bare interpreter, so that it starts in a few hundredths of a second: it imports
nothing of this package except what it is asked to run. A frame on the channel is its length in four
bytes, followed by that many bytes; an empty frame is a ping and is answered by an empty one. A
generator function answers in steps: each answer states whether more follow, and `GO_ON` requests
the next. After a request that begins with `STREAM`, the steps follow without being requested.
"""

import os
import pickle
import resource
import signal
import sys
import traceback
from types import GeneratorType
from typing import Any

_KILL_ON_PARENT_EXIT = 1  # PR_SET_PDEATHSIG of prctl(2)
_PICKLABLE_MODULES = ("builtins", "stoat_ferret.errors")
GO_ON, STREAM = b"+", b"*"  # no pickle starts with them


def main() -> None:
    """Serve the channel named on the command line until the other side closes it."""
    channel, parent = (int(argument) for argument in sys.argv[1:])
    _prepare_process(parent)
    hello = _receive(channel)
    if hello is None:
        return
    sys.path[:], module = pickle.loads(hello)  # noqa: S301  from the process that started this one
    _preload(module)
    _send(channel, b"")
    steps, is_stream = None, False
    while (request := _receive(channel)) is not None:
        if not request:
            _send(channel, b"")
            continue
        if request != GO_ON:
            is_stream = request.startswith(STREAM)
            steps = _begin(request.removeprefix(STREAM))  # abandons any unfinished call
        has_more = True
        while has_more:
            answer, has_more = _answer(steps)
            _send(channel, answer)
            has_more &= is_stream


def _prepare_process(parent: int) -> None:
    """Leave no traces, and do not outlive the parent."""
    os.dup2(2, 1)  # Output of libraries belongs in the log, not on the terminal.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_KILL_ON_PARENT_EXIT, signal.SIGKILL)
        _prefer_for_memory_kill()
    if os.getppid() != parent:
        os._exit(1)


def _prefer_for_memory_kill() -> None:
    """Make the kernel kill this process, not the server, if a file exhausts the memory."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123  pathlib is slow to load
            score.write("800")
    except OSError:
        pass


def _preload(module: str) -> None:
    """Import what the first call needs before its deadline starts; ignore errors until the call.

    Imports `module` and the modules named in its `LOAD_EARLY`.
    """
    try:
        __import__(module)
        for name in getattr(sys.modules[module], "LOAD_EARLY", ()):
            __import__(name)
    except Exception:  # noqa: BLE001  whatever a module raises, the call is to show it
        traceback.print_exc()


def _begin(request: bytes) -> Any:
    """Run the call in `request` as a generator, which `_answer` advances."""
    function, arguments = pickle.loads(request)  # noqa: S301  see above
    result = function(*arguments)
    return (yield from result) if isinstance(result, GeneratorType) else result


def _answer(steps: Any) -> tuple[bytes, bool]:
    """Return the next step of a call, and whether more follow.

    It has whether the call succeeded, its value, and whether more follow.
    """
    try:
        return pickle.dumps((True, next(steps), True)), True
    except StopIteration as end:
        return pickle.dumps((True, end.value, False)), False
    except Exception as error:  # noqa: BLE001  all of them belong to the caller
        return pickle.dumps((False, _picklable(error), False)), False


def _picklable(error: Exception) -> Exception:
    """Return `error`, or an equivalent that the other side can unpickle.

    Unexpected errors carry their traceback as a note, for the log.
    """
    kind = type(error)
    stack = "".join(traceback.format_exception(error))
    try:
        if kind.__module__ in _PICKLABLE_MODULES:
            if kind.__module__ == "builtins":
                error.add_note(stack)
            pickle.loads(pickle.dumps(error))  # noqa: S301  just written
            error.__traceback__ = None
            return error
    except Exception:  # noqa: BLE001  an error may do anything when it is pickled
        traceback.print_exc()
    plain = RuntimeError(f"{kind.__name__}: {_message(error)}")
    plain.add_note(stack)
    return plain


def _message(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  as above
        return ""


def _receive(channel: int) -> bytes | None:
    """Return the next frame; None at the end."""
    header = _read_exactly(channel, 4)
    return header and _read_exactly(channel, int.from_bytes(header, "big"))


def _read_exactly(channel: int, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        part = os.read(channel, size - len(data))
        if not part:
            return None
        data += part
    return data


def _send(channel: int, data: Any) -> None:
    rest = memoryview(len(data).to_bytes(4, "big") + data)
    while rest:
        rest = rest[os.write(channel, rest) :]


if __name__ == "__main__":
    main()
