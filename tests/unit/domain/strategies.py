"""What hypothesis makes of the domain: moments, and events in any order."""

from collections.abc import Callable

from hypothesis import strategies as st

from orchestrator.domain.funnel import EndedBy, Funnel, Step, Trouble
from orchestrator.domain.ids import Millis

Change = Callable[[Funnel], Funnel]

START = Millis(1000)

# Negative and far-off times too: the clocks of phones and SMS gateways are not ours.
moments = st.integers(min_value=-(10**6), max_value=4 * 10**12).map(Millis)
near_moments = st.integers(min_value=900, max_value=1100).map(Millis)


def _reach(step: Step, at: Millis) -> Change:
    return lambda funnel: funnel.reach(step, at)


def _trouble(trouble: Trouble, at: Millis) -> Change:
    return lambda funnel: funnel.trouble(trouble, at)


def _relieve(troubles: frozenset[Trouble], at: Millis) -> Change:
    return lambda funnel: funnel.relieve(at, *troubles)


def _end(at: Millis, by: EndedBy) -> Change:
    return lambda funnel: funnel.end(at, by)


steps = st.sampled_from(Step)
troubles = st.sampled_from(Trouble)
when = st.one_of(near_moments, moments)
changes: st.SearchStrategy[Change] = st.one_of(
    st.builds(_reach, steps, when),
    st.builds(_trouble, troubles, when),
    st.builds(_relieve, st.frozensets(troubles), when),
    # Rarer than the others, so that most sequences have a life before their end.
    st.builds(
        lambda at, by, now: _end(at, by) if now else _reach(Step.OPENED, at),
        when,
        st.sampled_from(EndedBy),
        st.integers(0, 5).map(lambda n: n == 0),
    ),
)
histories = st.lists(changes, max_size=60)


def after(history: list[Change]) -> list[Funnel]:
    """Return the funnel after each event, from the request on."""
    funnels = [Funnel.start(START)]
    for change in history:
        funnels.append(change(funnels[-1]))
    return funnels
