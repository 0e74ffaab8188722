"""A prober that asks another one about the files that crash the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stoat_ferret.errors import MediaError, ProbeCrashedError

if TYPE_CHECKING:
    import os

    from stoat_ferret.media.prober import ProbedFile, Prober


class FallbackProber:
    """Reads with `first`, and with `second` what crashes it.

    Where the second fails too, the error of the first is raised. No other error makes it ask
    again: a file that hangs one prober would only hang the other.
    """

    def __init__(self, first: Prober, second: Prober) -> None:
        self._first = first
        self._second = second
        self.name = first.name

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        try:
            return await self._first.probe(path)
        except ProbeCrashedError as crash:
            try:
                return await self._second.probe(path)
            except MediaError:
                raise crash from None

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._first.fingerprint(path)
