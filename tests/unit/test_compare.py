"""What ``docs/compare.md`` says that a test shows is shown by a test that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("named", sorted(set(_NAMED.findall((ROOT / "docs" / "compare.md").read_text()))))
def test_what_is_said_to_be_shown_is(named: tuple[str, str]) -> None:
    """The file is there, and has the test."""
    path, test = named
    source = (ROOT / path).read_text()
    assert re.search(rf"def {test or 'test_'}", source), f"{path} has no {test}"
