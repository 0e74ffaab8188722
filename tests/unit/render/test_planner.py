"""Properties of plans for any request."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.unit.render.world import World, source

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.plan.text.fonts import Font, Fonts
from stoat_ferret.render.request.options import Place
from stoat_ferret.render.request.request import PresetName, RenderRequest
from stoat_ferret.render.request.transition import TransitionKind

if TYPE_CHECKING:
    from stoat_ferret.render.plan.plan import RenderPass

RATES = [Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60)]
HOSTILE = st.text(min_size=1, max_size=40).filter(
    lambda text: all(char.isprintable() or char == "\n" for char in text)
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a few files of all kinds."""
    return World(
        {
            video_id: source(
                f"/videos/-{video_id}':%d;[x],.mp4",
                seconds=draw(st.sampled_from([4.0, 10.0, 9.97])),
                rate=draw(st.sampled_from(RATES)),
                size=draw(st.sampled_from([(320, 240), (1920, 1080), (720, 1280), (853, 480)])),
                sounds=draw(st.integers(0, 2)),
                rotation=draw(st.sampled_from([0, 90, 180])),
                container=draw(st.sampled_from(["mov,mp4,m4a,3gp,3g2,mj2", "mpegts"])),
            )
            for video_id in "abc"
        },
        fonts=draw(
            st.sampled_from([Fonts(), Fonts((Font("/fonts/it's [a],font;100%:x.ttf", "F"),))])
        ),
    )


@st.composite
def clips(draw: st.DrawFn, *, is_first: bool) -> dict[str, Any]:
    """Draw a clip, or now and then a gap."""
    if draw(st.integers(0, 9)) == 0 and not is_first:
        return {"gap_seconds": draw(st.floats(0.02, 5))}
    start = draw(st.floats(0, 3))
    clip: dict[str, Any] = {
        "video_id": draw(st.sampled_from("abc")),
        "start_seconds": start,
        "end_seconds": start + draw(st.floats(0.3, 6)),
        "speed": draw(st.sampled_from([1, 1, 0.25, 0.5, 1.5, 4])),
        "mute": draw(st.booleans()),
        "rotate": draw(st.sampled_from([0, 90, 180, 270])),
        "volume_db": draw(st.sampled_from([0, -3.5, 6])),
    }
    if draw(st.booleans()):
        clip["crop"] = {"x": 2, "y": 4, "width": 101, "height": 200}
    if not is_first and draw(st.booleans()):
        kind = draw(st.sampled_from(TransitionKind))
        clip["transition"] = {"kind": kind, "seconds": draw(st.floats(0.02, 0.2))}
    if draw(st.booleans()):
        clip |= {"fade_in_seconds": 0.02, "fade_out_seconds": 0.03}
    if draw(st.booleans()):
        clip["effects"] = draw(st.lists(st.sampled_from(EFFECTS), max_size=4))
    if draw(st.integers(0, 9)) == 0 and not is_first:
        shared = {"transition", "effects", "fade_in_seconds", "fade_out_seconds"}
        kept = {name: value for name, value in clip.items() if name in shared}
        return {**kept, "image": {"root": "r", "path": "logo.png"}, "seconds": 0.5}
    return clip


EFFECTS: list[dict[str, Any]] = [
    {"effect": "adjust", "brightness": 0.1},
    {"effect": "lut", "file": {"root": "r", "path": "look.cube"}},
    {"effect": "blur", "radius": 3},
    {"effect": "sharpen"},
    {"effect": "vignette"},
    {"effect": "chroma-key"},
    {"effect": "chroma-key", "background_image": {"root": "r", "path": "logo.png"}},
    {"effect": "reverse"},
    {"effect": "freeze", "at_seconds": 0, "seconds": 0.5},
    {"effect": "freeze", "at_seconds": "1/50", "seconds": 0.5},
    {"effect": "pan-zoom", "end": {"x": 0.1, "size": 0.8}},
    {"effect": "denoise"},
    {"effect": "denoise", "method": "nlmeans"},
    {"effect": "denoise-audio"},
]


@st.composite
def requests(draw: st.DrawFn, presets: list[PresetName] | None = None) -> dict[str, Any]:
    """Draw a request that encodes."""
    pieces = [draw(clips(is_first=True))]
    pieces += draw(st.lists(clips(is_first=False), max_size=4))
    options: dict[str, Any] = {
        "texts": draw(
            st.lists(
                st.fixed_dictionaries({"text": HOSTILE, "place": st.sampled_from(Place)}),
                max_size=2,
            )
        )
    }
    preset = draw(st.sampled_from(presets or list(ENCODING)))
    if preset is not PresetName.GIF and draw(st.booleans()):
        options["loudness_lufs"] = -16
    return {"preset": preset, "clips": pieces, "options": options}


