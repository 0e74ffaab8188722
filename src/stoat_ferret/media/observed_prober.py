"""A prober that tells how long every file took."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from stoat_ferret.media.prober import ProbedFile, Prober


class ObservedProber:
    """Reads with `prober` and calls `observe` with the seconds and the outcome of each probe.

    The outcome is `ok`, or the name of the error's class. A probe that is cancelled has
    none, and is not told of.
    """

    def __init__(self, prober: Prober, observe: Callable[[float, str], None]) -> None:
        self._prober = prober
        self._observe = observe
        self.name = prober.name

    async def probe(self, path: str | os.PathLike[str]) -> ProbedFile:
        """See `Prober.probe`."""
        start = time.perf_counter()
        try:
            probed = await self._prober.probe(path)
        except Exception as error:
            self._observe(time.perf_counter() - start, type(error).__name__)
            raise
        self._observe(time.perf_counter() - start, "ok")
        return probed

    async def fingerprint(self, path: str | os.PathLike[str]) -> str:
        """See `Prober.fingerprint`."""
        return await self._prober.fingerprint(path)
