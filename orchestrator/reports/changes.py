"""What video changed, by what operators said after their calls: urgency, response, advice."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from orchestrator.domain.central import Kind
from orchestrator.domain.evaluation import About, Evaluation, Urgency
from orchestrator.domain.ids import CentralId
from orchestrator.reports.funnel import sorted_by
from orchestrator.reports.period import Moment
from orchestrator.reports.spread import share


class Said(msgspec.Struct, frozen=True):
    """How many said yes to a question, of those who answered it."""

    yes: int
    of: int

    @property
    def share(self) -> float | None:
        """Return the part of them."""
        return share(self.yes, self.of)


class Change(msgspec.Struct, frozen=True):
    """What was said of some calls. Each question may be left out, and is counted over those who answered it."""

    evaluated: int
    urgency: dict[Urgency, int]
    response: Said
    advice: Said

    @property
    def urgency_changed(self) -> Said:
        """Return how many found it more or less urgent than before."""
        return Said(self.urgency[Urgency.UP] + self.urgency[Urgency.DOWN], sum(self.urgency.values()))


class Changes(msgspec.Struct, frozen=True):
    """What was said of all calls, and by kind of central, by central and by what the call was about.

    ``shown`` is how many calls had a picture and so could be evaluated.
    """

    shown: int
    total: Change
    kinds: dict[Kind, Change]
    centrals: dict[CentralId, Change]
    abouts: dict[About, Change]


def changes(
    counted: Mapping[Moment, Sequence[Evaluation]], kinds: Mapping[CentralId, Kind], shown: int
) -> Changes:
    """Return what was said of the calls of a period; a central that ``kinds`` does not know is of no kind."""
    said = [one for ones in counted.values() for one in ones]
    by_kind = sorted_by([one for one in said if one.central in kinds], lambda one: kinds[one.central])
    by_about = sorted_by([one for one in said if one.answers.about], lambda one: str(one.answers.about))
    return Changes(
        shown=shown,
        total=change(said),
        kinds={Kind(kind): change(ones) for kind, ones in by_kind.items()},
        centrals={
            CentralId(name): change(ones) for name, ones in sorted_by(said, lambda one: one.central).items()
        },
        abouts={about: change(by_about[about]) for about in About if about in by_about},
    )


def change(said: Sequence[Evaluation]) -> Change:
    """Return what was said in some evaluations."""
    urgency = Counter(one.answers.urgency for one in said)
    response = Counter(one.answers.response for one in said)
    advice = Counter(one.answers.advice for one in said)
    return Change(
        evaluated=len(said),
        urgency={way: urgency[way] for way in Urgency},
        response=Said(response[True], response[True] + response[False]),
        advice=Said(advice[True], advice[True] + advice[False]),
    )
