"""Checks before any route, a rate limit for wrong tokens, and the security headers."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser

from stoat_ferret.api.access import bearer_token
from stoat_ferret.api.problems import (
    HOST_REFUSED,
    ORIGIN_REFUSED,
    TOO_LARGE,
    TOO_MANY_WRONG_TOKENS,
    UNAUTHORIZED,
    problem_response,
)
from stoat_ferret.render.timeline.worker import MAX_TIMELINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from stoat_ferret.api.access import AccessPolicy

SESSION_COOKIE = "stoat_session"
SESSION_PATH = "/api/v1/session"
EVENTS_PATH = "/api/v1/events"
TIMELINE_PATH = "/api/v1/timelines/import"
MAX_BODY_BYTES = 64 * 1024
"""Far above any normal request: bodies are a path, a list of clips."""
LARGE_BODIES = {TIMELINE_PATH: MAX_TIMELINE_BYTES}
"""The paths that accept whole files."""

OPEN_PATHS = frozenset({"/health/live", "/health/ready", SESSION_PATH})
"""The paths that need no token, beside the page; all others need it."""

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""The headers of every response. There are no CORS headers: no other site may read anything."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger(__name__)


class SecurityMiddleware:
    """The middleware that enforces `AccessPolicy` and the limit on the size of bodies.

    Sets `signed_in` in the state of the request, for open routes that return more to signed-in
    clients. `is_open` returns whether a further request needs no token.
    """

    def __init__(
        self,
        app: ASGIApp,
        policy: AccessPolicy,
        wrong_tokens: TokenRateLimiter,
        is_open: Callable[[Scope], bool],
    ) -> None:
        self._app = app
        self._policy = policy
        self._wrong_tokens = wrong_tokens
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _bounded(receive, _most_bytes(scope)), send)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        local = scope.get("server")
        if not self._policy.is_host_allowed(host, local[0] if local else None):
            return problem_response(
                scope,
                HOST_REFUSED,
                f"This server does not answer to the name {host!r}. If it is one of its names, "
                "add it to STOAT_ALLOWED_HOSTS.",
            )
        guarded = scope["method"] not in _SAFE_METHODS or scope["path"] == EVENTS_PATH
        origin = headers.get("origin")
        if guarded and not self._policy.is_origin_allowed(
            origin, headers.get("sec-fetch-site"), host
        ):
            return problem_response(
                scope,
                ORIGIN_REFUSED,
                f"A page of another site ({origin or 'unnamed'}) sent this request, and only "
                "pages of this server may. Behind a proxy, add its name to STOAT_ALLOWED_HOSTS.",
            )
        return self._refuse_unauthorized(scope, headers) or _refuse_large_body(scope, headers)

    def _refuse_unauthorized(self, scope: Scope, headers: Headers) -> Response | None:
        session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        signed_in = self._policy.is_session(session)
        token = bearer_token(headers.get("authorization"))
        wait_seconds = 0
        if not signed_in and token is not None:
            client = client_of(scope)
            wait_seconds = self._wrong_tokens.seconds_to_wait(client)
            if not wait_seconds:
                signed_in = self._policy.is_token(token)
                if not signed_in:
                    self._wrong_tokens.note(client)
        scope.setdefault("state", {})["signed_in"] = signed_in
        if signed_in or scope["path"] in OPEN_PATHS or self._is_open(scope):
            return None
        return too_many_wrong_tokens(scope, wait_seconds) if wait_seconds else token_required(scope)


def client_of(scope: Scope) -> str | None:
    """Return the address that the request came from."""
    client = scope.get("client")
    return client[0] if client else None


def too_many_wrong_tokens(scope: Scope, wait_seconds: int) -> Response:
    """Return the response to a request whose token is not even checked."""
    return problem_response(
        scope,
        TOO_MANY_WRONG_TOKENS,
        f"Too many wrong tokens came from your address. Wait {wait_seconds} seconds.",
        headers={"retry-after": str(wait_seconds)},
    )


def token_required(scope: Scope) -> Response:
    """Return the response to a request without a valid token."""
    log.warning("token_refused", path=scope["path"], client=client_of(scope))
    return problem_response(
        scope,
        UNAUTHORIZED,
        "Send the token of this server (STOAT_TOKEN) in the header `Authorization: Bearer …`, "
        f"or sign in with POST {SESSION_PATH}.",
        headers={"www-authenticate": 'Bearer realm="stoat-ferret"'},
    )


def _refuse_large_body(scope: Scope, headers: Headers) -> Response | None:
    length, most = headers.get("content-length", "0"), _most_bytes(scope)
    if length.isdecimal() and int(length) <= most:
        return None
    return problem_response(scope, TOO_LARGE, _too_large(most), headers={"connection": "close"})


def _most_bytes(scope: Scope) -> int:
    return LARGE_BODIES.get(scope["path"], MAX_BODY_BYTES)


def _too_large(most: int) -> str:
    return f"A body may have {most:,} bytes at most."


def _bounded(receive: Receive, most: int) -> Receive:
    """Limit `receive` for bodies without a declared length."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(TOO_LARGE.status, _too_large(most))
        return message

    return receive_bounded


MOST_WRONG = 20
"""The wrong tokens to check in `WINDOW_SECONDS`: plenty for people, 29,000 a day."""

WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 1000


class TokenRateLimiter:
    """A limit on the wrong tokens of each address in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, client: str | None) -> None:
        """Record a wrong token of `client`."""
        name = _network(client)
        moments = self._moments.setdefault(name, deque(maxlen=MOST_WRONG))
        moments.append(self._clock())
        self._moments.move_to_end(name)
        if len(self._moments) > _MOST_ADDRESSES:
            self._moments.popitem(last=False)

    def seconds_to_wait(self, client: str | None) -> int:
        """Return the seconds, rounded up, until tokens of `client` are checked again; else 0."""
        moments = self._moments.get(_network(client))
        if moments is None or len(moments) < MOST_WRONG:
            return 0
        return max(0, math.ceil(moments[0] + WINDOW_SECONDS - self._clock()))


def _network(client: str | None) -> str:
    """Return the address; for IPv6 its network, since clients have whole networks."""
    try:
        address = ipaddress.ip_address(client or "")
    except ValueError:
        return client or ""
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
