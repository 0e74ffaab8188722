"""The contract of `Prober`: both probers return the same, true facts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.clips import clip_names, make_clip
from tests.integration.media.clip_facts import BROKEN, EXPECTED

from stoat_ferret.errors import FileUnreadableError, FileVanishedError, InvalidMediaError

if TYPE_CHECKING:
    from stoat_ferret.media.prober import Prober


def test_every_clip_has_its_facts_written_down() -> None:
    assert {*EXPECTED, *BROKEN} == {name for name in clip_names() if not name.startswith("small-")}


@pytest.mark.parametrize("name", EXPECTED)
async def test_both_tell_the_same_and_the_truth(name: str, probers: dict[str, Prober]) -> None:
    clip = make_clip(name)
    answers = [await prober.probe(clip) for prober in probers.values()]

    assert answers[0] == answers[1]
    info = answers[0].media_info
    expected = EXPECTED[name]
    assert info.container == expected["container"]
    assert info.duration_seconds == pytest.approx(expected["seconds"], abs=0.05)
    assert info.size_bytes == clip.stat().st_size
    assert info.bit_rate == pytest.approx(info.size_bytes * 8 / expected["seconds"], rel=0.05)
    chapters = [(c.start_seconds, c.end_seconds, c.title) for c in info.chapters]
    assert chapters == expected.get("chapters", [])
    assert info.tags.items() >= expected.get("tags", {}).items()
    for kind in ("video", "audio", "subtitles"):
        found = [stream.model_dump() for stream in getattr(info, kind)]
        wanted = expected.get(kind, [])
        assert [{key: f[key] for key in w} for f, w in zip(found, wanted, strict=True)] == wanted


@pytest.mark.parametrize("name", sorted(BROKEN))
async def test_a_broken_file_is_invalid_and_keeps_its_fingerprint(
    name: str, prober: Prober
) -> None:
    clip = make_clip(name)
    with pytest.raises(InvalidMediaError) as caught:
        await prober.probe(clip)
    assert caught.value.path == str(clip)
    assert caught.value.reason.endswith(".")
    assert caught.value.fingerprint == await prober.fingerprint(clip)


async def test_the_fingerprint_of_a_probe_is_the_fingerprint(prober: Prober) -> None:
    clip = make_clip("h264.mp4")
    assert (await prober.probe(clip)).fingerprint == await prober.fingerprint(clip)


async def test_a_file_that_is_gone_has_vanished(prober: Prober, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.mp4", make_clip("h264.mp4") / "below-a-file.mp4"):
        for call in (prober.probe, prober.fingerprint):
            with pytest.raises(FileVanishedError, match="not there any more"):
                await call(path)


async def test_what_is_no_regular_file_is_unreadable(prober: Prober, tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder.mp4", tmp_path / "pipe.mp4"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (folder, pipe):
        for call in (prober.probe, prober.fingerprint):
            with pytest.raises(FileUnreadableError, match="regular file"):
                await call(path)


async def test_a_file_without_permission_is_unreadable(prober: Prober, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("permissions do not bind root")
    path = tmp_path / "locked.mp4"
    path.write_bytes(b"secret")
    path.chmod(0)
    with pytest.raises(FileUnreadableError, match="Permission denied"):
        await prober.probe(path)


async def test_a_path_that_the_system_refuses_is_unreadable(prober: Prober, tmp_path: Path) -> None:
    loop = tmp_path / "loop.mp4"
    loop.symlink_to(loop)
    for path in (loop, tmp_path / ("x" * 300 + ".mp4"), "nul\0byte.mp4"):
        with pytest.raises(FileUnreadableError, match="cannot be read"):
            await prober.probe(path)


@pytest.mark.parametrize(
    "name",
    [
        b"-i.mp4",
        b"http:example.mp4",
        b"concat:a.mp4|b.mp4",
        b"a%03d.mp4",
        b"pipe:0",
        b"not utf-8 \xff\xfe.mp4",
        "späße 🎬.mp4".encode(),
        b"line\nbreak.mp4",
    ],
)
async def test_no_name_is_anything_but_a_name(
    name: bytes, prober: Prober, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prober.fingerprint(make_clip("h264.mp4"))  # The worker stays where it was started.
    monkeypatch.chdir(tmp_path)
    path = Path(os.fsdecode(name))
    shutil.copy(make_clip("h264.mp4"), path)
    assert (await prober.probe(path)).media_info.main_video
    assert (await prober.probe(tmp_path / path)).media_info.main_video


@pytest.mark.parametrize("extension", [".mp4", ".m3u8", ""])
@pytest.mark.parametrize("playlist", ["hls", "concat", "dash", "sdp", "ffmetadata", "quicktime"])
async def test_a_file_that_points_to_others_is_not_followed(
    playlist: str, extension: str, prober: Prober, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.mp4"
    shutil.copy(make_clip("h264.mp4"), secret)
    trap = tmp_path / f"trap{extension}"
    trap.write_bytes(_pointing_file(playlist, secret))
    with pytest.raises(InvalidMediaError):
        await prober.probe(trap)


def _pointing_file(kind: str, target: Path) -> bytes:
    media, uri = target.name, target.as_uri()
    texts = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{media}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile {media}\n",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet>'
        f'<Representation id="1" bandwidth="1"><BaseURL>{uri}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>",
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        "ffmetadata": ";FFMETADATA1\ntitle=x\n",
        "quicktime": "RTSPtext\nrtsp://127.0.0.1:1/x\n",
    }
    return texts[kind].encode()
