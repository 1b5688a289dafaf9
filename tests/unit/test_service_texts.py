"""What the pages of administrators, operations and owner say where they refuse: in the reader's language too."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.test_console_texts import catalogue

ROOT = Path(__file__).parents[2] / "orchestrator"
SOURCES = [
    *sorted((ROOT / "onboarding").rglob("*.py")),
    *sorted((ROOT / "backoffice").rglob("*.py")),
    *sorted((ROOT / "support").rglob("*.py")),
    *(
        ROOT / "http" / f"{name}.py"
        for name in (
            *("accounts", "adapting", "centre", "centre_training", "documents", "forms", "invoices"),
            *("library", "operations", "orders", "passwords", "preview", "reports", "status", "support"),
            "uploads",
        )
    ),
]


def sentences(path: Path) -> Iterator[str]:
    """Yield the sentences of a module's refusals that are not made up of parts."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ProblemError":
            said = node.args[1]
            if isinstance(said, ast.Constant):
                yield str(said.value)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_refusal_of_a_page_is_translated(path: Path) -> None:
    """Bokmål and nynorsk have each sentence that a page may show when something is not done."""
    for language in ("nb", "nn"):
        said = catalogue(language)
        for sentence in sentences(path):
            assert said.get(sentence), f"{language}: {sentence}"


def test_there_are_refusals() -> None:
    """The search above finds what it looks for."""
    assert sum(len(list(sentences(path))) for path in SOURCES) > 20
