"""The scenarios and the course's modules: one file each, read and checked when the node starts."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from orchestrator.training.course import Module
from orchestrator.training.course import problems as problems_of_module
from orchestrator.training.scenario import Scenario, problems

SCENARIOS: Final = Path(__file__).parent / "scenarios"
MODULES: Final = Path(__file__).parent / "modules"

T = TypeVar("T", Scenario, Module)


class ScenarioError(ValueError):
    """A scenario's or a module's file is not as it should be; the text says which, where in it, and what is wrong."""


def load_scenarios(folder: Path = SCENARIOS) -> Mapping[str, Scenario]:
    """Return the scenarios of a folder by their ids, in the order they are listed in. Raises ScenarioError."""
    scenarios = sorted(
        (read_scenario(path) for path in folder.glob("*.toml")), key=lambda one: (one.order, one.id)
    )
    return {scenario.id: scenario for scenario in scenarios}


def load_modules(scenarios: Mapping[str, Scenario], folder: Path = MODULES) -> Mapping[str, Module]:
    """Return the course's modules by their ids, in their order. Raises ScenarioError."""
    modules = [read_module(path, scenarios) for path in folder.glob("*.toml")]
    return {module.id: module for module in sorted(modules, key=lambda one: (one.order, one.id))}


def read_scenario(path: Path) -> Scenario:
    """Read one scenario. Raises ScenarioError."""
    scenario = _read(path, Scenario)
    _refuse(path, problems(scenario))
    return scenario


def read_module(path: Path, scenarios: Mapping[str, Scenario]) -> Module:
    """Read one module. Raises ScenarioError."""
    module = _read(path, Module)
    _refuse(path, problems_of_module(module, scenarios))
    return module


def _read(path: Path, kind: type[T]) -> T:
    try:
        found = msgspec.convert(tomllib.loads(path.read_text()), kind)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise ScenarioError(f"{path.name}: {error}") from error
    if found.id != path.stem:
        raise ScenarioError(f"{path.name}: id is “{found.id}”; name the file by it")
    return found


def _refuse(path: Path, problems: Iterable[str]) -> None:
    if wrong := list(problems):
        raise ScenarioError("\n".join(f"{path.name}: {problem}" for problem in wrong))
