"""Chooses what to scan after changes: only folders where the library differs from the disk."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

import anyio.to_thread

from stoat_ferret.library.scanned_folders import holds_videos, recorded_files
from stoat_ferret.library.scope import FolderPart, folders_above
from stoat_ferret.scan.scanner import ScanRequest
from stoat_ferret.watch_folders.changes import SettledChanges
from stoat_ferret.watch_folders.coverage import common_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stoat_ferret.database import Database
    from stoat_ferret.library.scanned_folders import RecordedFile
    from stoat_ferret.library.video import Root
    from stoat_ferret.watch_folders.coverage import Coverage


def joined(first: SettledChanges, second: SettledChanges) -> SettledChanges:
    """Return the changes of both, of which `second` came later."""
    files = {**first.files, **second.files}
    is_everything = first.is_everything or second.is_everything
    return SettledChanges(
        is_everything=is_everything,
        files={path: state for path, state in files.items() if path not in second.gone},
        gone=(first.gone - second.files.keys()) | second.gone,
        gone_folders=first.gone_folders | second.gone_folders,
        parts=first.parts | second.parts,
        new_folders=first.new_folders | second.new_folders,
        growing=second.growing,
    )


async def choose_scan(
    database: Database, root: Root, coverage: Coverage, changes: SettledChanges
) -> ScanRequest | None:
    """Return the scan that brings the library up to date; None if it is already.

    What this program has written itself, for example, is recorded as it is.
    """
    recorded = await recorded_files(database, root.id, changes.files.keys() | changes.gone)
    wanted = set(changes.parts)
    for folder in changes.gone_folders:
        if await holds_videos(database, root.id, folder):
            wanted.add(FolderPart(folder))
    # In a thread, as there may be thousands.
    parts = await anyio.to_thread.run_sync(_parts, coverage, changes, recorded, wanted)
    if not parts:
        return None
    if parts == [FolderPart("")]:
        parts = []
    folder = common_folder(parts)
    return ScanRequest(root=root, folder=folder, parts=tuple(parts), growing=changes.growing)


def _parts(
    coverage: Coverage,
    changes: SettledChanges,
    recorded: Mapping[str, RecordedFile],
    wanted: set[FolderPart],
) -> list[FolderPart]:
    """Return what to scan: `wanted`, and the folders of files that differ from their records."""
    folders = {posixpath.dirname(path) for path in changes.gone & recorded.keys()}
    for path, state in changes.files.items():
        record = recorded.get(path)
        if record is None or record.is_outdated or state != record[:2]:
            folders.add(posixpath.dirname(path))
    wanted = wanted.union(_part_of(folder, changes) for folder in folders)
    return coverage.merged(
        inner for part in wanted for inner in coverage.within(part.folder, recursive=part.recursive)
    )


def _part_of(folder: str, changes: SettledChanges) -> FolderPart:
    """Return the outermost new folder that holds this folder, else the folder alone."""
    new = [one for one in (folder, *folders_above(folder)) if one in changes.new_folders]
    return FolderPart(new[-1]) if new else FolderPart(folder, recursive=False)
