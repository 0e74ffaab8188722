"""Goes through the body of one function and gives every expression what it may stand for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from blocking_calls.calling import Arguments
from blocking_calls.matching import Matching
from blocking_calls.model import (
    Class,
    Function,
    Instance,
    Module,
    above,
    instance,
)
from blocking_calls.operators import COMPARISONS, OPERATORS
from blocking_calls.reading import NOTHING
from blocking_calls.tree import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blocking_calls.model import Values

_PATH = "pathlib.Path"


class Evaluation(Matching):
    """One look at one function."""

    def run(self) -> None:
        """Evaluate the whole body."""
        node = self.function.node
        if isinstance(node, ast.Module):
            self.statements(node.body)
            return
        self._bind_types(node)
        if isinstance(node, ast.Lambda):
            self.flow.add(self.function.returned, self.value(node.body))
        else:
            self.flow.add(self.function.returned, self.of_annotation(node.returns))
            self.statements(node.body)

    def _bind_types(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        given = node.args
        for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            types = self.of_annotation(argument.annotation)
            self.flow.add(self.scope.declare(argument.arg), types)
        for extra in filter(None, (given.vararg, given.kwarg)):
            self.flow.add(self.scope.declare(extra.arg), self.of_annotation(extra.annotation))

    def value(self, node: ast.AST) -> Values:
        """See `Defining.value`."""
        evaluate = _EXPRESSIONS.get(type(node))
        if evaluate is not None:
            return evaluate(self, node)
        for child in children(node):
            self._any(child)
        return NOTHING

    def _any(self, node: ast.AST) -> None:
        statement = _STATEMENTS.get(type(node))
        if statement is not None:
            statement(self, node)
        else:
            self.value(node)

    def statements(self, nodes: Iterable[ast.AST]) -> None:
        """See `Defining.statements`."""
        for node in nodes:
            self._any(node)

    def _union(self, nodes: Iterable[ast.AST]) -> Values:
        return frozenset().union(*[self.value(node) for node in nodes])

    # Expressions

    def _name(self, node: ast.Name) -> Values:
        return self.name(node.id)

    def _attribute_of(self, node: ast.Attribute) -> Values:
        return self.attribute(self.value(node.value), node.attr, node)

    def _call_of(self, node: ast.Call, *, awaited: bool = False) -> Values:
        base: Values = NOTHING
        if isinstance(node.func, ast.Attribute):
            base = self.value(node.func.value)
            callees = self.attribute(base, node.func.attr, node.func)
        else:
            callees = self.value(node.func)
        positional, starred = [], NOTHING
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                values = self.value(argument.value)
                # The items of `*args` may be generators, which passing them on does not run.
                is_name = isinstance(argument.value, ast.Name)
                starred |= values if is_name else self.iterate(values, node)
            else:
                positional.append(self.value(argument))
        named: dict[str, Values] = {}
        spread = NOTHING
        for keyword in node.keywords:
            values = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = values
            else:
                spread |= values
        given = Arguments(positional, starred, named, spread)
        return self.call(node, callees, base, given, awaited=awaited)

    def _await(self, node: ast.Await) -> Values:
        if isinstance(node.value, ast.Call):
            values = self._call_of(node.value, awaited=True)
        else:
            values = self.value(node.value)
        self.special(values, "__await__", node)
        return values

    def _lambda(self, node: ast.Lambda) -> Values:
        function = self.flow.project.functions[node]
        self._defaults(node, function)
        return frozenset({function})

    def _binary(self, node: ast.BinOp) -> Values:
        left, right = self.value(node.left), self.value(node.right)
        name = OPERATORS[type(node.op)]
        results = self.special(left, f"__{name}__", node) | self.special(
            right, f"__r{name}__", node
        )
        is_path = any(isinstance(v, Instance) and v.of == _PATH for v in left | right)
        if is_path and isinstance(node.op, ast.Div):
            return results | {instance(_PATH)}
        return results | left | right  # lists are added, types are united

    def _compare(self, node: ast.Compare) -> Values:
        left = self.value(node.left)
        for operator, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node)
            if isinstance(operator, ast.In | ast.NotIn):
                self.special(right, "__contains__", node)
                if isinstance(right_node, ast.Call):
                    self.run_generators(right, node)
            elif name := COMPARISONS.get(type(operator)):
                self.special(left, name, node)
            left = right
        return NOTHING

    def _subscript(self, node: ast.Subscript) -> Values:
        values = self.value(node.value)
        self.value(node.slice)
        return self.special(values, "__getitem__", node) | values

    def _conditional(self, node: ast.IfExp) -> Values:
        self.value(node.test)
        return self.value(node.body) | self.value(node.orelse)

    def _walrus(self, node: ast.NamedExpr) -> Values:
        values = self.value(node.value)
        self.flow.add(self.scope.around_comprehensions().declare(node.target.id), values)
        return values

    def _formatted(self, node: ast.FormattedValue) -> Values:
        values = self.value(node.value)
        for method in ("__format__", "__str__"):
            self.special(values, method, node)
        return NOTHING

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
    ) -> Values:
        outer = self.scope
        for loop in node.generators:
            items = self._iterated(loop.iter, is_async=bool(loop.is_async))
            self.scope = self.flow.project.comprehensions[node]  # the first is of the outer one
            self._assign(loop.target, items)
            self.statements(loop.ifs)
        result = node.key if isinstance(node, ast.DictComp) else node.elt
        values = self.value(result)
        if isinstance(node, ast.DictComp):
            values |= self.value(node.value)
        self.scope = outer
        return values

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Values:
        if node.value is not None:
            values = self.value(node.value)
            if isinstance(node, ast.YieldFrom):
                values = self.iterate(values, node)
            self.flow.add(self.function.returned, values)
        return NOTHING

    # Statements

    def _assignment(self, node: ast.Assign) -> None:
        values = self.value(node.value)
        for target in node.targets:
            self._assign(target, values, node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        values = self.of_annotation(node.annotation)
        if node.value is not None:
            values |= self.value(node.value)
        self._assign(node.target, values)

    def _augmented(self, node: ast.AugAssign) -> None:
        values = self.value(node.value)
        name = OPERATORS[type(node.op)]
        self.special(values, f"__r{name}__", node)
        current = self.value(node.target)
        for method in (f"__i{name}__", f"__{name}__"):
            values |= self.special(current, method, node)
        self._assign(node.target, values)

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
        """See `Calling.grow`."""
        if isinstance(container, ast.Name):
            if cell := self.scope.find(container.id):
                self.flow.add(cell, values)
        elif isinstance(container, ast.Attribute):
            self._assign_attribute(container, values)
        elif isinstance(container, ast.Subscript):
            self.grow(container.value, values)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        items = self._iterated(node.iter, is_async=isinstance(node, ast.AsyncFor))
        self._assign(node.target, items)
        self.statements((*node.body, *node.orelse))

    def _iterated(self, node: ast.expr, *, is_async: bool) -> Values:
        if is_async and isinstance(node, ast.Call):
            values = self._call_of(node, awaited=True)
        else:
            values = self.value(node)
        return self.iterate(values, node)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        is_async = isinstance(node, ast.AsyncWith)
        enter, leave = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
        for item in node.items:
            context = item.context_expr
            if is_async and isinstance(context, ast.Call):
                values = self._call_of(context, awaited=True)
            else:
                values = self.run_generators(self.value(context), context)
            entered = self.special(values, enter, context)
            self.special(values, leave, context)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, entered | values)
        self.statements(node.body)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.flow.add(self.function.returned, self.value(node.value))

    def super_of(self, owner: Class) -> Values:
        """See `Calling.super_of`."""
        return frozenset({above(owner)})

    def _nothing(self, node: ast.AST) -> Values:
        del node
        return NOTHING

    def _several(self, node: ast.Tuple | ast.List | ast.Set) -> Values:
        return self._union(node.elts)

    def _dict(self, node: ast.Dict) -> Values:
        return self._union((*filter(None, node.keys), *node.values))

    def _either(self, node: ast.BoolOp) -> Values:
        return self._union(node.values)

    def _starred(self, node: ast.Starred) -> Values:
        return self.iterate(self.value(node.value), node)


_EXPRESSIONS: dict[type, Callable[[Evaluation, ast.AST], Values]] = {
    kind: getattr(Evaluation, method)
    for kind, method in {
        ast.Name: "_name",
        ast.Constant: "_nothing",
        ast.Attribute: "_attribute_of",
        ast.Call: "_call_of",
        ast.Await: "_await",
        ast.Lambda: "_lambda",
        ast.BinOp: "_binary",
        ast.Compare: "_compare",
        ast.Subscript: "_subscript",
        ast.IfExp: "_conditional",
        ast.NamedExpr: "_walrus",
        ast.FormattedValue: "_formatted",
        ast.ListComp: "_comprehension",
        ast.SetComp: "_comprehension",
        ast.GeneratorExp: "_comprehension",
        ast.DictComp: "_comprehension",
        ast.Yield: "_yield",
        ast.YieldFrom: "_yield",
        ast.Tuple: "_several",
        ast.List: "_several",
        ast.Set: "_several",
        ast.Dict: "_dict",
        ast.BoolOp: "_either",
        ast.Starred: "_starred",
        ast.Load: "_nothing",
        ast.Store: "_nothing",
    }.items()
}
_STATEMENTS: dict[type, Callable[[Evaluation, ast.AST], None]] = {
    kind: getattr(Evaluation, method)
    for kind, method in {
        ast.Assign: "_assignment",
        ast.AnnAssign: "_annotated",
        ast.AugAssign: "_augmented",
        ast.For: "_for",
        ast.AsyncFor: "_for",
        ast.With: "_with",
        ast.Match: "_match",
        ast.AsyncWith: "_with",
        ast.Return: "_return",
        ast.FunctionDef: "_define",
        ast.AsyncFunctionDef: "_define",
        ast.ClassDef: "_define_class",
        ast.Import: "_import",
        ast.ImportFrom: "_import_from",
    }.items()
}
