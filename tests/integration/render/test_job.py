"""Renders as jobs: whole files or none, added to the library."""

from __future__ import annotations

import asyncio
import functools
import os
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
import sqlalchemy as sa
from tests.clips import ffmpeg
from tests.fake_programs import FakeProgram, program_that, slow_program
from tests.integration.jobs.fenced_attempts import AttemptedJob, fenced
from tests.integration.render.render_harness import (
    DEADLINE_SECONDS,
    RenderHarness,
    open_harness,
)
from tests.renderers import renderers

from stoat_ferret.errors import (
    DatabaseError,
    NoLongerMineError,
    OutputFolderError,
    OutputSpaceError,
    RenderRefusedError,
    VideoNotFoundError,
)
from stoat_ferret.ffmpeg.binaries import find_ffmpeg, find_ffprobe
from stoat_ferret.ffmpeg.probe import ffprobe_video
from stoat_ferret.jobs.asyncio_queue import AsyncioJobQueue
from stoat_ferret.jobs.job import JobStatus
from stoat_ferret.jobs.store import jobs
from stoat_ferret.library.query import VideoQuery
from stoat_ferret.library.recipes import RecipeBook
from stoat_ferret.library.video import VideoStatus
from stoat_ferret.processes.worker_pool import MediaWorkers
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.run.job import RENDER
from stoat_ferret.render.run.passes import PassRunner
from stoat_ferret.render.run.picture_check import PictureCheck
from stoat_ferret.render.run.publish import FinishedFile, Manifest
from stoat_ferret.render.run.renderer import render
from stoat_ferret.render.run.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from stoat_ferret.bootstrap import Services
    from stoat_ferret.jobs.job import Job

pytestmark = pytest.mark.usefixtures("quiet_logs")

FFMPEG = find_ffmpeg()


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RenderHarness]:
    async with open_harness(tmp_path_factory.mktemp("shared"), prober="libav") as opened:
        yield opened


@pytest.fixture
def harness(shared: RenderHarness) -> RenderHarness:
    """Return the harness of all tests that need no other settings, its output folder empty."""
    if shared.renders.exists():
        for path in shared.renders.iterdir():
            path.unlink()
    return shared


async def test_a_render_is_a_file_in_the_library_with_its_recipe(harness: RenderHarness) -> None:
    request = harness.request()
    job = await harness.render(request)
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert job.result
    (output,) = job.result["outputs"]
    path = harness.renders / "holiday.mp4"
    assert harness.left == ["holiday.mp4"]
    assert output["size_bytes"] == path.stat().st_size
    assert job.result["folder"] == str(harness.renders)
    assert job.result["speed"] > 0
    info = await ffprobe_video(path)
    assert info.duration_seconds == pytest.approx(1, abs=0.05)
    assert output["duration_seconds"] == pytest.approx(info.duration_seconds, abs=0.001)
    video = await harness.services.videos.get(output["video_id"])
    assert (video.root.name, video.path) == (output["root"], output["path"])
    assert video.status is VideoStatus.OK
    assert video.recipe
    assert (video.recipe.job_id, video.recipe.request) == (job.id, request.params)


