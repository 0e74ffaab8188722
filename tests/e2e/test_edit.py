"""What people say about videos, through the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_a_video_is_edited_and_found_by_it(stoat: Stoat) -> None:
    small_clips(stoat.root, 2)
    with stoat.serve():
        stoat.json("scan", stoat.root)
        first, second = (row["id"] for row in stoat.json("videos")["items"])
        said = stoat.json(
            "edit", first, "--title", "Été à la mer", "--rating", "4", "--add-tag", "sea"
        )
        assert (said["title"], said["rating"], said["tags"]) == ("Été à la mer", 4, ["sea"])
        stoat.json("edit", second, "--add-tag", "Sea", "--add-tag", "sun")
        changed = stoat.run("edit", first, "--add-tag", "sun", "--remove-tag", "SEA")
        assert "tagged sun" in changed.stdout
        found = stoat.json("videos", "--q", "ete mer", "--tag", "sun", "--min-rating", "4")
        assert [row["id"] for row in found["items"]] == [first]
        assert stoat.json("videos", "--height-class", "1080p")["total"] == 0
        assert stoat.json("videos", "--height-class", "lower", "--sort", "taken")["total"] == 2
        tags = stoat.json("tags")
        assert [(tag["name"], tag["count"]) for tag in tags["items"]] == [("sea", 1), ("sun", 2)]
        assert stoat.run("tags", "--q", "SU").stdout.splitlines()[1].startswith("sun\t2\t")
        cleared = stoat.json("edit", first, "--clear", "title", "--clear", "tags")
        assert (cleared["title"], cleared["tags"], cleared["rating"]) == (None, [], 4)
        refused = stoat.run("edit", first, "--add-tag", "\x07", "--json")
        assert refused.returncode == 1
        assert "control characters" in json.loads(refused.stdout)["error"]
        assert stoat.run("edit", "nobody", "--rating", "1").returncode == 1
        assert stoat.run("edit", first).returncode == 2
