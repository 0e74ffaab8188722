"""Source files: their syntax trees, module names, and exceptions in comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loopgate.model import Module

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_MARK = "blocking-ok"
_EXCEPTION = re.compile(rf"#\s*{_MARK}(?![\w-])(?P<rest>.*)")
_NO_CODE = frozenset("ctx op ops id attr arg name asname module level kind conversion".split())
_fields: dict[type[ast.AST], tuple[str, ...]] = {}
_SKIPPED = frozenset({"__pycache__", "node_modules", "build", "dist"})


class UnreadableSourceError(Exception):
    """A file or folder cannot be checked."""


@dataclass(slots=True)
class Allowance:
    """A comment that allows blocking calls on its line; without a reason it allows nothing."""

    path: Path
    line: int
    column: int
    reason: str
    is_used: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its module, and its exceptions by line."""

    module: Module
    allowances: dict[int, Allowance]


def read_sources(paths: Iterable[Path]) -> tuple[list[Source], list[str]]:
    """Read every Python file at and below `paths` once; describe those that are unreadable."""
    sources: dict[Path, Source] = {}
    problems: list[str] = []
    for path in paths:
        if not (path.is_file() or path.is_dir()):
            problems.append(f"{path}: there is no such file or folder")
        for file, top in _files(path):
            if (real := file.resolve()) in sources:
                continue
            try:
                sources[real] = _read(file, top)
            except UnreadableSourceError as error:
                problems.append(str(error))
    return list(sources.values()), problems


def _files(path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each file with the folder that its module name starts from."""
    if path.is_file():
        yield path, path.parent
    for file in sorted(path.rglob("*.py")):
        is_of_another_kind = file.exists() and not file.is_file()  # folders, pipes, sockets
        if not (is_of_another_kind or _is_skipped(file.parent, path)):
            yield file, path


def _is_skipped(folder: Path, top: Path) -> bool:
    """Return whether a folder holds built or installed code; a package may be called `build`."""
    return any(
        part.startswith(".")
        or (part in _SKIPPED and not (top.joinpath(*parts[: index + 1]) / "__init__.py").exists())
        for parts in [folder.relative_to(top).parts]
        for index, part in enumerate(parts)
    )


def _read(file: Path, top: Path) -> Source:
    try:
        data = file.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strange escapes in texts
            tree = ast.parse(data, filename=str(file))
        allowances = _allowances(file, data) if _MARK.encode() in data else {}
    except SyntaxError as error:
        raise UnreadableSourceError(f"{file}:{error.lineno}: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableSourceError(f"{file}: it is nested too deeply") from error
    except (OSError, ValueError, tokenize.TokenError) as error:
        raise UnreadableSourceError(f"{file}: {error}") from error
    is_package = file.name == "__init__.py"
    return Source(Module(_module_name(file, top), file, tree, is_package), allowances)


def _module_name(file: Path, top: Path) -> str:
    """Return the dotted name, from `top` or from above the outermost package around it."""
    base = top.resolve()
    file = base / file.relative_to(top)  # where a link stands, not where it leads
    while (base / "__init__.py").exists():
        base = base.parent
    parts = list(file.relative_to(base).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def _allowances(file: Path, data: bytes) -> dict[int, Allowance]:
    found = {}
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.COMMENT and (match := _EXCEPTION.search(token.string)):
            line, column = token.start
            rest = match["rest"].strip()
            reason = rest[1:].strip() if rest.startswith(":") else ""
            found[line] = Allowance(file, line, column + match.start() + 1, reason)
    return found


def children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the child nodes that hold code: `ast.iter_child_nodes`, but several times as fast."""
    kind = type(node)
    fields = _fields.get(kind)
    if fields is None:
        fields = _fields[kind] = tuple(name for name in kind._fields if name not in _NO_CODE)
    for name in fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST):
            yield value
