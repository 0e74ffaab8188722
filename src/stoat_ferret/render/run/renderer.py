"""The steps of a render: resolve, plan, run, check, publish, and add to the library."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoat_ferret.concurrency import gather_two
from stoat_ferret.database import finish
from stoat_ferret.database_errors import is_outage
from stoat_ferret.disk import in_thread
from stoat_ferret.errors import MediaError, NoLongerMineError, OutputFaultError, OutputSpaceError
from stoat_ferret.jobs.job import Progress, ignore_progress
from stoat_ferret.library.recipes import MadeFile
from stoat_ferret.library.video import FoundFile, ScannedFile, VideoStatus
from stoat_ferret.media.libav_calls import audio_ends, read_each
from stoat_ferret.media.prober import PROBE_VERSION
from stoat_ferret.media.worker_call import run_on_file
from stoat_ferret.pause_gate import PauseGate
from stoat_ferret.render.plan.plan import OutputKind, RenderPhase, faults_of, lost_audio
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.plan.separate import SEPARATE_NAME
from stoat_ferret.render.request.name_pattern import default_name
from stoat_ferret.render.run.animation_check import check_animation
from stoat_ferret.render.run.glyph_notes import glyph_notes
from stoat_ferret.render.run.passes import PassRunner
from stoat_ferret.render.run.picture_check import PictureCheck
from stoat_ferret.render.run.publish import FinishedFile, Manifest
from stoat_ferret.render.run.result import RenderedFile, RenderProgress, RenderResult
from stoat_ferret.render.run.scratch import open_inputs
from stoat_ferret.render.run.size_measurement import measure_sizes
from stoat_ferret.render.run.slot import render_slot

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    import anyio

    from stoat_ferret.ffmpeg.capabilities import FfmpegCapabilities
    from stoat_ferret.library.recipes import RecipeBook
    from stoat_ferret.media.prober import ProbedFile, Prober
    from stoat_ferret.processes.worker_pool import MediaWorkers
    from stoat_ferret.render.plan.plan import PlannedOutput, RenderPlan
    from stoat_ferret.render.request.request import RenderRequest
    from stoat_ferret.render.run.output_folder import OutputFolder
    from stoat_ferret.render.run.scratch import Scratch
    from stoat_ferret.render.run.sources import SourceResolver

_AUDIO_SECONDS = 30.0
"""The time limit for reading where the audio of a result ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderTools:
    """The parts that renders need.

    `prober` reads files in `workers`. `slots` bounds the renders of all jobs at a time, and
    `limiter` what runs beside them.
    """

    resolver: SourceResolver
    ffmpeg: FfmpegCapabilities
    prober: Prober
    workers: MediaWorkers
    book: RecipeBook
    output: OutputFolder
    stall_seconds: float
    slots: anyio.CapacityLimiter
    limiter: anyio.CapacityLimiter | None = None


@dataclass(frozen=True, slots=True)
class PreparedRender:
    """A plan that is ready to run, the ffmpeg to run it with, and the name of its files.

    `name` is a pattern if each clip becomes a file of its own.
    """

    plan: RenderPlan
    ffmpeg: Path
    name: str

    @property
    def common_name(self) -> str:
        """The name of all files, or of the first one if each has its own."""
        return self.plan.outputs[0].name or self.name


async def prepare(
    request: RenderRequest, tools: RenderTools, *, measures_size: bool = False
) -> PreparedRender:
    """Plan a render as far as possible before it runs.

    If it `measures_size`, or if there is no room for the size that is estimated otherwise, it
    encodes a little of the result to know it better.

    Raises `RenderRefusedError`, `OutputSpaceError`, `OutputFolderError`, and the errors of
    `SourceResolver.gather` and `FfmpegCapabilities.describe`.
    """
    if request.folder is not None:
        await tools.output.check_subfolder(request.folder)
    # Trying the hardware encoders takes longer than most of the rest.
    is_plain = request.options.encoder == "software"
    describing = tools.ffmpeg.describe_software if is_plain else tools.ffmpeg.describe
    (materials, stem), description = await gather_two(tools.resolver.gather(request), describing())
    # Pure, but slow for a hundred clips.
    plan = await in_thread(plan_render, request, materials, description)
    if measures_size:
        plan = await _with_measured_size(plan, description.path, tools)
    try:
        await tools.output.check_room(plan.needed_bytes)
    except OutputSpaceError:
        if measures_size or not plan.samples:
            raise
        plan = await _with_measured_size(plan, description.path, tools)
        await tools.output.check_room(plan.needed_bytes)
    usual = SEPARATE_NAME if request.separate else default_name(stem, request.preset)
    return PreparedRender(plan, description.path, request.name or usual)


async def _do_nothing() -> None:
    pass


async def _with_measured_size(plan: RenderPlan, ffmpeg: Path, tools: RenderTools) -> RenderPlan:
    return plan.with_sizes(await measure_sizes(plan.samples, ffmpeg, tools.limiter))


