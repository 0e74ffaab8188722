"""Edits of titles, tags, ratings and notes through the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clips import small_clips

from stoat_ferret.cli.program import run_program

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_a_video_is_edited_and_found_by_it(stoat: Stoat) -> None:
    small_clips(stoat.root, 2)
    with stoat.serve() as server:
        server.scan(stoat.root)
        first, second = (row["id"] for row in server.call("GET", "/videos")["items"])
        said = stoat.json(
            "edit", first, "--title", "Été à la mer", "--rating", "4", "--add-tag", "sea"
        )
        assert (said["title"], said["rating"], said["tags"]) == ("Été à la mer", 4, ["sea"])
        stoat.json("edit", second, "--add-tag", "Sea", "--add-tag", "sun")
        changed = stoat.run("edit", first, "--add-tag", "sun", "--remove-tag", "SEA")
        assert "tagged sun" in changed.stdout
        assert stoat.json("edit", first, "--favourite")["favourite"]
        assert [one["id"] for one in stoat.json("videos", "--favourite")["items"]] == [first]
        assert [one["id"] for one in stoat.json("videos", "--no-favourite")["items"]] == [second]
        filters = ("--favourite", "--tag", "sun", "--min-rating", "4", "--height-class", "lower")
        found = stoat.json("videos", "--q", "ete mer", *filters, "--sort", "taken")
        assert [row["id"] for row in found["items"]] == [first]
        query = {
            "favourite": True,
            "min_rating": 4,
            "tag": ["sun"],
            "sort": "taken",
            "order": "desc",
        }
        server.call("POST", "/searches", json={"name": "Sonne für alle", "query": query})
        assert stoat.json("videos", "--saved", "sonne fur ALLE")["items"] == found["items"]
        assert stoat.json("videos", "--saved", "Sonne für alle", "--min-rating", "5")["items"] == []
        unknown = stoat.run("videos", "--saved", "Mond", "--json")
        assert (unknown.returncode, "'Mond'" in unknown.stderr) == (1, True)
        assert server.call("GET", "/videos?height_class=1080p")["total"] == 0
        tags = server.call("GET", "/tags")["items"]
        assert [(tag["name"], tag["count"]) for tag in tags] == [("sea", 1), ("sun", 2)]
        assert stoat.run("tags", "--q", "SU").stdout.splitlines()[1].startswith("sun\t2\t")
        cleared = stoat.json("edit", first, "--clear", "title", "--clear", "tags")
        assert (cleared["title"], cleared["tags"], cleared["rating"]) == (None, [], 4)
        refused = stoat.run("edit", first, "--add-tag", "\x07", "--json")
        assert refused.returncode == 1
        assert "control characters" in json.loads(refused.stdout)["error"]

    assert run_program(["edit", first]) == 2
