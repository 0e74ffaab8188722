"""The isolation that all other tests here rely on: no test finds what another one left."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from tests.browser.scanning import ask_for_scan, scan
from tests.browser.shared_server import SharedServer, SharedServers, State
from tests.clips import small_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.browser.gated_ffprobe import GatedFfprobe
    from tests.e2e.stoat import Serving


@pytest.fixture(scope="module")
def variables(shared_gated_ffprobe: GatedFfprobe) -> Mapping[str, str]:
    """Return the settings of a server with the gated ffprobe."""
    return shared_gated_ffprobe.variables


@pytest.fixture
def keeper(shared: SharedServer, serving: Serving) -> Iterator[SharedServer]:
    """Yield a server that keeps nothing for the next test."""
    yield shared
    shared.kept = State()


def add_clip(shared: SharedServer, gated_ffprobe: GatedFfprobe) -> str:
    """Add the only clip of the library; return its id."""
    small_clips(shared.stoat.root / "folder", 1)
    gated_ffprobe.let(1)
    scan(shared.serving, shared.stoat.root)
    (video,) = shared.serving.call("GET", "/videos")["items"]
    return str(video["id"])


def change(serving: Serving, video_id: str) -> None:
    body = {"rating": 4, "tags": ["sea"]}
    serving.call("PATCH", f"/videos/{video_id}", json=body, headers={"if-match": "*"})


def test_all_that_a_test_adds_is_forgotten(
    keeper: SharedServer, gated_ffprobe: GatedFfprobe
) -> None:
    serving, root = keeper.serving, keeper.stoat.root
    change(serving, add_clip(keeper, gated_ffprobe))
    serving.wait_for_job(serving.call("POST", "/storyboards", json={})["id"], is_final)
    (root / "text.mp4").write_text("this is no video")
    scan(serving, root)
    small_clips(root / "held", 1)
    ask_for_scan(serving, root / "held")  # it waits at the gated_ffprobe
    keeper.reset()
    assert serving.call("GET", "/jobs")["total"] == 0
    assert serving.call("GET", "/tags")["total"] == 0
    status = ["ok", "bad", "skipped", "missing"]
    assert serving.call("GET", "/videos", params={"status": status})["total"] == 0
    assert list(root.iterdir()) == []
    assert not [path for path in (keeper.stoat.data_dir / "pictures").rglob("*") if path.is_file()]


def test_what_is_kept_outlives_what_a_test_adds(
    keeper: SharedServer, gated_ffprobe: GatedFfprobe
) -> None:
    kept = add_clip(keeper, gated_ffprobe)
    keeper.keep()
    (keeper.stoat.root / "text.mp4").write_text("this is no video")
    scan(keeper.serving, keeper.stoat.root)
    keeper.reset()
    assert keeper.serving.call("GET", "/jobs")["total"] == 0
    status = ["ok", "bad"]
    page = keeper.serving.call("GET", "/videos", params={"status": status})
    assert [video["id"] for video in page["items"]] == [kept]


def test_a_change_of_what_is_kept_fails_the_test(
    keeper: SharedServer, gated_ffprobe: GatedFfprobe
) -> None:
    kept = add_clip(keeper, gated_ffprobe)
    keeper.keep()
    change(keeper.serving, kept)
    with pytest.raises(AssertionError, match="more or less than it found"):
        keeper.reset()


def test_a_kept_file_that_is_gone_fails_the_test(
    keeper: SharedServer, gated_ffprobe: GatedFfprobe
) -> None:
    add_clip(keeper, gated_ffprobe)
    keeper.keep()
    next((keeper.stoat.root / "folder").iterdir()).unlink()
    with pytest.raises(AssertionError, match="more or less than it found"):
        keeper.reset()


def test_a_server_is_lent_again_until_a_test_ends_it_which_is_told_what_to_do(
    tmp_path_factory: pytest.TempPathFactory, built_page: None
) -> None:
    with ExitStack() as running:
        servers = SharedServers(lambda: tmp_path_factory.mktemp("lent"), running)
        with servers.lend({}) as first:
            (first.stoat.root / "text.mp4").write_text("this is no video")
            scan(first.serving, first.stoat.root)
            first.keep()
        with servers.lend({}) as again:
            assert again is first
            assert list(again.stoat.root.iterdir()) == []
            assert again.kept == State()
        with pytest.raises(AssertionError, match="own_stoat"):
            borrow_and_end(servers)
        assert not servers._free, "what was ended is not lent again"


def borrow_and_end(servers: SharedServers) -> None:
    with servers.lend({}) as shared:
        shared.serving.running.kill()
