"""Delivery reports: what SMS gateways tell of a message, in each one's words."""

from collections.abc import Mapping

from orchestrator.config.sms import HttpSms, KannelSms, Reports, Sms
from orchestrator.domain.texting import SmsOutcome
from orchestrator.sms.kannel import REPORTS as KANNELS


class ReportError(ValueError):
    """The report says nothing that is understood; the text says what is wrong with it."""


def read_report(gateway: Sms, report: Mapping[str, object]) -> SmsOutcome | None:
    """Return what a report says; None is nothing new. Raises ReportError."""
    match gateway:
        case KannelSms():
            reports: Reports | None = KANNELS
        case HttpSms():
            reports = gateway.reports
        case _:
            reports = None
    if reports is None:
        raise ReportError("the settings say nothing of this gateway's reports")
    value = str(report.get(reports.field, ""))
    if value in reports.delivered:
        return SmsOutcome.DELIVERED
    if value in reports.failed:
        return SmsOutcome.FAILED
    if value in reports.accepted:
        return None
    raise ReportError(
        f"the field {reports.field!r} is not there, or has a value that the settings do not name"
    )
