"""`stoat-ferret samples`: clips to try the program with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stoat import Stoat


def test_clips_are_made_once_and_become_a_root_where_none_is_named(stoat: Stoat) -> None:
    stoat = stoat.having(STOAT_ROOTS="")
    made = stoat.json("samples")
    folder = stoat.data_dir / "samples"
    assert made["folder"] == str(folder)
    assert sorted(made["made"]) == sorted(path.name for path in folder.iterdir())
    (folder / made["made"][0]).write_text("mine")
    assert stoat.json("samples")["made"] == []
    assert (folder / made["made"][0]).read_text() == "mine"
    with stoat.serve() as server:
        result = server.scan(folder)
    assert (result["added"], result["failed"]) == (len(made["made"]) - 1, 1)


def test_without_ffmpeg_it_is_a_sentence(stoat: Stoat) -> None:
    result = stoat.having(STOAT_FFMPEG="/nowhere/ffmpeg").run("samples")
    assert result.returncode == 1
    assert result.stderr.startswith("stoat-ferret: STOAT_FFMPEG names /nowhere/ffmpeg")
