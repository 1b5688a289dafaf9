"""Which documents of the material library help with each step."""

from collections.abc import Mapping
from typing import Final

from orchestrator.domain.central import Kind
from orchestrator.onboarding.domain.steps import Step

_OF_ALL: Final[Mapping[Step, tuple[str, ...]]] = {
    Step.RISK_ANALYSIS: ("ros-mal", "dpia-mal"),
    Step.PROCEDURES: (
        "prosedyre-deling",
        "kort-start-video",
        "kort-reserverutine",
        "pasientinformasjon-nett",
    ),
    Step.TRAINING: ("opplaeringsprogram", "opplaering-ovelser"),
    Step.SERVICE_AGREEMENT: ("sjekkliste-tjenesteavtale",),
    Step.DATA_PROCESSOR: ("sjekkliste-databehandleravtale",),
    Step.SMS: ("sjekkliste-sms",),
    Step.ICCS: ("sjekkliste-iccs",),
    Step.TEST_CALL: ("sjekkliste-testsamtale",),
}

_PROCEDURE: Final[Mapping[Kind, str]] = {Kind.AMK: "prosedyre-amk", Kind.LV: "prosedyre-legevaktsentral"}


def material(step: Step, kind: Kind) -> tuple[str, ...]:
    """Return the ids of the documents for a step at a central of a kind, the most needed first."""
    own = (_PROCEDURE[kind],) if step is Step.PROCEDURES else ()
    return (*own, *_OF_ALL.get(step, ()))
