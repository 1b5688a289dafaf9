"""What the tests tell Debian's Chromium when they start it."""

_WINDOW = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup")
"""Two pages that each new window loads for its address bar: they cost several times what a page of ours does."""


def without(*features: str) -> str:
    """Return the flag that turns features off, and with them what only a window that is looked at wants.

    Chromium heeds the last such flag alone, so there is one of them, and Playwright's own is not heeded.
    """
    return f"--disable-features={','.join((*_WINDOW, *features))}"
