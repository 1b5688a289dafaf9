"""The demo's SMS gateway: messages appear on a page that looks like a phone, and are delivered at once."""

from collections.abc import Callable

from redis.exceptions import RedisError

from orchestrator.domain.ids import Millis
from orchestrator.sms.gateway import SmsError, Taken
from orchestrator.sms.message import TextMessage
from orchestrator.store.outbox import OutboxStore, SentMessage


class Outbox:
    """Keeps messages instead of sending them."""

    def __init__(self, store: OutboxStore, clock: Callable[[], Millis], id: str = "outbox") -> None:
        self._store = store
        self._clock = clock
        self.id = id

    async def send(self, message: TextMessage) -> Taken:
        """Keep the message; it is delivered as soon as it is kept."""
        try:
            await self._store.add(SentMessage(message.to, message.text, self._clock()))
        except (RedisError, OSError) as error:
            raise SmsError("the outbox can not be reached", passing=True) from error
        return Taken(self.id, delivered=True)
