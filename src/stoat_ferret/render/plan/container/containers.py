"""The containers that can be written, and the codecs that each supports."""

from __future__ import annotations

from dataclasses import dataclass

from stoat_ferret.errors import RenderRefusedError


@dataclass(frozen=True, slots=True)
class Container:
    """A container: FFmpeg's muxer, and the codecs it supports, by FFmpeg's names.

    `text` is the codec of its text subtitles, None if it supports none; `subtitles` are the codecs
    of others that can be copied. `covers` are the codecs of cover art, and `data` the codecs or
    four-letter codes of data streams. `tags` are those that its muxer writes, by lowercase name;
    None for all.
    """

    muxer: str
    extension: str
    video: frozenset[str] = frozenset()
    audio: frozenset[str] = frozenset()
    text: str | None = None
    options: tuple[str, ...] = ()
    subtitles: frozenset[str] = frozenset()
    covers: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    tags: frozenset[str] | None = frozenset()
    has_attachments: bool = False
    has_chapters: bool = False
    has_time_code: bool = False

    @property
    def name(self) -> str:
        """The name that people give it: its extension without the dot."""
        return self.extension[1:]


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


_FASTSTART = ("-movflags", "+faststart")
_PCM = "pcm_s16le pcm_s24le pcm_s16be pcm_s24be pcm_f32le"
_ANY_VIDEO = _set(
    "h264 hevc av1 vp8 vp9 mpeg1video mpeg2video mpeg4 prores ffv1 mjpeg theora vc1 dnxhd "
    "msmpeg4v2 msmpeg4v3 wmv1 wmv2 wmv3 h263 flv1 huffyuv utvideo rawvideo"
)
_ANY_AUDIO = _set(
    f"aac opus vorbis flac mp3 mp2 ac3 eac3 dts truehd mlp alac tta wavpack {_PCM} "
    "pcm_u8 pcm_mulaw pcm_alaw wmav1 wmav2 wmapro adpcm_ms adpcm_ima_wav amr_nb amr_wb"
)

_PHOTOS = _set("mjpeg png")
_ITUNES_TAGS = _set(
    "title artist album_artist composer album date comment genre copyright grouping lyrics "
    "description synopsis show episode_id network keywords episode_sort season_number media_type "
    "hd_video gapless_playback compilation track disc location creation_time timecode"
)
_WAVE_TAGS = _set("title artist album date comment genre copyright track language")
_QUICKTIME_TAGS = _set(
    "title artist author album date comment genre copyright make model keywords location "
    "creation_time timecode"
)

CONTAINERS = {
    "mp4": Container(
        "mp4",
        ".mp4",
        _set("h264 hevc av1 vp9 mpeg4"),
        _set("aac opus flac mp3 ac3 eac3 alac"),
        "mov_text",
        # FFmpeg 5.1 considers FLAC in MP4 experimental.
        (*_FASTSTART, "-strict", "-2"),
        covers=_PHOTOS,
        data=_set("gpmd"),
        tags=_ITUNES_TAGS,
        has_chapters=True,
        has_time_code=True,
    ),
    "mov": Container(
        "mov",
        ".mov",
        _set("h264 hevc prores mpeg4 mjpeg dnxhd qtrle svq1"),
        _set(f"aac alac mp3 ac3 eac3 {_PCM}"),
        "mov_text",
        _FASTSTART,
        data=_set("gpmd"),
        tags=_QUICKTIME_TAGS,
        has_chapters=True,
        has_time_code=True,
    ),
    "mkv": Container(
        "matroska",
        ".mkv",
        _ANY_VIDEO,
        _ANY_AUDIO,
        "copy",
        covers=_PHOTOS,
        tags=None,
        has_attachments=True,
        has_chapters=True,
        has_time_code=True,
    ),
    "webm": Container(
        "webm",
        ".webm",
        _set("vp8 vp9 av1"),
        _set("opus vorbis"),
        "webvtt",
        tags=None,
        has_chapters=True,
        has_time_code=True,
    ),
    "mpegts": Container(
        "mpegts",
        ".ts",
        _set("h264 hevc mpeg2video"),
        _set("aac mp2 mp3 ac3 eac3 opus"),
        subtitles=_set("dvb_subtitle"),
        data=_set("klv timed_id3"),
        tags=_set("title"),
    ),
    "m4a": Container(
        "ipod",
        ".m4a",
        audio=_set("aac alac"),
        options=_FASTSTART,
        tags=_ITUNES_TAGS,
        has_chapters=True,
    ),
    "mp3": Container("mp3", ".mp3", audio=_set("mp3"), tags=None, has_chapters=True),
    "flac": Container("flac", ".flac", audio=_set("flac"), tags=None),
    "ogg": Container("ogg", ".ogg", audio=_set("opus vorbis flac"), tags=None),
    "opus": Container("ogg", ".opus", audio=_set("opus"), tags=None),
    "wav": Container("wav", ".wav", audio=_set(_PCM), tags=_WAVE_TAGS),
    "gif": Container("gif", ".gif", _set("gif")),
    "webp": Container("webp", ".webp", _set("webp")),
    "png": Container("image2", ".png", _set("png")),
    "jpg": Container("image2", ".jpg", _set("mjpeg")),
}
AUDIO_ONLY = frozenset("m4a mp3 flac ogg opus wav".split())
IMAGES = frozenset("png jpg webp".split())
ENCODED_CONTAINERS = frozenset({"mp4", "mov", "mkv", "webm"})
COPY_CONTAINERS = frozenset({"mp4", "mov", "mkv", "webm", "mpegts"})

_COPIES = {
    "mov": "mov",
    "mp4": "mp4",
    "m4v": "mp4",
    "matroska": "mkv",
    "webm": "webm",
    "mpegts": "mpegts",
}


def container_of(name: str, allowed: frozenset[str]) -> Container:
    """Return the container called `name`; raise `RenderRefusedError` if it is not in `allowed`."""
    if name not in allowed:
        names = ", ".join(sorted(allowed))
        raise RenderRefusedError(
            f"There is no container {name!r} for this. Choose among {names}.",
            field="options.container",
        )
    return CONTAINERS[name]


def container_of_file(format_name: str, path: str) -> str:
    """Return our name for the container of a file with FFmpeg's `format_name`; default Matroska."""
    extension = path.rpartition(".")[2].lower()
    names = format_name.split(",")
    if extension in {"mov", "mp4", "webm"} and extension in names:
        return extension
    return next((_COPIES[name] for name in names if name in _COPIES), "mkv")


def check_holds(container: Container, video: str | None, audio: str | None) -> None:
    """Raise `RenderRefusedError` if a file does not hold these codecs, by FFmpeg's names."""
    name = container.name
    for codec, held in ((video, container.video), (audio, container.audio)):
        if codec is not None and codec not in held:
            names = ", ".join(sorted(held)) or "none"
            raise RenderRefusedError(
                f"A {name} file does not hold {codec}. It holds {names}: choose one of them, "
                "or another container.",
                field="options.container",
            )