async def render(
    request: RenderRequest,
    tools: RenderTools,
    *,
    job_id: str,
    attempt: int = 1,
    result: RenderResult | None = None,
    on_progress: Callable[[Progress], None] = ignore_progress,
    commit: Callable[[], Awaitable[None]] = _do_nothing,
    on_published: Callable[[], Awaitable[None]] = _do_nothing,
    gate: PauseGate | None = None,
) -> RenderResult:
    """Make the files of `request`, all or none of them.

    Files that an earlier attempt of the same job finished are published and not made again.
    `commit` is called just before publishing, which it prevents by raising an error. After
    publishing, `on_published` is called, and completes even if this is cancelled; if the process
    dies before it has returned, the next attempt publishes the same files again. If it is cancelled
    at any time, it ends its ffmpeg and leaves nothing behind. While `gate` is paused, it holds no
    slot, and its ffmpeg is suspended. Raises the errors of `prepare` and `PassRunner.run`, and
    `OutputFaultError`.
    """
    gate = gate or PauseGate()
    started = gate.seconds()
    result = result if result is not None else RenderResult()
    run = _Render(request, tools, job_id, attempt, result, on_progress, commit, on_published, gate)
    try:
        await run.run()
    finally:
        result.elapsed_seconds = gate.seconds() - started
    return result


