"""What every name may stand for, and which functions have to be looked at again."""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING

from blocking_calls.model import Cell, Class, Function, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from blocking_calls.model import Value, Values
    from blocking_calls.project import Project

_DECLARED_BY_ALL = frozenset(dir(object)) | {"__slots__", "__annotations__", "__doc__"}
_ORDINARY = frozenset(
    name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind)
) | frozenset(
    "add_note append cancel cancelled close closed commit connect done execute exists fileno flush "
    "get group join match mkdir name open parent path put read readline recv release rename "
    "result rollback run send set start stat stop submit terminate kill wait write unlink".split()
)


class Flow:
    """Cells that remember who has read them, and the queue of those that have to read again."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.is_guessing = False
        self.implementations: dict[Class, list[Class]] = {}
        """Which classes will do for a protocol; cleared when a class turns out to have a base."""
        self._bodies: deque[Function] = deque()
        self._others: deque[Function] = deque()
        self._queued: set[Function] = set()
        self._looks = 0
        self._looked_at: Function | None = None
        self._by_method: dict[str, list[Class]] | None = None

    def look_at_all(self) -> None:
        """Have every function evaluated."""
        for function in self.project.functions.values():
            self.look_again(function)

    def next_to_look_at(self) -> Function | None:
        """The function to evaluate now; None when nothing changes any more.

        The bodies of modules come first: they say what the names in functions mean.
        """
        queue = self._bodies or self._others
        if not queue:
            return None
        self._looked_at = queue.popleft()
        self._looks += 1
        self._queued.discard(self._looked_at)
        return self._looked_at

    def forget_calls(self) -> None:
        """Keep what names stand for, and begin anew with what is called."""
        for function in self.project.functions.values():
            function.forget_calls()
        self.implementations.clear()  # attributes may have come since

    def look_again(self, function: Function) -> None:
        """Have `function` evaluated, once more."""
        if function not in self._queued:
            self._queued.add(function)
            queue = self._bodies if isinstance(function.node, ast.Module) else self._others
            queue.append(function)

    def add(self, cell: Cell, values: AbstractSet[Value]) -> None:
        """Let `cell` stand for `values` too."""
        if not cell.values.issuperset(values):
            cell.values = cell.values.union(values)
            for reader, look in cell.readers.items():
                # What is looked at now will read it, if it has not yet.
                if reader is not self._looked_at or look == self._looks:
                    self.look_again(reader)

    def read(self, cell: Cell, reader: Function) -> Values:
        """What `cell` stands for; `reader` is told when that grows."""
        cell.readers[reader] = self._looks
        return cell.values

    def resolve(self, values: Values, reader: Function) -> Values:
        """`values` with what was given for parameters in place of those."""
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
        """The cells of an attribute: of the class, what it inherits, and what may stand for it."""
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
        """The one class that has a method of this name, which nothing else is likely to have."""
        if self._by_method is None:
            self._by_method = {}
            for made in self.project.classes.values():
                for name in made.attributes:
                    self._by_method.setdefault(name, []).append(made)
        having = self._by_method.get(method, ())
        return having[0] if len(having) == 1 and method not in _ORDINARY else None
