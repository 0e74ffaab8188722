"""The process that runs one function at a time for `MediaWorkers`, and may be killed at any time.

Run as a file by a bare interpreter, so that it starts in a few hundredths of a second: it imports
nothing of this package but what it is asked to run. Frames on the channel are four bytes of
length and that many bytes; an empty one is an echo, asked for and given. A function that is a
generator answers in steps: each answer says whether more follows, and `GO_ON` asks for it.
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
_RETURNABLE = ("builtins", "stoat_ferret.errors")
GO_ON = b"+"  # no pickle begins with it


def main() -> None:
    """Serve the channel named on the command line until the other side closes it."""
    channel, parent = (int(argument) for argument in sys.argv[1:])
    _become_expendable(parent)
    hello = _receive(channel)
    if hello is None:
        return
    sys.path[:], module = pickle.loads(hello)  # noqa: S301  from the process that started this one
    _import_early(module)
    _send(channel, b"")
    steps = None
    while (request := _receive(channel)) is not None:
        if not request:
            _send(channel, b"")
            continue
        if request != GO_ON:
            steps = _begin(request)  # what was left of another one ends here
        _send(channel, _answer(steps))


def _become_expendable(parent: int) -> None:
    """Leave no traces, and do not outlive the parent."""
    os.dup2(2, 1)  # What a library prints belongs to the log, not to the terminal.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_KILL_ON_PARENT_EXIT, signal.SIGKILL)
        _prefer_for_memory_kill()
    if os.getppid() != parent:
        os._exit(1)


def _prefer_for_memory_kill() -> None:
    """A file that eats all memory costs this process, not the server."""
    try:
        with open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123  pathlib is slow to load
            score.write("800")
    except OSError:
        pass


def _import_early(module: str) -> None:
    """Load what the first call needs before its deadline runs; the call itself shows errors.

    That is `module`, and the modules that it names in `LOAD_EARLY`.
    """
    try:
        __import__(module)
        for name in getattr(sys.modules[module], "LOAD_EARLY", ()):
            __import__(name)
    except Exception:  # noqa: BLE001  whatever a module raises, the call is to show it
        traceback.print_exc()


def _begin(request: bytes) -> Any:
    """The call in `request`, to be run a step at a time by `_answer`."""
    function, arguments = pickle.loads(request)  # noqa: S301  see above
    result = function(*arguments)
    return (yield from result) if isinstance(result, GeneratorType) else result


def _answer(steps: Any) -> bytes:
    """The next step of a call: whether it went well, what it gave, and whether more follows."""
    try:
        return pickle.dumps((True, next(steps), True))
    except StopIteration as end:
        return pickle.dumps((True, end.value, False))
    except Exception as error:  # noqa: BLE001  all of them belong to the caller
        return pickle.dumps((False, _returnable(error), False))


def _returnable(error: Exception) -> Exception:
    """`error`, or one that says the same where the other side would not take it.

    The stack of an unforeseen one goes with it as a note, for the log.
    """
    kind = type(error)
    stack = "".join(traceback.format_exception(error))
    try:
        if kind.__module__ in _RETURNABLE:
            if kind.__module__ == "builtins":
                error.add_note(stack)
            pickle.loads(pickle.dumps(error))  # noqa: S301  just written
            error.__traceback__ = None
            return error
    except Exception:  # noqa: BLE001  an error may do anything when it is pickled
        traceback.print_exc()
    plain = RuntimeError(f"{kind.__name__}: {_words(error)}")
    plain.add_note(stack)
    return plain


def _words(error: Exception) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  as above
        return ""


def _receive(channel: int) -> bytes | None:
    """The next frame; None at the end."""
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
