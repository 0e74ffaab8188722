"""`stoat-ferret scan` and its results: in its own process, and by a server."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from tests.clips import small_clips
from tests.e2e.media import BAD, GOOD, Gate, mixed_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Stoat

COUNTS = {
    "found": 6,
    "added": 3,
    "updated": 0,
    "unchanged": 0,
    "moved": 0,
    "missing": 0,
    "skipped": 1,
    "failed": 2,
}


def test_a_scan_and_its_lists_are_the_same_without_a_server_and_with_one(stoat: Stoat) -> None:
    mixed_clips(stoat.root)
    result = stoat.run("scan", stoat.root, "--json")
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stderr
    document = json.loads(result.stdout)
    assert document.items() >= {**COUNTS, "status": "succeeded"}.items()
    assert {error["path"] for error in document["errors"]} >= set(BAD)
    storyboards = stoat.run("storyboards", stoat.root / "old")
    assert (storyboards.returncode, storyboards.stdout) == (0, "Done: 1 storyboard made.\n"), (
        storyboards.stderr
    )
    listing = ("videos", "--status=bad", "--status=ok", "--sort=size", "--order=desc")
    alone = stoat.json(*listing)
    with stoat.serve() as server:
        assert stoat.json(*listing) == alone
        job = server.call("GET", "/jobs")["items"][-1]
        assert (job["id"], job["kind"], job["status"]) == (document["job_id"], "scan", "succeeded")
        lines = stoat.run("videos", "--q", "4", "--min-height", "10")
        assert [line.partition("\t")[0] for line in lines.stdout.splitlines()[1:]] == [
            f"videos/old/{GOOD[0]}"
        ]
        again = stoat.json("scan", stoat.root / GOOD[1])  # a file is read again
        assert (again["status"], again["found"], again["updated"]) == ("succeeded", 1, 1)
        statuses = ("ok", "bad", "skipped")
        first = server.call("GET", "/videos", params={"status": statuses, "limit": 2})
        every = ("videos", *(f"--status={status}" for status in statuses))
        second = stoat.json(*every, "--limit", "2", "--cursor", first["next_cursor"])
        everything = stoat.json(*every, "--all")
        assert everything["items"][:4] == first["items"] + second["items"]
        assert (len(everything["items"]), everything["total"]) == (6, 6)
        assert everything["next_cursor"] is None
        reasons = {row["name"] for row in everything["items"] if row["reason"]}
        assert reasons == {*BAD, "audio.mp4"}
        assert "6 unchanged" in stoat.run("scan", stoat.root).stdout
        assert stoat.json("storyboards")["made"] == 2
        rows = server.call("GET", "/videos")["items"]
        assert all(row["storyboard_url"] and row["thumbnail_url"] for row in rows)


def test_ctrl_c_cancels_and_keeps_what_was_done(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 12)
    stoat = stoat.having(**gate.variables)
    with stoat.start("scan", stoat.root, "--json") as scan:
        scan.wait_for(lambda s: "6/12" in s.stderr)
        child = gate.wait_until_holding()
        # A cancelled job has less than a second to save what it has read, which may not be enough.
        scan.wait_for(lambda _: stoat.statuses() == {"ok": 6})
        scan.send(signal.SIGINT)
        assert scan.wait() == 128 + signal.SIGINT
        document = json.loads(scan.stdout)
        assert (document["status"], document["added"]) == ("cancelled", 6)
        assert "Traceback" not in scan.stderr
        child.wait(10)
    assert stoat.rows("SELECT id, status FROM jobs") == [(document["job_id"], "cancelled")]
    late = stoat.run("scan", stoat.root, "--timeout", "6", "--json")
    document = json.loads(late.stdout)
    assert (late.returncode, document["status"], document["unchanged"]) == (1, "timed_out", 6)
    assert "deadline of 6 s" in document["error"]
    # Files that were not read have no records: the next scan finds them as new ones.
    assert stoat.statuses() == {"ok": 6}


def test_a_signal_and_a_deadline_cancel_the_job_of_a_server(stoat: Stoat, gate: Gate) -> None:
    gate.fill(stoat.root, 4)
    stoat = stoat.having(**gate.variables)
    with stoat.serve() as server:
        late = stoat.run("scan", stoat.root, "--timeout", "1", "--json")
        document = json.loads(late.stdout)
        assert (late.returncode, document["status"]) == (1, "timed_out")
        assert "deadline of 1 s" in document["error"]
        with stoat.start("scan", stoat.root, "--json") as scan:
            scan.wait_for(lambda s: "probing" in s.stderr)
            scan.send(signal.SIGTERM)
            assert scan.wait() == 128 + signal.SIGTERM
            assert json.loads(scan.stdout)["status"] == "cancelled"
            assert "Traceback" not in scan.stderr
        jobs = server.call("GET", "/jobs")["items"]
        assert [job["status"] for job in jobs] == ["cancelled"] * 2


def test_a_scan_that_cannot_be_done_is_one_document_and_a_sentence(
    stoat: Stoat, tmp_path: Path
) -> None:
    absent = stoat.run("scan", stoat.root / "none", "--json")
    document = json.loads(absent.stdout)
    assert (absent.returncode, document["status"]) == (1, "failed")
    assert str(stoat.root / "none") in document["error"]
    assert absent.stderr.splitlines()[-1] == f"stoat-ferret: {document['error']}"
    outside = tmp_path / "outside"
    small_clips(outside, 1)
    with stoat.serve():
        text = stoat.run("scan", stoat.root / "none")
        assert text.returncode == 1
        assert text.stderr.splitlines()[-1] == f"stoat-ferret: {document['error']}"
        refused = stoat.run("scan", outside)  # a server scans only its roots
        assert refused.returncode == 1
        assert "outside the configured roots" in refused.stderr
    assert stoat.json("scan", outside)["added"] == 1


def test_beside_a_scan_others_read_and_change_nothing_and_no_server_starts(
    stoat: Stoat, gate: Gate
) -> None:
    gate.fill(stoat.root, 8)
    stoat = stoat.having(**gate.variables)
    with stoat.start("scan", stoat.root) as scan:
        scan.wait_for(lambda s: "4/8" in s.stderr)
        [(video_id,), *_] = stoat.rows("SELECT id FROM videos")
        assert stoat.json("edit", video_id, "--add-tag", "sea")["tags"] == ["sea"]
        [job] = stoat.json("jobs")["items"]
        assert (job["status"], job["attempt"]) == ("running", 1)
        for command in (["serve"], ["cancel", job["id"]]):
            refused = stoat.run(*command)
            assert refused.returncode == 1
            assert f"`stoat-ferret scan` (process {scan.process.pid})" in refused.stderr


def test_the_next_server_goes_on_with_a_scan_that_was_killed(stoat: Stoat, gate: Gate) -> None:
    count = 12
    gate.fill(stoat.root, count)
    with stoat.having(**gate.variables).start("scan", stoat.root) as scan:
        scan.wait_for(lambda s: "6/12" in s.stderr)
        scan.kill()
    [(left, *state)] = stoat.rows("SELECT id, status, attempt FROM jobs")
    assert state == ["running", 1]
    # Another command runs its own job, and leaves this one alone.
    other = stoat.json("scan", stoat.root / "clip-0000.mp4")
    assert (other["status"], other["found"]) == ("succeeded", 1)
    with stoat.serve() as server:
        ended = server.wait_for_job(left, is_final)
        assert (ended["status"], ended["progress"], ended["attempt"]) == ("succeeded", 1.0, 2)
        rows = server.call("GET", "/videos", params={"limit": count})["items"]
    assert sorted(row["path"] for row in rows) == sorted(file.name for file in stoat.root.iterdir())
    assert len(rows) == count


def test_hostile_names_reach_no_terminal(stoat: Stoat) -> None:
    names = [b"\x1b[31mred.mp4", b"[bold]tags.mp4", b"caf\xe9.mp4", "夏 👩\u200d👧.mp4".encode()]
    for clip, name in zip(small_clips(stoat.root, len(names)), names, strict=True):
        clip.rename(stoat.root / os.fsdecode(name))
    (stoat.root / "\x1b[31mbad.mp4").write_text("no video")
    scan = stoat.run("scan", stoat.root)
    assert scan.returncode == 0
    assert "\\x1b[31mbad.mp4" in scan.stdout
    listing = stoat.run("videos")
    assert len(listing.stdout.splitlines()) == 1 + len(names)
    for shown in ("\\x1b[31mred.mp4", "[bold]tags.mp4", "caf\ufffd.mp4", "夏 👩\u200d👧.mp4"):
        assert shown in listing.stdout
    assert "\x1b" not in scan.stdout + scan.stderr + listing.stdout + listing.stderr
