"""What can happen to the camera of a caller with Firefox, for real: a film that PipeWire takes for a camera."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.doubles.camera import Camera, camera
from tests.system.people import Caller
from tests.system.tabs import FirefoxTab, click, wait_for

from .conftest import Desk
from .test_firefox import says

CAMERA = """navigator.mediaDevices.enumerateDevices()
  .then((devices) => devices.some(({ kind }) => kind === 'videoinput'))"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def device(tmp_path_factory: Any) -> AsyncIterator[Camera]:
    """Run what a Linux has between a camera and a browser."""
    async with camera(tmp_path_factory.mktemp("camera")) as device:
        yield device


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firefox(device: Camera) -> AsyncIterator[FirefoxTab]:
    """Start a Firefox whose only camera is ``device``."""
    pipewire: dict[str, Any] = {"media.webrtc.camera.allow-pipewire": True}
    tab = await FirefoxTab.open(bus=device.address, media__navigator__streams__fake=False, **pipewire)
    yield tab
    await tab.close()


@pytest_asyncio.fixture(loop_scope="session")
async def caller(firefox: FirefoxTab, device: Camera, call: dict[str, Any]) -> AsyncIterator[Caller]:
    """Open the call's link there, with the camera plugged in."""
    await device.plug_in()
    caller = Caller(firefox)
    await caller.open(call["link"])
    await wait_for(caller.tab, CAMERA)
    yield caller
    await device.unplug()  # first: one Firefox in thirty dies when it lets go of a camera that gives frames
    await firefox.goto("about:blank")


async def test_a_camera_that_is_not_there(caller: Caller, watching: Page, device: Camera) -> None:
    """Said on both sides; one tap once it is there, and the operator has the picture."""
    await device.unplug()
    await caller.start()
    await says(caller.tab, "Vi finner ikke noe kamera")
    await expect(watching.locator("#trouble")).to_contain_text("ikke noe kamera")
    await device.plug_in()
    await wait_for(caller.tab, CAMERA)
    await click(caller.tab, "caller-start")
    await films(caller, watching)


async def test_a_camera_that_another_app_has(
    caller: Caller, firefox: FirefoxTab, desk: Desk, watching: Page, call: dict[str, Any]
) -> None:
    """Said on both sides for as long as the camera is busy; one tap once it is free, and there is the picture."""
    async with busy(firefox):
        await caller.start()
        await says(caller.tab, "En annen app bruker kameraet")
        await expect(watching.locator("#trouble")).to_contain_text(
            "En annen app på telefonen bruker kameraet"
        )
    await click(caller.tab, "caller-start")
    await films(caller, watching)
    assert desk.call(call["id"])["troubles"] == []


async def test_a_camera_that_is_held_for_a_while_and_one_that_dies(
    caller: Caller, desk: Desk, watching: Page, device: Camera, call: dict[str, Any]
) -> None:
    """As a second call does, the first is over without a tap; a camera that is lost is one tap away."""
    trouble = watching.locator("#trouble")
    await caller.start()
    await films(caller, watching)
    device.hold()  # no frame comes, and no event says so
    await says(caller.tab, "telefonen brukes til noe annet")
    await expect(trouble).to_contain_text("bruker kameraet til noe annet")
    device.let_go()
    await films(caller, watching)

    await device.unplug()
    await says(caller.tab, "Kameraet har stoppet")
    await expect(trouble).to_contain_text("mistet kameraet")
    await device.plug_in()
    await wait_for(caller.tab, CAMERA)
    await click(caller.tab, "caller-start")
    await films(caller, watching)
    assert desk.call(call["id"])["troubles"] == []


async def test_a_camera_that_is_held_from_the_first(caller: Caller, watching: Page, device: Camera) -> None:
    """A tap in the middle of a second call gives a camera without a frame: that is said too, and over without a tap."""
    device.hold()
    await caller.start()
    await says(caller.tab, "telefonen brukes til noe annet")
    await expect(watching.locator("#trouble")).to_contain_text("bruker kameraet til noe annet")
    device.let_go()
    await films(caller, watching)


async def films(caller: Caller, watching: Page) -> None:
    """Wait until the caller is told that the picture comes, and the operator has it."""
    await caller.wait_for_state("live")
    await expect(watching.locator("#badge")).to_have_attribute("data-state", "live", timeout=20_000)


@contextlib.asynccontextmanager
async def busy(firefox: FirefoxTab) -> AsyncIterator[None]:
    """Have the camera in use: to open its stream fails in the thread that does it with what an open device answers."""
    process = Path(f"/proc/{firefox.driver.capabilities['moz:processID']}")
    [thread] = [
        task.name
        for task in (process / "task").iterdir()
        if (task / "comm").read_text().strip() == "VideoCapture"
    ]
    strace = await asyncio.create_subprocess_exec(
        *("strace", "-p", thread, "-e", "trace=eventfd2", "-e", "inject=eventfd2:error=EBUSY"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert strace.stderr is not None
    try:
        assert b"attached" in await strace.stderr.readline()
        yield
    finally:
        strace.terminate()
        await strace.communicate()
