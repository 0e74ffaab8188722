"""The job that runs a scan."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from stoat_ferret.errors import PathOutsideRootsError
from stoat_ferret.jobs.job import JobKind, LibraryChange
from stoat_ferret.library.roots import refuse_outside, with_disk_timeout
from stoat_ferret.library.scope import FolderPart, folders_above
from stoat_ferret.scan.rescan import RescanRequest, rescan_files
from stoat_ferret.scan.result import ScanPhase, ScanResult
from stoat_ferret.scan.scanner import ScanRequest, ScanTools, scan_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stoat_ferret.jobs.job import Job
    from stoat_ferret.jobs.queue import JobContext
    from stoat_ferret.library.video import Root


def scan_params(request: ScanRequest) -> dict[str, Any]:
    """Return the request as plain JSON, portable across machines: root name and relative path."""
    params: dict[str, Any] = {
        "root": request.root.name,
        "folder": request.folder,
        "recursive": request.recursive,
        "force": request.force,
    }
    if request.parts:
        params["parts"] = [
            {"folder": part.folder, "recursive": part.recursive} for part in request.parts
        ]
    if request.growing:
        params["growing"] = sorted(request.growing)
    return params


def scan_key(request: ScanRequest) -> str:
    """Return the deduplication key; equal requests have equal keys.

    All scans of parts of the same folder have the same key.
    """
    if request.parts:
        return _parts_key(request.root.name, request.folder)
    return _key(request.root.name, request.folder, request.recursive, request.force)


def _key(root: str, folder: str, recursive: bool, force: bool) -> str:
    return f"scan:{'r' if recursive else ''}{'f' if force else ''}:{root}:{folder}"


def _parts_key(root: str, folder: str) -> str:
    return f"scan:parts:{root}:{folder}"


def _keys_over(root: str, path: str) -> set[str]:
    reaches = [(folder, True) for folder in folders_above(path)]
    reaches.append((reaches[0][0], False))
    whole = {
        _key(root, folder, recursive, force)
        for folder, recursive in reaches
        for force in (False, True)
    }
    return whole | {_parts_key(root, folder) for folder in folders_above(path)}


def _change(job: Job) -> LibraryChange:
    result = job.result or {}
    counts = {name: result[name] for name in _COUNTS if isinstance(result.get(name), int)}
    return LibraryChange(counts, job.progress.done, job.progress.total)


_COUNTS = ("added", "updated", "moved", "missing", "failed", "skipped")

SCAN = JobKind(
    name="scan",
    label="Scan",
    phases={
        ScanPhase.COUNTING: "Counting files",
        ScanPhase.DETECTING_MOVES: "Detecting moved files",
        ScanPhase.PROBING: "Reading files",
        ScanPhase.MAKING_THUMBNAILS: "Making thumbnails",
    },
    counts={
        "found": "found",
        "added": "added",
        "updated": "changed",
        "moved": "moved",
        "missing": "missing",
        "unchanged": "unchanged",
        "skipped": "skipped",
        "failed": "unreadable",
    },
    change=_change,
    keys_over=_keys_over,
)


class ScanHandler:
    """The handler of scan and rescan jobs; `roots` are the roots that are configured now.

    Jobs that start while it `makes_thumbnails` use `tools`, others `without_thumbnails`.
    """

    def __init__(
        self,
        tools: ScanTools,
        roots: Sequence[Root],
        *,
        without_thumbnails: ScanTools | None = None,
        makes_thumbnails: Callable[[], bool] = lambda: True,
    ) -> None:
        self._usual_tools = tools
        self._without_thumbnails = without_thumbnails or tools
        self._makes_thumbnails = makes_thumbnails
        self._all_roots = roots

    @property
    def _tools(self) -> ScanTools:
        return self._usual_tools if self._makes_thumbnails() else self._without_thumbnails

    @property
    def _roots(self) -> dict[str, Root]:
        return {root.name: root for root in self._all_roots}

    async def __call__(self, context: JobContext, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("root") is not None and params["root"] not in self._roots:
            known = [root.path for root in self._roots.values()]
            raise PathOutsideRootsError(params["root"], known)
        rescan = RescanRequest.from_params(params)
        if rescan is not None:
            if rescan.root is not None and rescan.file is not None:
                # The file itself may be a link; its target is checked when it is opened.
                await self._refuse_outside(rescan.root, posixpath.dirname(rescan.file))
            return await self._rescan(context, rescan)
        root = self._roots[params["root"]]
        parts = tuple(FolderPart(**part) for part in params.get("parts", ()))
        for folder in (params["folder"], *(part.folder for part in parts)):
            await self._refuse_outside(root.name, folder)
        request = ScanRequest(
            root=root,
            folder=params["folder"],
            recursive=params["recursive"],
            force=params["force"],
            parts=parts,
            growing=frozenset(params.get("growing", ())),
        )
        # All files are read again if that was requested, so nothing of an earlier attempt counts.
        earlier = {} if request.force else context.earlier_result or {}
        result = ScanResult(root=root.name, earlier=earlier)
        context.keep_result(result.as_json)
        await scan_folder(
            request,
            self._tools,
            scan_id=context.job_id,
            result=result,
            on_progress=context.set_progress,
            should_stop=lambda: context.cancel_requested,
        )
        return result.as_json()

    async def _refuse_outside(self, root_name: str, folder: str) -> None:
        root, roots = self._roots[root_name], tuple(self._roots.values())
        await with_disk_timeout(root.path, lambda: refuse_outside(root, folder, roots))

    async def _rescan(self, context: JobContext, request: RescanRequest) -> dict[str, Any]:
        result = ScanResult(root="")
        context.keep_result(result.as_json)
        await rescan_files(
            request,
            self._tools,
            list(self._roots.values()),
            scan_id=context.job_id,
            result=result,
            on_progress=context.set_progress,
            should_stop=lambda: context.cancel_requested,
        )
        return result.as_json()
