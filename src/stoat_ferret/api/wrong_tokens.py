"""Slows down whoever guesses the token: after some wrong ones an address has to wait."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_WRONG = 20
"""Wrong tokens that are answered in `WINDOW_SECONDS`: plenty for people, 29,000 a day."""

WINDOW_SECONDS = 60.0
_MOST_ADDRESSES = 1000


class WrongTokens:
    """The wrong tokens of the last minute, by the address that sent them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._moments: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, client: str | None) -> None:
        """`client` has sent a wrong token."""
        name = _network(client)
        moments = self._moments.setdefault(name, deque(maxlen=MOST_WRONG))
        moments.append(self._clock())
        self._moments.move_to_end(name)
        if len(self._moments) > _MOST_ADDRESSES:
            self._moments.popitem(last=False)

    def seconds_to_wait(self, client: str | None) -> int:
        """How long no token of `client` is looked at, rounded up; 0 where one is."""
        moments = self._moments.get(_network(client))
        if moments is None or len(moments) < MOST_WRONG:
            return 0
        return max(0, math.ceil(moments[0] + WINDOW_SECONDS - self._clock()))


def _network(client: str | None) -> str:
    """The address itself; of IPv6 the network, since who has one has all its addresses."""
    try:
        address = ipaddress.ip_address(client or "")
    except ValueError:
        return client or ""
    if address.version == 4:
        return str(address)
    mapped = address.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(address), 64), strict=False))
