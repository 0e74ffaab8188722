"""A server that tests share, and its reset after each of them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e.stoat import Stoat, is_final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    import httpx
    from tests.e2e.stoat import Serving

STATUSES = ("ok", "bad", "skipped", "missing")
ACTIVE = ("queued", "running", "paused")


@dataclass(frozen=True)
class State:
    """The state that a test can leave to the next: videos by id, files, tags and the job count."""

    videos: dict[str, dict[str, Any]] = field(default_factory=dict)
    root: dict[str, tuple[int, int]] = field(default_factory=dict)
    renders: dict[str, tuple[int, int]] = field(default_factory=dict)
    pictures: frozenset[str] = frozenset()
    tags: tuple[str, ...] = ()
    jobs: int = 0


@dataclass
class SharedServer:
    """A server with one root; `reset` returns it to `kept`, which is empty until `keep`."""

    stoat: Stoat
    serving: Serving
    client: httpx.Client
    """Keeps its connection between the requests of a reset."""
    kept: State = field(default_factory=State)

    def keep(self) -> None:
        """Keep the current videos and files for each test."""
        self._forget_jobs()
        self.kept = self._state()

    def keep_nothing(self) -> None:
        """Keep nothing, and reset."""
        self.kept = State()
        self.reset()

    def reset(self) -> None:
        """Delete what a test has added; fail if the rest differs from what was kept."""
        code = self.serving.running.process.poll()
        assert code is None, "the server has ended: a test that ends it needs one of `own_stoat`"
        for rule in self._call("GET", "/rules")["items"]:
            self.client.delete(f"/rules/{rule['id']}").raise_for_status()
        self._forget_jobs()
        self._forget_videos()
        self._delete_files()
        state = self._state()
        assert state == self.kept, f"a test leaves more or less than it found: {state}"

    def _forget_jobs(self) -> None:
        """Cancel the active jobs, wait for their end, and delete all."""
        while page := self._call("GET", "/jobs", params={"limit": 100}):
            jobs = [job for job in page["items"] if job["status"] in ACTIVE]
            for job in jobs:
                # A conflict if it just ended.
                self.client.post(f"/jobs/{job['id']}/cancel")
            for job in jobs:
                self.serving.wait_for_job(job["id"], is_final)
            if page["total"]:
                self._call("DELETE", "/jobs")
            if len(page["items"]) == page["total"]:
                return

    def _forget_videos(self) -> None:
        ids = [video_id for video_id in self._videos() if video_id not in self.kept.videos]
        if ids:
            body = {"ids": ids, "dry_run": False, "expected_count": len(ids)}
            self._call("POST", "/videos/forget", json=body)

    def _delete_files(self) -> None:
        self.stoat.root.mkdir(exist_ok=True)
        for folder, kept in (
            (self.stoat.root, self.kept.root.keys()),
            (self._renders, self.kept.renders.keys()),
            (self._pictures, self.kept.pictures),  # a scan that was cancelled has left one
        ):
            for name in _files(folder).keys() - kept:
                (folder / name).unlink()
        _delete_empty_folders(self.stoat.root)

    def _state(self) -> State:
        return State(
            videos=self._videos(),
            root=_files(self.stoat.root),
            renders=_files(self._renders),
            pictures=frozenset(_files(self._pictures)),
            tags=tuple(tag["name"] for tag in self._call("GET", "/tags")["items"]),
            jobs=self._call("GET", "/jobs", params={"limit": 1})["total"],
        )

    def _videos(self) -> dict[str, dict[str, Any]]:
        videos: dict[str, dict[str, Any]] = {}
        query: dict[str, Any] = {"status": STATUSES, "limit": 500}
        while True:
            page = self._call("GET", "/videos", params=query)
            videos.update({video["id"]: video for video in page["items"]})
            if page["next_cursor"] is None:
                return videos
            query["cursor"] = page["next_cursor"]

    def _call(self, method: str, path: str, **request: Any) -> Any:
        """Send a request; return the JSON of the answer."""
        response = self.client.request(method, path, **request)
        response.raise_for_status()
        return response.json()

    @property
    def _renders(self) -> Path:
        return self.stoat.data_dir / "renders"

    @property
    def _pictures(self) -> Path:
        return self.stoat.data_dir / "pictures"


@dataclass
class SharedServers:
    """A server for each set of settings, started on first use."""

    new_folder: Callable[[], Path]
    running: ExitStack
    """Stops them."""
    _free: dict[frozenset[tuple[str, str]], SharedServer] = field(default_factory=dict)

    @contextmanager
    def lend(self, variables: Mapping[str, str]) -> Iterator[SharedServer]:
        """Lend a reset server with these settings; one that cannot be reset is not lent again."""
        settings = frozenset(variables.items())
        shared = self._free.pop(settings, None) or self._start(variables)
        yield shared
        shared.keep_nothing()
        self._free[settings] = shared

    def _start(self, variables: Mapping[str, str]) -> SharedServer:
        # Each process that reads files takes longer to start than to read the few of a test.
        settings = {"STOAT_MEDIA_PROCESSES": "1", **variables}
        stoat = Stoat.build(self.new_folder()).having(**settings)
        serving = self.running.enter_context(stoat.serve())
        return SharedServer(stoat, serving, self.running.enter_context(serving.client()))


def _files(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and modification time of each file below `folder`, by relative path."""
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def _delete_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            with suppress(OSError):  # it is not empty
                path.rmdir()
