"""Files that do not exist and an ffmpeg with all capabilities, for the pure planner."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from stoat_ferret.media.media_info import (
    AudioStream,
    Chapter,
    MediaInfo,
    SubtitleStream,
    VideoStream,
)
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.plan.source import KeyFrame, Materials, Source, SubtitleText, Timing
from stoat_ferret.render.plan.text.fonts import Fonts
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.request.root_file import ImageFile, LutFile, SubtitleFile
from stoat_ferret.render.request.transition import TransitionKind

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPlan

LOGO = ImageFile(root="r", path="logo.png")
LOOK = LutFile(root="r", path="look.cube")
_ENCODERS = (
    "libx264 libx265 libsvtav1 libaom-av1 libvpx-vp9 prores_ks ffv1 aac libopus libmp3lame flac "
    "alac ac3 libvorbis pcm_s16le pcm_s24le libwebp libwebp_anim png mjpeg gif"
)
_FILTERS = (
    "colorspace subtitles xfade zscale tonemap lutyuv lut3d gblur unsharp vignette "
    "chromakey overlay reverse areverse fps tpad perspective hqdn3d nlmeans afftdn "
    "sidechaincompress"
)


@dataclass(frozen=True)
class FakeTools:
    """The capabilities of an ffmpeg."""

    encoders: frozenset[str] = frozenset(_ENCODERS.split())
    decoders: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset(_FILTERS.split())
    muxers: frozenset[str] = frozenset()
    transitions: frozenset[str] = frozenset(TransitionKind)
    hardware_encoders: tuple[str, ...] = ()
    cores: int = 2


def source(
    path: str = "/videos/a.mp4",
    *,
    seconds: float | None = 10.0,
    rate: Fraction = Fraction(25),
    size: tuple[int, int] = (1280, 720),
    sounds: int = 1,
    subtitles: tuple[str, ...] = (),
    container: str = "mov,mp4,m4a,3gp,3g2,mj2",
    timing: Timing | None = None,
    tags: dict[str, str] | None = None,
    chapters: tuple[Chapter, ...] = (),
    **video: Any,
) -> Source:
    """Return a file with one video stream and `sounds` audio streams; a key frame each second."""
    width, height = size
    stream = {"codec": "h264", "pixel_format": "yuv420p", **video}
    info = MediaInfo(
        container=container,
        duration_seconds=seconds,
        size_bytes=10_000_000,
        tags=tags or {},
        chapters=chapters,
        video=(
            VideoStream(
                index=0,
                coded_width=width,
                coded_height=height,
                width=width,
                height=height,
                frame_rate=rate,
                **stream,
            ),
        ),
        audio=tuple(
            AudioStream(index=1 + n, codec="aac", channels=2, layout="stereo", sample_rate=48000)
            for n in range(sounds)
        ),
        subtitles=tuple(
            SubtitleStream(index=1 + sounds + n, codec=codec) for n, codec in enumerate(subtitles)
        ),
    )
    keys = tuple(KeyFrame(Fraction(second)) for second in range(int(seconds or 0)))
    return Source(path, info, timing or Timing(key_frames=keys))


@dataclass(frozen=True)
class World:
    """Videos by their ids."""

    videos: dict[str, Source] = field(default_factory=lambda: {"a": source()})
    tools: FakeTools = FakeTools()
    fonts: Fonts = field(default_factory=Fonts)
    subtitle_files: dict[SubtitleFile, SubtitleText] = field(default_factory=dict)
    beside: dict[str, tuple[SubtitleText, ...]] = field(default_factory=dict)

    def plan(self, preset: str = "web-720p", **request: Any) -> RenderPlan:
        """Plan a request; by default for all of video `a`."""
        request.setdefault("clips", [{"video_id": "a"}])
        asked = RenderRequest.model_validate({"preset": preset, **request})
        materials = Materials(
            self.videos,
            {LOGO: "/videos/logo.png"},
            self.fonts,
            {LOOK: "LUT"},
            subtitle_files=self.subtitle_files,
            beside=self.beside,
        )
        return plan_render(asked, materials, self.tools)
