"""A running server notices what happens in the folders that were scanned."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from tests.clips import make_clip, small_clips
from tests.e2e.stoat import DEADLINE_SECONDS, Stoat, is_final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.stoat import Serving

SETTLE_SECONDS = 0.5

_WITH_THREE_WATCHES = """
import os, sys
with open("/proc/sys/user/max_inotify_watches", "w") as limit:
    limit.write("3")
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class LimitedStoat(Stoat):
    """The command in a user namespace of its own, in which there are three inotify watches."""

    def _command(self, *arguments: str | Path) -> list[str | Path]:
        return [*_limited(), "-m", "stoat_ferret", *arguments]


def _limited() -> list[str | Path]:
    return ["unshare", "--user", "--map-root-user", sys.executable, "-c", _WITH_THREE_WATCHES]


@pytest.fixture
def watching(stoat: Stoat) -> Stoat:
    """Return the command with a server that watches, and that settles soon."""
    return stoat.having(
        STOAT_WATCH="on",
        STOAT_WATCH_SETTLE_SECONDS=str(SETTLE_SECONDS),
        STOAT_THUMBNAILS="false",
        STOAT_LOG_LEVEL="warning",
    )


def until(condition: Callable[[], Any]) -> None:
    """Wait until `condition` holds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.25)  # far less than what is waited for: asking costs, too


def watch(server: Serving) -> dict[str, Any]:
    """Return what the server says of the watching of its only root."""
    (root,) = server.call("GET", "/system")["roots"]
    found: dict[str, Any] = root["watch"]
    return found


def scans(server: Serving) -> list[dict[str, Any]]:
    """Return the scans after the first one, oldest first, when all have succeeded."""
    jobs: list[dict[str, Any]] = []

    def have_ended() -> bool:
        jobs[:] = server.call("GET", "/jobs", params={"kind": "scan"})["items"][::-1]
        return all(map(is_final, jobs))

    until(have_ended)
    assert {job["status"] for job in jobs} == {"succeeded"}
    return jobs[1:]


def parts(job: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return the parts that a job has scanned."""
    return [(part["folder"], part["recursive"]) for part in job["params"]["parts"]]


@contextmanager
def scanned(stoat: Stoat, state: str = "events") -> Iterator[Serving]:
    """Run a server that has scanned its root once, and watches it."""
    with stoat.serve() as server:
        assert watch(server)["state"] == "not_scanned"
        server.scan(stoat.root)
        until(lambda: watch(server)["state"] == state)
        yield server


def ids(stoat: Stoat) -> dict[str, str]:
    """Return the ids of the present videos, by path."""
    rows = stoat.rows("SELECT path, id FROM videos WHERE missing_since IS NULL")
    return {os.fsdecode(path): video_id for path, video_id in rows}


def test_a_file_that_is_copied_slowly_is_indexed_once_and_whole(watching: Stoat) -> None:
    content = small_clips(watching.home / "source", 1)[0].read_bytes()
    small_clips(watching.root / "films", 1)
    with scanned(watching) as server:
        target = watching.root / "films" / "slow.mp4"
        # All of it takes far longer than settling. It is held open meanwhile, as any copy is, so
        # that a pause of this machine is none of the copy.
        started = time.monotonic()
        with target.open("wb", buffering=0) as file:
            while (written := time.monotonic() - started) < 5 * SETTLE_SECONDS:
                size = int(len(content) * written / (5 * SETTLE_SECONDS))
                file.write(content[file.tell() : size])
                time.sleep(0.05)
            assert len(ids(watching)) == 1
            file.write(content[file.tell() :])
        until(lambda: len(ids(watching)) == 2)
        (job,) = scans(server)
        assert parts(job) == [("films", False)]
        assert job["result"]["added"] == 1
        assert watching.statuses() == {"ok": 2}
        assert watch(server)["noticed_at"]


