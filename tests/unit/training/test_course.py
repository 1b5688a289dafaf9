"""The course: each module is whole, has an answer to each of its questions, and leads to an exercise that is there."""

from pathlib import Path

import pytest

from orchestrator.training.catalogue import MODULES, ScenarioError, load_modules, load_scenarios, read_module

SCENARIOS = load_scenarios()
LOADED = load_modules(SCENARIOS)
GOOD = (MODULES / "steer.toml").read_text()


def test_the_course_is_short_modules_with_checks() -> None:
    """Some minutes each, with questions whose right answers are not always in the same place."""
    assert len(LOADED) >= 5
    for module in LOADED.values():
        assert module.minutes <= 5
        assert len(module.questions) >= 3
        assert module.exercise in SCENARIOS
    assert len({question.right for module in LOADED.values() for question in module.questions}) > 1


@pytest.mark.parametrize(
    ("former", "wrong", "says"),
    [
        ('id = "steer"', 'id = "other"', "name the file by it"),
        ("right = 2", "right = 4", "questions[0].right: there are only 3 choices"),
        ('"Sende lenken på nytt"', '"Trykke C i konsollen"', "questions[0].choices: two are the same"),
        ('exercise = "wrong_camera"', 'exercise = "none"', "there is no scenario “none”"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_place(
    tmp_path: Path, former: str, wrong: str, says: str
) -> None:
    """A mistake in a module stops the node from starting, with a sentence that finds it."""
    path = tmp_path / "steer.toml"
    assert former in GOOD
    path.write_text(GOOD.replace(former, wrong, 1))
    with pytest.raises(ScenarioError) as error:
        read_module(path, SCENARIOS)
    assert str(error.value).startswith("steer.toml: ")
    assert says in str(error.value)
