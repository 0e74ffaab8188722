"""Schemas of how a video can be played."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from stoat_ferret.library.video import VideoDetails, VideoStatus
from stoat_ferret.media.media_info import SubtitleStream
from stoat_ferret.media.playability import playability
from stoat_ferret.playing.sidecars import Sidecar
from stoat_ferret.playing.streams import VIEWER, StreamRequest
from stoat_ferret.playing.subtitles import TEXT_SUBTITLES
from stoat_ferret.playing.variant import CODECS, Client


class StreamQuery(BaseModel):
    """A request of a player; playlists contain it in the addresses that they list."""

    model_config = ConfigDict(extra="forbid")

    codecs: str = Field(
        default=",".join(sorted(CODECS)),
        max_length=200,
        description="The codecs that the client decodes, by FFmpeg's names, separated by commas. "
        "What it decodes is copied, the rest converted.",
        examples=["h264,hevc,aac,opus"],
    )
    hdr: bool = Field(
        default=False,
        description="Whether the client shows high dynamic range; else it is tone-mapped.",
    )
    audio: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="The `index` of an audio track. Default: the first one.",
    )
    height: int | None = Field(
        default=None, ge=1, le=100_000, description="The height of a quality, in pixels."
    )
    subtitles: int | None = Field(
        default=None,
        ge=0,
        le=10_000,
        description="The `index` of a subtitle track of images, which are drawn into the video.",
    )
    viewer: str | None = Field(
        default=None,
        pattern=f"^{VIEWER.pattern}$",
        description="The name of a player, which has one process at a time. Default: a new one.",
    )

    encoder: str | None = Field(
        default=None,
        max_length=100,
        description="The hardware encoder of all segments, as playlists name it.",
    )

    def request(self, video: VideoDetails) -> StreamRequest:
        """Return the request for `video`."""
        names = (name.strip().lower() for name in self.codecs.split(","))
        client = Client(frozenset(filter(None, names)), self.hdr)
        return StreamRequest(
            video, client, self.audio, self.height, self.viewer, self.subtitles, self.encoder
        )


class DirectResponse(BaseModel):
    """The file as it is."""

    url: str = Field(examples=["/api/v1/videos/0198c0de/stream"])
    type: str | None = Field(
        description="Its type with codecs, for `canPlayType` and `MediaCapabilities`; null if "
        "its codecs have no name.",
        examples=['video/mp4; codecs="avc1.64001f, mp4a.40.2"'],
    )


class HlsResponse(BaseModel):
    """The video as HTTP Live Streaming, converted while it is watched."""

    url: str = Field(
        description="The playlist. Add `codecs` (and `hdr`) for what the client decodes, so that "
        "less is converted.",
        examples=["/api/v1/videos/0198c0de/hls/index.m3u8"],
    )


class AudioTrackResponse(BaseModel):
    """An audio track to choose."""

    model_config = ConfigDict(from_attributes=True)

    index: int = Field(description="The value for `audio` of the playlist.")
    language: str | None
    title: str | None
    channels: int


class SubtitleTrackResponse(BaseModel):
    """A subtitle track of the file, or a subtitle file beside it."""

    index: int = Field(
        description="Of a stream of the file, or from 100,000 on of a file beside it: that depends "
        "on the name of the file alone."
    )
    language: str | None
    title: str | None
    kind: Literal["text", "image"] = Field(
        description="Images can be drawn into the video: the parameter `subtitles` of the playlist."
    )
    url: str | None = Field(description="The subtitles as WebVTT; null for images.")

    @classmethod
    def of(cls, video_id: str, track: SubtitleStream | Sidecar) -> Self:
        """Return the track of a stream or a file."""
        is_text = isinstance(track, Sidecar) or track.codec in TEXT_SUBTITLES
        url = f"/api/v1/videos/{video_id}/subtitles/{track.index}.vtt" if is_text else None
        return cls(
            index=track.index,
            language=track.language,
            title=track.title,
            kind="text" if is_text else "image",
            url=url,
        )


class PlaybackResponse(BaseModel):
    """The ways to play a video."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "direct": None,
                    "hls": {"url": "/api/v1/videos/0198c0de/hls/index.m3u8"},
                    "reason": "Browsers do not play AVI files.",
                    "audio": [{"index": 1, "language": "eng", "title": None, "channels": 6}],
                    "subtitles": [],
                }
            ]
        }
    )

    direct: DirectResponse | None = Field(
        description="The file itself, if any browser may play it: ask it with the type. "
        "Null if none does."
    )
    hls: HlsResponse | None = Field(
        description="The video for every client. Null if the file has no video, or does not say "
        "how long it is."
    )
    reason: str | None = Field(
        description="Why the file itself may not play, or not as it is meant.",
        examples=["Browsers do not play AVI files."],
    )
    audio: list[AudioTrackResponse]
    subtitles: list[SubtitleTrackResponse]

    @classmethod
    def of(cls, video: VideoDetails, sidecars: list[Sidecar]) -> Self:
        """Return the ways to play `video`; none for a file that is missing or could not be read."""
        info = video.media_info
        if info is None or video.status is VideoStatus.MISSING:
            return cls(direct=None, hls=None, reason=video.reason, audio=[], subtitles=[])
        known = playability(info)
        base = f"/api/v1/videos/{video.id}"
        direct = DirectResponse(url=f"{base}/stream", type=known.mime_type)
        can_convert = info.main_video is not None and bool(info.duration_seconds)
        tracks: list[SubtitleStream | Sidecar] = [*info.subtitles, *sidecars]
        return cls(
            direct=None if known.as_is is False else direct,
            hls=HlsResponse(url=f"{base}/hls/index.m3u8") if can_convert else None,
            reason=known.reason,
            audio=[AudioTrackResponse.model_validate(one) for one in info.audio],
            subtitles=[SubtitleTrackResponse.of(video.id, one) for one in tracks],
        )