ENCODING = [
    *(PresetName.WEB_720P, PresetName.WEB_2160P, PresetName.ARCHIVE, PresetName.PROXY),
    *(PresetName.PRORES, PresetName.GIF),
]


def inputs(one: RenderPass) -> list[str]:
    """Return the files that a pass opens."""
    arguments = one.arguments
    return [after for option, after in pairwise(arguments) if option == "-i"]


def graph_of(one: RenderPass) -> str:
    """Return the filter graph of a pass."""
    if "-filter_complex" not in one.arguments:
        return ""
    return one.arguments[one.arguments.index("-filter_complex") + 1]


@settings(max_examples=examples(60))
@given(worlds(), requests())
def test_plans_keep_their_laws(world: World, request: dict[str, Any]) -> None:
    try:
        plan = world.plan(**request)
    except RenderRefusedError:
        event("refused")
        return
    (output,) = plan.outputs
    last = plan.passes[-1]
    # The output is the last argument of the last pass: no option follows it.
    assert last.arguments[-1] == output.file
    assert plan.weight > 0
    assert plan.estimated_bytes > 0
    for one in plan.passes:
        graph = graph_of(one)
        opened = inputs(one)
        # Each input is used, and each used input exists.
        used = {int(number) for number in re.findall(r"\[(\d+):", graph)}
        mapped = {int(m) for m in re.findall(r"\d+(?=:)", " ".join(maps(one)))}
        assert used | mapped <= set(range(len(opened)))
        assert used | mapped == set(range(len(opened)))
        # Each pad is made once and used once.
        ends = Counter(re.findall(r"\[p\d+\]", graph))
        assert set(ends.values()) <= {2}
        assert "file:-" not in " ".join(opened)


@settings(max_examples=examples(40))
@given(worlds(), requests([PresetName.WEB_720P, PresetName.ARCHIVE]))
def test_durations_add_up(world: World, request: dict[str, Any]) -> None:
    try:
        plan = world.plan(**request)
    except RenderRefusedError:
        return
    (output,) = plan.outputs
    assert output.frames is not None
    assert output.duration_seconds == plan.duration_seconds
    rate = output.frames / plan.duration_seconds
    asked = Fraction(0)
    for piece in request["clips"]:
        if "gap_seconds" in piece:
            asked += Fraction(repr(piece["gap_seconds"]))
            continue
        if "image" in piece:
            asked += Fraction(repr(piece["seconds"]))
        else:
            duration = world.videos[piece["video_id"]].info.duration_seconds
            assert duration is not None
            length = min(piece["end_seconds"], duration) - piece["start_seconds"]
            asked += Fraction(repr(length)) / Fraction(repr(piece["speed"]))
        held = [one for one in piece.get("effects", ()) if one["effect"] == "freeze"]
        asked += sum((Fraction(repr(one["seconds"])) for one in held), Fraction(0))
        if "transition" in piece:
            asked -= Fraction(repr(piece["transition"]["seconds"]))
    # Each piece is rounded to frames of its file at both ends, and to frames of the result.
    slack = len(request["clips"]) * (Fraction(2, 24) / Fraction(1, 4) + 2 / rate)
    assert abs(plan.duration_seconds - asked) <= slack


@settings(max_examples=examples(40))
@given(HOSTILE)
def test_words_reach_ffmpeg_only_through_files(text: str) -> None:
    plan = World().plan(options={"texts": [{"text": f"§{text}§"}]})
    (file,) = plan.files.values()
    assert file.count("§") == 2
    assert not any("§" in argument for one in plan.passes for argument in one.arguments)


@settings(max_examples=examples(40))
@given(requests())
def test_a_recipe_gives_the_same_request_again(request: dict[str, Any]) -> None:
    asked = RenderRequest.model_validate(request)
    stored = json.loads(json.dumps(asked.params))
    assert RenderRequest.from_params(stored) == asked


def maps(one: RenderPass) -> list[str]:
    """Return the streams that a pass copies."""
    pairs = pairwise(one.arguments)
    return [value for option, value in pairs if option == "-map" and not value.startswith("[")]
