"""The built web page: its files, read once and served from memory."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from stoat_ferret.api.compression import encoding_qualities
from stoat_ferret.api.etags import is_among
from stoat_ferret.api.problems import METHOD_REFUSED, NO_SUCH_ADDRESS, problem_response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
"""The folder of the built page."""

INDEX = "/index.html"
ASSETS = "/assets/"
"""Files whose names contain a hash of their content."""

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Listed here: Python's table depends on files of the machine. No other file is served."""

_COMPRESSED = {"br": ".br", "gzip": ".gz"}
"""The suffix of a compressed copy by its encoding, the smallest first."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file: its content by encoding; the empty name is the file itself."""

    media_type: str
    immutable: bool
    bodies: Mapping[str, bytes]
    tag: str
    policy: str = ""
    """The content security policy of a document."""

    def choose(self, accept_encoding: str) -> str:
        """Return the encoding for a client with this header Accept-Encoding."""
        qualities = encoding_qualities(accept_encoding)
        return next(
            (name for name in _COMPRESSED if name in self.bodies and qualities.get(name)), ""
        )

    def etag(self, encoding: str) -> str:
        """Return the entity tag of the file in `encoding`: each encoding has its own."""
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The files of the page by their addresses, including `/index.html` if it is built."""

    files: Mapping[str, PageFile] = field(default_factory=lambda: MappingProxyType({}))

    def get(self, address: str) -> PageFile | None:
        """Return the file at exactly this address."""
        return self.files.get(address)


def read_page(folder: Path = STATIC) -> PageFiles:
    """Read the page built in `folder`, empty if there is none. Reads the disk."""
    paths = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.suffix in _MEDIA_TYPES and path.is_file()
    }
    return PageFiles({address: _read(address, path) for address, path in paths.items()})


def _read(address: str, path: Path) -> PageFile:
    content = path.read_bytes()
    bodies = {"": content}
    for encoding, suffix in _COMPRESSED.items():
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            bodies[encoding] = compressed.read_bytes()
    return PageFile(
        media_type=_MEDIA_TYPES[path.suffix],
        immutable=address.startswith(ASSETS),
        bodies=MappingProxyType(bodies),
        tag=hashlib.sha256(content).hexdigest()[:32],
        policy=page_policy(content.decode()) if path.suffix == ".html" else "",
    )


_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def page_policy(document: str) -> str:
    """Return the content security policy for a document: its inline scripts by hashes, no others.

    A script before the first paint would cost a slow link one more round trip in a file of its own.
    """
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in _INLINE_SCRIPT.findall(document)
    ]
    sources = " ".join(["'self'", *(f"'sha256-{value}'" for value in hashes)])
    # Mantine and the shadow trees of media-chrome use style elements, whose rules cannot be named
    # in a header. They can change the appearance, while scripts remain those of the server.
    return (
        f"default-src 'self'; script-src {sources}; style-src 'self' 'unsafe-inline'; "
        # What is converted while it plays is put together by a script.
        "img-src 'self' data:; media-src 'self' blob:; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; object-src 'none'"
    )


_ADDRESSES = re.compile(
    r"/|/(?:videos|collections|duplicates|tags|jobs|render|rules|settings)(?:/[A-Za-z0-9_-]+)*/?"
)
"""The addresses of the page's single document, as in its router."""

_FOR_PROGRAMS = frozenset({"api", "assets", "health", "metrics"})
"""The first parts of addresses for programs, which never get the page."""

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
"""The route label of metrics."""


class Page:
    """The page of one server; empty until it is read."""

    def __init__(self, files: PageFiles | None = None) -> None:
        self.files = files or PageFiles()

    def answers(self, scope: Scope) -> bool:
        """Return whether the page answers the request, which then needs no token.

        It answers exact names, and browsers at unknown addresses: other routes of the server are
        not affected.
        """
        path = scope["path"]
        if self._find(path) is not None or path.startswith(ASSETS) or _is_address(path):
            return True
        return INDEX in self.files.files and _is_lost(scope)

    def answer(self, scope: Scope) -> Response:
        """Return the response to a request that the page answers."""
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
                headers={"cache-control": "no-store", "content-security-policy": document.policy},
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
    """The middleware that responds with the page, before any route is reached."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not self._page.answers(scope):
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        await self._page.answer(scope)(scope, receive, send)


def _is_lost(scope: Scope) -> bool:
    """Return whether a browser navigates to an unknown address, which gets a page for people.

    Addresses that look like files, or are for programs, never get the page.
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
    if file.policy:
        headers["content-security-policy"] = file.policy
    if is_among(request.get("if-none-match", ""), headers["etag"], weak=True):
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["content-encoding"] = encoding
    return Response(file.bodies[encoding], media_type=file.media_type, headers=headers)
