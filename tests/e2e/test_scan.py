"""`stoat-ferret scan` and what it leaves, with a server and without."""

from __future__ import annotations

import json
import os
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import small_clips
from tests.e2e.media import BAD, GOOD, Gate, mixed_clips

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Stoat

WAYS = ["directly", "by a server"]
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


@pytest.mark.parametrize("way", WAYS)
def test_a_scan_lists_bad_files_and_succeeds(stoat: Stoat, way: str) -> None:
    mixed_clips(stoat.root)
    with ExitStack() as stack:
        if way == "by a server":
            stack.enter_context(stoat.serve())
        result = stoat.run("scan", stoat.root, "--json")
        assert result.returncode == 0, result.stderr
        document = json.loads(result.stdout)
        assert document["status"] == "succeeded"
        assert document.items() >= COUNTS.items()
        assert {error["path"] for error in document["errors"]} >= set(BAD)
        assert (document["job_id"] is not None) == (way == "by a server")
        assert "\x1b" not in result.stderr
        again = stoat.run("scan", stoat.root)
        assert again.returncode == 0
        assert "6 unchanged" in again.stdout
        good = stoat.json("videos")
        assert {row["name"] for row in good["items"]} == set(GOOD)
        bad = stoat.json("videos", "--status", "bad", "--status", "skipped")
        assert {row["name"] for row in bad["items"]} == {*BAD, "audio.mp4"}
        assert all(row["reason"] for row in bad["items"])


@pytest.mark.parametrize("way", WAYS)
def test_one_file_is_read_again_by_its_path(stoat: Stoat, way: str) -> None:
    first, _ = small_clips(stoat.root, 2)
    stoat.json("scan", stoat.root)
    with ExitStack() as stack:
        if way == "by a server":
            stack.enter_context(stoat.serve())
        document = stoat.json("scan", first)
        assert (document["status"], document["found"], document["updated"]) == ("succeeded", 1, 1)


def test_rows_are_the_same_with_a_server_and_without(stoat: Stoat) -> None:
    mixed_clips(stoat.root)
    stoat.json("scan", stoat.root)
    commands = [
        ["videos", "--status", "bad", "--status", "ok", "--sort", "size", "--order", "desc"],
        ["videos", "--q", "H264", "--min-height", "10"],
        ["jobs"],
    ]
    without = [stoat.json(*command) for command in commands]
    lines = stoat.run("videos", "--all").stdout
    with stoat.serve():
        assert [stoat.json(*command) for command in commands] == without
        assert stoat.run("videos", "--all").stdout == lines
    assert len(lines.splitlines()) == 1 + len(GOOD)


def test_pages_follow_one_another_to_the_end(stoat: Stoat) -> None:
    small_clips(stoat.root, 5)
    stoat.json("scan", stoat.root)
    first = stoat.json("videos", "--limit", "2")
    second = stoat.json("videos", "--limit", "2", "--cursor", first["next_cursor"])
    everything = stoat.json("videos", "--all")
    assert everything["items"][:4] == first["items"] + second["items"]
    assert (len(everything["items"]), everything["total"]) == (5, 5)
    assert everything["next_cursor"] is None


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_and_keeps_what_was_done(
    stoat: Stoat, gate: Gate, way: str, number: signal.Signals
) -> None:
    gate.fill(stoat.root, 12)
    stoat = stoat.having(**gate.variables)
    with ExitStack() as stack:
        if way == "by a server":
            stack.enter_context(stoat.serve())
        scan = stack.enter_context(stoat.start("scan", stoat.root, "--json"))
        scan.wait_for(lambda s: "6/12" in s.stderr)
        child = gate.wait_until_holding()
        scan.send(number)
        assert scan.wait() == 128 + number
        document = json.loads(scan.stdout)
        assert (document["status"], document["added"]) == ("cancelled", 6)
        assert "Traceback" not in scan.stderr
        child.wait(10)
        assert stoat.json("videos")["total"] == 6
        if way == "by a server":
            assert stoat.json("jobs")["items"][0]["status"] == "cancelled"
        gate.open()
        assert stoat.json("scan", stoat.root)["added"] == 6


@pytest.mark.parametrize("way", WAYS)
def test_a_deadline_ends_the_scan(stoat: Stoat, gate: Gate, way: str) -> None:
    gate.fill(stoat.root, 4)
    stoat = stoat.having(**gate.variables)
    with ExitStack() as stack:
        if way == "by a server":
            stack.enter_context(stoat.serve())
        result = stoat.run("scan", stoat.root, "--timeout", "2", "--json")
    assert result.returncode == 1
    document = json.loads(result.stdout)
    assert document["status"] == "timed_out"
    assert "deadline of 2 s" in document["error"]
    assert document.get("added", 0) <= 2


@pytest.mark.parametrize("way", WAYS)
def test_a_scan_that_cannot_be_done_is_one_document_and_a_sentence(stoat: Stoat, way: str) -> None:
    with ExitStack() as stack:
        if way == "by a server":
            stack.enter_context(stoat.serve())
        absent = stoat.run("scan", stoat.root / "none", "--json")
        assert absent.returncode == 1
        document: dict[str, Any] = json.loads(absent.stdout)
        assert document["status"] == "failed"
        assert str(stoat.root / "none") in document["error"]
        assert absent.stderr.splitlines()[-1] == f"stoat-ferret: {document['error']}"
        text = stoat.run("scan", stoat.root / "none")
        assert text.returncode == 1
        assert text.stderr.splitlines()[-1] == f"stoat-ferret: {document['error']}"


def test_a_server_scans_only_its_roots(stoat: Stoat, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    small_clips(outside, 1)
    with stoat.serve():
        result = stoat.run("scan", outside)
        assert result.returncode == 1
        assert "outside the configured roots" in result.stderr
    assert stoat.json("scan", outside)["added"] == 1


def test_while_a_scan_owns_the_data_folder_others_read_and_no_server_starts(
    stoat: Stoat, gate: Gate
) -> None:
    gate.fill(stoat.root, 8)
    stoat = stoat.having(**gate.variables)
    with stoat.start("scan", stoat.root) as scan:
        scan.wait_for(lambda s: "4/8" in s.stderr)
        assert stoat.json("videos")["total"] == 4
        for command in (["serve"], ["scan", stoat.root]):
            refused = stoat.run(*command)
            assert refused.returncode == 1
            assert f"`stoat-ferret scan` (process {scan.process.pid})" in refused.stderr


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
    assert len(stoat.json("videos")["items"]) == len(names)
