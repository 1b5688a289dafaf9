"""The pictures of a tour, and the page that shows them side by side."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Page

_SETTLE = 300
"""Milliseconds for what moves when a state changes."""


@dataclass
class Album:
    """Pictures of one page's states: a row for each state, a column for each language."""

    folder: Path
    title: str
    languages: tuple[str, ...]
    rows: dict[str, str] = field(default_factory=dict)
    """Captions, by the state's name, in the order of the tour."""

    async def take(self, page: Page, language: str, name: str, caption: str) -> None:
        """Take the picture of a state."""
        self.rows.setdefault(name, caption)
        await page.wait_for_timeout(_SETTLE)
        await page.screenshot(path=self.folder / f"{name}.{language}.jpg", type="jpeg", quality=72)

    def markdown(self, width: int) -> str:
        """Show the pictures as a table; ``width`` is of one picture, in pixels."""
        columns = ["", *self.languages]
        lines = [f"## {self.title}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
        for name, caption in self.rows.items():
            cells = [
                f'<img src="{self.folder.name}/{name}.{language}.jpg" alt="{caption} ({language})" width="{width}">'
                for language in self.languages
            ]
            lines.append(f"| {caption} | " + " | ".join(cells) + " |")
        return "\n".join([*lines, ""])
