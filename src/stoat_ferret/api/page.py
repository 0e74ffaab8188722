"""Sends the page, from memory: it holds no data, so it is open, and asks for the token itself."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from stoat_ferret.api.page_files import ASSETS, INDEX, PageFile, PageFiles
from stoat_ferret.api.problems import METHOD_REFUSED, NO_SUCH_ADDRESS, problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_ADDRESSES = re.compile(r"/|/(?:videos|jobs|render|settings)(?:/[A-Za-z0-9_-]+)*/?")
"""What is shown by the one document of the page, whose router has the same addresses."""

_FOR_PROGRAMS = frozenset({"api", "assets", "health", "metrics"})
"""Where there is always an answer for programs, never the page."""

PAGE_POLICY = (
    # Mantine and the shadow trees of media-chrome carry style elements, whose rules cannot be
    # named in a header. They can change how things look, and scripts stay those of the server.
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

_NOT_BUILT = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>stoat-ferret</title>
</head>
<body>
<div id="root">
<main>
<h1>The page is not built</h1>
<p>This server runs from a source tree without it. Stop the server and start it with
<code>python3 run.py</code>, which builds the page, or run
<code>python3 scripts/build_page.py</code> there and start the server again.</p>
<p>The command line and <a href="/api/v1/openapi.json">the HTTP interface</a> work.</p>
</main>
</div>
</body>
</html>
"""

_ROUTE = SimpleNamespace(path="page")
"""What the figures of requests are named by."""


class Page:
    """The page of one server; empty until it is read."""

    def __init__(self, files: PageFiles | None = None) -> None:
        self.files = files or PageFiles()

    def answers(self, scope: Scope) -> bool:
        """Whether the request is answered here, and so needs no token.

        By exact names, and where a person has lost the way: whatever else is added to the
        server is not here.
        """
        path = scope["path"]
        if self._find(path) is not None or path.startswith(ASSETS) or _is_address(path):
            return True
        return INDEX in self.files.files and _is_lost(scope)

    def answer(self, scope: Scope) -> Response:
        """The answer to a request that is answered here."""
        headers = Headers(scope=scope)
        if scope["method"] not in {"GET", "HEAD"}:
            return problem_response(
                scope,
                METHOD_REFUSED,
                f"{scope['method']} is not allowed here; GET, HEAD is.",
                headers={"allow": "GET, HEAD"},
            )
        file = self._find(scope["path"])
        if file is not None:
            return _file_response(file, headers)
        if _is_address(scope["path"]):
            return HTMLResponse(_NOT_BUILT, headers={"cache-control": "no-store"})
        document = self.files.get(INDEX)
        if document is not None and _is_lost(scope):
            return HTMLResponse(
                document.bodies[""],
                status_code=404,
                headers={"cache-control": "no-store", "content-security-policy": PAGE_POLICY},
            )
        return problem_response(
            scope,
            NO_SUCH_ADDRESS,
            "The page has no such file. If the server was updated, load the page again.",
            headers={"cache-control": "no-store"},
        )

    def _find(self, path: str) -> PageFile | None:
        return self.files.get(INDEX if _is_address(path) else path)


class PageMiddleware:
    """Answers for the page, before any route: no request that is let in for it gets further."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection of ASGI."""
        if scope["type"] != "http" or not self._page.answers(scope):
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        await self._page.answer(scope)(scope, receive, send)


def _is_lost(scope: Scope) -> bool:
    """Whether a browser goes to an address of nothing, where the page says so to people.

    What looks like a file is none, and what programs ask for is never an address of the page.
    """
    if scope["method"] not in {"GET", "HEAD"}:
        return False
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return False
    parts = [part.lower() for part in scope["path"].split("/") if part]
    return bool(parts) and parts[0] not in _FOR_PROGRAMS and "." not in parts[-1]


def _is_address(path: str) -> bool:
    return _ADDRESSES.fullmatch(path) is not None


def _file_response(file: PageFile, request: Headers) -> Response:
    encoding = file.choose(request.get("accept-encoding", ""))
    headers = {
        "etag": file.etag(encoding),
        "cache-control": "public, max-age=31536000, immutable" if file.immutable else "no-cache",
    }
    if len(file.bodies) > 1:
        headers["vary"] = "accept-encoding"
    if file.media_type.startswith("text/html"):
        headers["content-security-policy"] = PAGE_POLICY
    if _is_known(headers["etag"], request.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["content-encoding"] = encoding
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)


def _is_known(etag: str, if_none_match: str) -> bool:
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in known or "*" in known
