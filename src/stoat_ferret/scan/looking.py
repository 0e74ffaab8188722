"""Looks at files whose paths are known, as a discovery looks at those it finds."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from stoat_ferret.errors import shown
from stoat_ferret.library.video import UNKNOWN_SIZE, FoundFile
from stoat_ferret.scan.discovery import NOT_REGULAR, OUTSIDE_LINK, unforeseen, without_stat

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Looked:
    """The files that exist at some paths, and the paths where there is none."""

    files: list[FoundFile] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def look_at(root: str, paths: Sequence[str]) -> Looked:
    """What is at these paths relative to `root`, all as `os.fsdecode` gives them. Blocking."""
    looked = Looked()
    real_root = os.path.realpath(root)
    for path in paths:
        try:
            looked.files.append(_look(real_root, os.path.join(root, path), path))
        except (FileNotFoundError, NotADirectoryError):
            looked.gone.append(path)
        except OSError as error:
            looked.files.append(without_stat(path, error))
        except Exception as error:
            logger.exception("file_not_looked_at", path=shown(os.path.join(root, path)))
            looked.files.append(FoundFile(path, UNKNOWN_SIZE, 0, unforeseen(error)))
    return looked


def _look(real_root: str, absolute: str, path: str) -> FoundFile:
    status = os.stat(absolute)
    unusable = None
    if os.path.commonpath((real_root, os.path.realpath(absolute))) != real_root:
        unusable = OUTSIDE_LINK
        status = os.lstat(absolute)
    elif not stat.S_ISREG(status.st_mode):
        unusable = NOT_REGULAR
    return FoundFile.from_stat(path, status, unusable)
