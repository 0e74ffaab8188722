"""What to scan, and the tools of scans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from stoat_ferret.database import Database
    from stoat_ferret.library.scope import FolderPart
    from stoat_ferret.library.video import Root
    from stoat_ferret.media.prober import Prober
    from stoat_ferret.media.thumbnailer import Thumbnailer
    from stoat_ferret.scan.ignore_rules import NameRules


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """A folder to scan; `folder` is relative to the root, "" for the whole root.

    With `force`, unchanged files are read again too. If there are `parts`, only these parts of the
    folder are scanned; a part that does not exist any more has no files. The files in `growing` are
    still being written, and are left as they are.
    """

    root: Root
    folder: str = ""
    recursive: bool = True
    force: bool = False
    parts: tuple[FolderPart, ...] = ()
    growing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTools:
    """The dependencies of scans; `concurrency` is the number of files read at the same time.

    Without a `thumbnailer`, no file is opened only to make its thumbnail. `clock` returns the time
    of day.
    """

    database: Database
    prober: Prober
    thumbnailer: Thumbnailer | None = None
    names: NameRules
    concurrency: int
    trust_folder_times: bool = False
    """Whether files are not examined if the times of their folder and their names are the same."""
    clock: Callable[[], float] = time.time
