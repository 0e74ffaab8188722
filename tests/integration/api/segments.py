"""Segments of a video that is converted while it plays, decoded."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True)
class Segments:
    """The segments of a video in one quality, for the player `query`."""

    client: httpx.Client
    video_id: str
    query: dict[str, Any]

    @classmethod
    def of(cls, client: httpx.Client, name: str, **query: Any) -> Segments:
        """Return the segments of the video with this file name, in its own height."""
        (video,) = client.get("/api/v1/videos", params={"q": name}).json()["items"]
        return cls(client, video["id"], {"height": video["height"], "viewer": "one", **query})

    def get(self, part: str) -> httpx.Response:
        """Ask for a part: `index.m3u8`, `init.mp4` or `0.m4s`."""
        return self.client.get(f"/api/v1/videos/{self.video_id}/hls/{part}", params=self.query)

    @property
    def starts(self) -> list[float]:
        """The times at which segments start."""
        lengths = map(float, re.findall(r"#EXTINF:([\d.]+),", self.get("index.m3u8").text))
        starts = [0.0]
        for length in lengths:
            starts.append(starts[-1] + length)
        return starts[:-1]

    def open(self, *numbers: int) -> av.container.InputContainer:
        """Open some segments as one file."""
        parts = [self.get(f"{number}.m4s") for number in numbers]
        answers = [self.get("init.mp4"), *parts]
        assert all(answer.status_code == 200 for answer in answers), answers[-1].text
        return av.open(io.BytesIO(b"".join(answer.content for answer in answers)), "r")


def brightness(frame: av.VideoFrame, x: int, y: int) -> int:
    """Return the brightness of a pixel, from 16 to 235."""
    plane = frame.planes[0]
    return bytes(plane)[y * plane.line_size + x]
