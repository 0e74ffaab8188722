"""Playing through the real server: what is left when it is killed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psutil
from tests.clips import ffmpeg

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_no_conversion_outlives_a_killed_server(stoat: Stoat) -> None:
    source = "testsrc2=size=640x480:rate=25:duration=60"
    film = stoat.root / "film.avi"
    ffmpeg("-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-q:v", "20", film)
    with stoat.serve() as server:
        server.scan(stoat.root)
        [(video_id,)] = stoat.rows("SELECT id FROM videos")
        with server.client() as client:
            folder = f"/videos/{video_id}/hls"
            playlist = client.get(f"{folder}/index.m3u8", params={"height": 480}).text
            first = re.findall(r"^0\.m4s.*$", playlist, re.MULTILINE)[0]
            assert client.get(f"{folder}/{first}").status_code == 200
        children = server.running.children()
        assert any("ffmpeg" in child.name() for child in children)
        parts = stoat.data_dir / "playback"
        assert any(parts.rglob("*.part"))
        server.running.process.kill()
        gone, alive = psutil.wait_procs(children, timeout=30)
        assert not alive
        assert gone
        old = list(parts.iterdir())
    with stoat.serve() as server:
        server.running.wait_for(lambda _: not any(folder.exists() for folder in old))
