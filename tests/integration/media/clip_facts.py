"""The facts of each clip: known from how it is made, not from a prober."""

from __future__ import annotations

from typing import Any

Facts = dict[str, Any]

H264 = {
    "codec": "h264",
    "profile": "Constrained Baseline",
    "coded_width": 320,
    "coded_height": 240,
    "width": 320,
    "height": 240,
    "rotation": 0,
    "pixel_format": "yuv420p",
    "bit_depth": 8,
    "color_transfer": None,
    "hdr": None,
    "frame_rate": "25/1",
    "field_order": "progressive",
    "attached_picture": False,
    "language": None,
}
BT709 = {"color_primaries": "bt709", "color_transfer": "bt709", "color_space": "bt709"}
HEVC = H264 | {
    "codec": "hevc",
    "profile": "Main 10",
    "pixel_format": "yuv420p10le",
    "bit_depth": 10,
    "color_primaries": "bt2020",
    "color_transfer": "smpte2084",
    "color_space": "bt2020nc",
}
AAC = {"codec": "aac", "channels": 1, "layout": "mono", "sample_rate": 48000, "language": None}
MP4 = {"container": "mov,mp4,m4a,3gp,3g2,mj2", "seconds": 2.0, "video": [H264], "audio": [AAC]}
SILENT = MP4 | {"audio": []}
MKV = MP4 | {"container": "matroska,webm"}
TRACKS = MKV | {
    "video": [H264 | {"language": "eng"}],
    "audio": [
        AAC | {"index": 1, "language": "eng"},
        {"index": 2, "codec": "opus", "channels": 2, "layout": "stereo", "title": "Commentaire"},
    ],
    "subtitles": [
        {"codec": "subrip", "language": "eng", "title": None, "default": True, "forced": False},
        {
            "codec": "subrip",
            "language": "deu",
            "title": "Erzwungen",
            "default": False,
            "forced": True,
        },
    ],
    "chapters": [(0.0, 1.0, "Opening"), (1.0, 2.0, "Ending")],
    "tags": {"title": "Two voices", "artist": "Nobody"},
}

EXPECTED: dict[str, Facts] = {
    "h264.mp4": MP4 | {"video": [H264 | BT709], "tags": {"title": "A test"}},
    "rotated.mp4": MP4
    | {"video": [H264 | {"rotation": 90, "width": 240, "height": 320}]}
    | {"video": [H264 | BT709 | {"rotation": 90, "width": 240, "height": 320}]},
    "upside-down.mp4": MP4 | {"video": [H264 | BT709 | {"rotation": 180}]},
    "rotated-270.mov": MP4
    | {"video": [H264 | BT709 | {"rotation": 270, "width": 240, "height": 320}]},
    "faststart.mp4": MP4,
    "fragmented.mp4": MP4 | {"video": [{"codec": "h264", "width": 320, "height": 240}]},
    "tracks.mkv": TRACKS,
    "vp9.webm": MKV
    | {
        "video": [H264 | {"codec": "vp9", "profile": "Profile 0"}],
        "audio": [{"codec": "opus", "channels": 1, "layout": "mono"}],
    },
    "av1.mp4": SILENT | {"seconds": 1.0, "video": [H264 | {"codec": "av1", "profile": "Main"}]},
    "av1.mkv": SILENT
    | {
        "container": "matroska,webm",
        "seconds": 1.0,
        "video": [{"codec": "av1", "pixel_format": "yuv420p10le", "bit_depth": 10, "hdr": None}],
    },
    "hdr10.mp4": SILENT | {"seconds": 1.0, "video": [HEVC | {"hdr": "HDR10"}]},
    "hdr10.mkv": SILENT
    | {"container": "matroska,webm", "seconds": 1.0, "video": [HEVC | {"hdr": "HDR10"}]},
    "hdr10plus.mp4": SILENT | {"seconds": 1.0, "video": [HEVC | {"hdr": "HDR10+"}]},
    "hlg.mp4": SILENT
    | {"seconds": 1.0, "video": [HEVC | {"hdr": "HLG", "color_transfer": "arib-std-b67"}]},
    "dolby-vision.mp4": SILENT | {"seconds": 1.0, "video": [HEVC | {"hdr": "Dolby Vision"}]},
    "mpegts.ts": MP4 | {"container": "mpegts"},
    "mpeg2.ts": MP4
    | {
        "container": "mpegts",
        "video": [
            {
                "codec": "mpeg2video",
                "profile": "Main",
                "coded_width": 720,
                "coded_height": 576,
                "width": 1024,
                "height": 576,
                "field_order": "tt",
                "frame_rate": "25/1",
            }
        ],
        "audio": [{"codec": "mp2", "channels": 1}],
    },
    "mpeg4.avi": MP4
    | {
        "container": "avi",
        "video": [{"codec": "mpeg4", "profile": "Simple Profile", "width": 320, "height": 240}],
        "audio": [{"codec": "mp3", "sample_rate": 48000}],
    },
    "prores.mov": MP4
    | {
        "seconds": 1.0,
        "video": [
            H264
            | {
                "codec": "prores",
                "profile": "Standard",
                "pixel_format": "yuv422p10le",
                "bit_depth": 10,
            }
        ],
        "audio": [AAC | {"codec": "pcm_s16le"}],
    },
    # 36 frames in 28/15 s: thirty of them in the first second, then one in six.
    "variable-rate.mp4": SILENT | {"seconds": 1.866667, "video": [H264 | {"frame_rate": "135/7"}]},
    "ntsc.mp4": SILENT | {"seconds": 2.002, "video": [H264 | {"frame_rate": "30000/1001"}]},
    "anamorphic.mp4": SILENT
    | {"video": [{"coded_width": 720, "coded_height": 480, "width": 853, "height": 480}]},
    "interlaced.mp4": SILENT | {"video": [H264 | {"profile": "Main", "field_order": "tt"}]},
    "audio.m4a": MP4 | {"video": [], "tags": {"title": "Only sound"}},
    "audio.mp4": MP4 | {"video": []},
    "cover.m4a": MP4
    | {
        "video": [{"codec": "mjpeg", "width": 64, "attached_picture": True, "frame_rate": None}],
        "tags": {"title": "A song"},
    },
    "truncated.mkv": TRACKS,
    "truncated-faststart.mp4": MP4,
}
BROKEN = {"zero.mp4", "text.mp4", "truncated.mp4"}
