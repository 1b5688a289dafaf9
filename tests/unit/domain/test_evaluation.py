"""What is kept of an evaluated call: enough for a report, too little to find the call."""

from orchestrator.domain.evaluation import Answers, Evaluation, Urgency, evaluation
from orchestrator.domain.funnel import Step
from orchestrator.domain.ids import CentralId, Millis

BEGAN = 1_795_651_200_000  # 2026-11-26 00:00 UTC
AMK = CentralId("amk")


def test_times_are_kept_roughly() -> None:
    """The day, the hour, and durations in steps of five seconds are all there is of when it was."""
    steps = {
        Step.REQUESTED: Millis(BEGAN + 3_723_456),
        Step.OPENED: Millis(BEGAN + 3_730_111),
        Step.FIRST_FRAME: Millis(BEGAN + 3_741_999),
        Step.ENDED: Millis(BEGAN + 3_902_000),
    }
    answers = Answers(urgency=Urgency.UP, advice=True)
    said = evaluation(answers, central=AMK, steps=steps, exercise=False, now=Millis(BEGAN + 9_000_000))
    assert said == Evaluation(AMK, "2026-11-26", 1, answers, to_open=5, to_picture=20, picture=160)


def test_a_call_that_goes_on_is_measured_until_now() -> None:
    """Without an end the picture has lasted until now; without a picture there is none to measure."""
    steps = {Step.REQUESTED: Millis(BEGAN), Step.FIRST_FRAME: Millis(BEGAN + 10_000)}
    said = evaluation(
        Answers(response=True), central=AMK, steps=steps, exercise=True, now=Millis(BEGAN + 60_000)
    )
    assert (said.to_open, said.to_picture, said.picture, said.exercise) == (None, 10, 50, True)
    del steps[Step.FIRST_FRAME]
    said = evaluation(Answers(), central=AMK, steps=steps, exercise=False, now=Millis(BEGAN))
    assert (said.to_picture, said.picture) == (None, None)
