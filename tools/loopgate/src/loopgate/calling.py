"""What a call may run: functions of the project, blocking ones outside, and those handed on."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blocking_calls.known import (
    BLOCKING,
    CALLS_NOTHING,
    HAND_OFF_METHODS,
    HAND_OFFS,
    LOOP_CALLBACKS,
    LOOP_CALLS,
    RESULTS,
    RETURNS_ARGUMENTS,
    UNMISTAKABLE,
)
from blocking_calls.model import (
    Class,
    External,
    Function,
    Generator,
    Instance,
    Parameter,
    external,
    generator,
    instance,
)
from blocking_calls.reading import FOREIGN, NOTHING, Reading, outside_instance

if TYPE_CHECKING:
    from blocking_calls.model import Value, Values

_CALLABLE = (Function, Class, Parameter)
_INVOKED = (Function, External, Parameter, Generator)
_CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
_GROWING = frozenset("append add insert appendleft extend update setdefault put_nowait".split())
_HOLDING = frozenset("get pop popleft popitem setdefault values items copy union".split())
_TEXTS = {"str": "__str__", "repr": "__repr__", "print": "__str__", "format": "__format__"}
_SIZES = {"len": "__len__", "bool": "__bool__", "hash": "__hash__", "abs": "__abs__"}
_DRIVING = frozenset({"__next__", "send", "throw", "__enter__"})
_ENTERING = {
    "enter_context": ("__enter__", "__exit__"),
    "enter_async_context": ("__aenter__", "__aexit__"),
}
_PATIENT = frozenset({"block", "blocking", "wait"})


@dataclass(slots=True)
class Arguments:
    """The values that a call is given."""

    positional: list[Values]
    starred: Values
    named: dict[str, Values]
    spread: Values = NOTHING
    """The values in `**mapping`."""

    def everything(self) -> Values:
        """All of them."""
        return frozenset().union(*self.positional, self.starred, self.spread, *self.named.values())

    def at(self, index: int, name: str) -> Values:
        """The one at this place, or of this name."""
        if index < len(self.positional):
            return self.positional[index]
        return self.named.get(name, self.starred | self.spread)


@dataclass(slots=True)
class Bound:
    """What each parameter of a function gets."""

    values: dict[str, Values] = field(default_factory=dict)

    def add(self, name: str, values: Values) -> None:
        """Give more to one of them."""
        before = self.values.get(name)
        self.values[name] = before | values if before else values


class Calling(Reading):
    """The evaluation of calls."""

    def call(
        self, node: ast.Call, callees: Values, base: Values, given: Arguments, *, awaited: bool
    ) -> Values:
        """What a call returns; whatever it may run is recorded."""
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
        """The method of an object that nothing is known of, where its name is telling."""
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
        """What methods of foreign objects do that are known by their name; None for others."""
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
        """Whether `base` are the items of a container rather than what has the method itself."""
        return not any(isinstance(value, Instance) and isinstance(value.of, str) for value in base)

    def grow(self, container: ast.expr, values: Values) -> None:
        """Put `values` into what a name or an attribute stands for."""
        raise NotImplementedError

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
        """Methods that pydantic runs when it makes an object."""
        return [
            value
            for one in of.lineage()
            for cell in one.attributes.values()
            for value in cell.values
            if isinstance(value, Function)
            and any("validator(" in decorator for decorator in value.decorators)
        ]

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

    def _call_methods(self, values: Values, name: str, node: ast.Call) -> None:
        self.invoke_all(self.attribute(values, name, node), node)

    def _typed(self, name: str, node: ast.Call, given: Arguments) -> Values:
        if name == "isinstance":
            self._narrow(node)
        if name == "typing.cast":
            return self.of_annotation(node.args[0] if node.args else None) | given.at(1, "val")
        bounds = [keyword.value for keyword in node.keywords if keyword.arg == "bound"]
        return frozenset().union(*map(self.of_annotation, bounds))

    def _narrow(self, node: ast.Call) -> None:
        """Let a name stand for objects of the types that it is asked for."""
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

    def super_of(self, owner: Class) -> Values:
        """What `super()` is in a method of `owner`."""
        raise NotImplementedError

    def _invoke_given(self, given: Arguments, node: ast.AST) -> None:
        """What foreign code may do with functions: call them, or hand one to another of them."""
        for first in given.at(0, ""):
            if isinstance(first, External) and first.name in HAND_OFFS:
                index, name = HAND_OFFS[first.name]
                self._hand_off(given.at(index + 1, name))
                return
        self.invoke_all(given.everything(), node)

    def invoke_all(self, values: Values, node: ast.AST) -> None:
        """Record that whatever can be called among `values` is."""
        for value in values:
            if isinstance(value, _INVOKED):
                self.invoke(value, node)

    def invoke(self, value: Value, node: ast.AST) -> None:
        """Record that `value` is called, with whatever arguments."""
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


def _is_impatient(node: ast.Call) -> bool:
    """Whether the call is told not to wait."""
    return any(
        keyword.arg in _PATIENT
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is False
        for keyword in node.keywords
    )
