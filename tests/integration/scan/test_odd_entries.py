"""An odd entry affects only itself, and a temporary disk error affects nothing for long."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from tests.fake_programs import program_that

from stoat_ferret.config import VIDEO_EXTENSIONS
from stoat_ferret.ffmpeg.binaries import find_ffprobe
from stoat_ferret.ffmpeg.ffprobe_prober import FfprobeProber
from stoat_ferret.library.reconcile import save
from stoat_ferret.library.rows import scanned_columns
from stoat_ferret.library.video import ScannedFile, VideoStatus, is_mtime_clamped
from stoat_ferret.scan.ignore_pattern import IgnorePattern
from stoat_ferret.scan.ignore_rules import NameRules

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.scan.conftest import ScannedFolder

TOO_LATE = 10_413_792_000
TOO_EARLY = -11_644_473_600


def set_time(path: Path, seconds: int) -> bool:
    """Give `path` a modification time; return whether its file system stores it."""
    os.utime(path, (0, seconds))
    return path.stat().st_mtime_ns == seconds * 10**9


# Times and names -----------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [TOO_LATE, TOO_EARLY])
async def test_a_time_that_64_bits_do_not_hold_is_a_time(
    scanned: ScannedFolder, seconds: int
) -> None:
    path = scanned.put("h264.mp4", "odd.mp4")
    scanned.put("small-0.mp4", "b.mp4")
    if not set_time(path, seconds):
        pytest.skip("this file system does not hold such a time")
    assert (await scanned.scan()).added == 2
    assert is_mtime_clamped((await scanned.known())["odd.mp4"].mtime_ns)
    assert (await scanned.scan()).unchanged == 2

    # Another time beyond the same bound is still a change.
    set_time(path, seconds + 2)
    result = await scanned.scan()
    assert (result.unchanged, result.updated) == (1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd(NameRules):
    """Fails at one name, as a bug in this program would."""

    def is_video(self, name: str) -> bool:
        if name == "odd.MP4":
            raise KeyError(name)
        return NameRules.is_video(self, name)


async def test_an_unknown_exception_in_the_walk_costs_its_entry(scanned: ScannedFolder) -> None:
    for number in range(5):
        scanned.put("h264.mp4", f"{number}.mp4")
    scanned.put("small-0.mp4", "odd.MP4")
    await scanned.scan()
    before = await scanned.known()
    odd = replace(scanned.tools, names=Odd(extensions=VIDEO_EXTENSIONS))
    result = await replace(scanned, tools=odd).scan()
    assert (result.unchanged, result.missing) == (5, 0)
    assert result.errors == [{"path": "odd.MP4", "reason": "KeyError: 'odd.MP4'"}]
    assert await scanned.known() == before


async def test_an_unknown_exception_over_an_ignore_file_costs_that_file(
    scanned: ScannedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall_over(_line: str) -> None:
        raise KeyError("fault")

    monkeypatch.setattr(IgnorePattern, "parse", fall_over)
    scanned.put("h264.mp4", "a.mp4")
    (scanned.path / ".stoatignore").write_text("*.mkv")
    result = await scanned.scan()
    assert result.added == 1
    assert result.errors == [{"path": ".stoatignore", "reason": "not used: KeyError: 'fault'"}]


async def test_an_unknown_exception_over_what_was_read_costs_that_file(
    scanned: ScannedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def columns(file: ScannedFile) -> dict[str, Any]:
        if file.file.path == "odd.mp4":
            raise KeyError("fault")
        return scanned_columns(file)

    for number in range(5):
        scanned.put("h264.mp4", f"{number}.mp4")
    scanned.put("small-0.mp4", "odd.mp4")
    with monkeypatch.context() as faulty:
        faulty.setattr(save, "scanned_columns", columns)
        result = await scanned.scan()
    assert (result.added, result.failed) == (5, 1)
    assert [error["path"] for error in result.errors] == ["odd.mp4"]
    assert "cannot be stored" in result.errors[0]["reason"]
    assert (await scanned.scan()).added == 1


async def test_a_film_that_was_deleted_on_network_storage_is_missing(
    scanned: ScannedFolder,
) -> None:
    path = scanned.put("h264.mp4", "films/a.mp4")
    scanned.put("small-0.mp4", "films/b.mp4")
    await scanned.scan()
    recycled = scanned.path / "#recycle" / "films" / "a.mp4"
    recycled.parent.mkdir(parents=True)
    path.rename(recycled)
    result = await scanned.scan()
    assert (result.moved, result.missing, result.unchanged) == (0, 1, 1)
    assert result.as_json()["passed_over"] == {"excluded": {"count": 1, "examples": ["#recycle"]}}
    assert set(await scanned.ids()) == {"films/b.mp4"}


# Temporary disk errors -----------------------------------------------------------------------


def flaky(scanned: ScannedFolder, folder: Path, timeout_seconds: float = 30) -> ScannedFolder:
    """Read with the real ffprobe, which fails as long as there is a file `fault`.

    The file holds the number of an error, or `hang`.
    """
    fault = folder / "fault"
    program = program_that(
        folder / "programs",
        "flaky",
        f'if [ -e "{fault}" ]; then\n'
        f'  code=$(cat "{fault}")\n'
        '  [ "$code" = hang ] && exec sleep 60\n'
        '  echo "{\\"error\\": {\\"code\\": -$code, \\"string\\": \\"it failed\\"}}"; exit 1\n'
        f'fi\nexec "{find_ffprobe()}" "$@"',
    )
    limiter = anyio.CapacityLimiter(2)
    return scanned.using(
        FfprobeProber(scanned.workers, limiter, program.path, timeout_seconds=timeout_seconds)
    )


ERRORS = ("EIO", "ESTALE", "EAGAIN", "ETIMEDOUT", "EHOSTDOWN", "EACCES", "ENOTCONN", "ENXIO")


@pytest.mark.parametrize("fault", [*ERRORS, "hang"])
async def test_a_hiccup_of_the_disk_is_forgotten_by_the_next_scan(
    scanned: ScannedFolder, tmp_path: Path, fault: str
) -> None:
    scanned = flaky(scanned, tmp_path, timeout_seconds=1 if fault == "hang" else 30)
    scanned.put("h264.mp4", "old.mp4")
    await scanned.scan()
    before = (await scanned.known())["old.mp4"]

    (tmp_path / "fault").write_text("hang" if fault == "hang" else str(getattr(errno, fault)))
    scanned.put("small-0.mp4", "new.mp4")
    result = await scanned.scan(force=True)
    assert (result.failed, {error["path"] for error in result.errors}) == (
        2,
        {"old.mp4", "new.mp4"},
    )
    during = await scanned.known()
    kept = during["old.mp4"]
    assert kept.read_error is not None
    assert replace(kept, read_error=None, read_failed_at=None) == before
    assert during["new.mp4"].status is VideoStatus.BAD
    again = await scanned.scan()
    assert (again.failed, again.unchanged) == (2, 0)

    (tmp_path / "fault").unlink()
    result = await scanned.scan()
    assert (result.updated, result.failed) == (2, 0)
    after = await scanned.known()
    assert after["old.mp4"] == before
    assert after["new.mp4"].status is VideoStatus.OK
    assert (await scanned.scan()).unchanged == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_video_that_may_not_be_read_any_more_keeps_what_is_known(
    scanned: ScannedFolder,
) -> None:
    """Includes a folder that may not be searched, so that not even the size is known."""
    path = scanned.put("h264.mp4", "locked/a.mp4")
    await scanned.scan()
    before = (await scanned.known())["locked/a.mp4"]
    for locked, mode in ((path, 0o600), (path.parent, 0o700)):
        locked.chmod(0 if locked is path else 0o400)
        try:
            assert (await scanned.scan(force=True)).failed == 1
        finally:
            locked.chmod(mode)
        during = (await scanned.known())["locked/a.mp4"]
        assert "ermission denied" in (during.read_error or "")
        assert replace(during, read_error=None, read_failed_at=None) == before
        assert (await scanned.scan()).updated == 1
        assert (await scanned.known())["locked/a.mp4"] == before


async def test_a_file_with_bad_content_is_not_read_by_every_scan(
    scanned: ScannedFolder, tmp_path: Path
) -> None:
    scanned.put("text.mp4", "bad.mp4")
    await flaky(scanned, tmp_path).scan()
    assert (await scanned.scan()).unchanged == 1