async def test_files_of_effects_are_opened_like_videos(harness: RenderHarness) -> None:
    folder = harness.folder / "films"
    (folder / "black.cube").write_text("LUT_3D_SIZE 2\n" + "0 0 0\n" * 8)
    ffmpeg(["-f", "lavfi", "-i", "color=red:s=64x48", "-frames:v", "1"], folder / "red card.png")
    card = {"root": folder.name, "path": "red card.png"}
    lut = {"effect": "lut", "file": {"root": folder.name, "path": "black.cube"}}
    clips = [
        {"video_id": harness.short, "end_seconds": 0.4, "effects": [lut]},
        {"image": card, "seconds": 0.4},
        {"image": card, "seconds": 0.4, "effects": [lut]},
    ]
    music = [{"video_id": harness.short, "ducking": {}}]
    job = await harness.render(harness.request(clips=clips, audio=music))
    assert job.status is JobStatus.SUCCEEDED, job.error
    slides = {"preset": "web-720p", "clips": clips[1:], "options": {"effort": "draft"}}
    job = await harness.render(RenderRequest.from_params(slides))
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert harness.left == ["holiday.mp4", "red card-web-720p.mp4"]
    luma = middles(harness.renders / "holiday.mp4")
    third = len(luma) // 3
    assert [luma[place * third + third // 2] for place in range(3)] == pytest.approx(
        [16, 16 + 219 * 0.2126, 16], abs=2
    )


def middles(path: Path) -> bytes:
    """Return the luma in the middle of each frame."""
    command = [str(FFMPEG), "-v", "error", "-i", str(path), "-vf", "crop=2:2"]
    command += ["-pix_fmt", "yuv420p", "-f", "rawvideo", "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout[::6]


async def test_a_second_render_asks_nothing_again_that_the_first_has_asked(tmp_path: Path) -> None:
    log = tmp_path / "log"
    noting = {
        name: program_that(
            tmp_path / name,
            name,
            f"echo \"{name} $*\" >> '{log}'\nexec '{program}' \"$@\"",
        ).path
        for name, program in (("ffmpeg", FFMPEG), ("ffprobe", find_ffprobe()))
    }

    def asked() -> list[str]:
        return [line for line in log.read_text().splitlines() if "-version" not in line]

    async with open_harness(tmp_path, prober="libav", **noting) as harness:
        await harness.render(harness.request())
        first = asked()
        assert sum(line.startswith("ffprobe") for line in first) == 2
        assert not any("lavfi" in line for line in first), "no hardware was asked for"
        await harness.render(harness.request())
        [encoding] = asked()[len(first) :]
        assert "-progress" in encoding


async def test_the_process_for_the_check_is_started_while_ffmpeg_runs(
    harness: RenderHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    def noted(of: type, method: str) -> None:
        original = getattr(of, method)

        @functools.wraps(original)
        async def call(self: object, *arguments: Any, **options: Any) -> Any:
            events.append(f"{of.__name__} begins")
            result = await original(self, *arguments, **options)
            events.append(f"{of.__name__} ends")
            return result

        monkeypatch.setattr(of, method, call)

    await harness.render(harness.request())  # the next one knows the source
    while harness.services.renders.workers.pids:  # noqa: ASYNC110  it sets no event at its end
        await asyncio.sleep(0.05)
    noted(PassRunner, "run")
    noted(MediaWorkers, "_start_process")
    await harness.render(harness.request())
    assert events.count("MediaWorkers begins") == 1
    assert events.index("MediaWorkers begins") < events.index("PassRunner ends")


async def test_the_parts_of_a_result_are_removed_while_it_is_checked(
    harness: RenderHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[Path] = []
    original = PictureCheck.run

    async def check(self: PictureCheck) -> None:
        with anyio.fail_after(20):
            while {path.name for path in self.path.parent.iterdir()} != {".lock", "output.mp4"}:  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.01)
        await original(self)
        checked.append(self.path)

    monkeypatch.setattr(PictureCheck, "run", check)
    job = await harness.render(harness.request(preset="smart-cut"))
    assert job.status is JobStatus.SUCCEEDED, job.error
    assert len(checked) == 1


async def test_a_scan_of_the_output_folder_finds_nothing_new(harness: RenderHarness) -> None:
    await harness.render(harness.request())
    scan = await harness.services.submit_scan(str(harness.renders))
    job = await harness.ended(scan.id)
    assert job.result
    assert (job.result["found"], job.result["unchanged"]) == (1, 1)


async def test_the_same_again_has_a_name_of_its_own_unless_it_may_overwrite(
    harness: RenderHarness,
) -> None:
    ids = []
    for overwrite in (False, False, True):
        job = await harness.render(harness.request(overwrite=overwrite))
        assert job.result, job.error
        ids.append(job.result["outputs"][0]["video_id"])
    assert harness.left == ["holiday (2).mp4", "holiday.mp4"]
    assert ids[2] == ids[0] != ids[1]


async def test_what_was_rendered_can_be_rendered_again(harness: RenderHarness) -> None:
    first = await harness.render(harness.request())
    assert first.result
    second = await harness.render(
        harness.request(first.result["outputs"][0]["video_id"], name="again")
    )
    assert second.status is JobStatus.SUCCEEDED, second.error


async def test_the_fraction_only_rises_and_speed_and_size_are_told(tmp_path: Path) -> None:
    told = []
    program = ffmpeg_that_reads(tmp_path, "-readrate 8")
    async with open_harness(tmp_path, ffmpeg=program.path) as harness:
        with harness.services.queue.subscribe() as snapshots:
            request = harness.request(clips=[{"video_id": harness.long, "end_seconds": 12}])
            job = await harness.services.submit_render(request)
            async with asyncio.timeout(100):
                async for snapshot in snapshots:
                    if snapshot.id == job.id:
                        told.append(snapshot)
                        if snapshot.status.is_final:
                            break
    fractions = [one.progress.fraction for one in told if one.progress.fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert any(0 < fraction < 1 for fraction in fractions)
    encoding = [one.progress for one in told if one.progress.phase == "encoding"]
    assert any(progress.speed and progress.fps and progress.size_bytes for progress in encoding)
    assert all(progress.unit == "seconds" and progress.total == 12 for progress in encoding)


@pytest.mark.parametrize("percent", [10, 50, 95])
async def test_a_cancelled_render_ends_within_a_second_and_leaves_nothing(
    tmp_path: Path, percent: int
) -> None:
    program = ffmpeg_that_slows_down(tmp_path, after_seconds=60 * percent / 100)
    async with open_harness(tmp_path, ffmpeg=program.path) as harness:
        request = harness.request(clips=[{"video_id": harness.long, "end_seconds": 60}])
        job = await harness.services.submit_render(request)
        await harness.until(job.id, lambda job: (job.progress.fraction or 0) >= percent / 100)
        assert [name for name in harness.left if name.startswith(".holiday.")] == harness.left != []
        assert len(renderers(os.getpid())) == 1
        before = time.monotonic()
        await harness.services.queue.cancel(job.id)
        ended = await harness.ended(job.id)
        elapsed = time.monotonic() - before
        assert ended.status is JobStatus.CANCELLED
        assert elapsed < 2, "the aim is 1 s, on a machine that does nothing else"
        assert await harness.empties()
        assert renderers(os.getpid()) == []


def ffmpeg_that_slows_down(folder: Path, after_seconds: float) -> FakeProgram:
    """Return the real ffmpeg, which after some seconds of input reads at a tenth of real time.

    The encoder holds back two seconds. The rest of the clip might take no time at all otherwise.
    """
    return ffmpeg_that_reads(folder, f"-readrate 0.1 -readrate_initial_burst {after_seconds + 2}")


def ffmpeg_that_reads(folder: Path, options: str) -> FakeProgram:
    """Return the real ffmpeg, which reads its first input of a render with `options`."""
    return program_that(
        folder,
        "slowing",
        f'case "$*" in *-progress*) exec "{FFMPEG}" {options} "$@" ;; esac\nexec "{FFMPEG}" "$@"',
    )


async def test_a_scan_does_not_wait_for_a_render(tmp_path: Path) -> None:
    program = ffmpeg_that_slows_down(tmp_path, after_seconds=2)
    async with open_harness(tmp_path, ffmpeg=program.path) as harness:
        job = await harness.services.submit_render(harness.request(harness.long))
        await harness.until(job.id, lambda job: bool(job.progress.fraction))
        scan = await harness.services.submit_scan(str(harness.folder / "films"), force=True)
        ended = await harness.ended(scan.id)
        assert ended.status is JobStatus.SUCCEEDED
        assert (await harness.services.queue.get(job.id)).status is JobStatus.RUNNING
        await harness.services.queue.cancel(job.id)
        await harness.ended(job.id)


async def test_a_render_past_its_deadline_leaves_nothing(tmp_path: Path) -> None:
    slow, hanging = hanging_ffmpeg(tmp_path)
    async with open_harness(tmp_path, ffmpeg=hanging.path, render_timeout_seconds=6.0) as harness:
        job = await harness.render_until(lambda job: job.progress.phase == "encoding")
        assert harness.left != []
        ended = await harness.ended(job.id)
        assert ended.status is JobStatus.TIMED_OUT
        assert await harness.empties()
    assert slow.running == []


def hanging_ffmpeg(folder: Path) -> tuple[FakeProgram, FakeProgram]:
    """Return a program that hangs, and an ffmpeg that runs it instead of rendering."""
    slow = slow_program(folder / "slow")
    script = f"case \"$*\" in *-progress*) exec '{slow.path}';; esac\nexec '{FFMPEG}' \"$@\""
    return slow, program_that(folder / "bin", "ffmpeg", script)


async def test_what_cannot_be_made_is_refused_before_it_is_queued(harness: RenderHarness) -> None:
    services = harness.services
    before = (await services.queue.list(kind=RENDER.name)).total
    for more, error in (
        ({"clips": [{"video_id": "nobody"}]}, VideoNotFoundError),
        ({"options": {"video_codec": "quicksilver"}}, RenderRefusedError),
        ({"clips": [{"video_id": harness.short, "start_seconds": 500}]}, RenderRefusedError),
        ({"clips": [{"video_id": harness.short, "audio_stream": 7}]}, RenderRefusedError),
    ):
        with pytest.raises(error):
            await services.submit_render(harness.request(**more))
    assert (await services.queue.list(kind=RENDER.name)).total == before
    assert harness.left == []


async def test_a_file_that_changed_since_it_was_scanned_is_refused(harness: RenderHarness) -> None:
    file = harness.folder / "films" / "short.mp4"
    modified = file.stat().st_mtime_ns
    os.utime(file, ns=(1, 1))
    with pytest.raises(RenderRefusedError, match="has changed since it was scanned"):
        await harness.services.submit_render(harness.request())
    os.utime(file, ns=(modified, modified))


async def test_too_little_room_is_refused_with_figures(harness: RenderHarness) -> None:
    with pytest.raises(OutputSpaceError, match=r"MB are needed, and [\d,]+ MB are free"):
        await harness.services.renders.output.check_room(10**18)


async def test_an_output_folder_that_cannot_be_made_is_an_error_that_says_so(
    tmp_path: Path,
) -> None:
    async with open_harness(tmp_path, output_dir=tmp_path / "unplugged" / "renders") as harness:
        with pytest.raises(OutputFolderError, match="STOAT_OUTPUT_DIR"):
            await harness.services.submit_render(harness.request())
        assert not (tmp_path / "unplugged").exists()


async def test_an_output_folder_in_a_root_is_part_of_it(tmp_path: Path) -> None:
    async with open_harness(tmp_path, output_dir=tmp_path / "films" / "new") as harness:
        job = await harness.render(harness.request())
        assert job.result, job.error
        (output,) = job.result["outputs"]
        assert (output["root"], output["path"]) == ("films", "new/holiday.mp4")


async def test_an_output_folder_that_scans_pass_over_is_a_root_of_its_own(tmp_path: Path) -> None:
    async with open_harness(tmp_path, output_dir=tmp_path / "films" / ".new") as harness:
        assert [root.name for root in harness.services.roots] == ["films"]
        assert [root.name for root in harness.services.all_roots] == ["films", ".new"]


async def failed(tmp_path: Path, ffmpeg: Path, **settings: float) -> Job:
    """Return the failed job of a render with another ffmpeg, which leaves nothing."""
    async with open_harness(tmp_path, ffmpeg=ffmpeg, **settings) as harness:
        job = await harness.render(harness.request(harness.long))
        assert job.status is JobStatus.FAILED
        assert harness.left == []
        return job


async def test_a_full_disk_is_a_clear_error_and_leaves_nothing(tmp_path: Path) -> None:
    # Blocks of 512 bytes; the signal of the limit is ignored, so writing fails instead.
    limited = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f"case \"$*\" in *-progress*) trap '' XFSZ; ulimit -f 400;; esac\nexec '{FFMPEG}' \"$@\"",
    )
    job = await failed(tmp_path, limited.path)
    assert job.error
    assert "ran out of room on the disk" in job.error


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 40 MB."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root may mount")
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("may not mount")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_disk_that_fills_up_meanwhile_is_a_clear_error_and_leaves_nothing(
    tmp_path: Path, small_disk: Path
) -> None:
    # Another program fills the disk just before ffmpeg starts.
    ballast = small_disk / "ballast"
    late = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f"case \"$*\" in *-progress*) cat /dev/zero > '{ballast}' 2> /dev/null;; esac\n"
        f"exec '{FFMPEG}' \"$@\"",
    )
    folder = small_disk / "renders"
    async with open_harness(tmp_path, ffmpeg=late.path, output_dir=folder) as harness:
        job = await harness.render(harness.request())
        assert job.status is JobStatus.FAILED
        assert job.error
        assert "ran out of room on the disk" in job.error
        assert harness.left == []
        with pytest.raises(OutputSpaceError):
            await harness.services.submit_render(harness.request())


async def test_an_ffmpeg_that_hangs_is_stopped(tmp_path: Path) -> None:
    slow, hanging = hanging_ffmpeg(tmp_path)
    job = await failed(tmp_path, hanging.path, render_stall_seconds=0.5)
    assert job.error
    assert "got no further for 0.5 s" in job.error
    assert slow.running == []


async def test_what_is_not_as_planned_is_not_kept(tmp_path: Path) -> None:
    # Makes only part of what it was told to, and reports success.
    lazy = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f"""case "$*" in *-progress*)
for last; do :; done
exec '{FFMPEG}' -v error -y -f lavfi -i testsrc2=s=320x240:d=1 -pix_fmt yuv420p \
-c:v libx264 -preset ultrafast -f mp4 "$last";; esac
exec '{FFMPEG}' "$@" """,
    )
    job = await failed(tmp_path, lazy.path)
    assert job.error
    assert "not what was asked for" in job.error


