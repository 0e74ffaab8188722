"""Each setting is used; those that are lists of names are replaced, or changed by signs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import stoat_ferret
from stoat_ferret.config import EXCLUDED_FOLDERS, VIDEO_EXTENSIONS, Settings, load_settings
from stoat_ferret.errors import ConfigurationError

PACKAGE = Path(stoat_ferret.__file__).parent


def test_each_setting_is_read_somewhere() -> None:
    """Else it would be documented, accepted, and without effect."""
    code = "\n".join(file.read_text("utf-8") for file in PACKAGE.rglob("*.py"))
    own = (PACKAGE / "config.py").read_text("utf-8")
    read = set(re.findall(r"\b(?:settings|current)\.(\w+)", code)) | set(
        re.findall(r"\bself\.(\w+)", own)
    )
    assert Settings.model_fields.keys() <= read


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("mp4,mkv", {"mp4", "mkv"}),
        (".MP4, mkv ,", {"mp4", "mkv"}),
        ("+mjr", VIDEO_EXTENSIONS | {"mjr"}),
        ("+.MJR, -ts,-.Vob", (VIDEO_EXTENSIONS | {"mjr"}) - {"ts", "vob"}),
        ("+mp4", VIDEO_EXTENSIONS),
    ],
)
def test_extensions_replace_the_default_or_change_it(given: str, expected: set[str]) -> None:
    assert load_settings(video_extensions=given).video_extensions == expected


@pytest.mark.parametrize("given", ["mp4,+mkv", "-ts,mkv"])
def test_a_list_that_does_both_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="either all names start with"):
        load_settings(video_extensions=given)


def test_what_is_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(ValidationError, match="cannot be removed: mpv4"):
        load_settings(video_extensions="-mpv4")


def test_excluded_folders_are_names_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STOAT_EXCLUDED_FOLDERS", "+Extras,-#RECYCLE")
    expected = (EXCLUDED_FOLDERS | {"extras"}) - {"#recycle"}
    assert load_settings().excluded_folders == expected
    monkeypatch.setenv("STOAT_EXCLUDED_FOLDERS", "Trailers")
    assert load_settings().excluded_folders == {"trailers"}


def test_the_extensions_of_cameras_and_recorders_are_among_the_default() -> None:
    wanted = "insv 360 lrv 3gpp dvr-ms tp trp vro mp4v ismv rec vdr mp4 mkv".split()
    assert VIDEO_EXTENSIONS.issuperset(wanted)


@pytest.mark.parametrize("name", ["STRIPS_AFTER_SCAN", "STRIP_TIMEOUT_SECONDS"])
def test_a_setting_that_has_another_name_now_is_not_ignored(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"STOAT_{name}", "1")
    with pytest.raises(ConfigurationError, match=name.replace("STRIP", "STORYBOARD")):
        load_settings()


def test_the_root_map_names_folders_that_are_roots_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STOAT_ROOT_MAP", f"films={tmp_path}/a/: my tv =/mnt/b=c:")
    places = {"films": tmp_path / "a", "my tv": Path("/mnt/b=c")}
    assert load_settings().root_map == places
    assert load_settings().roots == tuple(places.values())
    assert not load_settings().roots_are_default
    monkeypatch.setenv("STOAT_ROOTS", f"/srv/x{os.pathsep}/mnt/b=c")
    assert load_settings().roots == (Path("/srv/x"), Path("/mnt/b=c"), tmp_path / "a")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("films", "write it as NAME=/path"),
        ("=/mnt/a", "write it as NAME=/path"),
        ("films=", "write it as NAME=/path"),
        ("a=/x:a=/y", "a name has two paths: a"),
        ("a=/x:b=/x/", "a path has two names: /x"),
    ],
)
def test_a_root_map_that_is_ambiguous_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    monkeypatch.setenv("STOAT_ROOT_MAP", text)
    with pytest.raises(ValidationError, match=reason):
        load_settings()
