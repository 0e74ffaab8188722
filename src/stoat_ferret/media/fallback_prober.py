"""A prober that asks another one about the files that crash the first."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from stoat_ferret.errors import ProbeCrashedError, StoatFerretError
from stoat_ferret.media.file_faults import file_error

if TYPE_CHECKING:
    import os

    from stoat_ferret.media.prober import ProbedFile, Prober


class FallbackProber:
    """Reads with `first`, and with `second` what crashes it or makes it raise the unforeseen.

    Where the second fails too, in whatever way, the error of the first is raised. No other error
    makes it ask again: a file that hangs one prober would only hang the other.
    """

    def __init__(self, first: Prober, second: Prober) -> None:
        self._first = first
        self._second = second
        self.name = first.name

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        try:
            return await self._first.probe(path)
        except Exception as error:
            failure = file_error(path, f"The prober ({self._first.name})", error)
            if not isinstance(failure, ProbeCrashedError):
                raise
        try:
            return await self._second.probe(path)
        except Exception as error:  # noqa: BLE001  that of the first is raised
            with suppress(StoatFerretError):  # only the second cannot be run
                file_error(path, f"The prober ({self._second.name})", error)
            raise failure from None

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._first.fingerprint(path)
