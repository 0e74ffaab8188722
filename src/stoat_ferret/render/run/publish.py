"""The publishing of finished files under their final names, safe to repeat after a crash."""

from __future__ import annotations

import errno
import itertools
import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from stoat_ferret.render.run.scratch import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A checked file in a scratch folder; `suffix` follows the name of the render, or its own.

    If `is_video` is set, it is added to the library. `clip` is the number of the clip that it was
    made of, if it has a name of its own.
    """

    file: str
    suffix: str
    size_bytes: int
    is_video: bool
    name: str | None = None
    clip: int | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a render to publish, stored in its scratch folder once they are checked.

    `base` is the name that was chosen; None before that. `request` is the digest of the request,
    empty if another version wrote the manifest. `folder` is the one inside the output folder.
    """

    name: str
    overwrite: bool
    files: tuple[FinishedFile, ...]
    notes: tuple[str, ...]
    base: str | None = None
    request: str = ""
    folder: str | None = None

    def write(self, scratch: Path) -> None:
        """Write the manifest atomically, after flushing its files to the disk. Blocking."""
        paths = [scratch / finished.file for finished in self.files]
        for path in (*paths, *{path.parent for path in paths} - {scratch}):
            with suppress(FileNotFoundError):  # it is published already
                sync(path)
        draft = scratch / f"{MANIFEST}.new"
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        sync(draft)
        draft.replace(scratch / MANIFEST)
        sync(scratch)

    @classmethod
    def read(cls, scratch: Path) -> Manifest:
        """Read the manifest in `scratch`. Blocking."""
        values = json.loads((scratch / MANIFEST).read_text(encoding="utf-8"))
        files = tuple(FinishedFile(**one) for one in values.pop("files"))
        notes = tuple(values.pop("notes"))
        return cls(files=files, notes=notes, **values)


def publish(scratch: Path, manifest: Manifest, folder: Path) -> list[Path]:
    """Move the files to `folder` under one name, or their own, and return their paths.

    If a name is taken, ` (2)` or a higher number is added to all, unless the manifest says to
    overwrite. Publishing again continues after an interruption. Blocking; raises `OSError`.
    """
    for base in _names(manifest):
        chosen = replace(manifest, base=base)
        chosen.write(scratch)
        published = _publish_as(base, scratch, chosen, folder)
        if published is not None:
            sync(folder)
            return published
    raise AssertionError("there is always another number")


def _names(manifest: Manifest) -> Iterator[str]:
    if manifest.base is not None:
        yield manifest.base
    yield manifest.name
    for number in itertools.count(2):
        yield f"{manifest.name} ({number})"


def _publish_as(base: str, scratch: Path, manifest: Manifest, folder: Path) -> list[Path] | None:
    """Return None if another file has one of the names; nothing has been published then."""
    number = base.removeprefix(manifest.name)
    moves = [
        (
            scratch / one.file,
            folder / f"{base if one.name is None else one.name + number}{one.suffix}",
            one.size_bytes,
        )
        for one in manifest.files
    ]
    if any(target.is_dir() for _, target, _ in moves):
        return None  # no file can replace a folder
    done: list[tuple[Path, Path]] = []
    for source, target, size_bytes in moves:
        if _is_there(source, target, size_bytes) or _place(source, target):
            done.append((source, target))
        elif manifest.overwrite:
            source.replace(target)
        else:
            _take_back(done)
            return None
    return [target for _, target, _ in moves]


def _is_there(source: Path, target: Path, size_bytes: int) -> bool:
    """Return whether an interrupted attempt has published the file already."""
    try:
        if source.exists():
            return target.samefile(source)
        return target.stat().st_size == size_bytes
    except FileNotFoundError:
        return False


def _place(source: Path, target: Path) -> bool:
    """Give the file its name in one step, unless the name is taken."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _place_without_links(source, target)
    return True


def _place_without_links(source: Path, target: Path) -> bool:
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return False
    source.replace(target)
    return True


def _take_back(done: Sequence[tuple[Path, Path]]) -> None:
    for source, target in done:
        if source.exists():
            target.unlink()
        else:
            target.replace(source)


def sync(path: Path) -> None:
    """Wait until a file or folder is on its disk. Blocking; raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
