"""The project: its modules by name, and their scopes, functions and classes."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from loopgate.model import Class, Function, Module, Scope, instance
from loopgate.source import children

if TYPE_CHECKING:
    from collections.abc import Iterable

_BINDING = frozenset(
    {ast.Name, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal}
    | {ast.Yield, ast.YieldFrom, ast.ExceptHandler, ast.MatchAs, ast.MatchStar}
)
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Project:
    """All modules, and the functions and classes that their syntax trees declare."""

    def __init__(self, modules: Iterable[Module]) -> None:
        every = list(modules)
        self.modules: dict[str, Module] = {}
        self.functions: dict[ast.AST, Function] = {}
        self.classes: dict[ast.ClassDef, Class] = {}
        self.comprehensions: dict[ast.AST, Scope] = {}
        self._by_ending: dict[str, Module | None] = {}
        self._prefixes: set[str] = set()
        for module in every:
            self.modules.setdefault(module.name, module)  # imports mean the first of a name
        for module in self.modules.values():
            self._index(module)
        for module in every:
            body = Function("module", module, module.tree, module.scope, 1)
            self.functions[module.tree] = body
            _Declaring(self, module).run()

    def find_module(self, name: str) -> Module | None:
        """Return the module that an import of this name means; None outside the project."""
        return self.modules.get(name) or self._by_ending.get(name)

    def is_above_module(self, name: str) -> bool:
        """Return whether this is a package of modules of the project."""
        return name in self._prefixes

    def _index(self, module: Module) -> None:
        """Index the endings of its name that leave out folders which are not packages."""
        parts = module.name.split(".")
        self._prefixes.update(".".join(parts[:count]) for count in range(1, len(parts)))
        for start in range(1, len(parts)):
            above = self.modules.get(".".join(parts[:start]))
            ending = ".".join(parts[start:])
            if (above and above.is_package) or parts[start] in sys.stdlib_module_names:
                break
            self._by_ending[ending] = None if ending in self._by_ending else module


class _Declaring:
    """Walks over a module and creates its functions, classes and scopes."""

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module

    def run(self) -> None:
        self._visit_all(self._module.tree.body, self._module.scope, None)

    def _visit_all(self, nodes: Iterable[ast.AST], scope: Scope, owner: Class | None) -> None:
        for node in nodes:
            self._visit(node, scope, owner)

    def _visit(self, node: ast.AST, scope: Scope, owner: Class | None) -> None:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            return
        if isinstance(node, _Definition):
            self._declare_function(node, scope, owner)
        elif isinstance(node, ast.ClassDef):
            self._declare_class(node, scope)
        elif isinstance(node, _Comprehension):
            inner = self._project.comprehensions[node] = Scope(scope, is_comprehension=True)
            self._visit_all(children(node), inner, owner)
        elif isinstance(node, ast.NamedExpr):
            scope.around_comprehensions().declare(node.target.id)
            self._visit(node.value, scope, owner)
        else:
            if type(node) in _BINDING:
                self._bind(node, scope)
            self._visit_all(children(node), scope, owner)

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Name):
            scope.declare(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                scope.declare(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.Global | ast.Nonlocal):
            scope.borrowed.update(node.names)
            if isinstance(node, ast.Global):
                for name in node.names:
                    self._module.scope.declare(name)
        elif isinstance(node, ast.Yield | ast.YieldFrom):
            scope.yields = True
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            scope.declare(node.name)

    def _declare_function(self, node: _Definition, scope: Scope, owner: Class | None) -> None:
        inner = Scope(scope)
        function = Function(
            name=getattr(node, "name", "lambda"),
            module=self._module,
            node=node,
            scope=inner,
            line=node.lineno,
            owner=owner if scope.is_class else None,
            is_async=isinstance(node, ast.AsyncFunctionDef),
        )
        self._project.functions[node] = function
        self._module.has_async |= function.is_async
        given = node.args
        for argument in (*given.posonlyargs, *given.args):
            function.parameters.append(argument.arg)
            inner.declare(argument.arg)
        for extra in (*given.kwonlyargs, given.vararg, given.kwarg):
            if extra is not None:
                inner.declare(extra.arg)
        if not isinstance(node, ast.Lambda):
            scope.declare(node.name)
            function.decorators = {ast.unparse(one) for one in node.decorator_list}
            self._visit_all(node.decorator_list, scope, owner)
            self._declare_receiver(function)
        self._visit_all((*given.defaults, *filter(None, given.kw_defaults)), scope, owner)
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        self._visit_all(body, inner, None)
        function.is_generator = inner.yields and not function.is_async

    def _declare_receiver(self, function: Function) -> None:
        if (
            function.owner is None
            or not function.parameters
            or "staticmethod" in function.decorators
        ):
            return
        is_of_class = "classmethod" in function.decorators or function.name == "__new__"
        receiver = function.owner if is_of_class else instance(function.owner)
        function.scope.cells[function.parameters[0]].values |= {receiver}

    def _declare_class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.declare(node.name)
        inner = Scope(scope, is_class=True)
        made = Class(node.name, self._module, node, inner)
        self._project.classes[node] = made
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                made.fields.append(statement.target.id)
        self._visit_all((*node.decorator_list, *node.bases, *node.keywords), scope, None)
        self._visit_all(node.body, inner, made)
