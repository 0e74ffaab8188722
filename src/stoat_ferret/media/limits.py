"""The formats that media files may have, and limits on reading them, shared by all probers."""

from __future__ import annotations

PROBE_BYTES = 5_000_000
"""The bytes that libav analyzes to identify streams; its own default."""

READ_BYTES = 2**30
"""The most bytes to read of a file. The index of a very long film has some 50 MB; a fragmented file
is read completely."""

PICTURE_BYTES = 128 * 2**20
"""The additional bytes that may be read to make a picture of a file."""

LARGEST_PIXELS = 150_000_000
"""The largest picture: the highest level of AV1 allows 16384 by 8704."""

TOO_MANY_PIXELS = "exceeds specified max pixel count"
"""The part of FFmpeg's error message for a larger picture."""

FIRST_PACKETS = 32
"""The number of packets in which to search for the first picture of a stream."""

MOST_CHAPTERS = 2_000
MOST_TAGS = 500
LONGEST_TAG = 10_000
"""The most to keep of lists that files may have without limit; longer texts are truncated."""

# Formats that contain their media. Not here: playlists and the like, which make FFmpeg open other
# files (hls, dash, concat, imf, sdp, image2 …), devices (lavfi, x11grab …), single images, and
# plain text, which almost anything can be mistaken for.
_VIDEO_FORMATS = (
    "3gp amv apng asf asf_o av1 avi avs avs2 avs3 bink cavsvideo cine dhav dirac dnxhd dv dvd "
    "ea evc f4v film_cpk flic flv gif gxf h261 h263 h264 hevc ipu ivf kux live_flv lmlm4 lxf m4v "
    "matroska mjpeg mjpeg_2000 mlv mov mp4 mpeg mpegts mpegvideo mtv mv mxf mxg nsv nut nuv obu "
    "ogg pmp pva r3d rl2 rm roq rpl siff smjpeg smk swf thp ty vc1 vc1test vivo vvc wc3movie webm "
    "wtv xmv yuv4mpegpipe"
)
_AUDIO_FORMATS = (
    "aac ac3 ac4 aiff amr amrnb amrwb ape au caf dsf dts dtshd eac3 flac loas mlp mp3 mpc mpc8 "
    "oma tak truehd tta w64 wav wv"
)
OPEN_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(f"{_VIDEO_FORMATS} {_AUDIO_FORMATS}".split()),
    "probesize": str(PROBE_BYTES),
    "max_pixels": str(LARGEST_PIXELS),
}
"""Options for opening a file, by the names that libav and ffprobe share.

References from a QuickTime file into other files are not followed unless FFmpeg is asked to.
"""

DECODER_OPTIONS = {"max_pixels": str(LARGEST_PIXELS)}
"""Options for a decoder: the picture size in a file's header may be wrong."""

LIBAV_OPTIONS = {**OPEN_OPTIONS, "scan_all_pmts": "1"}
"""The same for libav, with what ffprobe adds by itself (for MPEG transport streams)."""

QUICK_OPTIONS = {**LIBAV_OPTIONS, "skip_frame": "nokey"}
"""The same for decoders that skip all but key frames.

libav decodes up to 20 pictures of H.264 to learn how many are shown in another order, which no fact
depends on. A stream without a key frame at its start stays unseen with them.
"""


def has_counted_index(container: str) -> bool:
    """Return whether files of a format, by FFmpeg's name, store how many frames their index has.

    In others, that number may be a placeholder that was never filled in.
    """
    return "mov" in container.split(",")
