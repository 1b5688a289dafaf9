"""What can happen to a phone's camera, for real: a film for a camera, and what reads it for the browser."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Playwright, expect

from tests.browser.conftest import FLAGS

from .conftest import Desk, OpenPhone
from .test_caller import reach, tap
from .test_phone import TRACK, press

CAMERAS = """async () => (await navigator.mediaDevices.enumerateDevices())
  .filter(({ kind }) => kind === 'videoinput').length"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def device(tmp_path_factory: Any) -> Path:
    """Film what the camera sees."""
    device: Path = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    ffmpeg = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=640x360:rate=20:duration=3"),
        *("-c:v", "mjpeg", "-q:v", "5", str(device)),
    )
    assert await ffmpeg.wait() == 0
    return device


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def filming(playwright: Playwright, device: Path) -> AsyncIterator[Browser]:
    """Start a Chromium whose only camera reads ``device``."""
    flags = [flag for flag in FLAGS if "fake-device" not in flag]
    flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={device}"]
    browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
    yield browser
    await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(filming: Browser, call: dict[str, Any]) -> AsyncIterator[Page]:
    """Open the call's link on a phone with that camera."""
    context = await filming.new_context(locale="nb-NO")
    page = await context.new_page()
    await page.goto(call["link"])
    await reach(page, "connected")
    yield page
    await context.close()


async def test_a_camera_that_is_not_there(phone: Page, watching: Page, device: Path) -> None:
    """Said on both sides; one tap once it is there, and the operator has the picture."""
    status, trouble = phone.get_by_test_id("caller-status"), watching.locator("#trouble")
    away = device.rename(device.with_suffix(".away"))
    try:
        await tap(phone)
        await expect(status).to_contain_text("Vi finner ikke noe kamera")
        await expect(trouble).to_contain_text("ikke noe kamera")
    finally:
        away.rename(device)
    await phone.get_by_role("button", name="Prøv igjen").click()
    await reach(phone, "live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live")


async def test_a_camera_that_another_app_has(
    phone: Page, desk: Desk, watching: Page, device: Path, call: dict[str, Any]
) -> None:
    """Said on both sides for as long as the camera is busy; one tap once it is free, and there is the picture."""
    status, trouble = phone.get_by_test_id("caller-status"), watching.locator("#trouble")
    async with busy(device, phone):
        await tap(phone)
        await expect(status).to_contain_text("En annen app bruker kameraet")
        await expect(trouble).to_contain_text("En annen app på telefonen bruker kameraet")
    await phone.get_by_role("button", name="Prøv igjen").click()
    await reach(phone, "live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live")
    assert desk.call(call["id"])["troubles"] == []


async def test_a_camera_that_is_held_for_a_while_and_one_that_dies(
    phone: Page, desk: Desk, watching: Page, device: Path, call: dict[str, Any]
) -> None:
    """As a second call does, the first is over without a tap; a camera that is lost is one tap away."""
    status, trouble = phone.get_by_test_id("caller-status"), watching.locator("#trouble")
    await tap(phone)
    await reach(phone, "live")
    os.kill(camera_service(device), signal.SIGSTOP)  # no frame comes, and no event says so
    await expect(status).to_contain_text("telefonen brukes til noe annet")
    await expect(trouble).to_contain_text("bruker kameraet til noe annet")
    await expect(phone.get_by_test_id("caller-turn")).to_be_hidden()
    os.kill(camera_service(device), signal.SIGCONT)
    await reach(phone, "live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live")

    os.kill(camera_service(device), signal.SIGKILL)
    await expect(status).to_contain_text("Kameraet har stoppet")
    await expect(trouble).to_contain_text("mistet kameraet")
    await phone.get_by_role("button", name="Vis video igjen").click()
    await reach(phone, "live")
    assert desk.call(call["id"])["troubles"] == []


@pytest.mark.chromium_alone("Firefox has no zoom")
async def test_the_zoom_is_the_cameras_own(
    call: dict[str, Any], watching: Page, open_phone: OpenPhone
) -> None:
    """Chromium shows it to a page that has asked for it with the camera; each key then sets the camera."""
    page = await open_phone()
    await let_zoom(page)
    await page.goto(call["link"])
    await tap(page)
    await reach(page, "live")
    zoom, settings = watching.get_by_test_id("phone-zoom-now"), f"() => {TRACK}.getSettings().zoom"
    await expect(zoom).to_have_text("100,0×")  # this camera's least
    await press(watching, "x")
    await expect(zoom).to_have_text("130,0×")
    assert await page.evaluate(settings) == 130
    await press(watching, "z")
    await expect(zoom).to_have_text("100,0×")
    assert await page.evaluate(settings) == 100


async def let_zoom(page: Page) -> None:
    """Grant what Android grants with the camera."""
    browser, session = page.context.browser, await page.context.new_cdp_session(page)
    assert browser is not None
    about = (await session.send("Target.getTargetInfo"))["targetInfo"]
    await (await browser.new_browser_cdp_session()).send(
        "Browser.setPermission",
        {
            "permission": {"name": "camera", "panTiltZoom": True},
            "setting": "granted",
            "browserContextId": about["browserContextId"],
        },
    )


@contextlib.asynccontextmanager
async def busy(device: Path, page: Page) -> AsyncIterator[None]:
    """Have the camera in use: to start it fails with what an open device answers, while it can still be found.

    The service looks at the film in one thread to list its cameras, and in a new one to start it. Of each thread the
    first try fails; the listing thread is made to use up its own here.
    """
    assert await page.evaluate(CAMERAS) == 1
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-p", str(camera_service(device)), "-P", str(device)),
        *("-e", "trace=openat", "-e", "inject=openat:error=EBUSY:when=1"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert strace.stderr is not None
    try:
        assert b"attached" in await strace.stderr.readline()
        assert await page.evaluate(CAMERAS) == 0
        yield
    finally:
        strace.terminate()
        await strace.communicate()


def camera_service(device: Path) -> int:
    """Return the process that reads ``device`` for the browser."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().decode().replace("\0", " ")
            if str(device) in words and "VideoCaptureService" in words:
                return int(process.name)
    raise AssertionError("no camera service")
