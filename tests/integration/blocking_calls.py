"""A detector of blocking calls that the package makes on an event loop, in any thread."""

from __future__ import annotations

import asyncio
import inspect
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from blockbuster import BlockBuster, BlockBusterFunction

import stoat_ferret

if TYPE_CHECKING:
    from types import FrameType, TracebackType

_PACKAGE = str(Path(stoat_ferret.__file__).parent)
_TESTS = str(Path(__file__).parents[1])
_MORE_FUNCTIONS = (
    "builtins.open io.open os.open os.scandir os.lstat os.fsync os.waitpid os.truncate os.chmod "
    "os.utime subprocess.Popen.wait fcntl.flock"
).split()
"""Functions that wait for the disk or a process, and that blockbuster does not know."""


class BlockingCalls:
    """Records the stack of each blocking call on a loop, and lets it happen.

    Blockbuster itself raises in the call, which a handler or a job would catch.
    """

    def __init__(self) -> None:
        self._stacks: list[str] = []
        self._detector = BlockBuster()
        functions = self._detector.functions
        for name in _MORE_FUNCTIONS:
            functions[name] = BlockBusterFunction(None, name)
        _allow(functions)
        for name, function in functions.items():
            note = partial(self._note, name, function, function.can_block_predicate)
            function.can_block_predicate = note

    def __enter__(self) -> Self:
        self._detector.activate()
        for function in self._detector.functions.values():
            if inspect.ismodule(function.module):
                _give_its_name(getattr(function.module, function.func_name), function)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._detector.deactivate()

    def raise_all(self) -> None:
        """Fail with everything found since the last call, if there is anything."""
        stacks = list(dict.fromkeys(self._stacks))
        self._stacks.clear()
        if stacks:
            raise AssertionError("\n".join(stacks))

    def _note(
        self, name: str, function: BlockBusterFunction, may: Any, *args: Any, **kwargs: Any
    ) -> bool:
        # First, because it is quick: most calls are the loop's own, and its sockets never block.
        if may(*args, **kwargs):
            return True
        call = sys._getframe(2)
        if _is_in_package(call) and not _is_allowed(call, function):
            self._stacks.append(f"{name} is called on the event loop:\n{_stack(call)}")
        return True


def _give_its_name(wrapper: Any, function: BlockBusterFunction) -> None:
    """Let a wrapper be pickled as the function it wraps: workers get functions by name."""
    wrapper.__module__ = function.module.__name__
    wrapper.__qualname__ = wrapper.__name__ = function.func_name


def _stack(call: FrameType) -> str:
    """Return the stack from the running callback of the loop to the call."""
    frames = traceback.extract_stack(call)
    starts = [n for n, frame in enumerate(frames) if frame.filename == asyncio.events.__file__]
    return "".join(traceback.format_list(frames[starts[-1] + 1 if starts else 0 :]))


def _is_in_package(call: FrameType) -> bool:
    """Return whether a coroutine or a callback of the package makes the call.

    A test may call plain functions of the package itself, because they may block.
    """
    frame: FrameType | None = call
    is_in_package = False
    while frame is not None:
        code = frame.f_code
        if code.co_filename.startswith(_TESTS):
            return False
        if code.co_filename.startswith(_PACKAGE):
            is_in_package = True
            if code.co_flags & (inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR):
                return True
        frame = frame.f_back
    return is_in_package


def _is_allowed(call: FrameType, function: BlockBusterFunction) -> bool:
    frame: FrameType | None = call
    while frame is not None:
        code = frame.f_code
        for file, names in function.can_block_functions:
            if code.co_filename.endswith(file) and code.co_name in names:
                return True
        frame = frame.f_back
    return False


def _allow(functions: dict[str, BlockBusterFunction]) -> None:
    """Allow calls that do not wait, or not while the server serves, each with its reason."""
    # The kernel has the name of the current folder in memory.
    del functions["os.getcwd"], functions["os.path.abspath"]
    for function in functions.values():
        # Runs before the server serves.
        function.can_block_in("stoat_ferret/library/migrations/__init__.py", "upgrade")
        # Files below /proc are not on a disk.
        function.can_block_in("prometheus_client/process_collector.py", "collect")
        # The source of an operation whose request is refused, cached by `linecache` afterwards.
        function.can_block_in("fastapi/routing.py", "_extract_endpoint_context")
        # The log of the tests; a thread writes the log of the server.
        function.can_block_in("structlog/dev.py", "__call__")
        function.can_block_in("logging/__init__.py", "emit")
