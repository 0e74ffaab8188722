"""The check of a finished file against its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoat_ferret.media.media_info import MediaInfo
    from stoat_ferret.render.plan.plan import PlannedOutput


def faults_of(planned: PlannedOutput, info: MediaInfo) -> list[str]:
    """Return the faults of a file, as parts of a sentence; unplanned facts are ignored."""
    video, audio = info.main_video, info.audio
    found: list[tuple[str, object, object]] = [
        ("audio streams", planned.audio_streams, len(audio)),
        ("subtitle streams", planned.subtitle_streams, len(info.subtitles)),
    ]
    if planned.video_codec is not None:
        if video is None:
            return ["it has no picture: there is none in what was chosen, or it cannot be decoded"]
        found.append(("video codec", planned.video_codec, video.codec))
    if planned.audio_codec is not None and planned.audio_streams:
        found.append(("audio codec", planned.audio_codec, audio[0].codec if audio else "none"))
    if video and planned.width is not None and planned.height is not None:
        size = f"{video.width}x{video.height}"
        found.append(("size", f"{planned.width}x{planned.height}", size))
    faults = [
        f"{what} {is_now}, not {should}" for what, should, is_now in found if should != is_now
    ]
    return faults + _wrong_duration(planned, info)


def _wrong_duration(planned: PlannedOutput, info: MediaInfo) -> list[str]:
    should = planned.duration_seconds
    if should is None:
        return []
    if info.duration_seconds is None:
        return ["no duration"]
    if planned.subtitle_streams and info.duration_seconds > should:
        return []  # subtitles that begin before the out point may end after it
    # Containers round to a millisecond.
    if abs(info.duration_seconds - float(should)) <= float(planned.tolerance_seconds) + 0.001:
        return []
    return [f"it lasts {info.duration_seconds:.3f} s, not {float(should):.3f} s"]
