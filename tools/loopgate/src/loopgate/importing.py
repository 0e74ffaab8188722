"""What imports bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blocking_calls.calling import Calling
from blocking_calls.known import BLOCKING, canonical
from blocking_calls.model import external

if TYPE_CHECKING:
    import ast

    from blocking_calls.model import Module, Values


class Importing(Calling):
    """The evaluation of imports."""

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
