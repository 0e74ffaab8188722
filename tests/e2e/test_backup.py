"""Backups made and restored through the real command."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips
from tests.e2e.stoat import is_final

from stoat_ferret.errors import BackupError
from stoat_ferret.library.backup import back_up, inspect_library

if TYPE_CHECKING:
    from tests.e2e.media import Gate
    from tests.e2e.stoat import Stoat


async def test_what_cannot_be_used_is_a_sentence(stoat: Stoat, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("this is no database" * 1000)
    result = stoat.run("restore", rubbish, "--yes")
    assert (result.returncode, "not a database" in result.stderr) == (1, True), result.stderr
    elsewhere = stoat.having(STOAT_DATABASE_URL="postgresql://nowhere/library")
    assert "pg_dump" in elsewhere.run("backup", tmp_path / "x.db").stderr
    assert "pg_dump" in elsewhere.run("restore", rubbish, "--yes").stderr
    # A disk error becomes a sentence in the same place as that of the garbage.
    with pytest.raises(BackupError, match="no such file"):
        inspect_library(tmp_path / "none")
    with pytest.raises(BackupError, match="no such file"):
        await back_up(rubbish, tmp_path / "no" / "such" / "folder.db")


def test_without_a_server(stoat: Stoat, tmp_path: Path) -> None:
    small_clips(stoat.root, 4)
    stoat.json("scan", stoat.root)
    assert_no_half_backup(stoat, tmp_path / "to" / "library.db")
    target = tmp_path / "library.db"
    made = stoat.json("backup", target)
    assert (made["videos"], made["missing"]) == (4, 0)
    assert "--force" in stoat.run("backup", target).stderr
    for number in range(1, 4):
        (stoat.root / f"clip-{number:04}.mp4").unlink()
    stoat.json("scan", stoat.root)
    refused = stoat.run("restore", target)
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    assert "In the backup: 4 videos (0 missing)" in refused.stdout
    assert "In its place:  4 videos (3 missing)" in refused.stdout
    done = stoat.json("restore", target, "--yes")
    assert stoat.statuses() == {"ok": 4}
    kept = inspect_library(Path(done["kept"]))
    assert (kept.videos, kept.missing) == (4, 3)

    (stoat.data_dir / "library.db").write_bytes(b"damaged")
    assert stoat.json("restore", target, "--yes")["replaced"] is None
    assert stoat.statuses() == {"ok": 4}
    assert not list(stoat.data_dir.glob("restore-*"))


def assert_no_half_backup(stoat: Stoat, target: Path) -> None:
    """Check that nothing is left when the disk is full, as simulated by a limit of 50 kB a file."""
    target.parent.mkdir()
    result = subprocess.run(
        stoat._command("backup", target),
        env=stoat.environment,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert result.returncode == 1
    assert result.stderr.startswith("stoat-ferret: The backup ")
    assert list(target.parent.iterdir()) == []


def test_into_a_running_server(stoat: Stoat, gate: Gate, tmp_path: Path) -> None:
    gate.fill(stoat.root, 8)
    while_scanning, target = tmp_path / "1.db", tmp_path / "2.db"
    with stoat.having(**gate.variables).serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        server.wait_for_job(job["id"], lambda j: (j["progress_detail"]["done"] or 0) >= 4)
        assert stoat.json("backup", while_scanning)["videos"] <= 8
        refused = stoat.run("restore", while_scanning, "--yes")
        assert refused.returncode == 1
        assert "Jobs are queued, running or paused" in refused.stderr
        server.call("POST", f"/jobs/{job['id']}/cancel")
        server.wait_for_job(job["id"], is_final)

        gate.open()
        assert server.scan(stoat.root)["found"] == 8
        ids = {video["id"] for video in server.call("GET", "/videos")["items"]}
        assert stoat.json("backup", target)["videos"] == len(ids) == 8
        for clip in sorted(stoat.root.iterdir())[1:]:
            clip.unlink()
        assert server.scan(stoat.root)["missing"] == 7
        assert server.call("GET", "/videos")["total"] == 1
        jobs = server.call("GET", "/jobs")
        assert stoat.json("restore", target, "--yes")["restored"]
        assert server.call("GET", "/jobs") == jobs
        page = server.call("GET", "/videos")
        assert {video["id"] for video in page["items"]} == ids
        assert server.call("GET", "/videos?q=clip-0003")["total"] == 1
        # The server goes on with it: the next scan finds what is on the disk now.
        assert server.scan(stoat.root)["missing"] == 7
    assert not list(stoat.data_dir.glob("restore-*"))
