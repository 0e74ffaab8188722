"""An assembly is split into parts that together have all of its frames and samples."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.render.world import World, source

from stoat_ferret.render.plan.assembly import assemble
from stoat_ferret.render.plan.parts import MOST_FILES, decoder_threads, split_into_parts
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.request.request import RenderRequest

SHORT_CLIP = st.builds(
    lambda frames, shared: {
        "video_id": "a",
        "end_seconds": Fraction(frames * 1001, 30000),
        **({"transition": {"seconds": Fraction(shared * 1001, 30000)}} if shared else {}),
    },
    st.integers(8, 60),
    st.integers(0, 4),
)
GAP = st.just({"gap_seconds": 0.2})


@given(st.lists(SHORT_CLIP | GAP, min_size=1, max_size=60))
@settings(max_examples=examples(30))
def test_parts_have_all_frames_and_samples_once(pieces: list[dict[str, Any]]) -> None:
    first = {"video_id": "a", "end_seconds": 1}
    request = RenderRequest.model_validate({"preset": "web-720p", "clips": [first, *pieces]})
    whole = assemble(request, Materials({"a": source(rate=Fraction(30000, 1001))}))
    parts = split_into_parts(whole)
    starts = [0]
    for part in parts:
        assert part.start_frame == starts[-1]
        starts.append(starts[-1] + part.frames)
        assert part.frames + part.skipped_frames <= part.assembly.frames
        assert part.assembly.segments[0].shared_frames == 0
    assert starts[-1] == whole.frames
    assert sum(part.samples for part in parts) == sum(
        one.samples - one.shared_samples for one in whole.segments
    )
    if sum(one.excerpt is not None for one in whole.segments) <= MOST_FILES:
        assert len(parts) == 1


def test_no_command_opens_many_more_files_than_a_part_has() -> None:
    clip = {"video_id": "a", "transition": {"seconds": 0.2}}
    plan = World().plan(clips=[{"video_id": "a"}, *[clip] * 99])
    opened = [one.arguments.count("-i") for one in plan.passes]
    assert len(opened) == 14
    assert max(opened) == MOST_FILES + 1


@pytest.mark.parametrize(
    ("files", "cores", "threads"), [(1, 4, None), (2, 4, 2), (2, 2, 1), (8, 2, 1), (8, 16, 2)]
)
def test_decoders_share_the_cores(files: int, cores: int, threads: int | None) -> None:
    assert decoder_threads(files, cores) == threads


def test_a_single_file_is_decoded_as_ffmpeg_chooses() -> None:
    (one,) = World().plan().passes
    assert "-threads" not in one.arguments
    (two,) = World().plan(clips=[{"video_id": "a"}] * 2).passes
    assert two.arguments.count("-threads") == 2
