"""Evaluation of functions, until it is known what each call of a project may run.

Each expression gets the set of things that it may stand for, regardless of the order of
statements. Functions are evaluated again until no set grows any more.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from loopgate.expressions import OPERATORS, Expressions
from loopgate.flow import Flow
from loopgate.lookup import NOTHING
from loopgate.source import children

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from loopgate.model import Values
    from loopgate.project import Project


def find_calls(project: Project) -> None:
    """Record the calls of every function of the project.

    The first pass only finds what names stand for: until that is known, too much looks like a
    call. The second pass records calls, and guesses methods of objects of unknown type.
    """
    flow = Flow(project)
    _evaluate(flow)
    flow.forget_calls()
    flow.is_guessing = True
    _evaluate(flow)


def _evaluate(flow: Flow) -> None:
    flow.queue_all()
    while function := flow.next_function():
        Evaluation(flow, function).run()


class Evaluation(Expressions):
    """One evaluation of the body of one function."""

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

    def statements(self, nodes: Iterable[ast.AST]) -> None:
        """Evaluate statements, and whatever else may be in a body, in order."""
        for node in nodes:
            evaluate = _STATEMENTS.get(type(node))
            if evaluate is not None:
                evaluate(self, node)
            else:
                self.value(node)

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

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        items = self._iterated(node.iter, is_async=isinstance(node, ast.AsyncFor))
        self._assign(node.target, items)
        self.statements((*node.body, *node.orelse))

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

    def _match(self, node: ast.Match) -> None:
        # Containers stand for their items here too.
        values = self.value(node.subject)
        for case in node.cases:
            self._pattern(case.pattern, values)
            if case.guard is not None:
                self.value(case.guard)
            self.statements(case.body)

    def _pattern(self, pattern: ast.AST, values: Values) -> Values:
        """Bind the names in a pattern; return its objects if it says more than the subject."""
        found: Values = NOTHING
        if isinstance(pattern, ast.MatchClass):
            found = self._class_pattern(pattern, values)
        elif isinstance(pattern, ast.MatchValue):
            self.value(pattern.value)
        else:
            inner = [one for one in children(pattern) if isinstance(one, ast.pattern)]
            found = frozenset().union(*[self._pattern(one, values) for one in inner])
        if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
            self.flow.add(self.scope.declare(pattern.name), found or values)
        return found

    def _class_pattern(self, pattern: ast.MatchClass, values: Values) -> Values:
        objects = self.of_annotation(pattern.cls)
        for one in pattern.patterns:
            self._pattern(one, values)
        for name, one in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            self._pattern(one, self.attribute(objects, name, one))
        return objects


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
