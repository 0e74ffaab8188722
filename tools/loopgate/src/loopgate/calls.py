"""Calls of functions and classes of the project: arguments, and results."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loopgate.catalog import HAND_OFF_METHODS, LOOP_CALLBACKS, UNMISTAKABLE
from loopgate.lookup import FOREIGN, NOTHING
from loopgate.model import (
    Class,
    External,
    Function,
    Instance,
    Parameter,
    generator,
    instance,
)
from loopgate.outside_calls import Arguments, OutsideCalls

if TYPE_CHECKING:
    from loopgate.model import Value, Values

_CALLABLE = (Function, Class, Parameter)
_CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
_GROWING = frozenset("append add insert appendleft extend update setdefault put_nowait".split())
_HOLDING = frozenset("get pop popleft popitem setdefault values items copy union".split())
_DRIVING = frozenset({"__next__", "send", "throw", "__enter__"})
_ENTERING = {
    "enter_context": ("__enter__", "__exit__"),
    "enter_async_context": ("__aenter__", "__aexit__"),
}


@dataclass(slots=True)
class Bound:
    """The arguments of a call by parameter."""

    values: dict[str, Values] = field(default_factory=dict)

    def add(self, name: str, values: Values) -> None:
        """Add values to a parameter."""
        before = self.values.get(name)
        self.values[name] = before | values if before else values


class Calls(OutsideCalls):
    """The evaluation of calls."""

    def call(
        self, node: ast.Call, callees: Values, base: Values, given: Arguments, *, awaited: bool
    ) -> Values:
        """Record what a call may run; return what it may return."""
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if method in _DRIVING:
            self.run_generators(base, node)
        callees = callees or self._guess(method, base, node, awaited=awaited)
        if any(isinstance(one, _CALLABLE) for one in callees):
            callees -= {FOREIGN}
        elif method and callees <= {FOREIGN}:
            special = self._call_by_name(method, node, base, given)
            if special is not None:
                return special
        if not callees:
            self._invoke_given(given, node)
            return NOTHING
        found: set[Value] = set()
        for callee in callees:
            found.update(self._call(callee, node, base, given, awaited=awaited))
        return frozenset(found)

    def _guess(self, method: str, base: Values, node: ast.Call, *, awaited: bool) -> Values:
        """Find a method of an object of unknown type, if its name is unmistakable or unique."""
        if not method or base or not self.flow.is_guessing:
            return NOTHING
        if method in UNMISTAKABLE and not awaited:
            self.record(node, UNMISTAKABLE[method])
        only = self.flow.only_class_with(method)
        if only is None:
            return NOTHING
        values = self.flow.read(only.attributes[method], self.function)
        return frozenset(value for value in values if isinstance(value, Function))

    def _call_by_name(
        self, method: str, node: ast.Call, base: Values, given: Arguments
    ) -> Values | None:
        """Call a method of a foreign object that is known by its name; None for other names."""
        if method in HAND_OFF_METHODS:
            return self._hand_off(given.at(HAND_OFF_METHODS[method], "func"))
        if method in _ENTERING:
            values = self.run_generators(given.everything(), node)
            entered = [self.special(values, one, node) for one in _ENTERING[method]]
            return values.union(*entered)
        if method in LOOP_CALLBACKS:
            self._run_on_loop(given.everything(), node)
            return NOTHING
        if base - {FOREIGN} and method in _GROWING | _HOLDING and self._is_container(base):
            if method in _GROWING and isinstance(node.func, ast.Attribute):
                self.grow(node.func.value, given.everything())
            return base | given.everything() if method in _HOLDING else NOTHING
        if method in _GROWING and not base and isinstance(node.func, ast.Attribute):
            self.grow(node.func.value, given.everything())
            return given.everything()
        return None

    def _is_container(self, base: Values) -> bool:
        """Return whether `base` holds items of a container, not an object with that method."""
        return not any(isinstance(value, Instance) and isinstance(value.of, str) for value in base)

    def _call(
        self, callee: Value, node: ast.Call, base: Values, given: Arguments, *, awaited: bool
    ) -> Values:
        if isinstance(callee, External):
            return self._call_outside(callee.name, node, given, awaited=awaited)
        if isinstance(callee, Function):
            is_unbound = any(isinstance(value, Class) for value in base)
            return self._call_function(callee, node, given, is_unbound=is_unbound)
        if isinstance(callee, Class):
            return self._construct(callee, node, given)
        if isinstance(callee, Parameter):
            self.invoke(callee, node)
            concrete = self.flow.resolve(frozenset({callee}), self.function)
            return frozenset().union(
                *(
                    self.flow.read(value.returned, self.function)
                    for value in concrete
                    if isinstance(value, Function)
                )
            )
        if isinstance(callee, Instance) and isinstance(callee.of, str):
            return self._call_outside(f"{callee.of}.__call__", node, given, awaited=awaited)
        return self.special(frozenset({callee}), "__call__", node)

    def _call_function(
        self, callee: Function, node: ast.Call, given: Arguments, *, is_unbound: bool
    ) -> Values:
        if not callee.is_generator:
            self.record(node, callee)
        has_receiver = callee.owner is not None and "staticmethod" not in callee.decorators
        is_bound = has_receiver and (not is_unbound or "classmethod" in callee.decorators)
        bound = self._bind(callee, given, skip=1 if is_bound else 0)
        if not callee.is_async:
            for invoked in self.flow.read(callee.invoked, self.function):
                if isinstance(invoked, Parameter):
                    self.invoke_all(self._given_for(invoked, callee, bound), node)
        if callee.is_generator:
            return frozenset({generator(callee)})
        return self.flow.read(callee.returned, self.function)

    def _given_for(self, one: Parameter, callee: Function, bound: Bound) -> Values:
        if one.name in bound.values:
            return bound.values[one.name]
        default = callee.defaults.get(one.name)
        return self.flow.read(default, self.function) if default else NOTHING

    def _bind(self, callee: Function, given: Arguments, *, skip: int) -> Bound:
        bound = Bound()
        names = callee.parameters[skip:]
        arguments = None if isinstance(callee.node, ast.Module) else callee.node.args
        rest = arguments.vararg.arg if arguments and arguments.vararg else None
        for index, values in enumerate(given.positional):
            if name := names[index] if index < len(names) else rest:
                bound.add(name, values)
        if given.starred:
            for name in (*names[len(given.positional) :], *filter(None, [rest])):
                bound.add(name, given.starred)
        extra = arguments.kwarg.arg if arguments and arguments.kwarg else None
        for name, values in given.named.items():
            if name in callee.scope.cells:
                bound.add(name, values)
            elif extra:
                bound.add(extra, values)
        self._bind_spread(callee, given, bound, skip=skip)
        for name, given_values in bound.values.items():
            self.flow.add(callee.scope.declare(name), given_values)
        return bound

    def _bind_spread(self, callee: Function, given: Arguments, bound: Bound, *, skip: int) -> None:
        if not given.spread or isinstance(callee.node, ast.Module):
            return
        arguments = callee.node.args
        for one in (*arguments.args[skip:], *arguments.kwonlyargs, arguments.kwarg):
            if one is not None and one.arg not in bound.values:
                bound.add(one.arg, given.spread)

    def _construct(self, of: Class, node: ast.Call, given: Arguments) -> Values:
        has_own = False
        for name in _CONSTRUCTORS:
            for method in self._members(of, name, everywhere=False):
                if isinstance(method, Function):
                    has_own |= name != "__post_init__"
                    arguments = given if name != "__post_init__" else Arguments([], NOTHING, {})
                    self._call_function(method, node, arguments, is_unbound=False)
        for validator in self._validators(of):
            self.record(node, validator)
        for one in of.lineage():
            self.invoke_all(self.flow.read(one.factories, self.function), node)
        if not has_own:
            fields = [name for one in reversed(list(of.lineage())) for name in one.fields]
            for name, values in (
                *zip(fields, given.positional, strict=False),
                *given.named.items(),
            ):
                if values:
                    self.flow.add(self.cell_of(of, name), values)
        return frozenset({instance(of)})

    def _validators(self, of: Class) -> list[Function]:
        """Return the methods that pydantic runs when it makes an object."""
        return [
            value
            for one in of.lineage()
            for cell in one.attributes.values()
            for value in cell.values
            if isinstance(value, Function)
            and any("validator(" in decorator for decorator in value.decorators)
        ]
