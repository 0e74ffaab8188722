"""What definitions of functions and classes bind, and what decorators make of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from blocking_calls.calling import Arguments
from blocking_calls.importing import Importing
from blocking_calls.known import PROTOCOLS
from blocking_calls.model import Cell, Class, External, Function, Instance, Parameter, external
from blocking_calls.reading import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blocking_calls.model import Values


class Defining(Importing):
    """The evaluation of definitions."""

    def value(self, node: ast.AST) -> Values:
        """What an expression may stand for."""
        raise NotImplementedError

    def statements(self, nodes: Iterable[ast.AST]) -> None:
        """Evaluate a body."""
        raise NotImplementedError

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        function = self.flow.project.functions[node]
        self._defaults(node, function)
        values: Values = frozenset({function})
        for decorator in reversed(node.decorator_list):
            values = self._decorated(decorator, values)
        if function.is_property or function.is_setter:
            values |= {function}
        if function.owner and any(self._is_protocol(one) for one in function.owner.lineage()):
            function.runs_on_loop = not function.is_async and not node.name.startswith("_")
        if any(".on_event(" in one for one in function.decorators):  # of Starlette
            function.runs_on_loop = not function.is_async
        self.flow.add(self.scope.declare(node.name), values)

    def _decorated(self, decorator: ast.expr, values: Values) -> Values:
        """What a decorator makes of `values`.

        A wrapper takes the place of what it wraps; this is kept beside it where the wrapper calls
        it, for the sake of the arguments.
        """
        makers = self.value(decorator)
        named = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(named, ast.Attribute) and named.attr == "register":  # of singledispatch
            self.grow(named.value, values)
        if external("functools.wraps") in self.value(named):
            return values
        if not makers:  # not yet, or never
            return values if self.flow.is_guessing else NOTHING
        if not all(isinstance(maker, Function | Class) for maker in makers):
            return values
        made = self._made(decorator, makers, values)
        wrappers = frozenset(one for one in made if isinstance(one, Function | Class | Instance))
        if any(isinstance(one, Parameter) for one in made) or self._is_kept(wrappers, values):
            return wrappers | values
        return wrappers

    def _made(self, decorator: ast.expr, makers: Values, values: Values) -> Values:
        call = ast.copy_location(ast.Call(decorator, [], []), decorator)
        given = Arguments([values], NOTHING, {})
        return frozenset().union(
            *[self._call(maker, call, NOTHING, given, awaited=False) for maker in makers]
        )

    def _is_kept(self, wrappers: Values, values: Values) -> bool:
        if not self.flow.is_guessing:
            return False
        functions = [one for one in wrappers if isinstance(one, Function)]
        is_called = any(
            not one.is_async and not one.called_before.isdisjoint(values) for one in functions
        )
        is_async = any(isinstance(one, Function) and one.is_async for one in values)
        return is_called or is_async or len(functions) < max(1, len(wrappers))

    def _is_protocol(self, of: Class) -> bool:
        return not of.outside_bases.isdisjoint(PROTOCOLS)

    def _defaults(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, function: Function
    ) -> None:
        given = node.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
        pairs = [*zip(reversed(names), reversed(given.defaults), strict=False)]
        for argument, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
            if default is not None:
                pairs.append((argument.arg, default))
        for name, default in pairs:
            values = self.value(default)
            self.flow.add(function.defaults.setdefault(name, Cell()), values)
            self.flow.add(function.scope.cells[name], values)

    def _define_class(self, node: ast.ClassDef) -> None:
        made = self.flow.project.classes[node]
        for base in node.bases:
            for value in self.value(base):
                if isinstance(value, Class) and value not in made.bases and value is not made:
                    made.bases.append(value)
                    value.subclasses.append(made)
                    self.flow.implementations.clear()
                elif isinstance(value, External) and value.name not in made.outside_bases:
                    made.outside_bases.add(value.name)
                    self.flow.implementations.clear()
        outer, self.scope = self.scope, made.scope
        self.statements(node.body)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call):
                for keyword in statement.value.keywords:
                    if keyword.arg == "default_factory":
                        self.flow.add(made.factories, self.value(keyword.value))
        self.scope = outer
        values: Values = frozenset({made})
        for decorator in reversed(node.decorator_list):
            makers = frozenset(
                one for one in self.value(decorator) if isinstance(one, Function | Class)
            )
            values |= self._made(decorator, makers, values)
        self.flow.add(self.scope.declare(node.name), values)
