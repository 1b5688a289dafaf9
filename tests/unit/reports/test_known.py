"""A hundred thousand calls with a known answer: the report gives exactly that."""

import random
from datetime import date
from functools import cache

from orchestrator.domain.funnel import EndedBy, Step
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.outcome import Outcome, Reason
from orchestrator.reports.period import Period
from orchestrator.reports.published import PUBLISHED, Measure
from orchestrator.reports.report import Report, make_report
from tests.unit.reports import synthetic
from tests.unit.reports.synthetic import CALLS, CENTRALS, PERIOD, REACHED


@cache
def known() -> Report:
    """Return the report of the known calls."""
    return make_report(PERIOD, CENTRALS, synthetic.outcomes(), synthetic.evaluations())


def test_every_figure_of_the_funnel_is_right() -> None:
    """In all, and by system, browser, centre, hour and reason; without exercises and other days."""
    funnels, expected = known().funnels, synthetic.expected_funnels()
    assert funnels.total == expected.total
    assert list(funnels.groups) == list(expected.groups)
    for by, named in expected.groups.items():
        assert funnels.groups[by] == named, by
        assert list(funnels.groups[by]) == sorted(named)


def test_every_figure_of_use_is_right() -> None:
    """Each central, seat and month has its calls, and how long they and their pictures lasted."""
    assert known().uses == synthetic.expected_uses()


def test_every_figure_of_what_video_changed_is_right() -> None:
    """Each question is counted over the calls it was answered for."""
    assert known().changes == synthetic.expected_changes()


def test_our_own_figures_are_beside_the_published() -> None:
    """Every published figure is there; ours where we have it, over all calls, and with its interval."""
    compared = known().compared
    assert tuple(one.published for one in compared) == PUBLISHED
    by = {one.published.measure: one for one in compared}
    own = {measure: (one.own.yes, one.own.of) for measure, one in by.items() if one.own}
    shown, said = REACHED[Step.FIRST_FRAME], 4080 + 20400 + 12240
    assert own == {
        Measure.PICTURE: (shown, CALLS),
        Measure.LOST_TO_MESSAGE: (94_000 - 86_003 + 1_000, CALLS),
        Measure.LOST_TO_TECHNOLOGY: (80_007 - shown + 86_003 - 85_000, CALLS),
        Measure.LOST_TO_REFUSAL: (85_000 - 80_007 + 5_000, CALLS),
        Measure.URGENCY_CHANGED: (4080 + 12240, said),
        Measure.MORE_URGENT: (4080, said),
        Measure.LESS_URGENT: (12240, said),
        Measure.RESPONSE_CHANGED: (10200, 30600),
        Measure.URGENCY_CHANGED_LV: own[Measure.URGENCY_CHANGED_LV],
    }
    assert sum(yes for measure, (yes, _) in own.items() if measure.startswith("lost")) == CALLS - shown
    assert by[Measure.HIGHEST_URGENCY_SENT].alike is None
    for one in compared:
        assert one.interval is None or one.own is None or one.interval.holds(one.own.share or 0)


def test_a_period_without_calls() -> None:
    """There is nothing to tell, and all of it is told as nothing; every seat is said to have had no call."""
    report = make_report(Period(date(2020, 1, 1), date(2020, 1, 1)), CENTRALS, synthetic.outcomes(), [])
    assert report.funnels.total.calls == 0
    assert all(
        (reached.n, reached.share, reached.times) == (0, None, None)
        for reached in report.funnels.total.reached
    )
    assert not any(report.funnels.groups.values())
    assert report.uses.seats_used == 0
    assert len(report.uses.seats) == 20
    assert report.changes.total.urgency_changed.share is None
    assert all(one.own is None for one in report.compared)


def test_one_call() -> None:
    """Its own times are the median and every percentile."""
    call = Outcome(
        CentralId("c0"), SeatId("s00"), "2026-07-09", 10, 45, EndedBy.CALLER, opened=31, reason=Reason.REFUSED
    )
    total = make_report(PERIOD, CENTRALS, [call], []).funnels.total
    opened = total.at(Step.OPENED)
    assert opened.times is not None
    assert (opened.n, opened.share) == (1, 1.0)
    assert (opened.times.median, opened.times.p90, opened.times.p95) == (31, 31, 31)
    assert (total.shown, total.reasons) == (0, {Reason.REFUSED: 1})


def test_the_order_of_what_is_kept_means_nothing() -> None:
    """The same calls in another order give the same report."""
    few = synthetic.outcomes()[:2000]
    other = random.Random(2).sample(few, len(few))
    assert make_report(PERIOD, CENTRALS, few, []) == make_report(PERIOD, CENTRALS, other, [])


def test_a_seat_that_is_gone_is_told_of() -> None:
    """Calls of a seat or central that is no longer in the settings are counted under its id."""
    call = Outcome(
        CentralId("gone"), SeatId("old"), "2026-07-09", 10, 45, EndedBy.TIME, reason=Reason.NOT_OPENED
    )
    uses = make_report(PERIOD, CENTRALS, [call], []).uses
    assert uses.centrals[CentralId("gone")].calls == 1
    assert uses.seats[CentralId("gone"), SeatId("old")].calls == 1
    assert uses.total.calls == 1
