"""The same render of many videos in one job: each is kept as soon as it is made."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.fake_programs import program_that
from tests.integration.render.render_harness import RenderHarness, open_harness
from tests.renderers import renderers

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.ffmpeg.binaries import find_ffmpeg
from stoat_ferret.jobs.fence import Fence
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.library.query import VideoFilter
from stoat_ferret.pause_gate import PauseGate
from stoat_ferret.render.request.batch import RenderBatch
from stoat_ferret.render.run.batch import BatchPhase, BatchResult, render_batch
from stoat_ferret.render.run.job import RenderHandler
from stoat_ferret.render.run.publish import FinishedFile, Manifest
from stoat_ferret.render.run.scratch import Scratch

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fake_programs import FakeProgram

    from stoat_ferret.jobs.job import Job, Progress
    from stoat_ferret.jobs.queue import PartialResult

pytestmark = pytest.mark.usefixtures("quiet_logs")

FFMPEG = find_ffmpeg()
JOB_ID = "01a20538-928d-746d-931d-5d89a521c16a"


def batch_of(*video_ids: str, **more: Any) -> RenderBatch:
    """Return a small, fast render of the first half second of each video."""
    document = {"preset": "web-720p", "clip": {"end_seconds": 0.5}, "options": {"effort": "draft"}}
    return RenderBatch.from_params({**document, "video_ids": video_ids, **more})


async def submit(harness: RenderHarness, batch: RenderBatch) -> Job:
    return await harness.services.submit_render_batch(batch)


def ffmpeg_that(folder: Path, when: str, act: str) -> FakeProgram:
    """Return the real ffmpeg, which does `act` first in folders that match the pattern `when`."""
    return program_that(
        folder / "bin",
        "ffmpeg",
        f'case "$(pwd) $*" in {when}*-progress*) {act} ;; esac\nexec "{FFMPEG}" "$@"',
    )


async def test_what_fails_for_one_video_does_not_stop_the_others(harness: RenderHarness) -> None:
    os.utime(harness.folder / "films" / "long.mp4", ns=(1, 1))
    more = {"name": "{number}-{video}", "folder": "trips/2026"}
    batch = batch_of("nobody", harness.long, harness.short, **more)
    told: list[Progress] = []
    with harness.services.queue.subscribe() as snapshots:
        job = await submit(harness, batch)
        async with asyncio.timeout(100):
            while not job.status.is_final:
                job = await anext(snapshots)
                told.append(job.progress)
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert job.result
    counts = {name: job.result[name] for name in ("found", "rendered", "failed")}
    assert counts == {"found": 3, "rendered": 1, "failed": 2}
    nobody, changed = job.result["errors"]
    assert (nobody["video_id"], changed["video_id"]) == ("nobody", harness.long)
    assert changed["path"] == "long.mp4"
    assert "has changed since it was scanned" in changed["reason"]
    (output,) = job.result["outputs"]
    assert output["source_id"] == harness.short
    assert harness.left == ["trips"]
    trip = harness.renders / "trips" / "2026"
    assert job.result["folder"] == str(trip)
    assert [path.name for path in trip.iterdir()] == ["3-short.mp4"]
    assert output["path"] == "trips/2026/3-short.mp4"
    video = await harness.services.videos.get(output["video_id"])
    assert video.recipe
    assert video.recipe.job_id == job.id
    assert video.recipe.request == batch.request_for(harness.short, "3-short").params
    assert video.recipe.request["folder"] == "trips/2026"
    assert video.path == output["path"]
    (harness.renders / "a file").touch()
    with pytest.raises(RenderRefusedError, match="a file of this name"):
        await submit(harness, batch_of(harness.short, folder="a file/2026"))

    fractions = [one.fraction for one in told if one.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    rendering = [one for one in told if one.phase == BatchPhase.RENDERING and one.current]
    assert "short.mp4" in {one.current for one in rendering}
    assert {(one.total, one.unit) for one in rendering} == {(3, "videos")}


async def test_a_retry_makes_only_what_is_not_made_yet(harness: RenderHarness) -> None:
    long = harness.folder / "films" / "long.mp4"
    times = long.stat()
    os.utime(long, ns=(1, 1))
    first = await harness.ended((await submit(harness, batch_of(harness.long, harness.short))).id)
    assert first.result
    (kept,) = first.result["outputs"]
    os.utime(long, ns=(times.st_atime_ns, times.st_mtime_ns))

    second = await harness.ended((await harness.services.retry(first.id)).id)
    assert (second.status, second.params) == (JobStatus.SUCCEEDED, first.params)
    assert second.result
    assert (second.result["rendered"], second.result["failed"], second.result["errors"]) == (
        2,
        0,
        [],
    )
    assert second.result["outputs"][0] == kept
    assert second.result["outputs"][1]["source_id"] == harness.long
    assert harness.left == ["long-web-720p.mp4", "short-web-720p.mp4"]

    third = await harness.ended((await harness.services.retry(second.id)).id)
    assert third.result
    assert third.result["rendered"] == 2
    assert len(harness.left) == 4, "nothing was missing, so all are made again"


async def test_what_is_wrong_with_every_video_fails_or_is_refused(harness: RenderHarness) -> None:
    job = await harness.ended((await submit(harness, batch_of("nobody", "somebody"))).id)
    assert job.status is JobStatus.FAILED
    assert job.error
    assert job.error.startswith("None of the 2 videos could be rendered. nobody: ")
    assert job.result
    assert job.result["failed"] == len(job.result["errors"]) == 2
    for more, location in (
        ({"options": {"count": 3}}, None),
        ({"name": "{title}"}, "name"),
    ):
        with pytest.raises(RenderRefusedError) as refused:
            await submit(harness, batch_of(harness.short, **more))
        assert refused.value.location == location
    assert await harness.services.ids_to_render(VideoFilter()) == [harness.long, harness.short]
    with pytest.raises(RenderRefusedError, match="No video matches"):
        await harness.services.ids_to_render(VideoFilter(q="nothing like it"))


@pytest.mark.soak
async def test_an_output_folder_that_cannot_be_used_ends_it(tmp_path: Path) -> None:
    async with open_harness(tmp_path, output_dir=tmp_path / "gone" / "renders") as harness:
        job = await harness.ended((await submit(harness, batch_of(harness.short, "nobody"))).id)
        assert job.status is JobStatus.FAILED
        assert job.error
        assert "STOAT_OUTPUT_DIR" in job.error


async def test_a_cancelled_batch_ends_within_a_second_and_keeps_what_is_made(
    tmp_path: Path,
) -> None:
    slow = ffmpeg_that(tmp_path, "*/.long*", "sleep 60")
    async with open_harness(tmp_path, ffmpeg=slow.path) as harness:
        job = await submit(harness, batch_of(harness.short, harness.long, "nobody"))
        await harness.until(job.id, lambda job: job.progress.done == 1)
        before = time.monotonic()
        await harness.services.queue.cancel(job.id)
        ended = await harness.ended(job.id)
        assert time.monotonic() - before < 2, "the aim is 1 s, on a machine that does nothing else"
        assert ended.status is JobStatus.CANCELLED
        assert ended.result
        assert (ended.result["rendered"], ended.result["failed"]) == (1, 0)
        assert harness.left == ["short-web-720p.mp4"]
        assert renderers(os.getpid()) == []


@pytest.mark.soak
async def test_each_video_has_the_time_of_one_render(tmp_path: Path) -> None:
    slow = ffmpeg_that(tmp_path, "*/.long*", "exec sleep 60")
    async with open_harness(tmp_path, ffmpeg=slow.path, render_timeout_seconds=6.0) as harness:
        job = await harness.ended((await submit(harness, batch_of(harness.long, harness.short))).id)
        assert job.status is JobStatus.SUCCEEDED, job.error
        assert job.result
        assert [one["reason"] for one in job.result["errors"]] == [
            "It was stopped at its deadline of 6 seconds."
        ]
        assert harness.left == ["short-web-720p.mp4"]


async def test_a_single_render_has_its_turn_between_two_videos(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    gated = ffmpeg_that(tmp_path, "*", f"while [ ! -e '{gate}' ]; do sleep 0.05; done")
    async with open_harness(tmp_path, ffmpeg=gated.path) as harness:
        batch = await submit(harness, batch_of(harness.short, harness.long))
        await harness.until(batch.id, lambda job: job.progress.current is not None)
        single = await harness.services.submit_render(harness.request())
        await harness.until(single.id, lambda job: job.progress.phase == "waiting")
        gate.touch()
        after = await harness.ended(batch.id)
        between = await harness.ended(single.id)
        assert after.finished_at
        assert between.finished_at
        assert between.finished_at < after.finished_at
        assert after.result
        assert after.result["rendered"] == 2


async def test_a_paused_batch_leaves_its_turn_to_others_and_goes_on(tmp_path: Path) -> None:
    key = tmp_path / "key"
    program = ffmpeg_that(tmp_path, "*long*", f'while [ ! -e "{key}" ]; do sleep 0.05; done')
    async with open_harness(tmp_path, ffmpeg=program.path) as harness:
        queue = harness.services.queue
        job = await submit(harness, batch_of(harness.long, harness.short))
        await harness.until(job.id, lambda job: job.progress.current == "long.mp4")
        assert (await queue.pause(job.id)).status is JobStatus.PAUSED
        other = await harness.services.submit_render(harness.request(harness.short))
        assert (await harness.ended(other.id)).status is JobStatus.SUCCEEDED
        key.touch()
        await queue.resume(job.id)
        ended = await harness.ended(job.id)
        assert (ended.status, ended.attempt) == (JobStatus.SUCCEEDED, 1)
        assert ended.result
        assert (ended.result["rendered"], ended.result["failed"]) == (2, 0)


async def test_a_restarted_server_continues_with_the_videos_that_are_left(tmp_path: Path) -> None:
    slow = ffmpeg_that(tmp_path, "*/.long*", "sleep 60")
    async with open_harness(tmp_path, ffmpeg=slow.path) as harness:
        job = await submit(harness, batch_of(harness.short, harness.long))
        await harness.until(job.id, lambda job: job.progress.done == 1)
    async with open_harness(tmp_path) as harness:
        ended = await harness.ended(job.id)
        assert (ended.status, ended.attempt) == (JobStatus.SUCCEEDED, 2)
        assert ended.result
        assert [one["source_id"] for one in ended.result["outputs"]] == [
            harness.short,
            harness.long,
        ]
        assert harness.left == ["long-web-720p.mp4", "short-web-720p.mp4"]


@dataclass
class _Attempt:
    """The context of another attempt of a job, after its process died."""

    earlier_result: dict[str, Any]
    job_id: str = JOB_ID
    attempt_number: int = 2
    cancel_requested: bool = False
    gate: PauseGate = field(default_factory=PauseGate)
    saved: list[dict[str, Any]] = field(default_factory=list)

    def set_progress(self, value: float | Progress) -> None:
        pass

    def keep_result(self, value: PartialResult) -> None:
        pass

    async def save_result(self, value: dict[str, Any], *, ends_commit: bool = True) -> None:
        self.saved.append(value)

    @property
    def fence(self) -> Fence:
        return Fence(self.job_id, self.attempt_number)

    async def commit(self) -> None:
        pass


@pytest.mark.parametrize("is_recorded", [False, True])
async def test_a_process_that_dies_around_the_record_of_a_file_makes_no_second_one(
    harness: RenderHarness, *, is_recorded: bool
) -> None:
    batch = batch_of(harness.short, harness.long, name="{video}")
    services = harness.services
    whole = (harness.folder / "films" / "short.mp4").read_bytes()
    scratch = Scratch.of(harness.renders, "short", JOB_ID, 1)
    scratch.set_up()
    (scratch.path / "output.mp4").write_bytes(whole)
    finished = FinishedFile("output.mp4", ".mp4", len(whole), is_video=True)
    digest = batch.request_for(harness.short, "short").digest
    manifest = Manifest("short", False, (finished,), (), request=digest)
    await services.renders.output.publish(scratch, manifest)
    os.close(scratch._lock or 0)
    before = BatchResult(found=2)
    if is_recorded:
        before.rendered = 1
        before.outputs = [{"path": "short.mp4", "source_id": harness.short}]
    attempt = _Attempt(before.as_json())
    result = BatchResult.continuing(attempt.earlier_result, 2)
    await render_batch(batch, services.renders, attempt, result)
    assert harness.left == ["long.mp4", "short.mp4"]
    assert (harness.renders / "short.mp4").read_bytes() == whole
    assert [one["source_id"] for one in result.outputs] == [harness.short, harness.long]
    assert [one["rendered"] for one in attempt.saved] == ([2] if is_recorded else [1, 2])


async def test_a_render_that_was_recorded_before_its_process_died_is_not_made_again(
    harness: RenderHarness,
) -> None:
    handler, request = RenderHandler(harness.services.renders), harness.request(name="once")
    first = _Attempt({}, attempt_number=1)
    await handler(first, request.params)
    (recorded,) = first.saved
    scratch = Scratch.of(harness.renders, "once", JOB_ID, 1)
    scratch.set_up()
    Manifest("once", False, (), ()).write(scratch.path)
    os.close(scratch._lock or 0)  # as if the process had died
    assert await handler(_Attempt(recorded), request.params) == recorded
    assert harness.left == ["once.mp4"]
