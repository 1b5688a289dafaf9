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
    width: int
    """Of one picture where they are shown, in pixels."""
    rows: dict[str, str] = field(default_factory=dict)
    """Captions, by the state's name, in the order of the tour."""

    async def take(
        self, page: Page, language: str, name: str, caption: str, *, settle: int = _SETTLE
    ) -> None:
        """Take the picture of a state, once it has had ``settle`` milliseconds to come about."""
        self.rows.setdefault(name, caption)
        await page.wait_for_timeout(settle)
        await page.screenshot(path=self.folder / f"{name}.{language}.jpg", type="jpeg", quality=72)

    def markdown(self) -> str:
        """Show the pictures as a table."""
        columns = ["", *self.languages]
        lines = [f"## {self.title}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
        for name, caption in self.rows.items():
            places = {language: f"{self.folder.name}/{name}.{language}.jpg" for language in self.languages}
            cells = [
                f'<img src="{place}" alt="{caption} ({language})" width="{self.width}">'
                for language, place in places.items()
            ]
            lines.append(f"| {caption} | " + " | ".join(cells) + " |")
        return "\n".join([*lines, ""])
