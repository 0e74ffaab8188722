"""Expressions, and what each may stand for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from loopgate.bindings import Bindings
from loopgate.lookup import NOTHING
from loopgate.model import Class, Instance, above, instance
from loopgate.outside_calls import Arguments
from loopgate.source import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from loopgate.model import Values

_PATH = "pathlib.Path"

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "__eq__",
    ast.NotEq: "__ne__",
    ast.Lt: "__lt__",
    ast.LtE: "__le__",
    ast.Gt: "__gt__",
    ast.GtE: "__ge__",
}
OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.MatMult: "matmul",
    ast.BitOr: "or",
    ast.BitAnd: "and",
    ast.BitXor: "xor",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
}


class Expressions(Bindings):
    """The evaluation of expressions."""

    def value(self, node: ast.AST) -> Values:
        """Evaluate an expression; return what it may stand for."""
        evaluate = _EXPRESSIONS.get(type(node))
        if evaluate is not None:
            return evaluate(self, node)
        self.statements(children(node))
        return NOTHING

    def _union(self, nodes: Iterable[ast.AST]) -> Values:
        return frozenset().union(*[self.value(node) for node in nodes])

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

    def _iterated(self, node: ast.expr, *, is_async: bool) -> Values:
        if is_async and isinstance(node, ast.Call):
            values = self._call_of(node, awaited=True)
        else:
            values = self.value(node)
        return self.iterate(values, node)

    def super_of(self, owner: Class) -> Values:
        """Return what `super()` stands for in a method of `owner`."""
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


_EXPRESSIONS: dict[type, Callable[[Expressions, ast.AST], Values]] = {
    kind: getattr(Expressions, method)
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
