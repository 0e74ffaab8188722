"""Many files read by one call: in order, and each fault costs its file alone."""

from __future__ import annotations

import random
import shutil
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import pytest
from tests.clips import make_clip
from tests.fake_programs import is_running
from tests.integration.media import faults

from stoat_ferret.errors import (
    FileVanishedError,
    InvalidMediaError,
    MediaError,
    ProbeCrashedError,
    ProbeTimeoutError,
    ProcessNotStartedError,
)
from stoat_ferret.media.prober import FallbackProber, LibavProber, ObservedProber, ProbedFile
from stoat_ferret.media.thumbnailer import NOTHING_TO_SEE
from stoat_ferret.processes.worker_pool import MediaWorkers

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from stoat_ferret.media.prober import Outcome, Outcomes, Prober

FAULTS: dict[str, type[MediaError]] = {
    "broken": InvalidMediaError,
    "large": InvalidMediaError,
    "gone": FileVanishedError,
    "hanging": ProbeTimeoutError,
    "dying": ProbeCrashedError,
    "odd": ProbeCrashedError,
}
HASHED = {"hanging", "dying", "odd", "broken"}
SECONDS = 4.0


def _make(folder: Path, kind: str, number: int) -> Path:
    path = folder / f"{kind}-{number}.mp4"
    if kind == "broken":
        path.write_bytes(b"no video" * 100)
    elif kind != "gone":
        shutil.copyfile(make_clip("h264.mp4"), path)
    return path


async def _probe_all(prober: Prober, paths: Sequence[Path]) -> list[Outcome]:
    """Probe as a scan does: what one call does not get to is for the next one."""
    outcomes: list[Outcome] = []
    while len(outcomes) < len(paths):
        some = [outcome async for outcome in prober.probe_each(paths[len(outcomes) :])]
        assert some
        outcomes += some
    return outcomes


def _assert_right(kind: str, outcome: Outcome) -> None:
    if kind in FAULTS:
        assert type(outcome) is FAULTS[kind], outcome
        assert (outcome.fingerprint is not None) == (kind in HASHED)
        return
    assert isinstance(outcome, ProbedFile), outcome
    assert outcome.media_info.main_video
    assert (outcome.thumbnail == NOTHING_TO_SEE) == (kind == "pictureless")


@pytest.mark.parametrize("seed", [1, 2])
async def test_each_fault_costs_its_file_alone(
    limiter: anyio.CapacityLimiter, tmp_path: Path, seed: int
) -> None:
    # Two hang or have no picture in all: each waits for its deadline.
    kinds = [*(kind for kind in FAULTS if kind != "hanging"), *["good"] * 8, "broken", "gone"]
    kinds.append("hanging" if seed == 1 else "pictureless")
    random.Random(seed).shuffle(kinds)  # noqa: S311  no secret
    paths = [_make(tmp_path, kind, number) for number, kind in enumerate(kinds)]
    seen: list[str] = []
    async with MediaWorkers(limiter) as workers:
        libav = LibavProber(
            workers, timeout_seconds=SECONDS, thumbnails=str(tmp_path), read=faults.fail_by_name
        )
        prober = ObservedProber(libav, lambda _, kind: seen.append(kind))
        outcomes = await _probe_all(prober, paths)
        assert len(workers.pids) <= 1
    assert len(outcomes) == len(kinds)
    for kind, path, outcome in zip(kinds, paths, outcomes, strict=True):
        _assert_right(kind, outcome)
        assert not isinstance(outcome, MediaError) or outcome.path == str(path)
    names = [FAULTS[kind].__name__ if kind in FAULTS else "ok" for kind in kinds]
    assert seen == names


async def test_the_second_prober_reads_what_crashed_the_first(
    limiter: anyio.CapacityLimiter, tmp_path: Path
) -> None:
    kinds = ["good", "dying", "broken", "odd", "invalid", "good"]
    paths = [_make(tmp_path, kind, number) for number, kind in enumerate(kinds)]
    # One process at a time: the first prober must not hold it while the second reads.
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        first = LibavProber(
            workers, timeout_seconds=60, thumbnails=str(tmp_path), read=faults.fail_by_name
        )
        prober = FallbackProber(first, LibavProber(workers, timeout_seconds=60))
        outcomes = await _probe_all(prober, paths)
    read = [isinstance(outcome, ProbedFile) for outcome in outcomes]
    assert read == [True, True, False, True, True, True]
    assert type(outcomes[2]) is InvalidMediaError


async def test_files_that_are_read_by_one_call_take_one_process(
    workers: MediaWorkers, tmp_path: Path
) -> None:
    prober = LibavProber(workers, timeout_seconds=60, thumbnails=str(tmp_path))
    paths = [_make(tmp_path, "good", number) for number in range(20)]
    await prober.probe(paths[0])
    before = workers.pids
    outcomes = await _probe_all(prober, paths)
    assert all(isinstance(outcome, ProbedFile) for outcome in outcomes)
    assert workers.pids == before


async def test_others_need_not_wait_for_many_slow_files(tmp_path: Path) -> None:
    paths = [_make(tmp_path, "slow", number) for number in range(5)]
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        prober = LibavProber(
            workers, timeout_seconds=60, thumbnails=str(tmp_path), read=faults.fail_by_name
        )
        outcomes = [outcome async for outcome in prober.probe_each(paths)]
        assert len(workers.pids) == 1  # it ended by itself
    assert len(outcomes) == 1
    assert isinstance(outcomes[0], ProbedFile)


async def test_what_cannot_be_started_is_observed_and_raised(tmp_path: Path) -> None:
    class Unstartable(LibavProber):
        async def probe_each(self, paths: Sequence[str | os.PathLike[str]]) -> Outcomes:
            if paths:
                raise ProcessNotStartedError("A media worker", "could not be started")
            yield ValueError()

    seen: list[str] = []
    async with MediaWorkers(anyio.CapacityLimiter(1)) as workers:
        first = Unstartable(workers, timeout_seconds=60)
        prober = ObservedProber(first, lambda _, kind: seen.append(kind))
        with pytest.raises(ProcessNotStartedError):
            await prober.probe(tmp_path)
    assert seen == ["ProcessNotStartedError"]


async def test_leaving_before_the_end_kills_the_process(
    limiter: anyio.CapacityLimiter, tmp_path: Path
) -> None:
    async with MediaWorkers(limiter) as workers:
        prober = FallbackProber(LibavProber(workers, timeout_seconds=60), None)  # type: ignore[arg-type]  # not asked
        paths = [_make(tmp_path, "good", number) for number in range(5)]
        async with aclosing(prober.probe_each(paths)) as outcomes:
            assert isinstance(await anext(outcomes), ProbedFile)
            (pid,) = workers.pids
        assert workers.pids == []
        assert not is_running(pid)
        assert limiter.borrowed_tokens == 0
