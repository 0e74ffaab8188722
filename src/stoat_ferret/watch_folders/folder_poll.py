"""Finds what changed in a root by reading its folders again and again."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from stoat_ferret.library.scope import FolderPart
from stoat_ferret.scan.discovery import Discovery

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from stoat_ferret.scan.ignore_rules import NameRules
    from stoat_ferret.watch_folders.changes import Changes
    from stoat_ferret.watch_folders.coverage import Coverage


class _Anything:
    """Contains every signature."""

    def __contains__(self, _: object) -> bool:
        return True


def _known(signatures: Iterable[object]) -> frozenset[bytes]:
    return frozenset(one for one in signatures if isinstance(one, bytes))


class FolderPoll:
    """Compares the folders of a root with what they held before, as a scan would. Blocking."""

    def __init__(
        self,
        root: str,
        coverage: Coverage,
        names: NameRules,
        changes: Changes,
        *,
        should_stop: Callable[[], bool],
    ) -> None:
        self._root = root
        self._coverage = coverage
        self._names = names
        self._changes = changes
        self._should_stop = should_stop
        self._signatures: dict[str, object] | None = None

    def look(self, check_root: Callable[[], None]) -> None:
        """Note what has changed since the last call; the first one only remembers.

        `check_root` is called before anything is noted, and raises if the root is gone.
        """
        known = self._signatures
        signatures, files = self._read(_Anything() if known is None else _known(known.values()))
        if self._should_stop():
            return
        check_root()
        self._signatures = signatures
        if known is None:
            return
        for folder in known.keys() | signatures.keys():
            if known.get(folder) != signatures.get(folder):
                self._changes.add_part(FolderPart(folder, recursive=False))
                for path in files.get(folder, ()):
                    self._changes.add_file(path)

    def _read(self, known: Container[bytes]) -> tuple[dict[str, object], dict[str, list[str]]]:
        """Return the signature of each folder with files, and the files of unknown folders."""
        discovery = Discovery(
            self._root,
            "",
            recursive=True,
            names=self._names,
            should_stop=self._should_stop,
            known=known,
            parts=self._coverage.parts,
        )
        signatures: dict[str, object] = {}
        files: defaultdict[str, list[str]] = defaultdict(list)
        sums: defaultdict[str, int] = defaultdict(int)
        for batch in discovery.walk():
            for folder in batch.folders:
                signatures[folder.path] = folder.signature
            for file in batch.files:
                here = posixpath.dirname(file.path)
                files[here].append(file.path)
                sums[here] ^= hash((file.path, file.size_bytes, file.mtime_ns))
        # Folders with links, for example, have no signature.
        return {**sums, **signatures}, files
