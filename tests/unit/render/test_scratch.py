"""Scratch folders are made, swept and adopted by what is on the disk alone."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stoat_ferret.render.run.scratch import MANIFEST, Scratch, scratches, sweep

if TYPE_CHECKING:
    from pathlib import Path

JOB = "01a20538-928d-746d-931d-5d89a521c16a"
OTHER_JOB = "01a20538-928d-746d-931d-5d89a521c16b"
# Makes a scratch folder, with a manifest if requested, and dies of a SIGKILL.
DYING = """
import os, signal, sys
from pathlib import Path
from stoat_ferret.render.run.scratch import MANIFEST, Scratch
scratch = Scratch.of(Path(sys.argv[1]), "name", sys.argv[2], int(sys.argv[3]))
scratch.set_up()
(scratch.path / "output.mp4").write_bytes(b"half")
if sys.argv[4] == "finished":
    (scratch.path / MANIFEST).write_text("{}")
os.kill(os.getpid(), signal.SIGKILL)
"""


def leave_behind(folder: Path, job_id: str = JOB, attempt: int = 1, *, how: str = "half") -> Path:
    """Leave what a process leaves that dies while it renders."""
    subprocess.run(
        [sys.executable, "-c", DYING, folder, job_id, str(attempt), how], timeout=60, check=False
    )
    return folder / f".name.{job_id}.{attempt}.tmp"


def test_one_in_use_is_not_swept_and_one_that_was_removed_is_gone(tmp_path: Path) -> None:
    scratch = Scratch.of(tmp_path, "name", JOB, 1)
    scratch.set_up()
    assert sweep(scratches(tmp_path), {}) == 0
    assert scratch.path.is_dir()
    scratch.remove()
    assert list(tmp_path.iterdir()) == []


def test_parts_are_removed_and_outputs_and_the_lock_stay(tmp_path: Path) -> None:
    scratch = Scratch.of(tmp_path, "name", JOB, 1)
    scratch.set_up()
    for name in ("output.mp4", "part-000.mp4", "clip-0/output.mp4", "clip-0/part-000.mp4"):
        (scratch.path / name).parent.mkdir(exist_ok=True)
        (scratch.path / name).write_bytes(b"")
    (scratch.path / "input-000.mp4").symlink_to(tmp_path / "video.mp4")
    scratch.remove_parts(["output.mp4", "clip-0/output.mp4"])
    left = {str(path.relative_to(scratch.path)) for path in scratch.path.rglob("*")}
    assert left == {".lock", "output.mp4", "clip-0", "clip-0/output.mp4"}
    assert sweep(scratches(tmp_path), {}) == 0, "it is still in use"
    scratch.remove()
    scratch.remove_parts([])  # a thread may be late


def test_a_long_name_of_many_bytes_is_cut_where_a_letter_ends(tmp_path: Path) -> None:
    scratch = Scratch.of(tmp_path, "€" * 60, JOB, 12)
    scratch.set_up()
    assert len(os.fsencode(scratch.path.name)) < 200
    assert scratch.path.name == f".{'€' * 40}.{JOB}.12.tmp"
    scratch.remove()


def test_what_a_process_that_died_left_is_swept_and_nothing_else_is(tmp_path: Path) -> None:
    left = leave_behind(tmp_path)
    (tmp_path / ".something.tmp").mkdir()
    (tmp_path / "holiday.mp4").write_bytes(b"whole")
    assert left.is_dir()
    assert sweep(scratches(tmp_path), {}) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [".something.tmp", "holiday.mp4"]


def test_what_is_finished_waits_for_its_job_as_long_as_that_goes_on(tmp_path: Path) -> None:
    left = leave_behind(tmp_path, how="finished")
    assert sweep(scratches(tmp_path), {JOB: 2}) == 0
    assert left.is_dir()
    assert sweep(scratches(tmp_path), {}) == 1
    assert not left.exists()


def test_what_is_not_finished_waits_for_nobody(tmp_path: Path) -> None:
    leave_behind(tmp_path)
    assert sweep(scratches(tmp_path), {JOB: 2}) == 1


def test_what_the_newest_attempt_has_is_left_alone_even_without_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsupported(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    running = Scratch.of(tmp_path, "name", JOB, 2)
    running.set_up()
    assert sweep(scratches(tmp_path), {JOB: 2, OTHER_JOB: 1}) == 0
    assert running.path.exists()
    assert sweep(scratches(tmp_path), {JOB: 3}) == 1


def test_what_was_let_go_is_not_removed_but_taken_over(tmp_path: Path) -> None:
    scratch = Scratch.of(tmp_path, "name", JOB, 1)
    scratch.set_up()
    (scratch.path / MANIFEST).write_text("{}")
    assert Scratch.take_over(tmp_path, JOB, 2) is None, "it is still in use"
    scratch.let_go()
    scratch.remove()
    assert Scratch.take_over(tmp_path, JOB, 2) is not None


def test_a_job_takes_over_what_it_had_finished_and_removes_the_rest(tmp_path: Path) -> None:
    half = leave_behind(tmp_path, attempt=1)
    finished = leave_behind(tmp_path, attempt=2, how="finished")
    others = leave_behind(tmp_path, OTHER_JOB, how="finished")
    scratch = Scratch.take_over(tmp_path, JOB, 3)
    assert scratch
    assert scratch.path == tmp_path / f".name.{JOB}.3.tmp", "it belongs to this attempt now"
    assert (scratch.path / MANIFEST).exists()
    assert not finished.exists()
    assert not half.exists()
    assert others.exists()
    assert sweep(scratches(tmp_path), {OTHER_JOB: 2}) == 0
    scratch.remove()
    assert Scratch.take_over(tmp_path, JOB, 3) is None


def test_an_old_attempt_takes_nothing_from_a_newer_one(tmp_path: Path) -> None:
    mine = leave_behind(tmp_path, attempt=2, how="finished")
    newer = leave_behind(tmp_path, attempt=3)
    assert Scratch.take_over(tmp_path, JOB, 2) is None
    assert mine.exists()
    assert newer.exists()


def test_one_without_a_lock_is_swept_once_it_is_old(tmp_path: Path) -> None:
    left = tmp_path / f".name.{JOB}.1.tmp"
    left.mkdir()
    assert sweep(scratches(tmp_path), {}) == 0
    os.utime(left, (0, 0))
    assert sweep(scratches(tmp_path), {}) == 1
    assert not left.exists()


def test_one_that_goes_away_while_it_is_looked_at_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / f".name.{JOB}.1.tmp"
    monkeypatch.setattr("stoat_ferret.render.run.scratch._scratches", lambda *_: iter([gone]))
    assert Scratch.take_over(tmp_path, JOB, 3) is None
    assert sweep(scratches(tmp_path), {}) == 0


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert sweep(scratches(tmp_path / "nowhere"), {}) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")
def test_what_an_orphan_writes_is_swept_with_it(tmp_path: Path) -> None:
    left = leave_behind(tmp_path)
    orphan = subprocess.Popen(
        [sys.executable, "-c", "input()", "-progress", "x"], cwd=left, stdin=subprocess.PIPE
    )
    # Not a Python, which would not start in a folder that is removed meanwhile.
    bystander = subprocess.Popen(["sleep", "60"], cwd=left)
    with orphan, bystander:
        try:
            assert sweep(scratches(tmp_path), {}) == 1
            assert orphan.wait(30) == -9
            assert bystander.poll() is None
        finally:
            orphan.kill()
            bystander.kill()
