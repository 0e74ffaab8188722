"""Access rules: the checks of token, Host and Origin, independent of HTTP."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import SecretStr


class AccessPolicy:
    """The access rules of one server.

    `host` is the address it listens on and `allowed_hosts` are further names of this server.
    Without a `token` every client is signed in.
    """

    def __init__(
        self, *, host: str, allowed_hosts: Iterable[str] = (), token: SecretStr | None = None
    ) -> None:
        self._names = {"localhost", _normalized(host), *map(_normalized, allowed_hosts)}
        self._extra_names = frozenset(map(_normalized, allowed_hosts))
        self._any_address = _is_wildcard(host)
        self._token = token.get_secret_value().encode() if token else None

    def is_host_allowed(self, host: str, local_address: str | None = None) -> bool:
        """Return whether a request for `host` (a Host header) is meant for this server.

        A page of another site can point its own name at this machine (DNS rebinding), and its
        scripts would then have the same origin; it cannot do so with an address. `local_address` is
        the one the connection was accepted on.
        """
        name = _host_name(host)
        if name is None:
            return False
        if name in self._names or name == local_address:
            return True
        address = _address(name)
        return address is not None and (self._any_address or address.is_loopback)

    def is_origin_allowed(self, origin: str | None, fetch_site: str | None, host: str) -> bool:
        """Return whether a request for `host` comes from a page of this server, or from no page.

        `origin` and `fetch_site` are the headers Origin and Sec-Fetch-Site, which scripts cannot
        change and other programs than browsers do not send.
        """
        if origin is not None:
            scheme, _, own_host = origin.partition("://")
            if scheme not in {"http", "https"}:
                return False
            return own_host.lower() == host.lower() or _host_name(own_host) in self._extra_names
        return fetch_site in {None, "same-origin", "none"}

    @property
    def session_value(self) -> str | None:
        """The value of the session cookie, derived from the token."""
        if self._token is None:
            return None
        return hmac.new(self._token, b"stoat-ferret session", hashlib.sha256).hexdigest()

    def is_token(self, token: str) -> bool:
        """Return whether `token` is the configured one; True for any if none is configured."""
        return self._token is None or hmac.compare_digest(
            token.encode("utf-8", "replace"), self._token
        )

    def is_session(self, session: str | None) -> bool:
        """Return whether the cookie proves knowledge of the token; True if there is none."""
        if self._token is None:
            return True
        return session is not None and hmac.compare_digest(
            session.encode("utf-8", "replace"), (self.session_value or "").encode()
        )


def bearer_token(authorization: str | None) -> str | None:
    """Return the token in the header Authorization; None if it contains none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _normalized(name: str) -> str:
    return name.strip().strip("[]").removesuffix(".").lower()


def _host_name(host: str) -> str | None:
    """Return the name or address in `host` without port and brackets; None if it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018  raises if it is not a number
    except ValueError:
        return None
    if parts.netloc != host or parts.username is not None or not parts.hostname:
        return None
    return _normalized(parts.hostname)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _is_wildcard(host: str) -> bool:
    address = _address(_normalized(host))
    return not host or (address is not None and address.is_unspecified)
