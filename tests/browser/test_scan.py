"""A scan in the page: choose a folder, follow it, cancel it, see what came of it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.scanning import KEEP_VALUES, open_scan_dialog, percent_of, start_scan
from tests.browser.turnstile import Turnstile
from tests.browser.visitor import DEVICES, check_axe, take_screenshot
from tests.clips import small_clips
from tests.e2e.media import GOOD, mixed_clips
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.browser.visitor import ColorScheme, Visitor
    from tests.e2e.stoat import Serving, Stoat


@pytest.fixture
def turnstile(tmp_path: Path) -> Iterator[Turnstile]:
    with Turnstile.build(tmp_path / "turnstile") as turnstile:
        yield turnstile


@pytest.fixture
def held(stoat: Stoat, turnstile: Turnstile, built_page: None) -> Iterator[Serving]:
    """A server that reads the clips which the turnstile lets through."""
    with stoat.having(**turnstile.variables).serve() as serving:
        yield serving


@pytest.fixture
async def patient(
    held: Serving, visitor: Callable[[str], AbstractAsyncContextManager[Visitor]]
) -> AsyncIterator[Visitor]:
    """A visitor of `held`."""
    async with visitor(held.url) as visit:
        yield visit


async def test_a_first_visit_leads_to_a_scan_and_to_what_it_found(
    stoat: Stoat, visit: Visitor
) -> None:
    mixed_clips(stoat.root)
    page = await visit.open("/")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("Folder", exact=True)).to_have_value(str(stoat.root))
    await dialog.get_by_role("button", name="Start the scan").click()
    await expect(dialog.get_by_text("with problems")).to_be_visible()
    counts = dialog.get_by_role("listitem")
    for words in ("6 found", "3 added", "1 skipped", "2 could not be read"):
        await expect(counts.filter(has_text=words)).to_be_visible()
    problems = dialog.get_by_role("region", name="Problems")
    await expect(problems).to_contain_text("zero.mp4")
    await expect(problems).to_contain_text("The file is empty.")
    await dialog.get_by_role("button", name="Show the library").click()
    await expect(dialog).to_be_hidden()
    await expect(page.get_by_text(f"{len(GOOD)} videos")).to_be_visible()


async def test_the_bar_counts_first_and_then_only_rises(
    stoat: Stoat, turnstile: Turnstile, patient: Visitor
) -> None:
    small_clips(stoat.root, 10)
    page = await patient.open("/")
    await page.evaluate(KEEP_VALUES)
    dialog = await start_scan(page)
    bar = dialog.get_by_role("progressbar", name=f"Scan of {stoat.root.name}")
    await percent_of(dialog, 0)
    for done in range(1, 10):
        turnstile.let(1)
        await percent_of(dialog, 10 * done)
        await expect(dialog.get_by_text(re.compile(rf"^{done} of 10 files"))).to_be_visible()
    words = await bar.get_attribute("aria-valuetext")
    assert words is not None
    assert words.startswith("90 %, Reading files, 9 of 10 files")
    await expect(page).to_have_title(re.compile("^90 % · Library"))
    turnstile.let(1)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    seen = await page.evaluate("window.seen")
    assert seen[0] is None, "it begins with counting, of which there is no part"
    values = [int(value) for value in seen if value is not None]
    assert values == sorted(values)
    assert set(range(0, 100, 10)) <= set(values)
    await expect(page).to_have_title(re.compile("^Library"))


async def test_a_cancel_in_the_middle_of_a_file_keeps_what_was_done(
    stoat: Stoat, held: Serving, turnstile: Turnstile, patient: Visitor
) -> None:
    small_clips(stoat.root, 10)
    page = await patient.open("/")
    dialog = await start_scan(page)
    turnstile.let(4)
    await percent_of(dialog, 40)
    assert held.running.children(), "a file is being read"
    await dialog.get_by_role("button", name="Cancel the scan").click()
    await expect(dialog.get_by_text("Cancelled: what was done was kept")).to_be_visible()
    await expect(dialog.get_by_role("listitem").filter(has_text="4 added")).to_be_visible()
    await check_axe(page)
    readers = [child for child in held.running.children() if "ffprobe" in child.name()]
    assert not readers
    assert held.call("GET", "/videos")["total"] == 4
    turnstile.let(20)
    await dialog.get_by_role("button", name="Try again").click()
    await expect(dialog.get_by_role("listitem").filter(has_text="6 added")).to_be_visible()


async def test_a_scan_goes_on_while_the_dialog_is_closed_and_is_found_again(
    stoat: Stoat, turnstile: Turnstile, patient: Visitor
) -> None:
    small_clips(stoat.root, 4)
    page = await patient.open("/")
    dialog = await start_scan(page)
    turnstile.let(1)
    await percent_of(dialog, 25)
    await page.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    turnstile.let(1)
    await expect(page.get_by_role("button", name="1 active job, 50 %")).to_be_visible()
    await open_scan_dialog(page)
    await percent_of(dialog, 50)
    await page.reload()
    await open_scan_dialog(page)
    await percent_of(dialog, 50)
    turnstile.let(2)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    await dialog.get_by_role("button", name="Close", exact=True).click()
    await open_scan_dialog(page)
    await expect(dialog.get_by_text("Done in")).to_be_visible()


async def test_the_end_of_a_scan_is_told_once_where_nobody_sees_it(
    stoat: Stoat, turnstile: Turnstile, patient: Visitor
) -> None:
    small_clips(stoat.root, 2)
    (stoat.root / "text.mp4").write_text("this is no video")
    page = await patient.open("/")
    dialog = await start_scan(page)
    await percent_of(dialog, 0)
    await dialog.get_by_role("button", name="Close", exact=True).last.click()
    turnstile.let(2)
    notice = page.get_by_role("alert").filter(has_text=f"Scan of {stoat.root.name} ended")
    await expect(notice).to_contain_text("2 added, 1 could not be read")
    await expect(notice).to_have_count(1)
    await expect(page.get_by_role("button", name="active job")).to_be_hidden()


async def test_a_scan_of_the_same_folder_is_joined(
    stoat: Stoat, held: Serving, turnstile: Turnstile, patient: Visitor
) -> None:
    small_clips(stoat.root, 4)
    page = await patient.open("/")
    dialog = await start_scan(page)
    await percent_of(dialog, 0)
    await dialog.get_by_role("button", name="Scan another folder").click()
    await expect(dialog.get_by_text("This folder is being scanned already")).to_be_visible()
    await expect(dialog.get_by_text("Also going on")).to_be_visible()
    await check_axe(page)
    await dialog.get_by_role("button", name="Start the scan").click()
    await expect(dialog.get_by_text("already: this is that scan")).to_be_visible()
    assert held.call("GET", "/jobs")["total"] == 1
    turnstile.let(4)
    await expect(dialog.get_by_text("Done in")).to_be_visible()


async def test_scans_of_several_folders_are_all_seen(
    stoat: Stoat, held: Serving, turnstile: Turnstile, patient: Visitor
) -> None:
    for name in ("beach", "city"):
        small_clips(stoat.root / name, 2)
        held.call("POST", "/scans", json={"path": str(stoat.root / name)})
    page = await patient.open("/")
    dialog = await open_scan_dialog(page)
    await expect(dialog).to_have_accessible_name(f"Scan of {stoat.root.name}/beach")
    await dialog.get_by_role("button", name=f"Show Scan of {stoat.root.name}/city").click()
    await expect(dialog.get_by_text("Waiting for its turn", exact=True)).to_be_visible()
    await dialog.get_by_role("button", name="Cancel the scan").click()
    await expect(dialog.get_by_text("Cancelled: what was done was kept")).to_be_visible()
    turnstile.let(2)
    await expect(dialog.get_by_text("Also going on")).to_be_hidden()


async def test_the_keyboard_alone_chooses_a_folder(stoat: Stoat, visit: Visitor) -> None:
    for name in ("beach", "city", "city/night"):
        (stoat.root / name).mkdir()
    page = await visit.open("/")
    await page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    folder = dialog.get_by_label("Folder", exact=True)
    await expect(dialog.get_by_role("button", name="beach")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(dialog.get_by_role("button", name="city")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(folder).to_have_value(str(stoat.root / "city"))
    await expect(dialog.get_by_role("button", name="night")).to_be_focused()
    await page.keyboard.press("Backspace")
    await expect(folder).to_have_value(str(stoat.root))
    await expect(dialog.get_by_role("button", name="city")).to_be_focused()
    await page.keyboard.press("b")
    await expect(dialog.get_by_role("button", name="beach")).to_be_focused()


async def test_a_typed_path_is_opened_or_refused_beside_the_field(
    stoat: Stoat, visit: Visitor
) -> None:
    visit.expect_fault("40[34]")  # how the page learns that it is refused
    (stoat.root / "beach").mkdir()
    page = await visit.open("/")
    dialog = await open_scan_dialog(page)
    folder = dialog.get_by_label("Folder", exact=True)
    await folder.fill("/etc")
    await folder.press("Enter")
    await expect(dialog.get_by_text("/etc is outside the configured roots")).to_be_visible()
    await check_axe(page)
    await folder.fill(str(stoat.root / "nowhere"))
    await folder.press("Enter")
    await expect(dialog.get_by_text("There is no folder")).to_be_visible()
    await folder.fill(str(stoat.root / "beach"))
    await folder.press("Enter")
    await expect(dialog.get_by_text("There are no folders in it.")).to_be_visible()
    await dialog.get_by_role("button", name="Start the scan").click()
    await expect(dialog.get_by_text("No videos were found.", exact=True)).to_be_visible()


async def test_an_unplugged_root_says_so_and_fails_a_scan_with_a_sentence(
    stoat: Stoat, serving: Serving, visit: Visitor
) -> None:
    visit.expect_fault("503")
    small_clips(stoat.root, 2)
    serving.wait_for_job(
        serving.call("POST", "/scans", json={"path": str(stoat.root)})["id"], is_final
    )
    for clip in stoat.root.iterdir():
        clip.unlink()
    page = await visit.open("/")
    dialog = await start_scan(page)
    await expect(dialog.get_by_text("The scan failed")).to_be_visible()
    await expect(
        dialog.get_by_role("paragraph").filter(has_text="Is its disk mounted?")
    ).to_be_visible()
    await check_axe(page)
    shutil.rmtree(stoat.root)
    await page.reload()
    await open_scan_dialog(page)
    gone = dialog.get_by_role("button", name=f"{stoat.root.name} not there now")
    await expect(gone).to_contain_text("is the disk plugged in?")
    stoat.root.mkdir()
    await expect(gone).to_be_hidden()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
@pytest.mark.parametrize("device", DEVICES)
async def test_axe_finds_nothing_in_any_state(
    stoat: Stoat, turnstile: Turnstile, patient: Visitor, device: str, color_scheme: ColorScheme
) -> None:
    small_clips(stoat.root / "beach", 3)
    (stoat.root / "text.mp4").write_text("this is no video")
    page = await patient.open("/", device=device, color_scheme=color_scheme)

    async def look(state: str) -> None:
        await take_screenshot(page, f"scan-{state}-{device}-{color_scheme}")
        await check_axe(page)

    dialog = await open_scan_dialog(page)
    await expect(dialog.get_by_role("button", name="beach")).to_be_visible()
    await look("choice")
    await dialog.get_by_role("button", name="Start the scan").click()
    turnstile.let(1)
    await percent_of(dialog, 25)
    await look("running")
    turnstile.let(2)
    await expect(dialog.get_by_text("Done in")).to_be_visible()
    await look("done")
