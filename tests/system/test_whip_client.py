"""A WHIP client that no one here wrote is shown on the console: FFmpeg, as it comes from PyPI."""

import asyncio

import imageio_ffmpeg

from bench.publishers import claim
from tests.system.demo import Demo
from tests.system.people import Operator

_PICTURE = (
    "-hide_banner -loglevel warning -re -f lavfi -i testsrc2=size=1280x720:rate=25 -c:v libx264 -b:v 1500k"
    " -preset ultrafast -tune zerolatency -profile:v baseline -pix_fmt yuv420p -g 25"
)


async def test_ffmpeg_is_shown_on_the_console(demo: Demo, operator: Operator) -> None:
    """FFmpeg publishes H.264 with a claimed caller token, and the operator sees it move."""
    link = await operator.start_call()
    opened = await claim(demo.url, link.rpartition("/")[2])

    ffmpeg = await asyncio.create_subprocess_exec(
        imageio_ffmpeg.get_ffmpeg_exe(),
        *_PICTURE.split(),
        *("-f", "whip", "-authorization", opened["token"], demo.url + opened["whip"]),
        stdin=asyncio.subprocess.DEVNULL,
    )
    try:
        await operator.wait_for_step("first_frame")
        await operator.wait_for_size(1280, 720)
        await operator.wait_for_frames(100)
        assert len(await operator.pictures(4)) >= 3
    finally:
        ffmpeg.terminate()
        await ffmpeg.wait()
    await operator.end_call()
