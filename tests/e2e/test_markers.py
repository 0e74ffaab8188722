"""Markers through the real command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_markers_are_added_edited_exported_and_removed(stoat: Stoat) -> None:
    small_clips(stoat.root, 1)
    stoat.json("scan", str(stoat.root))
    (video,) = (row["id"] for row in stoat.json("videos")["items"])
    stoat.json("markers", "add", video, "0.25", "--title", "Start")
    marker = stoat.json("markers", "add", video, "1", "1.5", "--tag", "sea", "--tag", "sun")["id"]
    edited = stoat.json("markers", "edit", marker, "--title", "The jump", "--tag", "sea")
    assert (edited["title"], edited["end_seconds"], edited["tags"]) == ("The jump", 1.5, ["sea"])
    assert [row["id"] for row in stoat.json("markers", "list", "--q", "jump")["items"]] == [marker]
    lines = stoat.run("markers", "list", video, "--csv").stdout.splitlines()
    assert lines[1:] == [lines[1], f"1.0,1.5,The jump,sea,{marker}"]
    request = json.loads(stoat.run("markers", "request", video).stdout)
    clip = {"video_id": video, "start_seconds": 1.0, "end_seconds": 1.5}
    assert (request["clips"], request["separate"]) == ([clip], True)
    assert stoat.json("markers", "remove", marker)["undo"]
    assert len(stoat.json("markers", "list", video)["items"]) == 1
    assert stoat.run("markers", "request", video).returncode == 2
