"""What the patterns of `match` bind."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from blocking_calls.defining import Defining
from blocking_calls.reading import NOTHING
from blocking_calls.tree import children

if TYPE_CHECKING:
    from blocking_calls.model import Values


class Matching(Defining):
    """The evaluation of `match`; containers stand for their items here too."""

    def _match(self, node: ast.Match) -> None:
        values = self.value(node.subject)
        for case in node.cases:
            self._pattern(case.pattern, values)
            if case.guard is not None:
                self.value(case.guard)
            self.statements(case.body)

    def _pattern(self, pattern: ast.AST, values: Values) -> Values:
        """Bind the names in it; what it stands for where it tells more than the subject."""
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
