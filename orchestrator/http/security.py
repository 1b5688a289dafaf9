"""Headers that every answer carries: no page of ours loads, frames or tells anything elsewhere."""

import base64
import hashlib
from enum import StrEnum
from typing import Final

from aiohttp import web

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(self), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Frames(StrEnum):
    """What part a page has in one that is made of our own pages; no other site's are ever framed, nor frame ours."""

    NONE = "none"
    HAS = "has"
    IN = "in"


def policy_with(script: str, style: str, frames: Frames = Frames.NONE) -> str:
    """Return the content security policy for a page that has ``script`` in it, and ``style``, which may be empty."""
    policy = POLICY.replace("script-src 'self'", f"script-src 'self' {_source(script)}")
    if frames is Frames.HAS:
        policy += "; frame-src 'self'"
    elif frames is Frames.IN:
        policy = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return policy.replace("style-src 'self'", f"style-src 'self' {_source(style)}") if style else policy


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers to an answer before it is sent."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
