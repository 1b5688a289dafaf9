"""What a node takes on: so many calls, so many a second, and none while it does not keep up."""

import pytest

from orchestrator.calls.admission import Admission
from orchestrator.calls.commands import End
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.config import Limits
from orchestrator.domain.funnel import EndedBy
from tests.unit.conftest import StartNode


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Let the test say what time it is."""
    return Clock()


def never_late() -> float:
    """Be in time."""
    return 0.0


def admitted(admission: Admission, tries: int, live: int = 0) -> int:
    """Count how many of so many tries are let in."""
    count = 0
    for _ in range(tries):
        try:
            admission.admit(live)
        except ProblemError as error:
            assert error.problem is Problem.OVERLOADED
        else:
            count += 1
    return count


def test_starts_are_let_in_at_the_rate(clock: Clock) -> None:
    """At twice the rate half of the starts are let in, second after second."""
    admission = Admission(Limits(starts_per_second_per_node=10), never_late, clock)
    admitted(admission, 100)
    for _ in range(5):
        clock.now += 1
        assert admitted(admission, 20) == 10


def test_a_burst_after_a_quiet_spell_is_let_in(clock: Clock) -> None:
    """Two seconds' starts may come at once, however long it was quiet before."""
    admission = Admission(Limits(starts_per_second_per_node=10), never_late, clock)
    clock.now += 3600
    assert admitted(admission, 100) == 20


def test_a_full_node_takes_no_more(clock: Clock) -> None:
    """The last place is taken, and no other."""
    admission = Admission(Limits(live_calls_per_node=5), never_late, clock)
    assert admitted(admission, 1, live=4) == 1
    assert admitted(admission, 1, live=5) == 0


def test_a_late_node_takes_no_more(clock: Clock) -> None:
    """Starts are refused while the event loop is late, and let in as soon as it no longer is."""
    lag = 0.2
    admission = Admission(Limits(node_lag=0.1), lambda: lag, clock)
    assert admitted(admission, 1) == 0
    lag = 0.01
    assert admitted(admission, 1) == 1


async def test_calls_that_go_on_are_refused_nothing(start_node: StartNode) -> None:
    """A full node refuses to start a call, while the call that it has is served, and takes one when that has ended."""
    node = await start_node(limits=Limits(live_calls_per_node=1, node_lag=60))
    first = await node.call()
    with pytest.raises(ProblemError) as refused:
        await node.call("plass-2")
    assert refused.value.problem is Problem.OVERLOADED
    await node.publish(first.id)
    await node.watch(first.id)
    await node.ask(End(first.id, EndedBy.OPERATOR))
    await node.call("plass-2")
