"""Effects that are not possible are refused, and each has an entry in the table."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any, get_args

import pytest
from pydantic import ValidationError
from tests.unit.render.test_planner import EFFECTS, graph_of
from tests.unit.render.world import FakeTools, World, source

from stoat_ferret.errors import RenderRefusedError, TimelineRefusedError
from stoat_ferret.render.plan.planner import plan_render
from stoat_ferret.render.plan.source import Materials
from stoat_ferret.render.plan.video import effects as table
from stoat_ferret.render.request.effects import Effect
from stoat_ferret.render.request.request import RenderRequest
from stoat_ferret.render.request.root_file import ImageFile
from stoat_ferret.render.run.cube_file import check_cube
from stoat_ferret.render.timeline.export import export_timeline

WORLD = World(
    {
        "a": source(),
        "large": source(size=(3840, 2160)),
        "hdr": source(color_transfer="smpte2084", codec="hevc"),
        "subtitled": source(subtitles=("subrip",)),
    }
)


def of(*effects: dict[str, Any], video: str = "a", **more: Any) -> dict[str, Any]:
    """Return a request for one clip with effects."""
    return {"clips": [{"video_id": video, "effects": list(effects), **more}]}


REVERSE, FREEZE = {"effect": "reverse"}, {"effect": "freeze", "at_seconds": 10.1, "seconds": 1}
IMAGE = {"image": {"root": "r", "path": "logo.png"}, "seconds": 1}
REFUSED: list[tuple[dict[str, Any], str, str | None]] = [
    (of(FREEZE), "no picture can be held at 10.1", "clips.0.effects.0.at_seconds"),
    (
        of(REVERSE, video="large") | {"preset": "archive"},
        "reversed clips would take 6.2 GB of memory",
        None,
    ),
    (
        of({"effect": "vignette"}, video="hdr") | {"preset": "archive"},
        "spoils high dynamic range",
        "clips.0.effects.0",
    ),
    (
        {"preset": "archive", "clips": [{"video_id": "hdr"}, IMAGE]},
        "An image has standard dynamic range",
        "clips.1.image",
    ),
    (of({"effect": "blur", "radius": 2}) | {"preset": "copy"}, "effects cannot be done", "clips.0"),
    (of(REVERSE) | {"preset": "smart-cut"}, "effects cannot be done without encoding", "clips.0"),
    (
        {"preset": "copy", "clips": [{"video_id": "a"}, IMAGE]},
        "A gap or an image cannot be made without encoding",
        "clips.1",
    ),
    (of(REVERSE) | {"preset": "stills"}, "without its effect reverse", "clips.0.effects.0"),
    (
        {"preset": "stills", "clips": [{"video_id": "a"}, IMAGE]},
        "taken of videos, not of gaps and images",
        "clips.1",
    ),
    (
        of(REVERSE, video="subtitled") | {"options": {"subtitles": "keep", "container": "mkv"}},
        "Subtitles cannot be kept when an effect changes the times",
        "options.subtitles",
    ),
]


@pytest.mark.parametrize(("request_", "sentence", "location"), REFUSED)
def test_what_an_effect_cannot_do_is_refused(
    request_: dict[str, Any], sentence: str, location: str | None
) -> None:
    with pytest.raises(RenderRefusedError, match=sentence) as error:
        WORLD.plan(**request_)
    assert error.value.location == location


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: str(effect["effect"]))
def test_a_filter_that_is_lacking_is_named_with_its_effect(effect: dict[str, Any]) -> None:
    poor = replace(WORLD, tools=FakeTools(filters=frozenset({"xfade"})))
    with pytest.raises(RenderRefusedError, match=f"the effect {effect['effect']} needs") as error:
        poor.plan(**of({"effect": "reverse"} if effect["effect"] == "reverse" else effect))
    assert error.value.location == "clips.0.effects.0"
    ducked = [{"video_id": "a", "ducking": {}}]
    with pytest.raises(RenderRefusedError, match="sidechaincompress, which ducking needs"):
        poor.plan(audio=ducked)


@pytest.mark.parametrize("effect", EFFECTS, ids=lambda effect: str(effect["effect"]))
def test_an_effect_uses_the_filters_that_its_entry_names(effect: dict[str, Any]) -> None:
    graph = graph_of(WORLD.plan(**of(effect)).passes[-1])
    used = set(re.findall(r"(?:^|[\],;])([a-z0-9]+)(?==|,|;|\[|$)", graph))
    name = effect.get("method") or ("hqdn3d" if effect["effect"] == "denoise" else effect["effect"])
    assert set(table.RULES[name].needs.split()) - {"lutyuv"} <= used


def test_every_effect_has_an_entry() -> None:
    models = get_args(get_args(Effect)[0])
    names = {get_args(model.model_fields["effect"].annotation)[0] for model in models}
    assert names == {effect["effect"] for effect in EFFECTS}
    assert names - {"denoise"} <= set(table.RULES)


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        ({"effect": "sparkle"}, "does not match any of the expected tags"),
        ({"effect": "blur", "radius": 0}, "greater than 0"),
        ({"effect": "blur"}, "Field required"),
        ({"effect": "adjust", "brightness": 2}, "less than or equal to 1"),
        ({"effect": "chroma-key", "color": "green"}, "match pattern"),
        ({"effect": "pan-zoom", "end": {"x": 0.6, "size": 0.5}}, "must lie in the frame"),
        ({"effect": "reverse", "speed": 2}, "Extra inputs are not permitted"),
        ({"effect": "freeze", "at_seconds": 0, "seconds": 0}, "greater than 0"),
    ],
)
def test_values_without_meaning_are_refused(effect: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        RenderRequest.model_validate({"preset": "web-720p", **of(effect)})


def test_a_zoom_into_a_larger_picture_keeps_its_detail() -> None:
    zoom = {"effect": "pan-zoom", "end": {"size": 0.5}}
    plain = graph_of(WORLD.plan(**of(video="large")).passes[-1])
    assert "scale=1280:720:" in plain
    graph = graph_of(WORLD.plan(**of(zoom, video="large")).passes[-1])
    assert "scale=2560:1440:" in graph  # twice the result, for half of the picture
    assert graph.index("perspective") < graph.index("scale=1280:720")
    # Not beyond what the file has.
    assert "scale=1280:720:" in graph_of(WORLD.plan(**of(zoom)).passes[-1])


def test_files_of_effects_are_bounded() -> None:
    key = {"effect": "chroma-key", "background_image": IMAGE["image"]}
    request = {"preset": "web-720p", **of(*[key] * 10)}
    RenderRequest.model_validate(request | {"clips": request["clips"] * 10})
    with pytest.raises(ValidationError, match="100 images at most"):
        RenderRequest.model_validate(request | {"clips": request["clips"] * 11})
    luts = [{"effect": "lut", "file": {"root": "r", "path": f"{n}.cube"}} for n in range(11)]
    RenderRequest.model_validate({"preset": "web-720p", **of(*luts[:10])})
    clips = of(*luts[:10])["clips"] + of(luts[10])["clips"]
    with pytest.raises(ValidationError, match="10 different lookup tables at most"):
        RenderRequest.model_validate({"preset": "web-720p", "clips": clips})


def test_an_image_of_another_kind_is_refused_at_its_place() -> None:
    film = ImageFile(root="r", path="film.mp4")
    request = RenderRequest.model_validate(
        {"preset": "web-720p", "clips": [{"video_id": "a"}, {"image": film, "seconds": 1}]}
    )
    materials = Materials(WORLD.videos, {film: "/videos/film.mp4"})
    with pytest.raises(RenderRefusedError, match="A picture must be one of") as error:
        plan_render(request, materials, WORLD.tools)
    assert error.value.location == "clips.1.image.path"


def test_images_alone_make_a_video_but_no_copy() -> None:
    plan = WORLD.plan(clips=[IMAGE, IMAGE | {"transition": {"seconds": 0.5}}])
    (output,) = plan.outputs
    assert (output.width, output.height, output.frames) == (1280, 720, 25 + 25 - 12)
    assert output.audio_streams == 0
    sized = WORLD.plan(preset="gif", clips=[IMAGE], options={"width": 100, "height": 50})
    assert (sized.outputs[0].width, sized.outputs[0].height) == (100, 50)
    for preset in ("copy", "smart-cut", "audio", "stills", "contact-sheet"):
        with pytest.raises(RenderRefusedError):
            WORLD.plan(preset=preset, clips=[IMAGE])
    request = RenderRequest.model_validate({"preset": "archive", "clips": [IMAGE]})
    with pytest.raises(TimelineRefusedError, match="images only"):
        export_timeline(request, {}, "n")


def test_a_held_picture_makes_a_clip_longer_and_a_reversed_one_does_not() -> None:
    for preset in ("web-720p", "audio", "gif"):
        plan = WORLD.plan(preset=preset, **of(REVERSE, {**FREEZE, "at_seconds": 10}))
        assert plan.duration_seconds == Fraction(11)


CUBE = 'TITLE "x"\n# remark\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\r\n\n' + "0.5 1e-3 .25\n" * 8


def test_a_lookup_table_is_taken_over_without_the_rest() -> None:
    rows = ["0.5 1e-3 .25"] * 8
    expected = "\n".join(["LUT_3D_SIZE 2", "DOMAIN_MIN 0 0 0", *rows]) + "\n"
    assert check_cube(CUBE.encode(), "a.cube") == expected


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "does not say a LUT_3D_SIZE"),
        (CUBE.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE 3"), "has 8 lines of colors, not 27"),
        (CUBE.replace("LUT_3D_SIZE 2", "LUT_3D_SIZE 256"), "does not say a LUT_3D_SIZE"),
        (CUBE.replace("LUT_3D_SIZE 2", "LUT_1D_SIZE 8"), "holds a 1D table"),
        (CUBE.replace("0.5", "nan"), "has 0 lines of colors, not 8"),
        ("\x7fELF\0\0", "does not say a LUT_3D_SIZE"),
    ],
)
def test_a_file_that_is_no_lookup_table_is_refused(content: str, reason: str) -> None:
    with pytest.raises(RenderRefusedError, match=f"a.cube {reason}"):
        check_cube(content.encode("latin-1"), "a.cube")
