"""Removal of records through the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.clips import small_clips

from stoat_ferret.cli.program import run_program

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_it_says_what_would_go_asks_first_and_touches_no_file(stoat: Stoat) -> None:
    clips = small_clips(stoat.root, 5)
    with stoat.serve() as server:
        server.scan(stoat.root)
        for clip in clips[:2]:
            clip.unlink()
        assert server.scan(stoat.root)["missing"] == 2
        files = sorted(stoat.root.iterdir())
        said = stoat.run("forget", "--missing-for", "0h", "--dry-run")
        assert said.returncode == 0, said.stderr
        assert "clip-0000.mp4, missing since" in said.stdout
        refused = stoat.run("forget", "--missing-for", "0h", "--json")
        assert (refused.returncode, "--yes" in refused.stderr) == (1, True)
        assert "--yes" in json.loads(refused.stdout)["error"]
        assert stoat.json("forget", "--missing-for", "1d", "--yes")["count"] == 0
        assert server.call("GET", "/videos?status=missing")["total"] == 2
        done = stoat.json("forget", "--missing-for", "0h", "--yes")
        assert (done["count"], done["forgotten"]) == (2, 2)
        assert server.call("GET", "/videos?status=missing")["total"] == 0
        [kept, *_] = server.call("GET", "/videos")["items"]
        [edit] = stoat.json("undo")["items"]
        assert (edit["change"], edit["videos"]) == ({"forget": True}, 2)
        undone = stoat.json("undo", edit["undo"])
        assert (undone["status"], undone["restored"], undone["changed_since"]) == (
            "succeeded",
            2,
            0,
        )
        assert server.call("GET", "/videos?status=missing")["total"] == 2
        again = stoat.run("undo", edit["undo"])
        assert (again.returncode, "undone" in again.stderr) == (1, True)
        stoat.json("forget", "--missing-for", "0h", "--yes")
    done = stoat.run("forget", "--id", kept["id"], "--id", "nobody", "--yes")
    assert "1 video forgotten" in done.stdout
    assert "There is no video nobody." in done.stderr
    assert stoat.statuses() == {"ok": 2}
    listed = stoat.run("undo")
    assert [line.split("\t")[1] for line in listed.stdout.splitlines()[1:]] == [
        "removed from the library",
        "removed from the library",
    ]
    assert stoat.run("undo", "--last").stdout == "Undone for 1 video.\n"
    assert stoat.statuses() == {"ok": 3}
    assert sorted(stoat.root.iterdir()) == files


def test_an_undoing_wants_a_token_or_the_last_edit() -> None:
    assert run_program(["undo", "token", "--last"]) == 2


@pytest.mark.parametrize("wrong", [(), ("--missing-for", "soon"), ("--missing-for", "5")])
def test_wrong_usage_is_said_to_be_so(wrong: tuple[str, ...]) -> None:
    assert run_program(["forget", *wrong]) == 2
