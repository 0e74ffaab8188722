"""Calls of code outside the project: whether it blocks, what it calls back and returns."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopgate.catalog import (
    BLOCKING,
    CALLS_NOTHING,
    HAND_OFFS,
    LOOP_CALLS,
    RESULTS,
    RETURNS_ARGUMENTS,
)
from loopgate.lookup import FOREIGN, NOTHING, Lookup, outside_instance
from loopgate.model import (
    Class,
    External,
    Function,
    Generator,
    Instance,
    Parameter,
    external,
)

if TYPE_CHECKING:
    from loopgate.model import Value, Values

_INVOKED = (Function, External, Parameter, Generator)
_TEXTS = {"str": "__str__", "repr": "__repr__", "print": "__str__", "format": "__format__"}
_SIZES = {"len": "__len__", "bool": "__bool__", "hash": "__hash__", "abs": "__abs__"}
_PATIENT = frozenset({"block", "blocking", "wait"})


@dataclass(slots=True)
class Arguments:
    """The values of the arguments of a call."""

    positional: list[Values]
    starred: Values
    named: dict[str, Values]
    spread: Values = NOTHING
    """The values in `**mapping`."""

    def everything(self) -> Values:
        """Return the values of all arguments."""
        return frozenset().union(*self.positional, self.starred, self.spread, *self.named.values())

    def at(self, index: int, name: str) -> Values:
        """Return the argument at this position, or of this name."""
        if index < len(self.positional):
            return self.positional[index]
        return self.named.get(name, self.starred | self.spread)


class OutsideCalls(Lookup):
    """The evaluation of calls that leave the project."""

    def _call_outside(
        self, name: str, node: ast.Call, given: Arguments, *, awaited: bool
    ) -> Values:
        if name in HAND_OFFS:
            values = self._hand_off(given.at(*HAND_OFFS[name]))
            return outside_instance(RESULTS[name]) if name in RESULTS else values
        if name in LOOP_CALLS:
            self._run_on_loop(given.everything(), node)
            return NOTHING
        if name in BLOCKING and not awaited and not _is_impatient(node):
            self.record(node, name)
        if name not in CALLS_NOTHING:
            self._invoke_given(given, node)
        if name == "contextlib.closing":
            self._call_methods(given.everything(), "close", node)
        if (method := _TEXTS.get(name) or _SIZES.get(name)) is not None:
            self.special(given.everything(), method, node)
        return self._result(name, node, given)

    def _result(self, name: str, node: ast.Call, given: Arguments) -> Values:
        if name in RESULTS:
            return outside_instance(RESULTS[name])
        if name in {"iter", "next", "list", "tuple", "set", "sorted", "zip", "enumerate"}:
            return self.iterate(given.everything(), node)
        if name in RETURNS_ARGUMENTS:
            return given.everything()
        if name == "queue.Queue" and not given.everything() and not node.args:
            return outside_instance("queue.SimpleQueue")  # without a bound
        if name == "super" and self.function.owner:
            return self.super_of(self.function.owner)
        if name in {"typing.TypeVar", "typing.cast", "isinstance"}:
            return self._typed(name, node, given)
        if name == "type":
            return frozenset(
                value.of
                for value in given.everything()
                if isinstance(value, Instance) and isinstance(value.of, Class)
            )
        if name in {"getattr", "__import__", "importlib.import_module"}:
            return self._result_by_name(name, node, given)
        if name.rpartition(".")[2][:1].isupper():
            return outside_instance(name)
        return frozenset({FOREIGN})

    def _typed(self, name: str, node: ast.Call, given: Arguments) -> Values:
        if name == "isinstance":
            self._narrow(node)
        if name == "typing.cast":
            return self.of_annotation(node.args[0] if node.args else None) | given.at(1, "val")
        bounds = [keyword.value for keyword in node.keywords if keyword.arg == "bound"]
        return frozenset().union(*map(self.of_annotation, bounds))

    def _narrow(self, node: ast.Call) -> None:
        """Add objects of the types of an `isinstance` check to the name that it checks."""
        if len(node.args) == 2 and isinstance(node.args[0], ast.Name):
            asked = self.of_annotation(node.args[1])
            ours = frozenset(one for one in asked if isinstance(one, Instance))
            self.grow(node.args[0], ours)

    def _result_by_name(self, name: str, node: ast.Call, given: Arguments) -> Values:
        texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
        if not texts or not isinstance(texts[0], str):
            return NOTHING
        if name == "getattr":
            return self.attribute(given.at(0, ""), texts[0], node)
        module = self.flow.project.find_module(texts[0])
        return frozenset({module or external(texts[0])})

    def _call_methods(self, values: Values, name: str, node: ast.Call) -> None:
        self.invoke_all(self.attribute(values, name, node), node)

    def _invoke_given(self, given: Arguments, node: ast.AST) -> None:
        """Assume that foreign code calls the functions it is given, or hands them off."""
        for first in given.at(0, ""):
            if isinstance(first, External) and first.name in HAND_OFFS:
                index, name = HAND_OFFS[first.name]
                self._hand_off(given.at(index + 1, name))
                return
        self.invoke_all(given.everything(), node)

    def invoke_all(self, values: Values, node: ast.AST) -> None:
        """Record a call of everything callable among `values`."""
        for value in values:
            if isinstance(value, _INVOKED):
                self.invoke(value, node)

    def invoke(self, value: Value, node: ast.AST) -> None:
        """Record a call of `value` with unknown arguments."""
        if isinstance(value, Function):
            self.record(node, value)
        elif isinstance(value, Generator):
            self.record(node, value.function)
        elif isinstance(value, External):
            if value.name in BLOCKING:
                self.record(node, value.name)
        elif isinstance(value, Parameter):
            if value.function is self.function and not self.function.is_async:
                self.flow.add(self.function.invoked, {value})
            else:
                concrete = self.flow.resolve(frozenset({value}), self.function)
                self.invoke_all(frozenset(one for one in concrete if one is not value), node)

    def _run_on_loop(self, values: Values, node: ast.AST) -> None:
        for value in self.flow.resolve(values, self.function):
            if isinstance(value, Function):
                value.runs_on_loop = not value.is_async
            elif isinstance(value, External) and value.name in BLOCKING:
                self.record(node, value.name)

    def _hand_off(self, values: Values) -> Values:
        found: set[Value] = set()
        for value in self.flow.resolve(values, self.function):
            if isinstance(value, Function):
                value.is_handed_off = True
                found.update(self.flow.read(value.returned, self.function))
            elif isinstance(value, External) and value.name in RESULTS:
                found.update(outside_instance(RESULTS[value.name]))
        return frozenset(found)

    def grow(self, container: ast.expr, values: Values) -> None:
        """Add `values` to what a name, an attribute or the container of an item stands for."""
        raise NotImplementedError

    def super_of(self, owner: Class) -> Values:
        """Return what `super()` stands for in a method of `owner`."""
        raise NotImplementedError


def _is_impatient(node: ast.Call) -> bool:
    """Return whether an argument says not to wait, such as `block=False`."""
    return any(
        keyword.arg in _PATIENT
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is False
        for keyword in node.keywords
    )
