"""The passes of a result, run in order, and again until it keeps to its limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stoat_ferret.disk import run_on_disk_thread
from stoat_ferret.errors import OutputFaultError
from stoat_ferret.ffmpeg.executor import run_ffmpeg
from stoat_ferret.render.plan.video.size_limit import RATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from stoat_ferret.ffmpeg.executor import FfmpegProgress
    from stoat_ferret.pause_gate import PauseGate
    from stoat_ferret.render.plan.plan import RenderPass
    from stoat_ferret.render.plan.video.size_limit import SizeLimit
    from stoat_ferret.render.run.result import RenderProgress
    from stoat_ferret.render.run.scratch import InputFiles


@dataclass(slots=True, kw_only=True)
class PassRunner:
    """A runner of `passes` in `folder`, with open `inputs`; they make files called `outputs`.

    With a `limit`, the result keeps to it.
    """

    passes: Sequence[RenderPass]
    outputs: Sequence[str]
    limit: SizeLimit | None
    ffmpeg: Path
    folder: Path
    inputs: InputFiles
    meter: RenderProgress
    stall_seconds: float
    gate: PauseGate
    written: int | None = None
    """The frames of the result that its passes wrote; None if they are not counted."""
    _measured: dict[str, str] = field(default_factory=dict)

    async def run(self) -> None:
        """Run all passes, and correct the size of the result if it has a limit.

        Raises the errors of `run_ffmpeg`, `OutputFaultError`, and `RenderRefusedError` if the
        result cannot be made small enough.
        """
        limit = self.limit
        if limit is None:
            return await self._run(self.passes)
        self._measured[RATE] = str(limit.first_rate)
        await self._run(self.passes)
        await self._correct(limit)
        return None

    async def _correct(self, limit: SizeLimit) -> None:
        """Repeat passes with other bit rates; leave the best result that fits."""
        repeated = [one for one in self.passes if one.repeats]
        file = self.folder / limit.file
        aside = file.with_name(f"fitting-{limit.file}")
        tries = [(limit.first_rate, await _size_of(file))]
        best = 0
        while (rate := limit.next_rate(tries)) is not None:
            _, size = tries[-1]
            if best < size <= limit.max_bytes:
                best = size
                await run_on_disk_thread(file.replace, aside)
            self._measured[RATE] = str(rate)
            self.meter.repeat(repeated)
            await self._run(repeated)
            tries.append((rate, await _size_of(file)))
        _, size = tries[-1]
        if best and (size > limit.max_bytes or size < best):
            await run_on_disk_thread(aside.replace, file)

    async def _run(self, passes: Iterable[RenderPass]) -> None:
        for one in passes:
            self.meter.begin(one)
            frames = 0

            def advance(progress: FfmpegProgress, one: RenderPass = one) -> None:
                nonlocal frames
                frames = progress.frame or frames
                self.meter.advance(one, progress)

            await run_ffmpeg(
                self.ffmpeg,
                self.inputs.named(one.command(self._measured)),
                on_progress=advance,
                outputs=[self.folder / name for name in self.outputs],
                cwd=self.folder,
                pass_fds=self.inputs.descriptors,
                stall_seconds=self.stall_seconds,
                gate=self.gate,
            )
            self.meter.end(one)
            if one.is_counted:
                self.written = (self.written or 0) + frames
            self._measured |= await self._read(one)

    async def _read(self, one: RenderPass) -> dict[str, str]:
        """Return what a pass measured."""
        measurement = one.measurement
        if measurement is None:
            return {}

        def read() -> str:
            path = self.folder / measurement.file
            return path.read_text(encoding="utf-8", errors="replace")

        try:
            return measurement.read(await run_on_disk_thread(read))
        except (OSError, ValueError) as error:
            raise OutputFaultError([f"{one.title} gave no figures"]) from error


async def _size_of(file: Path) -> int:
    try:
        return (await run_on_disk_thread(file.stat)).st_size
    except FileNotFoundError as error:
        raise OutputFaultError([f"{file.name} is not there"]) from error
