"""Colors come out as they were: high dynamic range, color matrices and transparency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.render.conftest import source_of
from tests.integration.render.numbered import make_numbered
from tests.integration.render.test_cuts import DRAFT, clip
from tests.integration.render.test_presets import described

from stoat_ferret.render.plan.source import Materials

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.render.plan_runner import PlanRunner

    from stoat_ferret.render.plan.source import Source

PARAMETERS = (
    "log-level=error:open-gop=0:hdr10=1:max-cll=1000,400"
    ":colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
    ":master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
)
BRIGHT = (
    f"-c:v libx265 -preset ultrafast -g 20 -pix_fmt yuv420p10le -x265-params {PARAMETERS}"
).split()
TWO = [clip("bright", 1, 1.2), clip("bright", 2, 2.2)]


@pytest.fixture(scope="module")
def bright(ffmpeg: Path, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a file of HDR10 whose first picture alone has the static metadata."""
    path = tmp_path_factory.mktemp("bright") / "bright.mp4"
    return source_of(make_numbered(ffmpeg, path, *BRIGHT, frames=70))


@pytest.mark.parametrize(
    ("preset", "options", "pieces"),
    [
        ("archive", {}, [clip("bright", 1, 1.4)]),
        ("archive", {}, TWO),
        ("archive", {"video_codec": "av1"}, [clip("bright", 1, 1.4)]),
        ("prores", {}, [clip("bright", 1, 1.4)]),
        ("smart-cut", {}, [clip("bright", 0.4, 2.4)]),
    ],
)
def test_the_mastering_display_is_kept(
    runner: PlanRunner, bright: Source, preset: str, options: dict[str, Any], pieces: Any
) -> None:
    assert bright.hdr_metadata
    assert bright.hdr_metadata.light == (1000, 400)
    [(path, _)] = runner.render(
        Materials({"bright": bright}), preset=preset, clips=pieces, options={**DRAFT, **options}
    )
    assert source_of(path).hdr_metadata == bright.hdr_metadata
    (video,) = (one for one in described(path)["streams"] if one["codec_type"] == "video")
    assert video["color_transfer"] == "smpte2084"
