"""Static files: read once, kept in memory whole and gzipped, with tags by content; some joined from others.

A request with ``?v=`` may be kept for ever; others are asked about again (304), so that a page and its
modules are never of two versions.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.http.joined import join

SCRIPTS: Final = {
    "actor.js": "simulator/actor.js",
    "again.js": "lib/again.js",
    "caller.js": "caller/page.js",
    "code.js": "caller/code.js",
    "console.js": "console/main.js",
    "document.js": "reading/document.js",
    "course.js": "training/course.js",
    "demonstration.js": "training/demonstration.js",
    "guest.js": "guest/page.js",
    "service.js": "service/page.js",
    "outbox.js": "simulator/outbox.js",
    "sign_in.js": "console/sign_in.js",
    "room.js": "training/room.js",
    "simulator.js": "simulator/main.js",
}
"""The pages' scripts, by their entry modules."""

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_WORTH_ZIPPING = 256


class StaticFile(msgspec.Struct, frozen=True):
    """One file, as it is sent."""

    content_type: str
    etag: str
    plain: bytes
    zipped: bytes | None


class StaticFiles:
    """The files below a folder, and the pages' scripts, joined from modules there."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.relative_to(folder).as_posix(): _load(path) for path in _files(folder)}
        for path, entry in SCRIPTS.items():
            self._files[path] = _file(path, join(entry, self.text).encode())
        digest = hashlib.sha256("".join(file.etag for file in self._files.values()).encode())
        self.version = digest.hexdigest()[:12]
        """Changes with any file's content."""

    @property
    def files(self) -> Mapping[str, StaticFile]:
        """Return the files by path."""
        return self._files

    def text(self, path: str) -> str:
        """Return a file's text."""
        return self._files[path].plain.decode()

    async def serve(self, request: web.Request) -> web.Response:
        """Answer with a file, or with 304 where the browser has it."""
        file = self._files.get(request.match_info["path"])
        if file is None:
            raise ProblemError(Problem.NOT_FOUND, "There is no such file.")
        headers = {
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
            "Cache-Control": "public, max-age=31536000, immutable" if "v" in request.query else "no-cache",
        }
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=304, headers=headers)
        body = file.plain
        if file.zipped is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = file.zipped
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, content_type=file.content_type, charset="utf-8", headers=headers)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _load(path: Path) -> StaticFile:
    return _file(path.name, path.read_bytes())


@cache
def _file(name: str, plain: bytes) -> StaticFile:
    # Kept by content, for a process that starts many nodes: zipping costs more than all else at a start.
    zipped = gzip.compress(plain, 9, mtime=0) if len(plain) >= _WORTH_ZIPPING else None
    content_type = (
        _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    return StaticFile(content_type, f'"{hashlib.sha256(plain).hexdigest()[:16]}"', plain, zipped)
