"""All SMS gateways as one: the first that takes a message, tried again for as long as it is of use."""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence

from orchestrator.metrics import Metrics
from orchestrator.sms.gateway import SmsError, SmsGateway, Taken
from orchestrator.sms.message import TextMessage

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 4.0
"""How long a gateway may take to answer before the next is tried."""

PAUSES = (0.0, 0.5, 1.5)
"""Seconds before each round through the gateways: a message later than the code that is read aloud is of no use."""


class Sender:
    """Hands messages to the gateways in their order.

    An answer that was lost may have been yes, and the message is sent again all the same: one too many costs
    nothing, as both have the same link; one too few costs the call.
    """

    def __init__(
        self, gateways: Iterable[SmsGateway], metrics: Metrics, pauses: Sequence[float] = PAUSES
    ) -> None:
        self._gateways = tuple(gateways)
        metrics.sms_gateways(gateway.id for gateway in self._gateways)
        self._metrics = metrics
        self._pauses = tuple(pauses)

    def has_next(self, gateway: str) -> bool:
        """Tell whether there is a gateway to try after this one has failed."""
        return bool(self._after(gateway))

    async def send(self, message: TextMessage, after: str = "") -> Taken:
        """Hand a message in, to the gateways that come after ``after`` if that is given. Raises SmsError."""
        left = self._after(after) if after else self._gateways
        error = SmsError("no SMS gateway is set up")
        for pause in self._pauses:
            await asyncio.sleep(pause)
            still = []
            for gateway in left:
                try:
                    return await self._try(gateway, message)
                except SmsError as problem:
                    error = problem
                    logger.warning("sms gateway %s: %s", gateway.id, problem)
                    if problem.passing:
                        still.append(gateway)
            left = tuple(still)
            if not left:
                break
        raise error

    async def _try(self, gateway: SmsGateway, message: TextMessage) -> Taken:
        began = time.perf_counter()
        outcome = "failed"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                taken = await gateway.send(message)
            outcome = "accepted"
        except TimeoutError as error:
            raise SmsError(f"no answer in {ANSWER_SECONDS:g} s", passing=True) from error
        finally:
            self._metrics.sms.labels(gateway.id, outcome).observe(time.perf_counter() - began)
        return taken

    def _after(self, id: str) -> tuple[SmsGateway, ...]:
        ids = [gateway.id for gateway in self._gateways]
        return self._gateways[ids.index(id) + 1 :] if id in ids else ()
