"""Running and finished renders: cancelled, failed, retried, their server killed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from tests.browser.browser_session import AXE_DEVICES, COLOR_SCHEMES, look, take_screenshot
from tests.browser.rendering import (
    SLOW_MILLISECONDS,
    SlowFfmpeg,
    add_videos,
    clip,
    gather,
    ids_by_name,
    open_nothing,
    plan_of,
)
from tests.e2e.stoat import is_final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Locator, Page
    from tests.browser.browser_session import BrowserSession
    from tests.browser.shared_server import SharedServer
    from tests.e2e.stoat import Serving, Stoat

    Visiting = Callable[[str], AbstractAsyncContextManager[BrowserSession]]

NOT_NOTHING = re.compile(r"^[1-9]\d*$")


@pytest.fixture(scope="module")
def shared_ffmpeg(tmp_path_factory: pytest.TempPathFactory) -> SlowFfmpeg:
    """Return the ffmpeg of this module's server."""
    return SlowFfmpeg.build(tmp_path_factory.mktemp("ffmpeg") / "program")


@pytest.fixture(scope="module")
def variables(shared_ffmpeg: SlowFfmpeg) -> Mapping[str, str]:
    """Return the settings of a server whose renders can be slow."""
    return shared_ffmpeg.variables


@pytest.fixture(scope="module")
def shared(shared: SharedServer) -> SharedServer:
    """Return a server with the videos of `add_videos`."""
    add_videos(shared.serving, shared.stoat)
    shared.keep()
    return shared


@pytest.fixture
def ffmpeg(shared_ffmpeg: SlowFfmpeg, serving: Serving) -> SlowFfmpeg:
    """Return the ffmpeg of the server, which is not slow."""
    shared_ffmpeg.is_slow.unlink(missing_ok=True)
    return shared_ffmpeg


@pytest.fixture
def videos(serving: Serving) -> dict[str, str]:
    """Return ids by name."""
    return ids_by_name(serving)


def left(stoat: Stoat) -> list[str]:
    """Return the names of everything in the output folder."""
    return sorted(path.name for path in (stoat.data_dir / "renders").iterdir())


def bar(page: Page) -> Locator:
    """Return the progress bar of the followed render."""
    return page.get_by_role("main").get_by_role("progressbar").first


async def start(page: Page, video_id: str, name: str) -> None:
    """Start a render in the form."""
    await gather(page, clip(video_id))
    await page.get_by_label("Name", exact=True).fill(name)
    await expect(plan_of(page)).to_contain_text(f"{name}.mp4")
    await page.get_by_role("button", name="Start render").click()


# A running scan is shown in the same way; `test_live` kills its server in every run.
@pytest.mark.soak
async def test_a_render_goes_on_after_the_server_was_killed(
    own_stoat: Stoat, ffmpeg: SlowFfmpeg, open_session: Visiting
) -> None:
    stoat = own_stoat.having(**ffmpeg.variables)
    with stoat.serve() as serving:
        add_videos(serving, stoat)
        videos = ids_by_name(serving)
        async with open_session(serving.url) as visit:
            visit.expect_fault("Failed to load resource")
            visit.expect_fault("ERR_|net::")
            page = await open_nothing(visit)
            ffmpeg.is_slow.touch()
            await start(page, videos["one"], "whole")
            await expect(bar(page)).to_have_attribute("aria-valuenow", NOT_NOTHING)
            serving.running.kill()
            await expect(page.get_by_text("Cannot reach the server.").first).to_be_visible()
            await expect(bar(page)).to_be_visible()
            assert all(name.startswith(".whole.") for name in left(stoat))
            ffmpeg.is_slow.unlink()
            port = serving.url.rpartition(":")[2]
            with stoat.having(STOAT_PORT=port).serve() as again:
                assert again.url == serving.url
                made = page.get_by_role("link", name="Open whole.mp4")
                await expect(made).to_be_visible(timeout=SLOW_MILLISECONDS)
                assert left(stoat) == ["whole.mp4"]
                await made.click()
                await expect(page.get_by_role("heading", level=1)).to_contain_text("whole")


