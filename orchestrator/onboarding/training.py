"""Training: what a person passes and plays is kept, and counts towards the step “training done”."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.domain.ids import CentralId, Millis
from orchestrator.identity.roles import MAY, Act, Role
from orchestrator.identity.signin import PasswordSignIn
from orchestrator.onboarding.domain.training import (
    Excuse,
    Exercised,
    Passed,
    Rule,
    Standing,
    Tally,
    TrainingRecord,
    standings,
    tally,
)
from orchestrator.onboarding.people import account_unknown
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed
from orchestrator.training.course import Module
from orchestrator.training.feedback import Feedback, Outcome
from orchestrator.training.scenario import Scenario


class Trained(msgspec.Struct, frozen=True):
    """A central's people with what each has done, and what it comes to."""

    people: tuple[Standing, ...]
    tally: Tally


class Training:
    """Keeps what is done of the training. Who may ask for it, the handlers say."""

    def __init__(
        self,
        store: Store,
        sign_in: PasswordSignIn,
        modules: Mapping[str, Module],
        scenarios: Mapping[str, Scenario],
        clock: Callable[[], Millis],
    ) -> None:
        self._store = store
        self._sign_in = sign_in
        self._clock = clock
        self.rule = Rule(
            {module.id: module.version for module in modules.values()},
            tuple(scenarios),
            frozenset(role for role in Role if Act.START_CALLS in MAY[role]),
        )

    async def of_person(self, central: CentralId, user: str) -> TrainingRecord:
        """Return what a person has done of it. Raises RedisError."""
        return await self._store.trained.of_person(central, user)

    async def answer(self, central: CentralId, user: str, module: Module, answers: Sequence[int]) -> int:
        """Return how many answers to a module's questions are right; where all are, the module is passed and kept.

        Raises RedisError.
        """
        right = module.count_right(answers)
        if right == len(module.questions):
            passed = Passed(module.version, self._today())
            await self._store.trained.keep(
                central, user, lambda record: record.with_module(module.id, passed)
            )
        return right

    async def note_exercise(self, central: CentralId, user: str, feedback: Feedback) -> bool:
        """Keep that a scenario was played, if there was a picture, and return whether it was. Raises RedisError."""
        if feedback.to_picture is None:
            return False
        done = sum(goal.outcome is Outcome.DONE for goal in feedback.goals)
        exercised = Exercised(self._today(), done, len(feedback.goals))
        await self._store.trained.keep(
            central, user, lambda record: record.with_scenario(feedback.scenario, exercised)
        )
        return True

    async def of_central(self, central: CentralId) -> Trained:
        """Return how far a central's people have come: all who have an account, made here or in the settings.

        Raises RedisError.
        """
        made = await self._store.accounts.of_central(central)
        accounts = (*self._sign_in.of_central(central), *made)
        people = standings(accounts, await self._store.trained.of_central(central), self.rule)
        return Trained(people, tally(people))

    async def refuse_unless_done(self, central: CentralId) -> None:
        """Refuse to call a central's training done before its people have completed it. Raises ProblemError."""
        counted = (await self.of_central(central)).tally
        if counted.of == 0:
            raise ProblemError(
                Problem.TRAINING_LEFT,
                "Nobody who works at a seat has an account yet. Make the accounts, and have them take the training.",
            )
        if not counted.enough:
            raise ProblemError(
                Problem.TRAINING_LEFT,
                "Not everyone who works at a seat has completed the training. “The centre’s training” says who.",
            )

    async def excuse(self, central: CentralId, user: str, by: str, reason: str) -> None:
        """Ask no training of a person, for a reason that is kept. Raises ProblemError."""
        why = " ".join(reason.split())
        if not 0 < len(why) <= 500:
            raise ProblemError(Problem.FORM_INVALID, "Write the reason, in at most 500 letters.")
        await self._set_excuse(central, user, Excuse(by, self._clock(), why))
        await self._note(by, central, user, f"excused: {why}")

    async def end_excuse(self, central: CentralId, user: str, by: str) -> None:
        """Ask training of a person after all. Raises ProblemError."""
        await self._set_excuse(central, user, None)
        await self._note(by, central, user, "no longer excused")

    async def _set_excuse(self, central: CentralId, user: str, excuse: Excuse | None) -> None:
        people = (await self.of_central(central)).people
        if all(one.account.user != user for one in people):
            raise account_unknown()
        await self._store.trained.keep(central, user, lambda record: record.with_excuse(excuse))

    async def _note(self, by: str, central: CentralId, user: str, reason: str) -> None:
        await self._store.journal.add(
            Deed(self._clock(), by, Act.MANAGE_TRAINING, central, f"account {user}", reason)
        )

    def _today(self) -> str:
        return datetime.fromtimestamp(self._clock() / 1000, UTC).date().isoformat()
