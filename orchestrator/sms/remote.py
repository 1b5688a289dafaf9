"""What SMS gateways that are asked over HTTP have in common."""

from typing import Generic, TypeVar

import aiohttp

from orchestrator.config.sms import HttpSms, KannelSms

S = TypeVar("S", HttpSms, KannelSms)


class Remote(Generic[S]):
    """One gateway, with where it is to report to."""

    def __init__(self, settings: S, http: aiohttp.ClientSession, report_origin: str) -> None:
        self._settings: S = settings
        self._http = http
        self._id: str = settings.id
        self._report_origin = settings.report_origin or report_origin

    @property
    def id(self) -> str:
        """What the settings call it."""
        return self._id
