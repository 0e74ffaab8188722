"""The flow of values between functions, and the queue of functions to evaluate again."""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING

from loopgate.model import Cell, Class, Function, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from loopgate.model import Value, Values
    from loopgate.project import Project

_DECLARED_BY_ALL = frozenset(dir(object)) | {"__slots__", "__annotations__", "__doc__"}
_ORDINARY = frozenset(
    name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind)
) | frozenset(
    "add_note append cancel cancelled close closed commit connect done execute exists fileno flush "
    "get group join match mkdir name open parent path put read readline recv release rename "
    "result rollback run send set start stat stop submit terminate kill wait write unlink".split()
)


class Flow:
    """Reads and fills cells; queues the functions that have read a cell when it grows."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.is_guessing = False
        self.implementations: dict[Class, list[Class]] = {}
        """The classes that implement a protocol; cleared when a class gets a base."""
        self._bodies: deque[Function] = deque()
        self._others: deque[Function] = deque()
        self._queued: set[Function] = set()
        self._evaluations = 0
        self._current: Function | None = None
        self._by_method: dict[str, list[Class]] | None = None

    def queue_all(self) -> None:
        """Queue every function."""
        for function in self.project.functions.values():
            self.queue(function)

    def next_function(self) -> Function | None:
        """Return the next function to evaluate; None when nothing changes any more.

        The bodies of modules come first: they define what the names in functions mean.
        """
        queue = self._bodies or self._others
        if not queue:
            return None
        self._current = queue.popleft()
        self._evaluations += 1
        self._queued.discard(self._current)
        return self._current

    def forget_calls(self) -> None:
        """Forget the recorded calls, and keep what names stand for."""
        for function in self.project.functions.values():
            function.forget_calls()
        self.implementations.clear()  # attributes may have come since

    def queue(self, function: Function) -> None:
        """Queue `function` if it is not queued yet."""
        if function not in self._queued:
            self._queued.add(function)
            queue = self._bodies if isinstance(function.node, ast.Module) else self._others
            queue.append(function)

    def add(self, cell: Cell, values: AbstractSet[Value]) -> None:
        """Add `values` to `cell`; queue its readers if it grew."""
        if not cell.values.issuperset(values):
            cell.values = cell.values.union(values)
            for reader, evaluation in cell.readers.items():
                # The current function will still read it, unless it already has.
                if reader is not self._current or evaluation == self._evaluations:
                    self.queue(reader)

    def read(self, cell: Cell, reader: Function) -> Values:
        """Return what `cell` stands for; `reader` is queued when that grows."""
        cell.readers[reader] = self._evaluations
        return cell.values

    def resolve(self, values: Values, reader: Function) -> Values:
        """Return `values` with the arguments of parameters in place of the parameters."""
        for value in values:
            if isinstance(value, Parameter):
                break
        else:
            return values
        found: set[Value] = set()
        pending, seen = list(values), set()
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            if isinstance(value, Parameter):
                cell = value.function.scope.cells[value.name]
                pending.extend(self.read(cell, reader))
            else:
                found.add(value)
        return frozenset(found)

    def members(self, of: Class, name: str, *, everywhere: bool = True) -> Iterator[Cell]:
        """Yield the cells of an attribute: its own or inherited one, then those of subclasses."""
        for one in of.lineage():
            if name in one.attributes:
                yield one.attributes[name]
                break
        if not everywhere or name in {"__init__", "__new__", "__post_init__"}:
            return
        others = [child for child in of.family() if child is not of]
        if of.is_protocol:
            others += self._implementations(of)
        for other in others:
            if name in other.attributes:
                yield other.attributes[name]

    def _implementations(self, protocol: Class) -> list[Class]:
        found = self.implementations.get(protocol)
        if found is None:
            needed = protocol.attributes.keys() - _DECLARED_BY_ALL
            found = self.implementations[protocol] = [
                made
                for made in self.project.classes.values()
                if made is not protocol and not made.is_protocol and needed
                if all(any(name in one.attributes for one in made.lineage()) for name in needed)
            ]
        return found

    def only_class_with(self, method: str) -> Class | None:
        """Return the only class with a method of this name; None if the name is a common one."""
        if self._by_method is None:
            self._by_method = {}
            for made in self.project.classes.values():
                for name in made.attributes:
                    self._by_method.setdefault(name, []).append(made)
        having = self._by_method.get(method, ())
        return having[0] if len(having) == 1 and method not in _ORDINARY else None
