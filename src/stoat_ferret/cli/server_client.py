"""The library through a running server."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

import httpx

from stoat_ferret.api.schemas.text import path_to_send
from stoat_ferret.cli.client import Page, ServerUnreachableError, with_tags
from stoat_ferret.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

    from stoat_ferret.cli.output import Row

_TIMEOUT_SECONDS = 30.0
_LONG_SECONDS = 3600.0
"""For what takes as long as it takes."""
_PLAN_SECONDS = 60.0
"""For a render that is looked into before it is accepted."""


class ServerClient:
    """Speaks to the HTTP interface at `url`; use it as an asynchronous context manager."""

    def __init__(self, url: str, token: SecretStr | None) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._client = httpx.AsyncClient(
            base_url=f"{url}/api/v1",
            headers=headers,
            timeout=_TIMEOUT_SECONDS,
            trust_env=False,  # a proxy for the web is not the way to this machine
            # To plain HTTP; certificates, which take longer to read than an answer, are not used.
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def list_videos(self, filters: Mapping[str, Any]) -> Page:
        """A page of videos."""
        return await self._page("/videos", filters)

    async def list_tags(self, filters: Mapping[str, Any]) -> Page:
        """A page of tags."""
        return await self._page("/tags", filters)

    async def edit_video(self, video_id: str, changes: Mapping[str, Any]) -> Row:
        """Change what people say about a video as it is now."""
        path = f"/videos/{quote(video_id, safe='')}"
        seen = await self._answer("GET", path)
        body = with_tags(changes, self._document(seen)["tags"])
        version = {"If-Match": seen.headers.get("etag", "")}
        return await self._call("PATCH", path, json=body, headers=version)

    async def list_jobs(self, filters: Mapping[str, Any]) -> Page:
        """A page of jobs."""
        return await self._page("/jobs", filters)

    async def restore(self, staged: str) -> Row:
        """Have the library replaced by the one staged under this name."""
        body = {"staged": staged}
        return await self._call("POST", "/library/restore", json=body, timeout=_LONG_SECONDS)

    async def forget(self, wish: Mapping[str, Any]) -> Row:
        """Have records forgotten, or counted."""
        return await self._call("POST", "/videos/forget", json=wish)

    async def cancel_job(self, job_id: str) -> Row:
        """Ask a job to stop."""
        return await self._call("POST", f"/jobs/{quote(job_id, safe='')}/cancel")

    async def get_job(self, job_id: str) -> Row:
        """The job as it is now."""
        return await self._call("GET", f"/jobs/{quote(job_id, safe='')}")

    async def start_scan(self, path: str, *, recursive: bool, force: bool) -> Row:
        """Queue a scan; the job that does just that already, where there is one."""
        body = {"path": path_to_send(path), "recursive": recursive, "force": force}
        return await self._call("POST", "/scans", json=body)

    async def start_strips(self, path: str | None) -> Row:
        """Queue the making of contact strips in a folder, or with None in all roots."""
        body = {} if path is None else {"path": path_to_send(path)}
        return await self._call("POST", "/strips", json=body)

    async def start_render(self, request: Mapping[str, Any]) -> Row:
        """Queue a render; the job that does just that already, where there is one."""
        return await self._call("POST", "/renders", json=request, timeout=_PLAN_SECONDS)

    async def plan_render(self, request: Mapping[str, Any]) -> Row:
        """What a render would make."""
        return await self._call("POST", "/renders/plan", json=request, timeout=_PLAN_SECONDS)

    async def import_timeline(self, text: bytes) -> Row:
        """What a timeline asks for."""
        headers = {"Content-Type": "application/json"}
        return await self._call(
            "POST", "/timelines/import", content=text, headers=headers, timeout=_PLAN_SECONDS
        )

    async def export_timeline(self, request: Mapping[str, Any]) -> Row:
        """The timeline of a request for a render."""
        return await self._call("POST", "/timelines/export", json=request, timeout=_PLAN_SECONDS)

    async def export_video_timeline(self, video_id: str) -> Row:
        """The timeline of the render that made a video."""
        path = f"/videos/{quote(video_id, safe='')}/timeline"
        return await self._call("GET", path, timeout=_PLAN_SECONDS)

    async def _page(self, path: str, filters: Mapping[str, Any]) -> Page:
        given = {name: value for name, value in filters.items() if value is not None}
        page = await self._call("GET", path, params=given)
        return Page(page["items"], page["next_cursor"], page["total"])

    async def _call(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        return self._document(await self._answer(method, path, **request))

    async def _answer(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            response = await self._client.request(method, path, **request)
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
