"""Unexpected errors on a single file: logged with a traceback, reported as errors of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import MediaError, ProbeCrashedError, StoatFerretError
from stoat_ferret.media import reasons
from stoat_ferret.text import for_display

if TYPE_CHECKING:
    import os

logger = structlog.get_logger(__name__)


def file_error(path: str | os.PathLike[str], operation: str, error: Exception) -> MediaError:
    """Return the error of the file at `path` that `error` represents; log it if unexpected.

    `operation` is the part of the program that raised it, such as `The prober (libav)`. Errors of
    this program that are not about a file, such as a full disk or a program that cannot be started,
    are raised.
    """
    if isinstance(error, MediaError):
        return error
    if isinstance(error, StoatFerretError):
        raise error
    return unforeseen(path, operation, error)


def unforeseen(path: str | os.PathLike[str], operation: str, error: Exception) -> ProbeCrashedError:
    """Log `error` with the file name and the traceback; return it as an error of the file."""
    logger.error("file_failed", path=for_display(path), doer=operation, exc_info=error)
    return ProbeCrashedError(path, reasons.failed(operation, error))