async def test_renders_queue_up_while_one_runs_and_are_reordered(
    stoat: Stoat,
    serving: Serving,
    ffmpeg: SlowFfmpeg,
    videos: dict[str, str],
    visit: BrowserSession,
) -> None:
    page = await open_nothing(visit)
    ffmpeg.is_slow.touch()
    await start(page, videos["one"], "first")
    await expect(bar(page)).to_have_attribute("aria-valuenow", NOT_NOTHING)
    await page.get_by_role("button", name="New render").click()
    queue = page.get_by_role("region", name="Render queue")
    await expect(queue.get_by_role("listitem")).to_have_count(1)
    for name in ("second", "third"):
        await start(page, videos["two"], name)
        await expect(page).to_have_url(re.compile(r"/render\?job="))
        others = page.get_by_role("region", name="Other renders")
        await expect(others.get_by_role("link", name=re.compile("first"))).to_be_visible()
    await page.get_by_role("link", name="Render", exact=True).click()
    rows = queue.get_by_role("listitem")
    await expect(rows).to_have_count(3)
    for number, name in enumerate(("first", "second", "third")):
        await expect(rows.nth(number)).to_contain_text(name)
    await expect(rows.nth(1)).to_contain_text("Starts next")
    await expect(rows.nth(2)).to_contain_text("Starts after 1 other in the queue")
    await look(page, "render-queue")
    await queue.get_by_role("button", name=re.compile("^Move .*third")).focus()
    for key, words in (
        ("Space", "held at position 2 of 2"),
        ("ArrowUp", "held at position 1 of 2"),
        ("Space", "dropped at position 1 of 2"),
    ):
        await page.keyboard.press(key)
        await expect(queue.get_by_text(f"Render of “third” {words}.")).to_be_attached()
    await expect(rows.nth(1)).to_contain_text("third")
    await expect(rows.nth(1)).to_contain_text("Starts next")
    await expect(queue.get_by_role("button", name=re.compile("^Move .*third"))).to_be_focused()
    await page.reload()
    await expect(rows.nth(1)).to_contain_text("third")
    grip = await rows.nth(2).get_by_role("button", name=re.compile("^Move")).bounding_box()
    target = await rows.nth(1).bounding_box()
    assert grip is not None
    assert target is not None
    await page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(grip["x"] + 10, target["y"] + 5, steps=8)
    await page.mouse.up()
    await expect(rows.nth(1)).to_contain_text("second")
    third = next(
        job["id"]
        for job in serving.call("GET", "/jobs", params={"status": "queued"})["items"]
        if job["params"]["name"] == "third"
    )
    assert stoat.json("reorder", third, "--first")["status"] == "queued"
    await expect(rows.nth(1)).to_contain_text("third")
    assert stoat.json("reorder", third, "--last")["status"] == "queued"
    await expect(rows.nth(1)).to_contain_text("second")
    refused = stoat.run("reorder", third, "--before", third.replace("0", "1"))
    assert (refused.returncode, "There is no job" in refused.stderr) == (1, True)
    assert stoat.run("reorder", third).returncode == 2
    await rows.nth(1).get_by_role("button", name=re.compile("^Cancel")).click()
    await expect(rows).to_have_count(2)
    await expect(rows.nth(1)).to_contain_text("Starts next")
    states = [job["status"] for job in serving.call("GET", "/jobs")["items"]]
    assert states == ["queued", "cancelled", "running"]
    await rows.nth(0).get_by_role("link").click()
    await expect(page.get_by_role("button", name="Cancel render")).to_be_visible()


async def test_a_cancelled_render_leaves_nothing(
    stoat: Stoat,
    serving: Serving,
    ffmpeg: SlowFfmpeg,
    videos: dict[str, str],
    visit: BrowserSession,
) -> None:
    page = await open_nothing(visit)
    ffmpeg.is_slow.touch()
    await start(page, videos["one"], "unwanted")
    await expect(bar(page)).to_have_attribute("aria-valuenow", NOT_NOTHING)
    await page.get_by_role("button", name="Cancel render").click()
    await expect(page.get_by_text("No file was kept.", exact=True)).to_be_visible()
    assert left(stoat) == []
    assert serving.call("GET", "/videos")["total"] == 2
    await page.get_by_role("button", name="Edit and try again").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("unwanted")
    ffmpeg.is_slow.unlink()
    await page.get_by_role("button", name="Start render").click()
    await expect(page.get_by_role("link", name="Open unwanted.mp4")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )


async def test_a_render_whose_source_goes_away_says_so_and_is_tried_again(
    stoat: Stoat,
    serving: Serving,
    ffmpeg: SlowFfmpeg,
    videos: dict[str, str],
    visit: BrowserSession,
) -> None:
    page = await open_nothing(visit)
    ffmpeg.is_slow.touch()
    first = request_render(serving, videos["two"], "first")
    await start(page, videos["one"], "second")
    await expect(page.get_by_text("Waiting in the queue", exact=True)).to_be_visible()
    with away(stoat, "one.webm"):
        serving.call("POST", f"/jobs/{first}/cancel")
        await expect(page.get_by_text("The render failed")).to_be_visible()
        await expect(page.get_by_role("main")).to_contain_text("one.webm")
        assert left(stoat) == []
        ffmpeg.is_slow.unlink()
    await page.get_by_role("button", name="Try again", exact=True).click()
    await expect(page.get_by_role("link", name="Open second.mp4")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )
    assert left(stoat) == ["second.mp4"]


