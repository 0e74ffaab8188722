"""Lookup of names, attributes, special methods and annotations."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from loopgate.catalog import ATTRIBUTES, BLOCKING, ENUMERATIONS, OF_INTEREST, canonical
from loopgate.model import (
    Call,
    Class,
    External,
    Function,
    Generator,
    Instance,
    Module,
    Parameter,
    Super,
    external,
    instance,
    parameter,
)

if TYPE_CHECKING:
    from loopgate.flow import Flow
    from loopgate.model import Cell, Scope, Value, Values

NOTHING: Values = frozenset()
FOREIGN = external("something foreign")
"""Anything outside the project that the catalog does not name."""
_BUILTINS = frozenset(dir(builtins))
_FUNCTIONS = (Function, External, Parameter)
_UNTYPED = ("typing.", "typing_extensions.", "collections.abc.")
_NO_VALUES = frozenset({"Callable", "Literal", "ClassVar", "ParamSpec"})


class Lookup:
    """Looks up what names and attributes of one function stand for; records what that runs."""

    def __init__(self, flow: Flow, function: Function) -> None:
        self.flow = flow
        self.function = function
        self.scope: Scope = function.scope
        self.parameters = set(function.parameters)

    def record(self, node: ast.AST, target: Function | str) -> None:
        """Record that `node` runs `target`."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        key = (line, column, target)
        if key not in self.function.calls:
            end_line = getattr(node, "end_lineno", None) or line
            kind = BLOCKING[target] if isinstance(target, str) else None
            self.function.calls[key] = Call(self.function, target, line, column + 1, end_line, kind)

    def name(self, name: str) -> Values:
        """Return what a name stands for in the current scope."""
        cell = self.scope.find(name)
        if cell is None:
            return frozenset({external(canonical(name))}) if name in _BUILTINS else NOTHING
        values = self.flow.read(cell, self.function)
        if name in self.function.scope.cells and not self.function.is_async:
            return self._own(name, values)
        return values

    def _own(self, name: str, values: Values) -> Values:
        """Replace functions passed for a parameter by the parameter: each caller has its own."""
        node = self.function.node
        if isinstance(node, ast.Module) or not any(_is_function(value) for value in values):
            return values
        arguments = node.args
        named = {
            one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        }
        if name not in named:
            return values
        others = frozenset(value for value in values if not _is_function(value))
        return others | {parameter(self.function, name)}

    def attribute(self, base: Values, name: str, node: ast.AST) -> Values:
        """Return what `.name` of any of `base` stands for."""
        found: set[Value] = set()
        for value in self.flow.resolve(base, self.function):
            found.update(self._attribute(value, name, node))
        return frozenset(found)

    def _attribute(self, value: Value, name: str, node: ast.AST) -> Values:
        if isinstance(value, External):
            return self._of_outside(value.name, name)
        if isinstance(value, Instance):
            if isinstance(value.of, str):
                return outside_attribute(value.of, name)
            return self._of_instance(value.of, name, node)
        if isinstance(value, Class):
            return self._of_class(value, name)
        if isinstance(value, Super):
            return self._run_properties(self._of_super(value.of, name), node)
        if isinstance(value, Module):
            return self.of_module(value, name)
        if isinstance(value, Generator) and name.startswith("__"):
            return frozenset({value.function})
        return NOTHING

    def _of_class(self, of: Class, name: str) -> Values:
        values = self._members(of, name, everywhere=False)
        is_item = name in of.attributes and not any(isinstance(one, Function) for one in values)
        if is_item and not of.outside_bases.isdisjoint(ENUMERATIONS):
            return values | {instance(of)}
        return values or self._of_bases(of, name)

    def _of_super(self, of: Class, name: str) -> Values:
        """Look an attribute up in the bases of a class, and in its neighbors if it is a mixin."""
        above = [self._members(base, name, everywhere=False) for base in of.bases]
        for child in of.family():
            if len(child.bases) > 1:
                lineage = list(child.lineage())
                after = lineage[lineage.index(of) + 1 :]
                cells = [one.attributes[name] for one in after if name in one.attributes]
                above += [self.flow.read(cell, self.function) for cell in cells[:1]]
        return frozenset().union(*above)

    def _of_outside(self, base: str, name: str) -> Values:
        full = f"{base}.{name}"
        if module := self.flow.project.find_module(full):
            return frozenset({module})
        if self.flow.project.is_above_module(full):
            return frozenset({external(full)})
        return outside_attribute(base, name)

    def of_module(self, module: Module, name: str) -> Values:
        """Return what a name of a module stands for, or the submodule of that name."""
        values: Values = NOTHING
        if name in module.scope.cells:
            values = self.flow.read(module.scope.cells[name], self.function)
        submodule = self.flow.project.find_module(f"{module.name}.{name}")
        if submodule is not None and not values:
            return frozenset({submodule})
        return values

    def _of_instance(self, of: Class, name: str, node: ast.AST) -> Values:
        values = self._run_properties(self._members(of, name), node)
        if values or self._has_member(of, name):
            return values
        values = self._of_bases(of, name)
        for getter in self._members(of, "__getattr__"):
            if isinstance(getter, Function):
                self.record(node, getter)
        return values

    def _members(self, of: Class, name: str, *, everywhere: bool = True) -> Values:
        found: set[Value] = set()
        for cell in self.flow.members(of, name, everywhere=everywhere):
            found.update(self.flow.read(cell, self.function))
        return frozenset(found)

    def _has_member(self, of: Class, name: str) -> bool:
        return any(True for _ in self.flow.members(of, name))

    def _of_bases(self, of: Class, name: str) -> Values:
        found: set[Value] = set()
        for one in of.lineage():
            for base in one.outside_bases:
                found.update(outside_attribute(base, name))
        return frozenset(found)

    def _run_properties(self, values: Values, node: ast.AST) -> Values:
        if not any(isinstance(value, Function) and value.is_property for value in values):
            return values
        found: set[Value] = set()
        for value in values:
            if isinstance(value, Function) and value.is_property:
                self.record(node, value)
                found.update(self.flow.read(value.returned, self.function))
            elif not (isinstance(value, Function) and value.is_setter):
                found.add(value)
        return frozenset(found)

    def special(self, values: Values, name: str, node: ast.AST) -> Values:
        """Record a call of a method that syntax calls, such as `__enter__`; return its result."""
        if not values:
            return NOTHING
        found: set[Value] = set()
        for value in self.flow.resolve(values, self.function):
            if not isinstance(value, Instance):
                continue
            if isinstance(value.of, str):
                self._record_outside(node, f"{value.of}.{name}")
                continue
            for method in self._members(value.of, name) or self._of_bases(value.of, name):
                if isinstance(method, Function):
                    self.record(node, method)
                    found.update(self.flow.read(method.returned, self.function))
                elif isinstance(method, External):
                    self._record_outside(node, method.name)
        return frozenset(found)

    def _record_outside(self, node: ast.AST, name: str) -> None:
        if name in BLOCKING:
            self.record(node, name)

    def iterate(self, values: Values, node: ast.AST) -> Values:
        """Iterate over `values`; return the items. Containers stand for their items."""
        values = self.run_generators(values, node)
        made = self.special(values, "__iter__", node) | self.special(values, "__aiter__", node)
        made = self.run_generators(made, node)
        items = self.special(made, "__next__", node) | self.special(made, "__anext__", node)
        return values | made | items

    def run_generators(self, values: Values, node: ast.AST) -> Values:
        """Run the generators among `values`; return `values` with their items instead."""
        found: set[Value] = set()
        for value in values:
            if isinstance(value, Generator):
                self.record(node, value.function)
                found.update(self.flow.read(value.function.returned, self.function))
            else:
                found.add(value)
        return frozenset(found)

    def cell_of(self, of: Class, name: str) -> Cell:
        """Return the cell that an assignment to an attribute fills."""
        for one in of.lineage():
            if name in one.attributes:
                return one.attributes[name]
        return of.scope.declare(name)

    def of_annotation(self, node: ast.AST | None) -> Values:
        """Return objects of the types in an annotation; a container stands for its items."""
        if node is None:
            return NOTHING
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._of_text(node.value)
        if isinstance(node, ast.BinOp):
            return self.of_annotation(node.left) | self.of_annotation(node.right)
        if isinstance(node, ast.Tuple | ast.List):
            return frozenset().union(*(self.of_annotation(item) for item in node.elts))
        if isinstance(node, ast.Subscript):
            return self._of_subscript(node)
        if isinstance(node, ast.Name | ast.Attribute):
            return frozenset(filter(None, map(self._object_of, self._plain(node))))
        return NOTHING

    def _of_text(self, text: str) -> Values:
        try:
            return self.of_annotation(ast.parse(text, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return NOTHING

    def _of_subscript(self, node: ast.Subscript) -> Values:
        name = getattr(node.value, "attr", None) or getattr(node.value, "id", "")
        if name in _NO_VALUES:
            return NOTHING
        inner = node.slice
        if name == "Annotated" and isinstance(inner, ast.Tuple):
            return self.of_annotation(inner.elts[0])
        if name in {"type", "Type"}:
            return self._plain(inner)
        return self.of_annotation(node.value) | self.of_annotation(inner)

    def _plain(self, node: ast.AST) -> Values:
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(self._plain(node.value), node.attr, node)
        return NOTHING

    def _object_of(self, value: Value) -> Value | None:
        if isinstance(value, Class):
            return instance(value)
        if isinstance(value, External):
            if value.name.endswith(".Self") and self.function.owner:
                return instance(self.function.owner)
            if "." in value.name and not value.name.startswith(_UNTYPED):
                return instance(value.name) if value.name in OF_INTEREST else FOREIGN
        if isinstance(value, Instance):  # an alias of a type, as a union makes it
            return value
        return None


def outside_attribute(base: str, name: str) -> Values:
    """Return what `.name` of something outside the project stands for."""
    full = canonical(f"{base}.{name}")
    if full in ATTRIBUTES:
        return frozenset({instance(ATTRIBUTES[full])})
    return frozenset({external(full) if full in OF_INTEREST else FOREIGN})


def outside_instance(of: str) -> Values:
    """Return an object of a class outside the project."""
    return frozenset({instance(of) if of in OF_INTEREST else FOREIGN})


def _is_function(value: Value) -> bool:
    return isinstance(value, _FUNCTIONS)
