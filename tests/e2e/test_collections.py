"""Collections through the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_a_collection_is_made_filled_sorted_and_deleted(stoat: Stoat) -> None:
    small_clips(stoat.root, 3)
    stoat.json("scan", str(stoat.root))
    first, second, third = (row["id"] for row in stoat.json("videos")["items"])
    stoat.json("collections", "create", "Film")
    added = stoat.json("collections", "add", "film", "--q", "mp4", "--order", "desc")
    assert added["changed"] == 3
    stoat.json("collections", "move", "Film", first, "--before", third)

    def order() -> list[str]:
        return [row["id"] for row in stoat.json("collections", "show", "Film")["items"]]

    assert order() == [first, third, second]
    assert "1 video removed." in stoat.run("collections", "remove", "Film", third).stdout
    stoat.json("collections", "rename", "Film", "Summer film")
    listed = stoat.run("collections", "list", "--video", first).stdout.splitlines()
    assert listed[1].startswith("Summer film\t2\t")
    request = json.loads(stoat.run("collections", "request", "Summer film").stdout)
    assert [clip["video_id"] for clip in request["clips"]] == [first, second]
    refused = stoat.run("collections", "delete", "Film", "--yes")
    assert (refused.returncode, "no collection Film" in refused.stderr) == (1, True)
    assert stoat.json("collections", "delete", "Summer film", "--yes")["undo"]
    assert stoat.json("collections", "list")["items"] == []
