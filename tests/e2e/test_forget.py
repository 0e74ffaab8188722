"""Records forgotten through the real command, with a server and without one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


@pytest.fixture
def missing(stoat: Stoat) -> Stoat:
    """A library of five videos, of which two are missing."""
    clips = small_clips(stoat.root, 5)
    stoat.json("scan", stoat.root)
    for clip in clips[:2]:
        clip.unlink()
    assert stoat.json("scan", stoat.root)["missing"] == 2
    return stoat


def test_it_says_what_would_go_and_asks_first(missing: Stoat) -> None:
    said = missing.run("forget", "--missing-for", "0h", "--dry-run")
    assert said.returncode == 0, said.stderr
    assert "clip-0000.mp4, missing since" in said.stdout
    refused = missing.run("forget", "--missing-for", "0h")
    assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
    in_json = missing.run("forget", "--missing-for", "0h", "--json")
    assert "--yes" in json.loads(in_json.stdout)["error"]
    assert missing.json("forget", "--missing-for", "1d", "--dry-run")["count"] == 0
    assert missing.json("videos", "--status", "missing")["total"] == 2


def test_with_a_yes_they_go_and_no_file_does(missing: Stoat) -> None:
    files = sorted(missing.root.iterdir())
    done = missing.run("forget", "--missing-for", "0h", "--yes")
    assert (done.returncode, "2 videos forgotten" in done.stdout) == (0, True), done.stderr
    assert missing.json("videos", "--status", "missing")["total"] == 0
    assert missing.json("forget", "--missing-for", "0h", "--yes")["count"] == 0
    [kept, *_] = missing.json("videos")["items"]
    done = missing.run("forget", "--id", kept["id"], "--id", "nobody", "--yes")
    assert "1 video forgotten" in done.stdout
    assert "There is no video nobody." in done.stderr
    assert missing.json("forget", "--id", kept["id"], "--yes")["not_found"] == [kept["id"]]
    assert sorted(missing.root.iterdir()) == files


def test_the_running_server_does_it(missing: Stoat) -> None:
    with missing.serve() as server:
        done = missing.json("forget", "--missing-for", "0h", "--yes")
        assert (done["count"], done["forgotten"]) == (2, 2)
        assert server.call("GET", "/videos?status=missing")["total"] == 0


@pytest.mark.parametrize("wrong", [(), ("--missing-for", "soon"), ("--missing-for", "5")])
def test_wrong_usage_is_said_to_be_so(stoat: Stoat, wrong: tuple[str, ...]) -> None:
    assert stoat.run("forget", *wrong).returncode == 2
