"""Scratch folders: the temporary folder of each render, beside its output, and its open inputs."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.library.files import open_resolved

if TYPE_CHECKING:
    from collections.abc import (
        AsyncIterator,
        Callable,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from stoat_ferret.render.plan.plan import RenderPass, RenderPlan

# Hidden, so that scans ignore it.
_NAME = re.compile(r"\..+\.(?P<job>[0-9a-f-]{36})\.(?P<attempt>\d+)\.tmp", re.DOTALL)
_LOCK = ".lock"
MANIFEST = ".manifest.json"
_FRESH_SECONDS = 60.0
_LONGEST_NAME_BYTES = 120
_NAMED = "file:/"


@dataclass(slots=True)
class Scratch:
    """A scratch folder; from its creation on, no other process considers it abandoned."""

    path: Path
    _lock: int | None = None
    _is_let_go: bool = False

    @classmethod
    def of(cls, folder: Path, name: str, job_id: str, attempt: int) -> Scratch:
        """Return the one in `folder` for an attempt of a job, not created yet."""
        short = name.encode("utf-8", "replace")[:_LONGEST_NAME_BYTES].decode("utf-8", "ignore")
        return cls(folder / f".{short}.{job_id}.{attempt}.tmp")

    def set_up(self) -> None:
        """Create the folder, empty. Blocking; raises `OSError`."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.path)
        self.path.mkdir(mode=0o700)
        self._lock = _locked(self.path)

    def fill(self, plan: RenderPlan) -> None:
        """Create the files, links and folders that a plan needs.

        A file is copied where links are not possible. Blocking; raises `OSError`.
        """
        for folder in plan.folders:
            (self.path / folder).mkdir()
        for file, text in plan.files.items():
            (self.path / file).write_text(text, encoding="utf-8")
        for name, target in plan.links.items():
            link = self.path / name
            link.parent.mkdir(exist_ok=True)
            try:
                link.symlink_to(target)
            except OSError:  # a file system without links
                shutil.copyfile(target, link)

    @classmethod
    def take_over(cls, folder: Path, job_id: str, attempt: int) -> Scratch | None:
        """Return what an earlier attempt of the job finished but did not publish, if any.

        It is renamed to that of this attempt, so that only one can have it, even on a file system
        without locks. Everything else that earlier attempts left is removed; what later ones have
        is left alone. Blocking; raises `OSError`.
        """
        finished = None
        for path in _scratches(folder, lambda job, number: job == job_id and number < attempt):
            lock = _free_lock(path)
            if lock is None:
                continue
            if finished is None and (path / MANIFEST).exists():
                finished = cls._renamed(path, attempt, lock)
            else:
                _remove(path, lock)
        return finished

    @classmethod
    def _renamed(cls, path: Path, attempt: int, lock: int) -> Scratch | None:
        end = path.name.rindex(".", 0, -len(".tmp"))
        mine = path.with_name(f"{path.name[:end]}.{attempt}.tmp")
        try:
            path.rename(mine)
        except FileNotFoundError:  # another attempt was faster
            os.close(lock)
            return None
        return cls(mine, lock)

    def remove_parts(self, outputs: Iterable[str]) -> None:
        """Delete all files but `outputs`, which were made of them. Blocking; raises nothing."""
        kept = {_LOCK, *outputs}
        for folder, _, names in os.walk(self.path):
            for name in names:
                path = Path(folder) / name
                if str(path.relative_to(self.path)) not in kept:
                    with suppress(OSError):  # it is removed with the folder
                        path.unlink()

    def let_go(self) -> None:
        """Leave the folder to the next attempt: it is not removed any more. Blocking."""
        self._is_let_go = True
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def remove(self) -> None:
        """Delete the folder with its content, unless it was let go. Blocking; raises nothing."""
        if self._is_let_go:
            return
        _remove(self.path, self._lock)
        self._lock = None


def scratches(folder: Path) -> list[Path]:
    """Return all scratch folders in `folder`. Blocking; one that cannot be read has none."""
    with suppress(OSError):
        return list(_scratches(folder, lambda *_: True))
    return []


