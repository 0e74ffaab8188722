"""A form offers exactly the options that a preset accepts."""

from __future__ import annotations

import pytest
from tests.unit.render.world import World

from stoat_ferret.errors import RenderRefusedError
from stoat_ferret.render.request.preset import PRESETS, choices_of
from stoat_ferret.render.request.request import PresetName

OFFERED = [
    (preset.name, option, name)
    for preset in PRESETS.values()
    for option, names in choices_of(preset).items()
    for name in names
]


@pytest.mark.parametrize(("preset", "option", "name"), OFFERED)
def test_no_name_that_is_offered_is_unknown(preset: str, option: str, name: str) -> None:
    refusal = ""
    try:
        World().plan(preset, options={option: name})
    except RenderRefusedError as error:
        refusal = str(error)
    # Conflicts, and encoders that this machine lacks, are another matter.
    assert "There is no" not in refusal


@pytest.mark.parametrize("name", choices_of(PRESETS[PresetName.AUDIO])["audio_codec"])
def test_sound_alone_can_be_made_in_every_codec_that_is_offered(name: str) -> None:
    assert World().plan("audio", options={"audio_codec": name}).outputs[0].audio_streams == 1


def test_sound_alone_in_a_codec_that_no_such_file_holds_is_refused() -> None:
    with pytest.raises(RenderRefusedError, match="No file of sound alone holds ac3"):
        World().plan("audio", options={"audio_codec": "ac3"})


def test_every_container_of_a_preset_is_offered() -> None:
    for preset in PRESETS.values():
        offered = choices_of(preset)
        if preset.container is not None and "container" in offered:
            assert preset.container in offered["container"]
