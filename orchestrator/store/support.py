"""Cases and service messages, kept like all that runs a centre; how many there may be, the helpdesk says."""

from orchestrator.store.client import Client
from orchestrator.store.keys import Keys
from orchestrator.store.register import Register
from orchestrator.support.domain.case import Case
from orchestrator.support.domain.message import ServiceMessage


class Cases(Register[Case]):
    """The cases of an installation, by id."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.cases(), Case)


class ServiceMessages(Register[ServiceMessage]):
    """The service messages of an installation, by id, those that are over too."""

    def __init__(self, redis: Client, keys: Keys) -> None:
        super().__init__(redis, keys.service_messages(), ServiceMessage)
