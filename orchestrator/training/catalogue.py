"""The scenarios there are: one file each in ``scenarios/``, read and checked when the node starts."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from orchestrator.training.scenario import Scenario, problems

SCENARIOS: Final = Path(__file__).parent / "scenarios"


class ScenarioError(ValueError):
    """A scenario's file is not as it should be; the text says which file, where in it, and what is wrong."""


def load_scenarios(folder: Path = SCENARIOS) -> Mapping[str, Scenario]:
    """Return the scenarios of a folder by their ids, in the order they are listed in. Raises ScenarioError."""
    scenarios = sorted(
        (read_scenario(path) for path in folder.glob("*.toml")), key=lambda one: (one.order, one.id)
    )
    return {scenario.id: scenario for scenario in scenarios}


def read_scenario(path: Path) -> Scenario:
    """Read one scenario. Raises ScenarioError."""
    try:
        scenario = msgspec.convert(tomllib.loads(path.read_text()), Scenario)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    if scenario.id != path.stem:
        raise ScenarioError(f"{path.name}: id is “{scenario.id}”; name the file by it")
    if wrong := list(problems(scenario)):
        raise ScenarioError("\n".join(f"{path.name}: {problem}" for problem in wrong))
    return scenario
