"""The client of the library that every command uses: HTTP to a server, or within the process."""

from __future__ import annotations

import logging
import ssl
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import anyio.to_thread
import httpx

from stoat_ferret.api.schemas.text import path_to_send
from stoat_ferret.data_folder import COMMAND_SECONDS, DataFolder
from stoat_ferret.errors import CollectionNotFoundError, DataFolderInUseError, ServerError
from stoat_ferret.folded_text import fold

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from pydantic import SecretStr

    from stoat_ferret.cli.output import Row
    from stoat_ferret.config import Settings
    from stoat_ferret.library_services import LibraryServices

PAGE_ROWS = 200
"""The rows to request at a time."""
_GROUPS_PER_PAGE = 100
_TIMEOUT_SECONDS = 30.0
_IDLE_SECONDS = 2.0
"""Less than the server's, which could close a connection just when it is used again."""
_LONG_SECONDS = 3600.0
"""The time limit for requests of any duration."""
_PLAN_SECONDS = 60.0
"""The time limit for a render, which is planned before it is accepted."""


class ServerUnreachableError(ServerError):
    """The error if nothing responds at the address of the server."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `total` counts the whole list."""

    items: Sequence[Row]
    next_cursor: str | None
    total: int


class LibraryClient:
    """A client of the HTTP interface; an asynchronous context manager.

    Filters of lists are query parameters of that interface; those that are None are omitted. Errors
    are `ServerError`s with the sentence of the response.
    """

    def __init__(self, http: httpx.AsyncClient, *, url: str | None) -> None:
        """Create a client; `url` is the address of the server, None within this process."""
        self.url = url
        self._http = http

    @classmethod
    def of_server(cls, url: str, token: SecretStr | None) -> Self:
        """Return a client of the server at `url`, which may require a token."""
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        http = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers=headers,
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,  # a web proxy must not be used for this machine
            limits=httpx.Limits(keepalive_expiry=_IDLE_SECONDS),
            # For plain HTTP; certificates, which take longer to load than a response, are not used.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
        return cls(http, url=url)

    @classmethod
    def of_app(cls, app: Any) -> Self:
        """Return a client of an ASGI application in this process."""
        transport = httpx.ASGITransport(app)
        http = httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1")
        return cls(http, url=None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def list_videos(self, filters: Mapping[str, Any]) -> Page:
        """Return a page of videos."""
        return await self._page("/videos", filters)

    async def list_tags(self, filters: Mapping[str, Any]) -> Page:
        """Return a page of tags, ordered by name."""
        return await self._page("/tags", filters)

    async def list_collections(self, *, video_id: str | None = None) -> Sequence[Row]:
        """Return all collections by name, or those that a video is in."""
        params = {} if video_id is None else {"video_id": video_id}
        found = await self._call("GET", "/collections", params=params)
        items: Sequence[Row] = found["items"]
        return items

    async def find_collection(self, name: str) -> Row:
        """Return the collection with this name or id. Raises `CollectionNotFoundError`."""
        for one in await self.list_collections():
            if one["id"] == name or fold(one["name"]) == fold(name):
                return one
        raise CollectionNotFoundError(name)

    async def create_collection(self, name: str) -> Row:
        """Create an empty collection and return it."""
        return await self._call("POST", "/collections", json={"name": name})

    async def rename_collection(self, collection: Row, name: str) -> Row:
        """Rename a collection, unless another client does so at the same time; return it."""
        version = {"If-Match": f'"{collection["revision"]}"'}
        path = f"/collections/{collection['id']}"
        return await self._call("PATCH", path, json={"name": name}, headers=version)

    async def delete_collection(self, collection_id: str) -> Row:
        """Delete a collection and return the token that restores it."""
        return await self._call("DELETE", f"/collections/{collection_id}")

    async def change_collection(self, collection_id: str, action: str, body: Row) -> Row:
        """Add, remove or move videos of a collection, as `action` says."""
        path = f"/collections/{collection_id}/videos{'' if action == 'add' else f'/{action}'}"
        return await self._call("POST", path, json=body, timeout=_LONG_SECONDS)

    async def get_settings(self) -> Row:
        """Return the settings that can be changed while the server runs."""
        return await self._call("GET", "/settings")

    async def change_settings(self, change: Row) -> Row:
        """Change settings, of which None is the default; return all of them."""
        version = {"If-Match": "*"}
        return await self._call("PATCH", "/settings", json=change, headers=version)

    async def list_markers(self, video_id: str) -> Sequence[Row]:
        """Return the markers of a video in the order of time."""
        found = await self._call("GET", f"/videos/{quote(video_id, safe='')}/markers")
        items: Sequence[Row] = found["items"]
        return items

    async def markers_csv(self, video_id: str) -> str:
        """Return the markers of a video as CSV."""
        path = f"/videos/{quote(video_id, safe='')}/markers.csv"
        return (await self._answer("GET", path)).text

    async def search_markers(self, q: str) -> Sequence[Row]:
        """Return markers that have all these words."""
        found = await self._call("GET", "/markers", params={"q": q, "limit": 100})
        items: Sequence[Row] = found["items"]
        return items

    async def add_marker(self, video_id: str, body: Row) -> Row:
        """Add a marker to a video and return it."""
        return await self._call("POST", f"/videos/{quote(video_id, safe='')}/markers", json=body)

    async def edit_marker(self, marker_id: str, changes: Row) -> Row:
        """Change a marker, unless another client does so at the same time; return it."""
        path = f"/markers/{quote(marker_id, safe='')}"
        response = await self._answer("GET", path)
        marker = self._document(response)
        names = ("start_seconds", "end_seconds", "title", "tags")
        body = {**{name: marker[name] for name in names}, **changes}
        version = {"If-Match": response.headers.get("etag", "")}
        return await self._call("PUT", path, json=body, headers=version)

    async def delete_marker(self, marker_id: str) -> Row:
        """Delete a marker and return the token that restores it."""
        return await self._call("DELETE", f"/markers/{quote(marker_id, safe='')}")

    async def list_duplicates(self, filters: Mapping[str, Any]) -> Page:
        """Return a page of groups of duplicates; a page has fewer than other lists."""
        limit = min(filters["limit"], _GROUPS_PER_PAGE)
        return await self._page("/duplicates", {**filters, "limit": limit})

    async def reopen_duplicates(self, fingerprints: Sequence[str]) -> Row:
        """List resolved groups of duplicates again; return their number."""
        body = {"fingerprints": list(fingerprints)}
        return await self._call("POST", "/duplicates/reopen", json=body)

    async def find_tag(self, name: str) -> Row:
        """Return the tag with this name, ignoring case and accents. Raises `ServerError`."""
        key = fold(name)
        async for page in all_pages(self.list_tags, {"q": name}, wanted=None):
            for tag in page.items:
                if fold(tag["name"]) == key:
                    return tag
        raise ServerError(f"There is no tag {name!r}.")

    async def rename_tag(self, tag_id: int, name: str, *, merge: bool = False) -> Row:
        """Rename a tag; return the counts with the undo token, or the job that does it."""
        return await self._call("PATCH", f"/tags/{tag_id}", json={"name": name, "merge": merge})

    async def delete_tag(self, tag_id: int) -> Row:
        """Remove a tag from all videos; the response is as that of `rename_tag`."""
        return await self._call("DELETE", f"/tags/{tag_id}")

    async def edit_video(self, video_id: str, changes: Mapping[str, Any]) -> Row:
        """Edit a video and return it; see `with_tags`.

        None clears a field. Raises `ServerError` if another client edits it at the same time.
        """
        path = f"/videos/{quote(video_id, safe='')}"
        response = await self._answer("GET", path)
        body = with_tags(changes, self._document(response)["tags"])
        version = {"If-Match": response.headers.get("etag", "")}
        return await self._call("PATCH", path, json=body, headers=version)

    async def list_jobs(self, filters: Mapping[str, Any]) -> Page:
        """Return a page of jobs, newest first."""
        return await self._page("/jobs", filters)

    async def restore(self, staged: str) -> Row:
        """Replace the library with the one staged under this name."""
        body = {"staged": staged}
        return await self._call("POST", "/library/restore", json=body, timeout=_LONG_SECONDS)

    async def forget(self, body: Mapping[str, Any]) -> Row:
        """Forget the records in `body`, or count them: `POST /videos/forget`."""
        return await self._call("POST", "/videos/forget", json=body)

    async def list_searches(self) -> Sequence[Row]:
        """Return all saved searches, in their order."""
        saved: Sequence[Row] = (await self._call("GET", "/searches"))["items"]
        return saved

    async def list_edits(self, limit: int) -> Sequence[Row]:
        """Return the edits that can be undone, the newest first."""
        edits: Sequence[Row] = (await self._call("GET", "/undo", params={"limit": limit}))["items"]
        return edits

    async def undo(self, token: str) -> Row:
        """Undo an edit; return what was restored, or the job that restores many videos."""
        return await self._call("POST", f"/undo/{quote(token, safe='')}")

    async def cancel_job(self, job_id: str) -> Row:
        """Ask a job to stop and return it; raise `ServerError` if it has ended."""
        return await self._call("POST", f"/jobs/{quote(job_id, safe='')}/cancel")

    async def pause_job(self, job_id: str) -> Row:
        """Pause a job and return it; raise `ServerError` if it has ended."""
        return await self._call("POST", f"/jobs/{quote(job_id, safe='')}/pause")

    async def resume_job(self, job_id: str) -> Row:
        """Resume a job and return it; raise `ServerError` if it is not paused."""
        return await self._call("POST", f"/jobs/{quote(job_id, safe='')}/resume")

    async def reorder_job(self, job_id: str, order: Row) -> Row:
        """Move a waiting job and return it; raise `ServerError` if it does not wait."""
        return await self._call("POST", f"/jobs/{quote(job_id, safe='')}/order", json=order)

    async def get_job(self, job_id: str) -> Row:
        """Return the current state of a job."""
        return await self._call("GET", f"/jobs/{quote(job_id, safe='')}")

    async def start_scan(self, path: str, *, recursive: bool, force: bool) -> Row:
        """Queue a scan and return its job, or the active job of the same scan."""
        body = {"path": path_to_send(path), "recursive": recursive, "force": force}
        return await self._call("POST", "/scans", json=body)

    async def start_storyboards(self, path: str | None) -> Row:
        """Queue a job that makes storyboards in a folder, or in all roots for None."""
        body = {} if path is None else {"path": path_to_send(path)}
        return await self._call("POST", "/storyboards", json=body)

    async def start_render(self, request: Mapping[str, Any]) -> Row:
        """Queue a render and return its job, or the active job of the same render."""
        return await self._call("POST", "/renders", json=request, timeout=_PLAN_SECONDS)

    async def start_render_batch(self, request: Mapping[str, Any]) -> Row:
        """Queue a render of many videos and return its job, or the active job of the same."""
        return await self._call("POST", "/renders/batch", json=request, timeout=_PLAN_SECONDS)

    async def list_saved_presets(self) -> Sequence[Row]:
        """Return all saved presets, ordered by name."""
        saved: Sequence[Row] = (await self._call("GET", "/presets/saved"))["items"]
        return saved

    async def plan_render(self, request: Mapping[str, Any]) -> Row:
        """Return the plan of a render, with its size measured."""
        return await self._call(
            "POST",
            "/renders/plan",
            json=request,
            params={"measure": True},
            timeout=_PLAN_SECONDS,
        )

    async def import_timeline(self, text: bytes) -> Row:
        """Return the render request of a timeline, and notes."""
        headers = {"Content-Type": "application/json"}
        return await self._call(
            "POST", "/timelines/import", content=text, headers=headers, timeout=_PLAN_SECONDS
        )

    async def export_timeline(self, request: Mapping[str, Any]) -> Row:
        """Return the timeline of a render request."""
        return await self._call("POST", "/timelines/export", json=request, timeout=_PLAN_SECONDS)

    async def export_video_timeline(self, video_id: str) -> Row:
        """Return the timeline of the render that made a video."""
        path = f"/videos/{quote(video_id, safe='')}/timeline"
        return await self._call("GET", path, timeout=_PLAN_SECONDS)

    async def list_rules(self) -> list[Row]:
        """Return all rules, oldest first."""
        document = await self._call("GET", "/rules")
        rules: list[Row] = document["items"]
        return rules

    async def add_rule(self, body: Mapping[str, Any]) -> Row:
        """Make a rule and return it."""
        return await self._call("POST", "/rules", json=body)

    async def preview_rule(self, body: Mapping[str, Any]) -> Row:
        """Return what a rule would do with existing videos."""
        return await self._call("POST", "/rules/preview", json=body)

    async def change_rule(self, rule_id: str, changes: Mapping[str, Any]) -> Row:
        """Change a rule and return it."""
        return await self._call("PATCH", f"/rules/{quote(rule_id, safe='')}", json=changes)

    async def delete_rule(self, rule_id: str) -> None:
        """Delete a rule and its history."""
        _ = await self._answer("DELETE", f"/rules/{quote(rule_id, safe='')}")

    async def list_rule_runs(self, rule_id: str, filters: Mapping[str, Any]) -> Page:
        """Return a page of the runs of a rule, newest first."""
        return await self._page(f"/rules/{quote(rule_id, safe='')}/runs", filters)

    async def list_deliveries(self, rule_id: str, filters: Mapping[str, Any]) -> Page:
        """Return a page of the calls of a rule's webhook, newest first."""
        return await self._page(f"/rules/{quote(rule_id, safe='')}/deliveries", filters)

    async def _page(self, path: str, filters: Mapping[str, Any]) -> Page:
        given = {name: value for name, value in filters.items() if value is not None}
        page = await self._call("GET", path, params=given)
        return Page(page["items"], page["next_cursor"], page["total"])

    async def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return self._document(await self._answer(method, path, **request))

    async def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise ServerUnreachableError(
                f"The server at {self.url} does not answer ({reason})."
            ) from error
        if response.is_error:
            raise ServerError(self._sentence(response))
        return response

    def _document(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body: dict[str, Any] = response.json()
        except ValueError as error:
            raise ServerError(f"What answers at {self.url} is no stoat-ferret.") from error
        return body

    def _sentence(self, response: httpx.Response) -> str:
        if response.status_code == httpx.codes.UNAUTHORIZED:
            return f"The server at {self.url} wants its token: put it into STOAT_TOKEN."
        try:
            problem = response.json()
            return str(problem.get("detail") or problem["title"])
        except (ValueError, KeyError, AttributeError):
            return f"The server at {self.url} answered with status {response.status_code}."


@asynccontextmanager
async def open_client(
    settings: Settings, *, owner: str | None = None, calls: Sequence[str] | None = None
) -> AsyncIterator[LibraryClient]:
    """Open a client of the running server of this data folder, else of the library itself.

    `owner` is a command that needs exclusive access to the library; without it, other processes may
    use the library too. `calls` are the routers that it needs, by default `LIBRARY_CALLS`. Raises
    `DataFolderInUseError`, `DatabaseInUseError`.
    """
    url = await _server_url(settings)
    if url:
        async with LibraryClient.of_server(url, settings.token) as client:
            yield client
        return
    from stoat_ferret.api.local_app import LIBRARY_CALLS, create_local_app

    _log_for_command()
    opening = _own_library(settings, owner) if owner else _library_to_read(settings)
    async with (
        opening as services,
        LibraryClient.of_app(create_local_app(services, calls or LIBRARY_CALLS)) as client,
    ):
        yield client


@asynccontextmanager
async def open_task_client(
    settings: Settings, command: str, *, new_root_for: str | None = None
) -> AsyncIterator[LibraryClient]:
    """Open a client of the running server, else one that runs tasks in this process.

    It then owns the data folder as `command`, and a folder `new_root_for` outside of every root
    becomes a root. Raises `DataFolderInUseError`, `DatabaseInUseError`.
    """
    url = await _server_url(settings)
    if url:
        async with LibraryClient.of_server(url, settings.token) as client:
            yield client
        return
    from stoat_ferret.api.local_app import TASK_CALLS, create_local_app
    from stoat_ferret.bootstrap import open_task_services

    _log_for_command()
    async with (
        DataFolder(settings.data_dir).own(command, wait_seconds=COMMAND_SECONDS),
        open_task_services(settings, command, new_root_for=new_root_for) as services,
        LibraryClient.of_app(create_local_app(services, TASK_CALLS)) as client,
    ):
        yield client


async def _server_url(settings: Settings) -> str | None:
    return await anyio.to_thread.run_sync(DataFolder(settings.data_dir).running_server)


@asynccontextmanager
async def _own_library(settings: Settings, owner: str) -> AsyncIterator[LibraryServices]:
    from stoat_ferret.library_services import open_library_services

    async with (
        DataFolder(settings.data_dir).own(owner, wait_seconds=COMMAND_SECONDS),
        open_library_services(settings, owner=owner) as services,
    ):
        yield services


@asynccontextmanager
async def _library_to_read(settings: Settings) -> AsyncIterator[LibraryServices]:
    from stoat_ferret.library_services import open_library_services

    async with AsyncExitStack() as stack:
        async with AsyncExitStack() as ownership:
            # Owned while the schema may change; where a scan owns it, the schema is done.
            with suppress(DataFolderInUseError):
                owning = DataFolder(settings.data_dir).own("a command that reads")
                await ownership.enter_async_context(owning)
            services = await stack.enter_async_context(open_library_services(settings))
        yield services


def _log_for_command() -> None:
    """Have events go to the log, but not those of answers: a command prints what they say."""
    from stoat_ferret.cli.logs import send_events_to_logging

    send_events_to_logging()
    logging.getLogger("stoat_ferret.api").setLevel(logging.CRITICAL)


def with_tags(changes: Mapping[str, Any], tags: Sequence[str]) -> dict[str, Any]:
    """Return the body of a PATCH for `changes`, which may contain `add_tags` and `remove_tags`.

    `tags` are the current tags of the video.
    """
    body = dict(changes)
    added, removed = body.pop("add_tags", ()), set(map(fold, body.pop("remove_tags", ())))
    if added or removed:
        kept = [tag for tag in body.get("tags", tags) or () if fold(tag) not in removed]
        body["tags"] = [*kept, *added]
    return body


async def all_pages(
    fetch: Callable[[Mapping[str, Any]], Awaitable[Page]],
    filters: Mapping[str, Any],
    *,
    wanted: int | None,
) -> AsyncIterator[Page]:
    """Yield pages from the cursor in `filters` on, up to `wanted` rows, or all for None."""
    cursor = filters.get("cursor")
    left = wanted
    while True:
        limit = PAGE_ROWS if left is None else min(left, PAGE_ROWS)
        page = await fetch({**filters, "cursor": cursor, "limit": limit})
        yield page
        cursor = page.next_cursor
        left = None if left is None else left - len(page.items)
        if cursor is None or left == 0:
            return
