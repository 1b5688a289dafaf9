"""What the library has for each step."""

from pathlib import Path

import pytest

from orchestrator.domain.central import Kind
from orchestrator.library.catalogue import load_library
from orchestrator.onboarding.domain.material import material
from orchestrator.onboarding.domain.steps import Step

LIBRARY = load_library(Path(__file__).parents[3] / "docs" / "library")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("step", Step)
def test_every_step_has_material_that_is_there(step: Step, kind: Kind) -> None:
    """No link of the start page leads nowhere."""
    ids = material(step, kind)
    assert ids
    assert [LIBRARY.get(id).id for id in ids] == list(ids)


def test_the_first_step_has_both_assessments() -> None:
    """The risk analysis and the assessment of privacy are made together."""
    assert material(Step.RISK_ANALYSIS, Kind.LV) == ("ros-mal", "dpia-mal")


def test_a_central_is_given_the_procedure_of_its_kind() -> None:
    """AMK and LV have one each."""
    assert material(Step.PROCEDURES, Kind.AMK)[0] == "prosedyre-amk"
    assert material(Step.PROCEDURES, Kind.LV)[0] == "prosedyre-legevaktsentral"