async def test_a_result_that_lacks_sound_is_not_kept(tmp_path: Path) -> None:
    # Ends the audio of what it was told to make after 0.4 of 1 s, and reports success.
    lazy = program_that(
        tmp_path / "bin",
        "ffmpeg",
        f"""case "$*" in *-progress*)
for last; do :; done
'{FFMPEG}' "$@" && '{FFMPEG}' -v error -y -i "$last" -t 0.4 -i "$last" -map 0:v -map 1:a -c copy \
short.mp4 && exec mv short.mp4 "$last";; esac
exec '{FFMPEG}' "$@" """,
    )
    async with open_harness(tmp_path, ffmpeg=lazy.path) as harness:
        job = await harness.render(harness.request())
        assert job.status is JobStatus.FAILED
        assert job.error
        assert "not what was asked for: audio stream 0 ends at 0.4" in job.error
        assert harness.left == []


async def test_what_an_earlier_attempt_had_finished_is_published_and_not_made_again(
    harness: RenderHarness,
) -> None:
    made = await harness.render(harness.request(name="made"))
    assert made.result
    whole = (harness.renders / "made.mp4").read_bytes()
    output = harness.services.renders.output

    # As a process leaves it that dies between publishing the file and writing the record.
    job_id = "01a20538-928d-746d-931d-5d89a521c16a"
    scratch = Scratch.of(harness.renders, "holiday", job_id, 1)
    scratch.set_up()
    (scratch.path / "output.mp4").write_bytes(whole)
    finished = FinishedFile("output.mp4", ".mp4", len(whole), is_video=True)
    await output.publish(scratch, Manifest("holiday", False, (finished,), ("a note",)))
    os.close(scratch._lock or 0)

    result = await render(
        harness.request(harness.long), harness.services.renders, job_id=job_id, attempt=2
    )
    assert [one.path for one in result.outputs] == ["holiday.mp4"]
    assert result.notes == ["a note"]
    assert harness.left == ["holiday.mp4", "made.mp4"]
    assert (harness.renders / "holiday.mp4").read_bytes() == whole


