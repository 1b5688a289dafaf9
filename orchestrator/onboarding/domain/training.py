"""Training: what each of a central's people has done of it, and when the central has done enough to open."""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Account, Role


class Passed(msgspec.Struct, frozen=True):
    """A module that was passed: in which version of it, and on which day (``2026-11-25``)."""

    version: int
    day: str


class Exercised(msgspec.Struct, frozen=True):
    """A scenario that was played until there was a picture: the day, and how many of its goals were done in time."""

    day: str
    done: int
    of: int


class Excuse(msgspec.Struct, frozen=True):
    """That someone need not do the training: who says so, when, and why."""

    by: str
    at: Millis
    reason: str


class TrainingRecord(msgspec.Struct, frozen=True):
    """What a person has done of the training at a central; of a scenario the latest time."""

    user: str
    central: CentralId
    modules: dict[str, Passed] = {}
    scenarios: dict[str, Exercised] = {}
    excuse: Excuse | None = None

    def with_module(self, module: str, passed: Passed) -> "TrainingRecord":
        """Take note that a module is passed; the first day of a version stands."""
        before = self.modules.get(module)
        if before is not None and before.version >= passed.version:
            return self
        return msgspec.structs.replace(self, modules={**self.modules, module: passed})

    def with_scenario(self, scenario: str, exercised: Exercised) -> "TrainingRecord":
        """Take note that a scenario has been played."""
        return msgspec.structs.replace(self, scenarios={**self.scenarios, scenario: exercised})

    def with_excuse(self, excuse: Excuse | None) -> "TrainingRecord":
        """Excuse the person, or take that back."""
        return msgspec.structs.replace(self, excuse=excuse)


class Rule(msgspec.Struct, frozen=True):
    """What completes the training: every module in its present version, and so many of the scenarios.

    ``modules`` has the version of each by its id; ``roles`` are those whose people have to complete it.
    """

    modules: Mapping[str, int]
    scenarios: Collection[str]
    roles: Collection[Role]
    least_scenarios: int = 1

    def passed(self, record: TrainingRecord) -> tuple[str, ...]:
        """Return the modules that are passed as they are now."""
        return tuple(
            id
            for id, version in self.modules.items()
            if id in record.modules and record.modules[id].version >= version
        )

    def played(self, record: TrainingRecord) -> tuple[str, ...]:
        """Return the scenarios that have been played, of those that there are."""
        return tuple(id for id in self.scenarios if id in record.scenarios)

    def completed_by(self, record: TrainingRecord) -> bool:
        """Tell whether a person has completed the training."""
        return (
            len(self.passed(record)) == len(self.modules) and len(self.played(record)) >= self.least_scenarios
        )

    def is_for(self, account: Account) -> bool:
        """Tell whether the holder of an account has to complete it: not who is shut out."""
        return account.role in self.roles and not account.disabled


class Standing(msgspec.Struct, frozen=True):
    """How far one person has come: ``modules`` and ``scenarios`` are how many, ``required`` is whether it is asked."""

    account: Account
    record: TrainingRecord
    required: bool
    modules: int
    scenarios: int
    completed: bool

    @property
    def enough(self) -> bool:
        """Tell whether nothing more is asked of the person."""
        return not self.required or self.completed or self.record.excuse is not None


class Tally(msgspec.Struct, frozen=True):
    """How far a central has come: ``completed`` and ``excused`` of the ``of`` people of whom training is asked."""

    of: int
    completed: int
    excused: int

    @property
    def enough(self) -> bool:
        """Tell whether the central may say that its training is done: nobody is left, and there is somebody."""
        return self.of > 0 and self.completed + self.excused == self.of


def standings(
    accounts: Iterable[Account], records: Iterable[TrainingRecord], rule: Rule
) -> tuple[Standing, ...]:
    """Say of each account how far its holder has come; those of whom something is left come first, then by name."""
    known = {(record.central, record.user): record for record in records}
    found = []
    for account in accounts:
        if account.central is None:
            continue
        record = known.get((account.central, account.user)) or TrainingRecord(account.user, account.central)
        found.append(
            Standing(
                account,
                record,
                rule.is_for(account),
                len(rule.passed(record)),
                len(rule.played(record)),
                rule.completed_by(record),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.enough, one.account.name.casefold(), one.account.user)))


def tally(people: Iterable[Standing]) -> Tally:
    """Count those of whom training is asked; who has completed it is not counted as excused."""
    asked = [one for one in people if one.required]
    completed = sum(one.completed for one in asked)
    return Tally(len(asked), completed, sum(one.enough for one in asked) - completed)
