"""The fonts without which a picture shows empty boxes: a phone has them, a server or a CI machine may not."""

import subprocess

_PACKAGES = {
    "fonts-noto-core": ("ar", "ta", "th", "ti"),
    "fonts-noto-cjk": ("zh-cn",),
}
"""Debian packages, each with languages that the caller's page is in and that need it, as fontconfig calls them."""


def missing() -> list[str]:
    """Name the packages that are to be installed before pictures are taken."""
    return [package for package, languages in _PACKAGES.items() if not all(map(_has_font, languages))]


def _has_font(language: str) -> bool:
    """Tell whether some font has all letters of a language."""
    listed = subprocess.run(["fc-list", f":lang={language}", "family"], capture_output=True, check=True)
    return bool(listed.stdout.strip())
