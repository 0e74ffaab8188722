"""`stoat-ferret render --dry-run`, with and without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.clips import small_clips

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_a_dry_run_says_the_same_with_and_without_a_server(stoat: Stoat) -> None:
    small_clips(stoat.root, 1)
    stoat.json("scan", stoat.root)
    (video,) = stoat.json("videos")["items"]
    order = ("render", f"{video['id']}:0.4-1.4", "--name", "half", "--dry-run")
    alone = stoat.json(*order)
    assert alone["outputs"][0]["name"] == "half.mp4"
    assert alone["outputs"][0]["duration_seconds"] == 1
    with stoat.serve() as server:
        assert stoat.json(*order) == alone
        assert server.call("GET", "/jobs", params={"kind": "render"})["total"] == 0
        said = stoat.run(*order)
    assert said.stdout.startswith("half.mp4: 1.000 s, 320x240, h264"), said.stdout


def test_a_dry_run_refuses_what_cannot_be_rendered(stoat: Stoat) -> None:
    small_clips(stoat.root, 1)
    stoat.json("scan", stoat.root)
    (video,) = stoat.json("videos")["items"]
    refused = stoat.run("render", video["id"], "--option", "video_codec=quicksilver", "--dry-run")
    assert refused.returncode == 1
    assert "no video codec 'quicksilver'" in refused.stderr
