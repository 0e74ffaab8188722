"""Who may talk to the server: token, Host and Origin checks, headers, a bound on bodies."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser

from stoat_ferret.api.problems import (
    HOST_REFUSED,
    ORIGIN_REFUSED,
    TOO_LARGE,
    UNAUTHORIZED,
    problem_response,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import SecretStr
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION_COOKIE = "stoat_session"
SESSION_PATH = "/api/v1/session"
EVENTS_PATH = "/api/v1/events"
MAX_BODY_BYTES = 64 * 1024
"""Far above any request there is: bodies are a path, a list of clips."""

OPEN_PATHS = frozenset({"/", "/sign-in.js", "/health/live", "/health/ready", SESSION_PATH})
"""What is answered without the token; whatever is not here needs it."""

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""On every answer. There are no CORS headers: no other site may read anything."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

log = structlog.get_logger(__name__)


class AccessPolicy:
    """The rules, without HTTP around them.

    `host` is the address listened on and `allowed_hosts` are further names of this server.
    Without a `token` everybody is signed in.
    """

    def __init__(
        self, *, host: str, allowed_hosts: Iterable[str] = (), token: SecretStr | None = None
    ) -> None:
        self._names = {"localhost", _normalised(host), *map(_normalised, allowed_hosts)}
        self._extra_names = frozenset(map(_normalised, allowed_hosts))
        self._any_address = _is_wildcard(host)
        self._token = token.get_secret_value().encode() if token else None

    def is_host_allowed(self, host: str, local_address: str | None = None) -> bool:
        """Whether a request for `host` (a Host header) is meant for this server.

        A page elsewhere can point its own name at this machine (DNS rebinding), and its scripts
        would then be of the same origin; it cannot do so with an address. `local_address` is
        the one that the connection came in on.
        """
        name = _host_name(host)
        if name is None:
            return False
        if name in self._names or name == local_address:
            return True
        address = _address(name)
        return address is not None and (self._any_address or address.is_loopback)

    def is_origin_allowed(self, origin: str | None, fetch_site: str | None, host: str) -> bool:
        """Whether a request for `host` comes from a page of this server, or from no page at all.

        `origin` and `fetch_site` are the headers Origin and Sec-Fetch-Site, which scripts
        cannot change and programs that are no browser do not send.
        """
        if origin is not None:
            scheme, _, own_host = origin.partition("://")
            if scheme not in {"http", "https"}:
                return False
            return own_host.lower() == host.lower() or _host_name(own_host) in self._extra_names
        return fetch_site in {None, "same-origin", "none"}

    @property
    def session_value(self) -> str | None:
        """The value of the session cookie: made from the token, and not the token itself."""
        if self._token is None:
            return None
        return hmac.new(self._token, b"stoat-ferret session", hashlib.sha256).hexdigest()

    def is_token(self, token: str) -> bool:
        """Whether `token` is the one that is set; true for any where none is set."""
        return self._token is None or hmac.compare_digest(
            token.encode("utf-8", "replace"), self._token
        )

    def is_signed_in(self, authorization: str | None, session: str | None) -> bool:
        """Whether the headers Authorization or the session cookie prove that the token is known."""
        if self._token is None:
            return True
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() == "bearer" and self.is_token(token.strip()):
            return True
        return session is not None and hmac.compare_digest(
            session.encode("utf-8", "replace"), (self.session_value or "").encode()
        )


class SecurityMiddleware:
    """Refuses what `AccessPolicy` refuses, and bodies that are too large.

    Sets `signed_in` in the state of the request, for what is open but tells more to those who
    are.
    """

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection of ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _bounded(receive), send)

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
        return self._refuse_stranger(scope, headers) or _refuse_large_body(scope, headers)

    def _refuse_stranger(self, scope: Scope, headers: Headers) -> Response | None:
        session = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE)
        signed_in = self._policy.is_signed_in(headers.get("authorization"), session)
        scope.setdefault("state", {})["signed_in"] = signed_in
        if signed_in or scope["path"] in OPEN_PATHS:
            return None
        return token_required(scope)


def token_required(scope: Scope) -> Response:
    """The answer to a request without the token, or with a wrong one."""
    client = scope.get("client")
    log.warning("token_refused", path=scope["path"], client=client[0] if client else None)
    return problem_response(
        scope,
        UNAUTHORIZED,
        "Send the token of this server (STOAT_TOKEN) in the header `Authorization: Bearer …`, "
        f"or sign in with POST {SESSION_PATH}.",
        headers={"www-authenticate": 'Bearer realm="stoat-ferret"'},
    )


def _refuse_large_body(scope: Scope, headers: Headers) -> Response | None:
    length = headers.get("content-length", "0")
    if length.isdecimal() and int(length) <= MAX_BODY_BYTES:
        return None
    return problem_response(scope, TOO_LARGE, _TOO_LARGE_DETAIL, headers={"connection": "close"})


_TOO_LARGE_DETAIL = f"A body may have {MAX_BODY_BYTES:,} bytes at most."


def _bounded(receive: Receive) -> Receive:
    """`receive` for bodies that do not say how long they are."""
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MAX_BODY_BYTES:
            raise HTTPException(TOO_LARGE.status, _TOO_LARGE_DETAIL)
        return message

    return receive_bounded


def _normalised(name: str) -> str:
    return name.strip().strip("[]").removesuffix(".").lower()


def _host_name(host: str) -> str | None:
    """The name or address in `host` without port and brackets; None where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  raises where it is not a number
    except ValueError:
        return None
    if parts.netloc != host or parts.username is not None or not parts.hostname:
        return None
    return _normalised(parts.hostname)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_wildcard(host: str) -> bool:
    address = _address(_normalised(host))
    return not host or (address is not None and address.is_unspecified)