def test_a_file_that_a_process_holds_open_is_left_alone_while_others_are_scanned(
    watching: Stoat,
) -> None:
    content = make_clip("small-0.mp4").read_bytes()
    small_clips(watching.root, 1)
    with scanned(watching) as server:
        with (watching.root / "recording.mp4").open("wb") as recording:
            recording.write(content[: len(content) // 2])
            recording.flush()
            shutil.copy(make_clip("small-1.mp4"), watching.root / "done.mp4")
            until(lambda: "done.mp4" in ids(watching))
            assert "recording.mp4" not in ids(watching)
            assert scans(server)[0]["params"]["growing"] == ["recording.mp4"]
            recording.write(content[len(content) // 2 :])
        until(lambda: "recording.mp4" in ids(watching))
        assert watching.statuses() == {"ok": 3}


def test_many_files_at_once_lead_to_one_scan_of_their_folders_alone(watching: Stoat) -> None:
    small_clips(watching.root / "old", 2)
    (watching.root / "known").mkdir()
    # Long enough that nothing settles before all are written, also on a busy machine.
    with scanned(watching.having(STOAT_WATCH_SETTLE_SECONDS="4")) as server:
        for number in range(150):
            (watching.root / "known" / f"{number}.mp4").write_bytes(b"no video %d" % number)
            folder = watching.root / "new" / f"{number % 5}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.mkv").write_bytes(b"no video either %d" % number)
        until(lambda: watching.statuses() == {"ok": 2, "bad": 300})
        (job,) = scans(server)
        assert sorted(parts(job)) == [("known", False), ("new", True)]
        assert job["result"]["found"] == 300


def test_a_folder_renamed_across_folders_keeps_its_videos_unread(watching: Stoat) -> None:
    small_clips(watching.root / "a" / "deep" / "holiday", 3)
    (watching.root / "b").mkdir()
    with scanned(watching) as server:
        before = ids(watching)
        (watching.root / "a" / "deep").rename(watching.root / "b" / "deeper")
        until(lambda: all(path.startswith("b/deeper/") for path in ids(watching)))
        assert sorted(ids(watching).values()) == sorted(before.values())
        (job,) = scans(server)
        counts = {name: job["result"][name] for name in ("moved", "added", "updated", "missing")}
        assert counts == {"moved": 3, "added": 0, "updated": 0, "missing": 0}
        # The folder is watched where it is now.
        (watching.root / "b" / "deeper" / "holiday" / "clip-0000.mp4").unlink()
        until(lambda: watching.statuses() == {"ok": 2, "missing": 1})


def test_what_no_scan_would_read_starts_none(watching: Stoat) -> None:
    root = watching.root
    small_clips(root, 1)
    (root / ".stoatignore").write_text("raw/\n*.part.mp4\n")
    (root / "raw").mkdir()
    with scanned(watching) as server:
        clip = make_clip("small-0.mp4")
        (root / ".hidden").mkdir()
        (root / "empty").mkdir()
        (root / "#recycle").mkdir()
        for place in ("raw/a.mp4", "b.part.mp4", ".hidden/c.mp4", ".d.mp4", "#recycle/e.mp4"):
            shutil.copy(clip, root / place)
        (root / "notes.txt").write_text("no video")
        (root / "passing.mp4").write_bytes(b"gone at once")
        (root / "passing.mp4").unlink()
        (root / "empty").rmdir()
        (root / "clip-0000.mp4").touch()  # then it has another time, and is read again
        shutil.copy(clip, root / "seen.mp4")  # the last one, after which all have settled
        until(lambda: "seen.mp4" in ids(watching))
        assert all(parts(job) == [("", False)] for job in scans(server))
        assert sorted(ids(watching)) == ["clip-0000.mp4", "seen.mp4"]
        (root / ".stoatignore").write_text("")
        until(lambda: "raw/a.mp4" in ids(watching))


def test_a_log_that_is_written_all_the_time_costs_little_and_starts_no_scan(
    watching: Stoat,
) -> None:
    small_clips(watching.root, 1)
    with scanned(watching) as server:
        process = psutil.Process(server.running.process.pid)
        is_done = threading.Event()
        writes = 0

        def write() -> None:
            nonlocal writes
            while not is_done.wait(0.0005):
                with (watching.root / "server.log").open("a") as log:
                    log.write("a line\n")
                writes += 1

        writer = threading.Thread(target=write)
        before, started = process.cpu_times(), time.monotonic()
        writer.start()
        until(lambda: writes > 2000)
        is_done.set()
        writer.join()
        elapsed, after = time.monotonic() - started, process.cpu_times()
        share = (after.user + after.system - before.user - before.system) / elapsed
        assert share < 0.5, "half a core, on the slowest machine"
        assert scans(server) == []


def test_a_root_that_goes_away_and_comes_back_loses_nothing(watching: Stoat) -> None:
    small_clips(watching.root / "films", 2)
    with scanned(watching) as server:
        before = ids(watching)
        away = watching.home / "away"
        watching.root.rename(away)
        until(lambda: watch(server)["state"] == "unavailable")
        watching.root.mkdir()  # as the place of a disk that is not mounted
        assert "cannot be read" in watch(server)["detail"]
        until(lambda: "is empty" in watch(server)["detail"])
        assert ids(watching) == before
        watching.root.rmdir()
        small_clips(away / "films", 3)
        away.rename(watching.root)
        until(lambda: watch(server)["state"] == "events")
        until(lambda: len(ids(watching)) == 3)
        assert before.items() <= ids(watching).items()
        scans(server)  # all have succeeded


def test_what_changed_while_the_server_was_killed_is_found_by_the_next(watching: Stoat) -> None:
    small_clips(watching.root / "films", 2)
    with scanned(watching) as server:
        shutil.copy(make_clip("small-1.mp4"), watching.root / "films" / "late.mp4")
        server.running.send(signal.SIGKILL)
        server.running.wait()
    (watching.root / "films" / "clip-0000.mp4").unlink()
    with watching.serve() as server:
        until(lambda: watching.statuses() == {"ok": 2, "missing": 1})
        until(lambda: watch(server)["state"] == "events")
        shutil.copy(make_clip("small-2.mp4"), watching.root / "films" / "later.mp4")
        until(lambda: watching.statuses() == {"ok": 3, "missing": 1})


def test_only_folders_that_were_scanned_are_watched(watching: Stoat) -> None:
    small_clips(watching.root / "films", 1)
    (watching.root / "private").mkdir()
    with watching.serve() as server:
        server.scan(watching.root / "films")
        until(lambda: watch(server)["state"] == "events")
        shutil.copy(make_clip("small-1.mp4"), watching.root / "private" / "mine.mp4")
        shutil.copy(make_clip("small-2.mp4"), watching.root / "films" / "new.mp4")
        until(lambda: len(ids(watching)) == 2)
        assert sorted(ids(watching)) == ["films/clip-0000.mp4", "films/new.mp4"]
    with watching.serve() as server:
        until(lambda: server.call("GET", "/jobs")["total"] >= 3)
        assert parts(scans(server)[-1]) == [("films", True)]
        assert sorted(ids(watching)) == ["films/clip-0000.mp4", "films/new.mp4"]


def test_folders_are_polled_when_there_are_no_more_watches(watching: Stoat) -> None:
    try:
        subprocess.run([*_limited(), "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine has no user namespaces, in which watches can be limited")
    variables = {**watching.variables, "STOAT_WATCH_POLL_SECONDS": "0.3"}
    limited = LimitedStoat(watching.home, watching.root, variables, is_prepared=False)
    small_clips(limited.root / "a" / "b" / "c", 1)
    with scanned(limited, "limited") as server:
        told = watch(server)["detail"]
        assert "sudo sysctl fs.inotify.max_user_watches=" in told
        finding = watching.json("doctor")["checks"]["watching"]
        assert finding["state"] == "warning"
        assert "sudo sysctl fs.inotify.max_user_watches=" in finding["mend"]
        shutil.copy(make_clip("small-1.mp4"), limited.root / "a" / "b" / "new.mp4")
        until(lambda: len(ids(limited)) == 2)
        (limited.root / "a").rename(limited.root / "z")
        until(lambda: sorted(ids(limited)) == ["z/b/c/clip-0000.mp4", "z/b/new.mp4"])


def test_what_the_program_writes_itself_starts_no_scan(watching: Stoat) -> None:
    own = watching.having(STOAT_OUTPUT_DIR=str(watching.root / "renders"), STOAT_THUMBNAILS="true")
    small_clips(own.root / "films", 1)
    with scanned(own) as server:
        (video_id,) = ids(own).values()
        request = {"preset": "copy", "clips": [{"video_id": video_id}], "name": "copied"}
        render = server.call("POST", "/renders", json=request)
        ended = server.wait_for_job(render["id"], is_final)
        assert ended["status"] == "succeeded", ended["error"]
        shutil.copy(make_clip("small-1.mp4"), own.root / "films" / "last.mp4")
        until(lambda: "films/last.mp4" in ids(own))
        (job,) = scans(server)
        assert parts(job) == [("films", False)]
        assert len(ids(own)) == 3
