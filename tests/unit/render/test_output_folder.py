"""Requirements on the output folder."""

from __future__ import annotations

import errno
import os
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from pydantic import ValidationError

from stoat_ferret.config import load_settings
from stoat_ferret.errors import OutputFolderError, RenderRefusedError
from stoat_ferret.library.roots import RootFinder
from stoat_ferret.library.video import Root
from stoat_ferret.render.request.batch import BatchTemplate
from stoat_ferret.render.request.request import PresetName, RenderRequest
from stoat_ferret.render.run.output_folder import OutputFolder
from stoat_ferret.render.run.publish import FinishedFile, Manifest
from stoat_ferret.render.run.scratch import Scratch
from stoat_ferret.render_tools import find_output_folder

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_file_that_cannot_be_looked_at_is_a_fault_of_the_folder(tmp_path: Path) -> None:
    folder = OutputFolder(tmp_path, Root(1, "renders", str(tmp_path)), "")
    (tmp_path / "made.mp4").write_bytes(b"made")
    assert await folder.size_of(Scratch(tmp_path), "made.mp4") == 4
    assert await folder.size_of(Scratch(tmp_path), "never.mp4") == 0
    with pytest.raises(OutputFolderError, match="not a directory"):
        await folder.size_of(Scratch(tmp_path / "made.mp4"), "in a file.mp4")


def _output(path: Path) -> OutputFolder:
    return OutputFolder(path, Root(1, "renders", str(path)), "")


def _names(path: Path) -> set[str]:
    return {one.name for one in path.iterdir()}


def _finished(scratch: Path, folder: str) -> Manifest:
    scratch.mkdir()
    (scratch / "made.mp4").write_text("new")
    files = (FinishedFile("made.mp4", ".mp4", 3, is_video=True),)
    return Manifest("holiday", False, files, (), folder=folder)


async def test_a_folder_is_made_when_files_are_published_in_it(tmp_path: Path) -> None:
    (tmp_path / "trips").mkdir()
    output, scratch = _output(tmp_path), tmp_path / ".scratch"
    manifest = _finished(scratch, "trips/2026/may")
    await output.check_subfolder(manifest.folder)
    assert not (tmp_path / "trips" / "2026").exists()
    published = await output.publish(Scratch(scratch), manifest)
    assert [path for path, _ in published.files] == ["trips/2026/may/holiday.mp4"]
    assert (tmp_path / "trips/2026/may/holiday.mp4").read_text() == "new"
    again = await output.publish(Scratch(scratch), Manifest.read(scratch))
    assert [path for path, _ in again.files] == ["trips/2026/may/holiday.mp4"]

    taken = scratch.rename(tmp_path / ".taken")
    await output.take_back(Scratch(scratch), manifest, published)
    assert (tmp_path / "trips/2026/may/holiday.mp4").exists(), "another attempt has it now"
    taken.rename(scratch)
    (scratch / "made.mp4").unlink()  # as on a disk without links
    await output.take_back(Scratch(scratch), manifest, published)
    assert _names(tmp_path) == {".scratch", "trips"}
    assert not _names(tmp_path / "trips")
    assert (scratch / "made.mp4").read_text() == "new"


async def test_a_folder_that_files_cannot_be_published_in_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, scratch = _output(tmp_path), tmp_path / ".scratch"
    manifest = _finished(scratch, "trips/2026")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OutputFolderError, match="no space"):
        await output.publish(Scratch(scratch), manifest)
    assert not (tmp_path / "trips").exists()
    assert (scratch / "made.mp4").read_text() == "new"


async def test_links_and_files_are_no_folders_to_render_into(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    path = tmp_path / "renders"
    (path / "real").mkdir(parents=True)
    (path / "real" / "link").symlink_to(outside)
    (path / "real" / "inside").symlink_to(path)
    (path / "file").write_text("")
    output = _output(path)
    for folder, reason in (
        ("real/link", "it is a link"),
        ("real/link/deeper", "it is a link"),
        ("real/inside", "it is a link"),
        ("file/deeper", "a file"),
    ):
        with pytest.raises(RenderRefusedError, match=reason) as refused:
            await output.check_subfolder(folder)
        assert refused.value.field == "folder"
    scratch = path / ".scratch"
    manifest = _finished(scratch, "real/link/deeper")
    with pytest.raises(RenderRefusedError, match="link"):
        await output.publish(Scratch(scratch), manifest)
    assert not _names(outside)
    await output.check_subfolder("real/not/there")


async def test_folders_that_scans_skip_are_none_to_render_into(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, output_dir=tmp_path)
    root = Root(1, "renders", str(tmp_path))
    videos = SimpleNamespace(ensure_roots=None)
    output = await find_output_folder(settings, cast("Any", videos), [root], RootFinder())
    for folder in ("@eaDir", "trips/Lost+Found", "#recycle/2026"):
        with pytest.raises(RenderRefusedError, match="scans skip folders of this name"):
            await output.check_subfolder(folder)
    await output.check_subfolder("trips/found")


async def test_another_disk_is_no_folder_to_render_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mounted").mkdir()
    usual = type(tmp_path).lstat

    def lstat(path: Path) -> os.stat_result:
        status = usual(path)
        if path.name != "mounted":
            return status
        values = list(status)
        values[2] += 1  # st_dev
        return os.stat_result(values)

    monkeypatch.setattr(type(tmp_path), "lstat", lstat)
    with pytest.raises(RenderRefusedError, match="another disk"):
        await _output(tmp_path).check_subfolder("mounted/deeper")


@pytest.mark.parametrize(
    "folder",
    [
        *("..", "a/../b", "/abs", "~/b", "a//b", "", " ", "/", ".", "a/.", ".hidden/b", "a/.b"),
        *("a\\b", "a\0b", "a\nb", "\ud800", "x" * 256, "/".join("a" * 11), "x" * 250 + "/" * 2),
        "/".join(["x" * 200] * 6),
    ],
)
def test_a_path_that_leads_elsewhere_is_no_folder(folder: str) -> None:
    document = {"preset": "proxy", "clips": [{"video_id": "a"}], "folder": folder}
    with pytest.raises(ValidationError, match="folder"):
        RenderRequest.model_validate(document)
    with pytest.raises(ValidationError, match="folder"):
        BatchTemplate(preset=PresetName.PROXY, folder=folder)


def test_the_path_of_a_folder_is_tidied() -> None:
    template = BatchTemplate(preset=PresetName.PROXY, folder=" Ünder / the sea/ ")
    assert template.folder == "Ünder/the sea"
    assert template.request_for("a", "b").folder == "Ünder/the sea"
    assert "folder" not in BatchTemplate(preset=PresetName.PROXY).model_dump(exclude_defaults=True)
