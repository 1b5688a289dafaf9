"""Phones that do not encode: FFmpeg sends a recorded picture over WHIP, again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import imageio_ffmpeg

FRAMES_PER_SECOND = 25
_SIZE = "320x180"


async def record(path: Path, *, seconds: int = 10) -> Path:
    """Write a moving H.264 picture with a key frame each second; return its path."""
    picture = f"testsrc2=size={_SIZE}:rate={FRAMES_PER_SECOND}"
    process = await asyncio.create_subprocess_exec(
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", picture),
        *("-t", str(seconds), "-c:v", "libx264", "-b:v", "200k", "-preset", "ultrafast"),
        *("-tune", "zerolatency", "-profile:v", "baseline", "-pix_fmt", "yuv420p"),
        *("-g", str(FRAMES_PER_SECOND), str(path)),
    )
    if await process.wait():
        raise OSError("FFmpeg could not make the picture.")
    return path


@asynccontextmanager
async def publishing(origin: str, code: str, picture: Path) -> AsyncIterator[None]:
    """Claim a call by its code and send the picture while the context lasts."""
    async with AsyncExitStack() as stack:
        claimed = await claim(origin, code)
        ffmpeg = await asyncio.create_subprocess_exec(
            *(
                imageio_ffmpeg.get_ffmpeg_exe(),
                "-v",
                "error",
                "-re",
                "-stream_loop",
                "-1",
                "-i",
                str(picture),
            ),
            *("-c", "copy", "-f", "whip", "-authorization", claimed["token"], origin + claimed["whip"]),
            stdin=asyncio.subprocess.DEVNULL,
        )
        stack.push_async_callback(ffmpeg.wait)
        stack.callback(ffmpeg.kill)
        yield


async def claim(origin: str, code: str) -> dict[str, Any]:
    """Open and claim an invitation as the caller's page does."""
    async with aiohttp.ClientSession(origin, raise_for_status=True) as phone:
        async with phone.post(f"/api/v1/invitations/{code}/open", json={}) as response:
            token = (await response.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with phone.post(f"/api/v1/invitations/{code}/claim", json={}, headers=headers) as response:
            claimed: dict[str, Any] = await response.json()
            return claimed
