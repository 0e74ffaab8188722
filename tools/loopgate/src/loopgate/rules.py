"""The rules, which decide which calls are findings."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopgate.catalog import Kind
from loopgate.model import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from loopgate.model import Call
    from loopgate.source import Allowance, Source

_RUN_IN_THREADS = re.compile(
    r"\.(get|post|put|patch|delete|head|options|trace|route|api_route|exception_handler|command"
    r"|callback)\b"
)
"""Decorators of routes and commands, whose plain functions run off the loop."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding and its place; `chain` leads from an asynchronous function to what blocks."""

    path: str
    line: int
    column: int
    rule: str
    call: str
    message: str
    chain: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return one line in the format of compilers."""
        return f"{self.path}:{self.line}:{self.column}: {self.rule} {self.message}"


def check(functions: Iterable[Function], sources: Iterable[Source]) -> list[Finding]:
    """Return all findings, sorted by file and line."""
    allowances = {source.module.path: source.allowances for source in sources}
    check_of_all = _Check(list(functions), allowances)
    found = [*check_of_all.plain(), *check_of_all.reached(), *check_of_all.exceptions()]
    return sorted(set(found), key=lambda one: (one.path, one.line, one.column, one.rule))


class _Check:
    """The rules, applied to the functions of a project."""

    def __init__(
        self, functions: list[Function], allowances: Mapping[Path, Mapping[int, Allowance]]
    ) -> None:
        self._functions = functions
        self._allowances = allowances
        self._on_loop = _reached_from_loop(functions)
        self._next = _way_to_block(functions, self._is_allowed)

    def plain(self) -> Iterator[Finding]:
        """Find SF001: blocking calls that show in the file itself."""
        for function in self._functions:
            if not function.module.has_async:
                continue
            for call in function.calls.values():
                if call.kind is None or self._is_allowed(call):
                    continue
                if function.is_async:
                    where = f"the asynchronous {function.label}()"
                elif call.kind.value.anywhere and not self._runs_elsewhere(function):
                    where = "a file with asynchronous functions"
                else:
                    continue
                yield _finding(
                    call,
                    "SF001",
                    f"{call.target}() in {where} {call.kind.value.why}, and the event loop with "
                    f"it. Use {call.kind.value.instead}.",
                )

    def reached(self) -> Iterator[Finding]:
        """Find SF002: synchronous functions that block and are called on the loop."""
        for function in self._functions:
            if not (function.is_async or function.runs_on_loop):
                continue
            for call in function.calls.values():
                target = call.target
                if isinstance(target, Function) and target in self._next and not target.is_async:
                    if not self._is_allowed(call):
                        yield self._chain_finding(call, target)
                elif call.kind and not function.is_async and not self._is_allowed(call):
                    yield _finding(
                        call,
                        "SF002",
                        f"{call.target}() in {function.label}(), which the event loop itself "
                        f"calls, {call.kind.value.why}. Use {call.kind.value.instead}.",
                    )

    def exceptions(self) -> Iterator[Finding]:
        """Find SF003: exceptions without a reason, or without a use."""
        self._mark_used()
        for path, by_line in self._allowances.items():
            for allowance in by_line.values():
                if not allowance.reason:
                    message = "blocking-ok needs a reason: `# blocking-ok: <why this may block>`."
                elif not allowance.is_used:
                    message = "nothing on this line blocks the event loop: remove blocking-ok."
                else:
                    continue
                yield Finding(
                    str(path), allowance.line, allowance.column, "SF003", "blocking-ok", message
                )

    def _runs_elsewhere(self, function: Function) -> bool:
        """Return whether it is known to run in a thread or a process, or without a loop."""
        is_plain_entry = any(_RUN_IN_THREADS.search(one) for one in function.decorators)
        return (function.is_handed_off or is_plain_entry) and function not in self._on_loop

    def _chain_finding(self, call: Call, first: Function) -> Finding:
        steps = [f"{call.caller.label} ({_place(call)})"]
        function: Function | str = first
        while isinstance(function, Function):
            onward = self._next[function]
            steps.append(f"{function.label} ({_place(onward)})")
            function = onward.target
        kind = onward.kind or Kind.WAIT
        steps.append(f"{function}()")
        return _finding(
            call,
            "SF002",
            f"{first.label}() is called on the event loop and {kind.value.why}: "
            f"{' → '.join(steps)}. Use {kind.value.instead} there, or hand {first.label} to "
            f"asyncio.to_thread here.",
            tuple(steps),
        )

    def _allowance(self, call: Call) -> Allowance | None:
        by_line = self._allowances.get(call.caller.module.path)
        if not by_line:
            return None
        lines = range(call.line, call.end_line + 1)
        return next((by_line[line] for line in lines if line in by_line), None)

    def _is_allowed(self, call: Call) -> bool:
        allowance = self._allowance(call)
        return allowance is not None and bool(allowance.reason)

    def _mark_used(self) -> None:
        """Mark the exceptions without which there would be more findings."""
        blocking = _way_to_block(self._functions, lambda _: False)
        for function in self._functions:
            is_on_loop = function in self._on_loop
            for call in function.calls.values():
                allowance = self._allowance(call)
                if allowance is None:
                    continue
                if call.kind is not None:
                    is_anywhere = function.module.has_async and call.kind.value.anywhere
                    allowance.is_used |= is_on_loop or (
                        is_anywhere and not self._runs_elsewhere(function)
                    )
                elif isinstance(call.target, Function) and not call.target.is_async:
                    allowance.is_used |= is_on_loop and call.target in blocking


def _reached_from_loop(functions: Iterable[Function]) -> set[Function]:
    """Return all functions that run on the loop."""
    reached = {one for one in functions if one.is_async or one.runs_on_loop}
    pending = deque(reached)
    while pending:
        for call in pending.popleft().calls.values():
            target = call.target
            if isinstance(target, Function) and target not in reached:
                reached.add(target)
                pending.append(target)
    return reached


def _way_to_block(
    functions: Iterable[Function], is_allowed: Callable[[Call], bool]
) -> dict[Function, Call]:
    """Map each synchronous function that blocks to its call on the shortest way there."""
    callers: dict[Function, list[Call]] = {}
    way: dict[Function, Call] = {}
    pending: deque[Function] = deque()
    for function in functions:
        for call in function.calls.values():
            if is_allowed(call):
                continue
            if isinstance(call.target, Function):
                callers.setdefault(call.target, []).append(call)
            elif not function.is_async and function not in way:
                way[function] = call
                pending.append(function)
    while pending:
        for call in callers.get(pending.popleft(), ()):
            if not call.caller.is_async and call.caller not in way:
                way[call.caller] = call
                pending.append(call.caller)
    return way


def _place(call: Call) -> str:
    return f"{call.caller.module.path}:{call.line}"


def _finding(call: Call, rule: str, message: str, chain: tuple[str, ...] = ()) -> Finding:
    name = call.target if isinstance(call.target, str) else call.target.label
    path = str(call.caller.module.path)
    return Finding(path, call.line, call.column, rule, name, message, chain)