@dataclass(slots=True)
class _Render:
    request: RenderRequest
    tools: RenderTools
    job_id: str
    attempt: int
    result: RenderResult
    on_progress: Callable[[Progress], None]
    commit: Callable[[], Awaitable[None]]
    on_published: Callable[[], Awaitable[None]]
    gate: PauseGate
    probed: dict[str, ProbedFile] = field(default_factory=dict)
    written: dict[str, int | None] = field(default_factory=dict)
    """The frames that the passes of each folder wrote."""

    async def run(self) -> None:
        def report_waiting() -> None:
            self.on_progress(Progress(phase=RenderPhase.WAITING))

        async with render_slot(self.tools.slots, self.gate, report_waiting) as self.gate:
            await self._run()

    async def _run(self) -> None:
        self.on_progress(Progress(phase=RenderPhase.PREPARING))
        finished = await self.tools.output.take_over(self.job_id, self.attempt)
        if finished is not None:
            async with self._removing(finished[0]):
                # A job that makes several renders may have died in one that it had recorded.
                if finished[1].request in {"", self.request.digest}:
                    return await finish(self._publish(*finished))
        prepared = await prepare(self.request, self.tools)
        scratch = self.tools.output.scratch(prepared.common_name, self.job_id, self.attempt)
        async with self._removing(scratch):
            await self.tools.output.make(scratch, prepared.plan)
            meter = RenderProgress(prepared.plan, self.on_progress, self.gate.seconds)
            # To start a process for the check only then would be most of what a render adds.
            async with self.tools.workers.kept_ready(read_each):
                await self._make(prepared, scratch, meter)
                await self.gate.until_open()
                meter.phase(RenderPhase.CHECKING)
                found = await glyph_notes(prepared.plan, scratch.path)
                manifest, _ = await gather_two(
                    self._check(prepared, scratch, found),
                    self.tools.output.settle(scratch, prepared.plan),
                )
            await self.gate.until_open()
            meter.phase(RenderPhase.PUBLISHING)
            await self.tools.output.keep(scratch, manifest)
            # Publishing takes an instant, and is not interrupted.
            await finish(self._publish(scratch, manifest))
        return None

    @asynccontextmanager
    async def _removing(self, scratch: Scratch) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self.tools.output.remove(scratch)

    async def _make(
        self, prepared: PreparedRender, scratch: Scratch, meter: RenderProgress
    ) -> None:
        started = self.gate.seconds()
        for folder, passes in itertools.groupby(prepared.plan.passes, key=lambda one: one.folder):
            # The files of one clip at a time, if each becomes a file of its own.
            group, place = tuple(passes), scratch.path / folder
            async with open_inputs(group, place) as inputs:
                runner = PassRunner(
                    passes=group,
                    outputs=sorted({Path(one.file).name for one in prepared.plan.outputs}),
                    limit=prepared.plan.limits.get(folder),
                    ffmpeg=prepared.ffmpeg,
                    folder=place,
                    inputs=inputs,
                    meter=meter,
                    stall_seconds=self.tools.stall_seconds,
                    gate=self.gate,
                )
                await runner.run()
                self.written[folder] = runner.written
        elapsed = self.gate.seconds() - started
        seconds = float(prepared.plan.duration_seconds)
        self.result.speed = seconds / elapsed if elapsed else None

    async def _check(
        self, prepared: PreparedRender, scratch: Scratch, found: Sequence[str]
    ) -> Manifest:
        """Return the manifest of the checked files, with notes. Raises `OutputFaultError`."""
        files = [
            await self._check_one(prepared, planned, scratch) for planned in prepared.plan.outputs
        ]
        return Manifest(
            prepared.common_name,
            self.request.overwrite,
            tuple(files),
            tuple(dict.fromkeys((*prepared.plan.notes, *found))),
            request=self.request.digest,
            folder=self.request.folder,
        )

    async def _check_one(
        self, prepared: PreparedRender, planned: PlannedOutput, scratch: Scratch
    ) -> FinishedFile:
        path = scratch.path / planned.file
        size_bytes = await self.tools.output.size_of(scratch, planned.file)
        if not size_bytes:
            raise OutputFaultError([f"{planned.file} is not there, or empty"])
        is_video = planned.kind is OutputKind.VIDEO
        if is_video:
            folder = Path(planned.file).parent
            written = self.written.get("" if folder == Path() else str(folder))
            pictures = PictureCheck(prepared.ffmpeg, path, planned, written)
            await gather_two(self._probe(path, planned), pictures.run())
        elif planned.kind is OutputKind.AUDIO:
            await self._probe(path, planned)
        elif planned.kind is OutputKind.ANIMATION:
            await check_animation(path, planned)
        suffix = f"{planned.name_suffix}{planned.extension}"
        return FinishedFile(planned.file, suffix, size_bytes, is_video, planned.name, planned.clip)

    async def _probe(self, path: Path, planned: PlannedOutput) -> None:
        try:
            probed = await self.tools.prober.probe(path)
            ends = await self._audio_ends(path) if any(planned.audio_ends) else []
        except MediaError as error:
            raise OutputFaultError([error.reason]) from error
        if faults := [*faults_of(planned, probed.media_info), *lost_audio(planned, ends)]:
            raise OutputFaultError(faults)
        self.probed[planned.file] = probed

    async def _audio_ends(self, path: Path) -> list[float | None]:
        return await run_on_file(
            self.tools.workers, audio_ends, path, timeout_seconds=_AUDIO_SECONDS
        )

    async def _publish(self, scratch: Scratch, manifest: Manifest) -> None:
        try:
            await self.commit()
        except Exception as error:
            if is_outage(error):
                await self.tools.output.let_go(scratch)
            raise
        await self._publish_committed(scratch, manifest)
        await self.on_published()

    async def _publish_committed(self, scratch: Scratch, manifest: Manifest) -> None:
        output = self.tools.output
        published = await output.publish(scratch, manifest)
        try:
            await self._put_into_library(manifest, published.files)
        except BaseException as error:
            if not manifest.overwrite:
                await output.take_back(scratch, manifest, published)
            # Nobody had stopped it before: the job goes on with what is finished.
            if is_outage(error) or isinstance(error, NoLongerMineError):
                await output.let_go(scratch)
            raise

    async def _put_into_library(
        self, manifest: Manifest, places: Sequence[tuple[str, os.stat_result]]
    ) -> None:
        output = self.tools.output
        scanned = [
            await self._scanned(finished, path, status) if finished.is_video else None
            for finished, (path, status) in zip(manifest.files, places, strict=True)
        ]
        ids = await self.tools.book.add(
            [
                MadeFile(output.root, one, self._recipe(finished))
                for finished, one in zip(manifest.files, scanned, strict=True)
                if one
            ],
            job_id=self.job_id,
        )
        remaining = iter(ids)
        self.result.folder = str(output.path / (manifest.folder or ""))
        self.result.notes = list(manifest.notes)
        self.result.outputs = [
            RenderedFile(
                video_id=next(remaining) if one else None,
                root=output.root.name,
                path=path,
                size_bytes=status.st_size,
                duration_seconds=self._duration(finished),
            )
            for finished, one, (path, status) in zip(manifest.files, scanned, places, strict=True)
        ]

    def _recipe(self, finished: FinishedFile) -> dict[str, Any]:
        """Return the request that makes this file alone, or with those of the same clips."""
        if finished.clip is None or finished.name is None:
            return self.request.params
        piece = self.request.clips[finished.clip]
        return self.request.of_clip(piece, finished.name).params

    async def _scanned(
        self, finished: FinishedFile, path: str, status: os.stat_result
    ) -> ScannedFile:
        probed = self.probed.get(finished.file)
        if probed is None:  # an earlier attempt checked it
            probed = await self.tools.prober.probe(Path(self.tools.output.root.path) / path)
            self.probed[finished.file] = probed
        return ScannedFile(
            file=FoundFile.from_stat(path, status),
            status=VideoStatus.OK,
            reason=None,
            fingerprint=probed.fingerprint,
            media=probed.media,
            probe_version=PROBE_VERSION,
            thumbnail_version=probed.thumbnail.version,
        )

    def _duration(self, finished: FinishedFile) -> float | None:
        probed = self.probed.get(finished.file)
        return probed.media_info.duration_seconds if probed else None