def sweep(paths: Iterable[Path], active: Mapping[str, int]) -> int:
    """Remove those of these scratch folders that dead processes left, and return how many.

    `active` has the newest attempt of each active job, and must have been found out after the
    folders. What this attempt has is left alone, even on a file system without locks, and so is
    what earlier ones finished. Blocking.
    """
    count = 0
    with suppress(OSError):
        for path in paths:
            found = _NAME.fullmatch(path.name)
            newest = active.get(found["job"]) if found else None
            if found and newest is not None:
                is_newest = int(found["attempt"]) >= newest
                # Not even locked for an instant: its job may be taking it over.
                if is_newest or (path / MANIFEST).exists():
                    continue
            lock = _free_lock(path)
            if lock is not None:
                _remove(path, lock)
                count += 1
    return count


def _scratches(folder: Path, wanted: Callable[[str, int], bool]) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    for name in sorted(names):
        found = _NAME.fullmatch(name)
        if found and wanted(found["job"], int(found["attempt"])):
            yield folder / name


def _locked(path: Path) -> int:
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with suppress(OSError):  # a file system without locks
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _free_lock(path: Path) -> int | None:
    """Return the lock of an abandoned scratch folder; None if it is, or may be, in use.

    Also None if the folder is gone: a sweep and a starting job may find it at the same time.
    """
    try:
        lock = os.open(path / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return _lock_of_old(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            os.close(lock)
            return None
    return lock


def _lock_of_old(path: Path) -> int | None:
    try:
        if time.time() - path.stat().st_mtime < _FRESH_SECONDS:
            return None  # its owner is about to create the lock
        return _locked(path)
    except FileNotFoundError:
        return None


def _remove(path: Path, lock: int | None) -> None:
    _kill_orphans(path)
    shutil.rmtree(path, ignore_errors=True)
    if lock is not None:
        os.close(lock)


def _kill_orphans(path: Path) -> None:
    """Kill the ffmpeg processes that a dead process left running in the folder; Linux only."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_here = (process / "cwd").readlink().is_relative_to(path)
            if is_here and b"\0-progress\0" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@dataclass(slots=True)
class InputFiles:
    """Open files to pass to ffmpeg as `descriptors`.

    Each has a link in the folder of the render that leads to the open file, whatever its path leads
    to by then. The link keeps the extension, by which FFmpeg recognizes some formats. If such links
    are not possible, on systems other than Linux and on some file systems, ffmpeg opens the files
    by the paths that were checked.
    """

    folder: Path
    descriptors: list[int] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    def open(self, named: Iterable[str]) -> None:
        """Open the files with these names, `file:` and a resolved path. Blocking.

        Raises `FileVanishedError` and `FileUnreadableError`, also if such a path has come to
        contain a link.
        """
        for number, name in enumerate(dict.fromkeys(named)):
            path = name.removeprefix("file:")
            descriptor = open_resolved(path).descriptor
            self.descriptors.append(descriptor)
            link = self.folder / f"input-{number:03d}{Path(path).suffix}"
            opened = Path(f"/proc/self/fd/{descriptor}")
            if opened.exists():
                with suppress(OSError):  # a file system without links
                    link.symlink_to(opened)
                    self._names[name] = f"file:{link.name}"

    def named(self, arguments: Sequence[str]) -> list[str]:
        """Return `arguments` with the links in place of the paths."""
        return [self._names.get(argument, argument) for argument in arguments]

    def close(self) -> None:
        """Close the files and remove the links. Blocking."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        for name in self._names.values():
            with suppress(OSError):
                (self.folder / name.removeprefix("file:")).unlink()


@asynccontextmanager
async def open_inputs(passes: Iterable[RenderPass], folder: Path) -> AsyncIterator[InputFiles]:
    """Open the files outside `folder` that `passes` read. Raises errors of `InputFiles.open`."""
    named = [
        argument
        for one in passes
        for option, argument in zip(one.arguments, one.arguments[1:], strict=False)
        if option == "-i" and argument.startswith(_NAMED)
    ]
    files = InputFiles(folder)
    try:
        await run_on_disk_thread(files.open, named)
        yield files
    finally:
        await run_on_disk_thread(files.close)