async def test_a_render_is_changed_that_another_browser_has_started(
    serving: Serving, videos: dict[str, str], visit: BrowserSession
) -> None:
    job = request_render(serving, videos["one"], "theirs", speed=4)
    serving.wait_for_job(job, is_final)
    page = await open_nothing(visit)
    await gather(page, clip(videos["two"]))
    await page.goto(f"/render?job={job}")
    await page.get_by_role("button", name="Edit and render again").click()
    await expect(page.get_by_label("Name", exact=True)).to_have_value("theirs")
    await expect(page.get_by_text("4× speed")).to_be_visible()  # noqa: RUF001  as shown
    await page.get_by_role("button", name="Undo", exact=True).click()
    await expect(page.get_by_role("link", name="two.webm")).to_be_visible()


async def test_axe_finds_nothing_on_the_form_and_on_renders_that_run_and_have_ended(
    stoat: Stoat,
    serving: Serving,
    ffmpeg: SlowFfmpeg,
    videos: dict[str, str],
    visit: BrowserSession,
) -> None:
    finished = request_render(serving, videos["one"], "finished", end_seconds=1)
    serving.wait_for_job(finished, is_final)
    ffmpeg.is_slow.touch()
    running = request_render(serving, videos["two"], "running")
    failed = request_render(serving, videos["one"], "failed")
    pages = {device: await visit.open("/render", device=device) for device in AXE_DEVICES}
    for device, page in pages.items():
        await expect(page.get_by_role("heading", name="No clips yet")).to_be_visible()
        await look(page, f"render-empty-{device}")
        await page.goto(f"/render?job={running}")
        await expect(bar(page)).to_have_attribute("aria-valuenow", NOT_NOTHING)
        await look(page, f"render-running-{device}")
        await page.goto(f"/render?job={finished}")
        await expect(page.get_by_role("link", name="Open finished.mp4")).to_be_visible()
        await look(page, f"render-finished-{device}")
    with away(stoat, "one.webm"):
        serving.call("POST", f"/jobs/{running}/cancel")
        for device, page in pages.items():
            await page.goto(f"/render?job={failed}")
            await expect(page.get_by_text("The render failed")).to_be_visible()
            await look(page, f"render-failed-{device}")


@contextmanager
def away(stoat: Stoat, name: str) -> Iterator[None]:
    """Move a file out of the root until the end of the block."""
    (stoat.root / name).rename(stoat.home / name)
    try:
        yield
    finally:
        (stoat.home / name).rename(stoat.root / name)


@pytest.mark.parametrize("device", AXE_DEVICES)
async def test_axe_finds_nothing_on_the_form_with_everything_opened(
    videos: dict[str, str], visit: BrowserSession, device: str
) -> None:
    visit.expect_fault("Failed to load resource")
    page = await open_nothing(visit, device)
    await gather(page, clip(videos["one"], 1, 2), clip(videos["two"], 0, 1))
    await expect(plan_of(page)).to_contain_text("2.000 s")
    for scheme in COLOR_SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await take_screenshot(page, f"render-form-{device}-{scheme}")
    await open_everything(page)
    await expect(page.get_by_text("does not lie in the picture").first).to_be_visible()
    await look(page, f"render-form-open-{device}")
    await page.goto(f"/videos/{videos['one']}")
    await expect(page.get_by_role("region", name="Clip")).to_be_visible()
    await look(page, f"render-clip-{device}")


async def open_everything(page: Page) -> None:
    """Open and fill every part of the form, with an error in it."""
    await page.get_by_role("button", name="Advanced").click()
    await page.get_by_role("button", name="Add text").click()
    await page.get_by_label("Text 1", exact=True).fill("The sea")
    await page.get_by_role("button", name="Add image", exact=True).click()
    await page.get_by_role("button", name="Add gap").click()
    await page.get_by_label("Transition into clip 2").select_option("fade")
    await page.get_by_role("button", name="Add audio").click()
    await page.get_by_role("button", name="one.webm").click()
    await page.get_by_role("button", name="Add audio").click()
    await expect(page.get_by_role("button", name="two.webm")).to_be_visible()
    await page.get_by_role("button", name="More… for clip 1").click()
    for effect in (
        "Chroma key (green screen)",
        "Pan and zoom (Ken Burns)",
        "Noise reduction (video)",
    ):
        await page.get_by_role("button", name="Add effect to clip 1").click()
        await page.get_by_role("menuitem", name=effect).click()
    await page.get_by_label("Crop clip 1").select_option("Custom")
    await page.get_by_label("From left of the crop of clip 1, in pixels").fill("300")


def request_render(serving: Serving, video_id: str, name: str, **more: float) -> str:
    """Start a render of one clip; return its id."""
    clips = [{"video_id": video_id, **more}]
    body = {"preset": "web-720p", "clips": clips, "name": name, "options": {"effort": "draft"}}
    job: dict[str, str] = serving.call("POST", "/renders", json=body, timeout=60)
    return job["id"]
