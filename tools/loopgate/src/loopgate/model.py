"""The model of a project: modules, classes, functions, and the values that names stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from pathlib import Path

    from loopgate.catalog import Kind


@dataclass(eq=False, slots=True)
class Cell:
    """The values that a name, an attribute or a result may stand for, and their readers."""

    values: frozenset[Value] = frozenset()
    readers: dict[Function, int] = field(default_factory=dict)
    """The functions that have read it, each with the number of its last evaluation."""


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a module, a class or a function."""

    parent: Scope | None = None
    is_class: bool = False
    is_comprehension: bool = False
    cells: dict[str, Cell] = field(default_factory=dict)
    borrowed: set[str] = field(default_factory=set)
    """Names declared as global or nonlocal."""
    yields: bool = False

    def declare(self, name: str) -> Cell:
        """Return the cell of a name that is bound in this scope."""
        if name in self.borrowed:
            return self.find(name) or self.cells.setdefault(name, Cell())
        cell = self.cells.get(name)
        if cell is None:
            cell = self.cells[name] = Cell()
        return cell

    def around_comprehensions(self) -> Scope:
        """Return the scope that `:=` binds in."""
        scope = self
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Cell | None:
        """Look a name up in this scope and its parents; methods do not see names of classes."""
        if name not in self.borrowed and name in self.cells:
            return self.cells[name]
        scope = self.parent
        while scope is not None:
            if not scope.is_class and name in scope.cells:
                return scope.cells[name]
            scope = scope.parent
        return None


@dataclass(eq=False, slots=True)
class Module:
    """A source file."""

    name: str
    path: Path
    tree: ast.Module
    is_package: bool
    scope: Scope = field(default_factory=Scope)
    has_async: bool = False


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project; `attributes` are its own and those of its instances."""

    name: str
    module: Module
    node: ast.ClassDef
    scope: Scope
    bases: list[Class] = field(default_factory=list)
    outside_bases: set[str] = field(default_factory=set)
    subclasses: list[Class] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    factories: Cell = field(default_factory=Cell)
    """The default factories of its fields."""

    @property
    def attributes(self) -> dict[str, Cell]:
        """The cells that its body and assignments to its instances bind."""
        return self.scope.cells

    @property
    def is_protocol(self) -> bool:
        """True for a `typing.Protocol`."""
        return not self.outside_bases.isdisjoint({"typing.Protocol", "typing_extensions.Protocol"})

    def lineage(self) -> Iterator[Class]:
        """Yield the class and its bases, nearest first."""
        if not self.bases:
            yield self
            return
        seen = [self]
        for one in seen:
            yield one
            seen.extend(base for base in one.bases if base not in seen)

    def family(self) -> Iterator[Class]:
        """Yield the class and its subclasses, nearest first."""
        seen = [self]
        for one in seen:
            yield one
            seen.extend(child for child in one.subclasses if child not in seen)


@dataclass(eq=False, slots=True)
class Function:
    """A function, a method, a lambda, or the body of a module."""

    name: str
    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module
    scope: Scope
    line: int
    owner: Class | None = None
    is_async: bool = False
    is_generator: bool = False
    """True if it is synchronous and runs only when its result is iterated over or entered."""
    parameters: list[str] = field(default_factory=list)
    decorators: set[str] = field(default_factory=set)
    returned: Cell = field(default_factory=Cell)
    defaults: dict[str, Cell] = field(default_factory=dict)
    """The default values of its parameters."""
    invoked: Cell = field(default_factory=Cell)
    """The parameters that it calls, if it is synchronous."""
    runs_on_loop: bool = False
    """True if it is synchronous and the event loop itself calls it."""
    is_handed_off: bool = False
    """True if it is passed to a thread, a process, or a framework that runs it in one."""
    calls: dict[tuple[int, int, Function | str], Call] = field(default_factory=dict)
    called_before: set[Function | str] = field(default_factory=set)
    """The targets of its calls before `forget_calls`."""

    def forget_calls(self) -> None:
        """Forget what it calls and how it is called."""
        self.called_before = {call.target for call in self.calls.values()}
        self.calls.clear()
        self.invoked.values = frozenset()
        self.runs_on_loop = self.is_handed_off = False

    @property
    def is_property(self) -> bool:
        """True if reading the attribute runs it."""
        return not self.decorators.isdisjoint(
            {"property", "cached_property", "functools.cached_property", "abc.abstractproperty"}
        )

    @property
    def is_setter(self) -> bool:
        """True if assigning to the attribute runs it."""
        return any(name.endswith(".setter") for name in self.decorators)

    @property
    def label(self) -> str:
        """Its name in messages, such as `Class.method`."""
        return f"{self.owner.name}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Call:
    """A call of `target`: a function of the project, or the name of a blocking one."""

    caller: Function
    target: Function | str
    line: int
    column: int
    end_line: int
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, eq=False)
class External:
    """Something outside the project, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """An object of a class of the project, or of an outside class by its name."""

    of: Class | str


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """The result of a generator function, which runs when it is iterated over or entered."""

    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """The functions that callers pass for a parameter."""

    function: Function
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """The result of `super()` in a class."""

    of: Class


Value: TypeAlias = "External | Instance | Generator | Parameter | Super | Function | Class | Module"
Values: TypeAlias = "frozenset[Value]"

# One object for each value, so that values are compared by identity, which is fast.
external = cache(External)
instance = cache(Instance)
generator = cache(Generator)
parameter = cache(Parameter)
above = cache(Super)
