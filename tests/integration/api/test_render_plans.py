"""Plans of renders that have not started, with everything that a form needs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from tests.clips import ffmpeg
from tests.integration.api.problems import problem
from tests.integration.api.streams import scan

from stoat_ferret.render.request.options import RenderOptions
from stoat_ferret.render.request.transition import TransitionKind

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

PLAN = "/api/v1/renders/plan"


@pytest.fixture(scope="module")
def video(client: httpx.Client, library: Path) -> str:
    """Return the id of a video of 4 seconds with a key frame each second."""
    lavfi = ["-f", "lavfi", "-i"]
    ffmpeg(
        *(lavfi, "testsrc2=size=320x240:rate=30:duration=4", lavfi, "sine=duration=4"),
        *("-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p"),
        library / "keys.mp4",
    )
    assert scan(client, str(library))["status"] == "succeeded"
    (found,) = client.get("/api/v1/videos", params={"q": "keys"}).json()["items"]
    return str(found["id"])


def wish(video: str, **more: Any) -> dict[str, Any]:
    clip = {"video_id": video, "start_seconds": 1.5, "end_seconds": 3}
    return {"preset": "web-720p", "clips": [clip], **more}


def test_a_plan_says_what_comes_out_and_starts_nothing(client: httpx.Client, video: str) -> None:
    before = client.get("/api/v1/jobs").json()["total"]
    answer = client.post(PLAN, json=wish(video, name="holiday"))
    assert answer.status_code == 200, answer.text
    plan = answer.json()
    (output,) = plan["outputs"]
    assert output["name"] == "holiday.mp4"
    assert (output["width"], output["height"]) == (320, 240)
    assert (output["video_codec"], output["audio_codec"]) == ("h264", "aac")
    assert output["duration_seconds"] == plan["duration_seconds"] == 1.5
    assert output["frames"] == 45
    assert Fraction(output["frame_rate"]) == 30
    assert plan["estimated_bytes"] > 0
    assert plan["notes"] == []
    assert client.get("/api/v1/jobs").json()["total"] == before


def test_the_size_of_a_plan_can_be_measured(client: httpx.Client, video: str) -> None:
    guessed = client.post(PLAN, json=wish(video)).json()
    answer = client.post(PLAN, json=wish(video), params={"measure": True})
    assert answer.status_code == 200, answer.text
    measured = answer.json()
    assert measured["estimated_bytes"] > 0
    assert {**measured, "estimated_bytes": 0} == {**guessed, "estimated_bytes": 0}


def test_a_plan_of_a_copy_says_where_it_cuts(client: httpx.Client, video: str) -> None:
    plan = client.post(PLAN, json=wish(video, preset="copy")).json()
    (note,) = plan["notes"]
    assert "key frame at 1.000 seconds, 0.500 before the in point" in note
    assert plan["outputs"][0]["name"] == "keys-copy.mp4"
    assert plan["duration_seconds"] == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"preset": "copy", "options": {"width": 100}}, "does not know width"),
        ({"options": {"video_codec": "quicksilver"}}, "no video codec 'quicksilver'"),
        ({"options": {"container": "webm", "video_codec": "h264"}}, "does not hold h264"),
    ],
)
def test_what_cannot_be_made_is_refused_as_it_is_when_it_is_started(
    client: httpx.Client, video: str, change: dict[str, Any], sentence: str
) -> None:
    body = wish(video, **change)
    planned, started = (client.post(path, json=body) for path in (PLAN, "/api/v1/renders"))
    refused = problem(planned, 422, "render-refused")
    assert sentence in refused["detail"]
    assert problem(started, 422, "render-refused")["detail"] == refused["detail"]


def test_a_refusal_names_the_field_that_it_is_about(client: httpx.Client, video: str) -> None:
    crop = {"x": 300, "y": 0, "width": 100, "height": 100}
    clips = [{"video_id": video}, {"video_id": video, "crop": crop}]
    refused = problem(client.post(PLAN, json=wish(video, clips=clips)), 422, "render-refused")
    (error,) = refused["errors"]
    assert error == {
        "location": "body.clips.1.crop",
        "message": refused["detail"],
        "code": "refused",
    }


@pytest.mark.parametrize("root", ["", "elsewhere"])
def test_a_picture_that_is_not_there_is_named_too(
    client: httpx.Client, video: str, library: Path, root: str
) -> None:
    images = [{"image": {"root": root or library.name, "path": "gone.png"}}]
    answer = client.post(PLAN, json=wish(video, options={"images": images}))
    assert answer.status_code in (403, 404), answer.text
    (error,) = answer.json()["errors"]
    assert error["location"] == "body.options.images.0.image.path"


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({"effects": [{"effect": "lut", "file": None}]}, "1.effects.0.file"),
        (
            {"effects": [{"effect": "blur", "radius": 1}, {"effect": "chroma-key"}]},
            "1.effects.1.background_image",
        ),
        ({"image": None, "seconds": 1}, "1.image"),
    ],
)
@pytest.mark.parametrize("path", ["gone.cube", "../outside.cube", "link.cube"])
def test_files_of_effects_lie_in_the_library(
    client: httpx.Client, video: str, library: Path, place: dict[str, Any], field: str, path: str
) -> None:
    outside = library.parent / "outside.cube"
    outside.write_text("LUT_3D_SIZE 2\n" + "0 0 0\n" * 8)
    link = library / "link.cube"
    link.unlink(missing_ok=True)
    link.symlink_to(outside)
    file = {"root": library.name, "path": path}
    if "image" in place:
        second = {**place, "image": file}
    else:
        last = {**place["effects"][-1], field.rpartition(".")[2]: file}
        second = {"video_id": video, "effects": [*place["effects"][:-1], last]}
    answer = client.post(PLAN, json=wish(video, clips=[{"video_id": video}, second]))
    assert answer.status_code in (404, 409), answer.text
    (error,) = answer.json()["errors"]
    assert error["location"] == f"body.clips.{field}.path"


def test_a_lookup_table_is_looked_into(client: httpx.Client, video: str, library: Path) -> None:
    file = {"root": library.name, "path": "look.cube"}
    clip = {"video_id": video, "effects": [{"effect": "lut", "file": file}]}
    (library / "look.cube").write_text("LUT_3D_SIZE 2\n" + "0 0 0\n" * 8)
    assert client.post(PLAN, json=wish(video, clips=[clip])).status_code == 200
    for content, reason in (
        (b"x" * 13_000_000, "has more than 12 MB"),
        (b"\x7fELF", "does not say"),
    ):
        (library / "look.cube").write_bytes(content)
        refused = problem(client.post(PLAN, json=wish(video, clips=[clip])), 422, "render-refused")
        assert f"look.cube {reason}" in refused["detail"]
        assert refused["errors"][0]["location"] == "body.clips.0.effects.0.file.path"


def test_an_out_point_before_the_in_point_is_malformed(client: httpx.Client, video: str) -> None:
    clip = {"video_id": video, "start_seconds": 3, "end_seconds": 1}
    answer = client.post(PLAN, json={"preset": "web-720p", "clips": [clip]})
    assert "end_seconds must come after" in problem(answer, 422, "malformed-request")["detail"]


def test_the_presets_describe_every_option_that_there_is(client: httpx.Client) -> None:
    document = client.get("/api/v1/presets").json()
    options = {option["name"]: option for option in document["options"]}
    assert list(options) == list(RenderOptions.model_fields)
    assert all(option["label"] and option["group"] for option in options.values())
    assert len(document["transitions"]) == len(TransitionKind)
    assert {"kind": "wipeleft", "label": "Wipe left"} in document["transitions"]
    assert options["fit"]["choices"] == ["contain", "cover", "stretch"]
    assert options["effort"]["choices"] == ["draft", "fast", "normal", "best"]
    assert (options["width"]["type"], options["width"]["minimum"]) == ("integer", 16)
    assert (options["frame_rate"]["type"], options["mute"]["type"]) == ("text", "boolean")
    assert (options["texts"]["type"], options["at_seconds"]["type"]) == ("texts", "moments")
