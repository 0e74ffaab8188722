"""Bindings of names: by definitions with their decorators, imports and assignments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from loopgate.calls import Calls
from loopgate.catalog import BLOCKING, PROTOCOLS, canonical
from loopgate.lookup import NOTHING
from loopgate.model import Cell, Class, External, Function, Instance, Module, Parameter, external
from loopgate.outside_calls import Arguments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loopgate.model import Values


class Bindings(Calls):
    """The evaluation of definitions, imports and assignments."""

    def value(self, node: ast.AST) -> Values:
        """Evaluate an expression; return what it may stand for."""
        raise NotImplementedError

    def statements(self, nodes: Iterable[ast.AST]) -> None:
        """Evaluate statements in order."""
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
        """Return what a decorator makes of `values`.

        A wrapper replaces what it wraps. If the wrapper calls the wrapped function, both are
        returned, so that the arguments reach it.
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

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            module = self.flow.project.find_module(name)
            cell = self.scope.declare(alias.asname or name)
            self.flow.add(cell, {module or external(canonical(name))})

    def _import_from(self, node: ast.ImportFrom) -> None:
        source = self._imported_module(node)
        module = self.flow.project.find_module(source)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(source, module)
                continue
            cell = self.scope.declare(alias.asname or alias.name)
            if module is not None:
                self.flow.add(cell, self._imported(module, alias.name))
            else:
                submodule = self.flow.project.find_module(f"{source}.{alias.name}")
                self.flow.add(cell, {submodule or external(canonical(f"{source}.{alias.name}"))})

    def _imported(self, module: Module, name: str) -> Values:
        # Reading the cell first makes this import wait for a name that is bound later.
        values = self.flow.read(module.scope.declare(name), self.function)
        return values or self.of_module(module, name)

    def _import_all(self, source: str, module: Module | None) -> None:
        if module is not None:
            for name, cell in list(module.scope.cells.items()):
                values = self.flow.read(cell, self.function)
                self.flow.add(self.scope.declare(name), values)
            return
        for full in BLOCKING:
            if full.startswith(f"{source}.") and "." not in (name := full[len(source) + 1 :]):
                self.flow.add(self.scope.declare(name), {external(full)})

    def _imported_module(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        module = self.function.module
        parts = module.name.split(".")
        drop = node.level - 1 if module.is_package else node.level
        parts = parts[: len(parts) - drop]
        return ".".join([*parts, *filter(None, [node.module])])

    def _assign(self, target: ast.AST, values: Values, source: ast.AST | None = None) -> None:
        if isinstance(target, ast.Name):
            self.flow.add(self.scope.declare(target.id), values)
        elif isinstance(target, ast.Attribute):
            self._assign_attribute(target, values)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, values, source)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, values)
        elif isinstance(target, ast.Subscript):
            self.special(self.value(target.value), "__setitem__", target)
            self.value(target.slice)
            self.grow(target.value, values)

    def _unpack(self, target: ast.Tuple | ast.List, values: Values, source: ast.AST | None) -> None:
        is_pairwise = (
            isinstance(source, ast.Tuple | ast.List)
            and len(source.elts) == len(target.elts)
            and not any(isinstance(one, ast.Starred) for one in (*source.elts, *target.elts))
        )
        if is_pairwise and isinstance(source, ast.Tuple | ast.List):
            for one, item in zip(target.elts, source.elts, strict=True):
                self._assign(one, self.value(item), item)
        else:
            values = self.run_generators(values, target)
            for one in target.elts:
                self._assign(one, values)

    def _assign_attribute(self, target: ast.Attribute, values: Values) -> None:
        for base in self.flow.resolve(self.value(target.value), self.function):
            of = base.of if isinstance(base, Instance) else base
            if isinstance(of, Class):
                cell = self.cell_of(of, target.attr)
                setters = [v for v in cell.values if isinstance(v, Function) and v.is_setter]
                for setter in setters:
                    self.record(target, setter)
                if not setters:
                    self.flow.add(cell, values)
            elif isinstance(of, Module):
                self.flow.add(of.scope.declare(target.attr), values)

    def grow(self, container: ast.expr, values: Values) -> None:
        """Add `values` to what a name, an attribute or the container of an item stands for."""
        if isinstance(container, ast.Name):
            if cell := self.scope.find(container.id):
                self.flow.add(cell, values)
        elif isinstance(container, ast.Attribute):
            self._assign_attribute(container, values)
        elif isinstance(container, ast.Subscript):
            self.grow(container.value, values)
