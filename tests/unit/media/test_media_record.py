"""What a worker process answers, which is stored without another look, is a `MediaInfo`."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.clips import clip_names, make_clip

from stoat_ferret.errors import MediaError
from stoat_ferret.media.libav import probe_file
from stoat_ferret.media.media_info import HdrKind, MediaInfo
from stoat_ferret.media.media_record import MediaRecord, record_of

texts = st.text() | st.sampled_from(["", "\0", "\udc80", '"\\', "\u2028", "2024-05-06", "é"])
maybe_text = st.none() | texts
numbers = st.integers() | st.sampled_from([0, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1])
maybe_number = st.none() | numbers
seconds = st.floats() | st.none()
times = st.floats()
rates = st.none() | st.builds("{}/{}".format, st.integers(), st.integers(min_value=1))
chapters = st.fixed_dictionaries(
    {"start_seconds": times, "end_seconds": times, "title": maybe_text}
)
videos = st.fixed_dictionaries(
    {
        "index": numbers,
        "codec": texts,
        "profile": maybe_text,
        "level": maybe_number,
        "coded_width": numbers,
        "coded_height": numbers,
        "width": numbers,
        "height": numbers,
        "rotation": st.sampled_from([0, 90, 180, 270]),
        "pixel_format": maybe_text,
        "bit_depth": maybe_number,
        "color_primaries": maybe_text,
        "color_transfer": maybe_text,
        "color_space": maybe_text,
        "hdr": st.none() | st.sampled_from([kind.value for kind in HdrKind]),
        "frame_rate": rates,
        "field_order": maybe_text,
        "attached_picture": st.booleans(),
        "still": st.booleans(),
        "default": st.booleans(),
        "language": maybe_text,
    }
)
sounds = st.fixed_dictionaries(
    {
        "index": numbers,
        "codec": texts,
        "channels": numbers,
        "layout": maybe_text,
        "sample_rate": numbers,
        "language": maybe_text,
        "title": maybe_text,
    }
)
subtitles = st.fixed_dictionaries(
    {
        "index": numbers,
        "codec": texts,
        "language": maybe_text,
        "title": maybe_text,
        "default": st.booleans(),
        "forced": st.booleans(),
    }
)
tags = st.dictionaries(texts | st.sampled_from(["title", "date", "creation_time"]), texts)
facts = st.fixed_dictionaries(
    {
        "container": texts,
        "duration_seconds": seconds,
        "bit_rate": maybe_number,
        "size_bytes": numbers,
        "chapters": st.lists(chapters, max_size=2),
        "tags": tags,
        "video": st.lists(videos, max_size=3),
        "audio": st.lists(sounds, max_size=2),
        "subtitles": st.lists(subtitles, max_size=2),
    }
)


def _validated(found: dict[str, Any]) -> MediaInfo | None:
    """Return what the models make of facts; None if they refuse them."""
    try:
        return MediaInfo.model_validate(found)
    except ValidationError:
        return None


def _check_summary(record: MediaRecord, info: MediaInfo) -> None:
    video, summary = info.main_video, record.summary
    assert summary.has_video == (video is not None)
    shown = (summary.width, summary.height, summary.rotation, summary.video_codec, summary.hdr)
    if video is None:
        assert {*shown, summary.frame_rate} == {None}
    else:
        expected = (video.width, video.height, video.rotation, video.codec, video.hdr)
        assert shown == expected
        assert summary.frame_rate == video.model_dump(mode="json")["frame_rate"]
    assert summary.audio_codec == (info.audio[0].codec if info.audio else None)
    assert summary.title == info.tags.get("title")
    assert (summary.container, summary.bit_rate) == (info.container, info.bit_rate)
    assert summary.duration_seconds == info.duration_seconds


@given(facts)
def test_a_record_is_made_of_what_the_models_accept_and_of_nothing_else(
    found: dict[str, Any],
) -> None:
    expected = _validated(found)
    if expected is None:
        with pytest.raises(ValueError, match=r"no database holds|not JSON compliant"):
            record_of(found)
        return
    record = MediaRecord.restore(record_of(found))
    record.document.encode()  # as a database stores it
    plain = json.loads(json.dumps(found).replace("\\udc80", "\\ufffd"))
    assert record.media_info == MediaInfo.model_validate(plain)
    _check_summary(record, expected)


@pytest.mark.parametrize("name", clip_names())
def test_the_facts_of_files_have_the_form_of_the_models(name: str) -> None:
    with suppress(MediaError):
        found, _ = probe_file(os.fsencode(make_clip(name)))
        record = MediaRecord.restore(record_of(found))
        assert record.media_info == MediaInfo.model_validate(found)
        assert MediaRecord.of(record.media_info) == record
        _check_summary(record, record.media_info)
