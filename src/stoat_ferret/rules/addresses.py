"""The addresses that webhooks may reach, and connections to none but these."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

import anyio
import httpcore

from stoat_ferret.errors import WebhookRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from ipaddress import IPv4Network

    from httpcore import SOCKET_OPTION

_TRANSLATED = IPv6Network("64:ff9b::/96")
"""The prefix under which IPv6-only networks reach IPv4 addresses, which are its last four bytes."""
_ALLOCATED = IPv6Network("2000::/3")
"""The only part of IPv6 that is in use on the Internet."""
_NOT_PUBLIC = tuple(
    ip_network(network)
    for network in (
        # Relays to IPv4 addresses, of whatever kind.
        *("2002::/16", "2001::/32", "192.88.99.0/24"),
        # For documentation, which older versions of `ipaddress` do not know.
        "3fff::/20",
    )
)


def embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether an address belongs to one machine on the Internet, and to no private network.

    An IPv6 address that stands for an IPv4 address is judged by that.
    """
    address = embedded(address)
    if isinstance(address, IPv6Address) and (address not in _ALLOCATED or address.scope_id):
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses, and to those in `allowed`, only.

    A name is resolved once, and the address that was checked is the one that is connected to.
    Raises `WebhookRefusedError` for others.
    """

    def __init__(self, allowed: Sequence[IPv4Network | IPv6Network]) -> None:
        self._allowed = tuple(allowed)
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that may be reached and answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._addresses(host, port):
            try:
                return await self._sockets.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait, as the pool does between attempts."""
        await anyio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if refused := [one for one in addresses if not self._may_reach(one)]:
            raise WebhookRefusedError(
                host,
                f"{refused[0]} is not a public address. STOAT_WEBHOOK_NETWORKS can allow it",
            )
        return addresses

    def _may_reach(self, text: str) -> bool:
        address = ip_address(text)
        if is_public(address):
            return True
        return any(
            one.version == network.version and one in network
            for network in self._allowed
            for one in (address, embedded(address))
        )
