"""Calls of functions on one file in a worker process, whose failures are `MediaError`s."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from stoat_ferret.errors import (
    InvalidMediaError,
    MediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessCrashedError,
    ProcessTimeoutError,
)
from stoat_ferret.media import reasons
from stoat_ferret.media.file_faults import unforeseen
from stoat_ferret.media.media_file import RootedPath

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from stoat_ferret.media.media_file import MediaPath
    from stoat_ferret.processes.worker_pool import Call, MediaWorkers

T = TypeVar("T")

READER_NAME = "The prober (libav)"
"""The name in error messages of the function that runs in a worker."""


async def run_on_file(
    workers: MediaWorkers,
    function: Callable[..., T],
    path: str | os.PathLike[str],
    *args: object,
    timeout_seconds: float,
) -> T:
    """Return the result of `function(path, *args)`; it receives the path absolute and in bytes."""
    async with open_on_file(workers, function, path, *args) as call:
        with converted_errors(path, timeout_seconds):
            return cast("T", await call.next(timeout_seconds))


@asynccontextmanager
async def open_on_file(
    workers: MediaWorkers,
    function: Callable[..., object],
    path: str | os.PathLike[str],
    *args: object,
) -> AsyncIterator[Call]:
    """Open a call of `function(path, *args)` that may yield intermediate results."""
    async with workers.open(function, absolute(path), *args) as call:
        yield call


def absolute(path: str | os.PathLike[str]) -> MediaPath:
    """Return `path` for a worker, which may have been started in another folder."""
    return path if isinstance(path, RootedPath) else os.fsencode(Path.cwd() / path)


@contextmanager
def converted_errors(path: str | os.PathLike[str], timeout_seconds: float) -> Iterator[None]:
    """Convert any error of a worker process, or raised in it, to an error of the file at `path`."""
    try:
        yield
    except MediaError:
        raise
    except ProcessTimeoutError as error:
        raise ProbeTimeoutError(path, reasons.timed_out(timeout_seconds)) from error
    except ProcessCrashedError as error:
        raise ProbeCrashedError(path, reasons.crashed("libav", error.detail)) from error
    except MemoryError as error:
        raise InvalidMediaError(path, reasons.too_much_memory()) from error
    except Exception as error:
        # Whatever it is: the worker was running, and did nothing but read this file.
        raise unforeseen(path, READER_NAME, error) from error
