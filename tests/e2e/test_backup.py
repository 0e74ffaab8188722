"""Backups made and put back through the real command."""

from __future__ import annotations

import resource
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat


@pytest.fixture
def scanned(stoat: Stoat) -> Stoat:
    """A library of four videos."""
    small_clips(stoat.root, 4)
    stoat.json("scan", stoat.root)
    return stoat


def change(stoat: Stoat) -> None:
    """Have the library hold one video and three that are missing."""
    for clip in sorted(stoat.root.iterdir())[1:]:
        clip.unlink()
    assert stoat.json("scan", stoat.root)["missing"] == 3


def test_without_a_server(scanned: Stoat, tmp_path: Path) -> None:
    target = tmp_path / "library.db"
    made = scanned.json("backup", target)
    assert (made["videos"], made["missing"]) == (4, 0)
    assert "--force" in scanned.run("backup", target).stderr
    change(scanned)
    refused = scanned.run("restore", target)
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    assert "In the backup: 4 videos (0 missing)" in refused.stdout
    assert "In its place:  4 videos (3 missing)" in refused.stdout
    before = scanned.json("videos")["total"]
    done = scanned.json("restore", target, "--yes")
    assert (before, scanned.json("videos")["total"]) == (1, 4)
    undone = scanned.json("restore", done["kept"], "--yes")
    assert (undone["restored"], scanned.json("videos")["total"]) == (True, 1)
    assert not list(scanned.data_dir.glob("restore-*"))


def test_into_a_running_server(scanned: Stoat, tmp_path: Path) -> None:
    target = tmp_path / "library.db"
    with scanned.serve() as server:
        ids = {video["id"] for video in server.call("GET", "/videos")["items"]}
        assert scanned.json("backup", target)["videos"] == 4
        change(scanned)
        assert server.call("GET", "/videos")["total"] == 1
        done = scanned.json("restore", target, "--yes")
        assert done["restored"]
        page = server.call("GET", "/videos")
        assert {video["id"] for video in page["items"]} == ids
        assert server.call("GET", "/videos?q=clip-0003")["total"] == 1
        # The server goes on with it: the next scan finds what is on disk now.
        job = server.call("POST", "/scans", json={"path": str(scanned.root)})
        assert server.wait_for_job(job["id"], is_final)["result"]["missing"] == 3
    assert not list(scanned.data_dir.glob("restore-*"))


def test_while_the_server_scans(stoat: Stoat, gate: Gate, tmp_path: Path) -> None:
    gate.fill(stoat.root, 100)
    with stoat.having(**gate.variables).serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: (j["progress_detail"]["done"] or 0) >= 10)
        first, second = tmp_path / "1.db", tmp_path / "2.db"
        assert stoat.json("backup", first)["videos"] <= 100
        assert stoat.json("backup", second)["videos"] <= 100
        refused = stoat.run("restore", first, "--yes")
        assert (refused.returncode, "Jobs are queued or running" in refused.stderr) == (1, True)
        stoat.run("cancel", job["id"])
        server.wait_for_job(job["id"], is_final)
        assert stoat.json("restore", first, "--yes")["restored"]
        jobs = server.call("GET", "/jobs")["items"]
        assert [(one["id"], one["status"]) for one in jobs] == [(job["id"], "cancelled")]


def test_a_damaged_library_is_replaced_without_a_server(scanned: Stoat, tmp_path: Path) -> None:
    target = tmp_path / "library.db"
    scanned.json("backup", target)
    (scanned.data_dir / "library.db").write_bytes(b"damaged")
    assert scanned.run("videos").returncode == 1
    done = scanned.json("restore", target, "--yes")
    assert done["replaced"] is None
    assert scanned.json("videos")["total"] == 4


def test_what_cannot_be_done_is_said_in_a_sentence(scanned: Stoat, tmp_path: Path) -> None:
    (tmp_path / "rubbish").write_text("this is no database" * 1000)
    for file, word in (("rubbish", "no database"), ("none", "no such file")):
        result = scanned.run("restore", tmp_path / file, "--yes")
        assert (result.returncode, word in result.stderr) == (1, True), result.stderr
    elsewhere = scanned.having(STOAT_DATABASE_URL="postgresql://nowhere/library")
    assert "pg_dump" in elsewhere.run("backup", tmp_path / "x.db").stderr
    assert "pg_dump" in elsewhere.run("restore", tmp_path / "x.db", "--yes").stderr
    result = scanned.run("backup", tmp_path / "no" / "such" / "folder.db")
    assert (result.returncode, "no such file" in result.stderr) == (1, True)


def test_a_disk_that_fills_up_leaves_no_half_backup(scanned: Stoat, tmp_path: Path) -> None:
    """No file may grow beyond 50 kB, which is what a full disk is to a program."""
    target = tmp_path / "to" / "library.db"
    target.parent.mkdir()
    result = subprocess.run(
        scanned._command("backup", target),
        env=scanned.environment,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert result.returncode == 1
    assert result.stderr.startswith("stoat-ferret: The backup ")
    assert list(target.parent.iterdir()) == []