async def _given_away(services: Services, job_id: str) -> None:
    """Give a running job to another attempt, as somebody who believes that its process died."""
    async with services.database.write() as connection:
        mine = sa.update(jobs).where(jobs.c.id == job_id)
        await connection.execute(mine.values(attempt=jobs.c.attempt + 1, worker="elsewhere:1"))


async def test_an_attempt_that_is_over_publishes_nothing(harness: RenderHarness) -> None:
    services = harness.services
    known = (await services.videos.find(VideoQuery())).total
    async with asyncio.timeout(DEADLINE_SECONDS):
        job = await services.submit_render(harness.request(name="mine"))
        await harness.until(job.id, lambda one: one.status is JobStatus.RUNNING)
        await _given_away(services, job.id)
        assert isinstance(services.queue, AsyncioJobQueue)
        # The queue forgets a job that it has lost, and tells nobody.
        while job.id in services.queue._entries:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert (await services.queue.get(job.id)).status is JobStatus.RUNNING, "elsewhere"
    assert harness.left == []
    assert (await services.videos.find(VideoQuery())).total == known
    await _forget_job(services, job.id)


async def test_an_attempt_that_is_over_before_the_record_takes_its_files_back(
    harness: RenderHarness,
) -> None:
    services, attempts = harness.services, await AttemptedJob.submit(harness.services.database)
    mine = await attempts.claim()
    book = RecipeBook(fenced(services.database, mine))

    async def commit() -> None:
        await attempts.claim()

    with pytest.raises(NoLongerMineError):
        await render(
            harness.request(name="mine"),
            replace(services.renders, book=book),
            job_id=mine.id,
            commit=commit,
        )
    # The attempt that follows goes on with what is finished.
    (left,) = harness.left
    assert left.startswith(".mine.")
    taken = await services.renders.output.take_over(mine.id, 3)
    assert taken
    await services.renders.output.remove(taken[0])
    assert harness.left == []
    await _forget_job(services, mine.id)


@pytest.mark.parametrize("where", ["commit", "record"])
async def test_a_database_that_goes_away_costs_no_finished_render(
    harness: RenderHarness, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    services, job_id = harness.services, "01a20538-928d-746d-931d-5d89a521c16d"
    request = harness.request(name="kept")

    async def fail(*_: object, **__: object) -> list[str]:
        raise DatabaseError("gone") from sa.exc.OperationalError("", None, Exception("gone"))

    async def commit() -> None:
        if where == "commit":
            await fail()

    with monkeypatch.context() as patched:
        if where == "record":
            patched.setattr(RecipeBook, "add", fail)
        with pytest.raises(DatabaseError):
            await render(request, services.renders, job_id=job_id, commit=commit)
    (left,) = harness.left
    assert left.startswith(".kept.")
    monkeypatch.setattr(PassRunner, "run", None)  # nothing is made again
    result = await render(request, services.renders, job_id=job_id, attempt=2)
    assert [one.path for one in result.outputs] == ["kept.mp4"]
    assert harness.left == ["kept.mp4"]


async def _forget_job(services: Services, job_id: str) -> None:
    async with services.database.write() as connection:
        await connection.execute(sa.delete(jobs).where(jobs.c.id == job_id))
