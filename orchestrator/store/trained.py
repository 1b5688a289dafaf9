"""What a central's people have done of the training: kept as long as their accounts."""

from collections.abc import Callable

from orchestrator.domain.ids import CentralId
from orchestrator.onboarding.domain.training import TrainingRecord
from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register


class Trained(Register[TrainingRecord]):
    """The training records of an installation, by central and user."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.trained(), TrainingRecord)

    async def of_person(self, central: CentralId, user: str) -> TrainingRecord:
        """Return a person's record, which has nothing in it where nothing was done. Raises RedisError."""
        return await self.get(_id(central, user)) or TrainingRecord(user, central)

    async def of_central(self, central: CentralId) -> list[TrainingRecord]:
        """Return the records of a central's people, in no order. Raises RedisError."""
        return [record for record in await self.all() if record.central == central]

    async def keep(
        self, central: CentralId, user: str, change: Callable[[TrainingRecord], TrainingRecord]
    ) -> None:
        """Change a person's record, so that it lasts. Raises RedisError."""
        while await self.change(_id(central, user), change) is None:
            await self.add(_id(central, user), change(TrainingRecord(user, central)))

    async def forget(self, central: CentralId, user: str) -> None:
        """Remove a person's record, so that it stays away. Raises RedisError."""
        await self.remove(_id(central, user))


def _id(central: CentralId, user: str) -> str:
    """Name a record; no central's id has a slash in it."""
    return f"{central}/{user}"
