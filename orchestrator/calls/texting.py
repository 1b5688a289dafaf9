"""The text messages of a call on the node that owns it: sent again, and what is reported of them."""

import msgspec

from orchestrator.calls.commands import ReportSms, SendSms
from orchestrator.calls.problems import Problem, ProblemError
from orchestrator.calls.state import LiveState
from orchestrator.domain.funnel import Step, Trouble
from orchestrator.domain.texting import MOST, SmsOutcome, Texting

FRESH_SECONDS = 30.0
"""A message that its node did not get rid of is sent by the heir for so long: later the code has been read aloud."""


class CallTexting:
    """What a call does about its text messages. Sending goes on beside the call (``Surroundings.send_sms``)."""

    def __init__(self, state: LiveState) -> None:
        self._state = state

    def send(self, command: SendSms) -> None:
        """Send the link once more. Raises ProblemError where there is no number, or enough has been sent."""
        state, now = self._state, self._state.now()
        before, former = state.record.texting, state.call.phone
        if before is not None and command.ticket in before.tickets:
            return
        phone = command.phone or former
        if phone is None:
            raise ProblemError(Problem.PHONE_INVALID, "The call has no number. Give one to send the link to.")
        if before is not None and before.sent >= MOST:
            raise ProblemError(
                Problem.TOO_MANY_REQUESTS, "Enough messages have been sent. Read the code aloud instead."
            )
        if before is None:
            texting = Texting.begin(command.ticket, now)
        else:
            texting = before.again(command.ticket, now, other_number=phone != former)
        call = msgspec.structs.replace(
            state.call.correct_phone(phone), funnel=state.funnel.relieve(now, Trouble.SMS_FAILED)
        )
        state.record = msgspec.structs.replace(state.record, call=call, texting=texting)
        state.around.send_sms(state.record)

    def report(self, command: ReportSms) -> None:
        """Take in what became of a message; one that its gateway lost is given to the next."""
        state, now = self._state, self._state.now()
        before = state.record.texting
        if self._report_of_guest(command):
            return
        if before is None or command.ticket not in before.tickets:
            raise ProblemError(Problem.NOT_FOUND, "There is no such message.")
        if command.reporter not in ("", before.gateway) and command.outcome is not SmsOutcome.DELIVERED:
            return  # It may report that it failed with what another gateway has taken since.
        texting = before.take(command.ticket, command.outcome, command.gateway)
        if texting is before:
            return
        state.record = msgspec.structs.replace(state.record, texting=texting)
        match texting.outcome:
            case SmsOutcome.ACCEPTED:
                state.funnel = state.funnel.reach(Step.SMS_ACCEPTED, now)
            case SmsOutcome.DELIVERED:
                state.funnel = state.funnel.relieve(now, Trouble.SMS_FAILED).reach(Step.SMS_DELIVERED, now)
            case SmsOutcome.FAILED:
                state.funnel = state.funnel.trouble(Trouble.SMS_FAILED, now)
                if before.outcome is SmsOutcome.ACCEPTED:
                    state.around.send_sms(state.record)

    def _report_of_guest(self, command: ReportSms) -> bool:
        """Take in what became of a guest's message, whose ticket is the guest's id; False where it is none."""
        record = self._state.record
        if all(guest.id != command.ticket or not guest.texted for guest in record.guests):
            return False
        guests = tuple(
            guest.take(command.outcome) if guest.id == command.ticket else guest for guest in record.guests
        )
        self._state.record = msgspec.structs.replace(record, guests=guests)
        return True

    def resume(self) -> None:
        """Send what a former owner was about to send when it died."""
        texting = self._state.record.texting
        if texting is None or texting.outcome is not None:
            return
        if self._state.now() - texting.at < FRESH_SECONDS * 1000:
            self._state.around.send_sms(self._state.record)
