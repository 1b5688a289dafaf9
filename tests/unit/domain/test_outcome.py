"""What is kept of an ended call: enough for a report, and nothing of anyone."""

import msgspec
import pytest

from orchestrator.domain.call import Call
from orchestrator.domain.device import Device
from orchestrator.domain.funnel import EndedBy, Step, Trouble
from orchestrator.domain.ids import CallId, CentralId, Code, DeviceId, Millis, SeatId
from orchestrator.domain.outcome import Browser, Outcome, Reason, System, outcome_of
from orchestrator.domain.phone import E164
from orchestrator.domain.record import CallRecord
from orchestrator.domain.texting import Texting

BEGAN = 1_795_651_200_000 + 3_723_456  # 2026-11-26 01:02:03.456 UTC


def record(texted: bool = True) -> CallRecord:
    """Return a call that has just been requested."""
    call = Call.start(
        id=CallId("secret-id-of-the-call0"),
        central=CentralId("amk"),
        seat=SeatId("plass-1"),
        code=Code("K7M4RX"),
        at=Millis(BEGAN),
        phone=E164("+4791234567"),
    )
    texting = Texting.begin("t" * 22, Millis(BEGAN)) if texted else None
    return CallRecord(call, "https://video.example/v/K7M4RX", texting=texting, place="AMK · Plass 1")


def after(one: CallRecord, **steps: int) -> CallRecord:
    """Return the call with steps reached so many milliseconds after the request."""
    funnel = one.call.funnel
    for step, ms in steps.items():
        funnel = funnel.reach(Step(step), Millis(BEGAN + ms))
    return msgspec.structs.replace(one, call=msgspec.structs.replace(one.call, funnel=funnel))


def troubled(one: CallRecord, trouble: Trouble, relieved: bool = False) -> CallRecord:
    """Return the call with a trouble."""
    funnel = one.call.funnel.trouble(trouble, Millis(BEGAN + 50))
    if relieved:
        funnel = funnel.relieve(Millis(BEGAN + 60), trouble)
    return msgspec.structs.replace(one, call=msgspec.structs.replace(one.call, funnel=funnel))


def ended(one: CallRecord, by: EndedBy = EndedBy.OPERATOR, ms: int = 100_000) -> Outcome:
    """End the call and return what is kept of it."""
    outcome = one.ended(Millis(BEGAN + ms), by).outcome
    assert outcome is not None
    return outcome


WHOLE = {
    "sms_accepted": 449,
    "sms_delivered": 2450,
    "opened": 12_051,
    "connected": 12_900,
    "permitted": 15_000,
    "first_frame": 15_149,
}


def test_steps_are_kept_to_the_tenth_and_all_else_roughly() -> None:
    """Day and hour are all there is of when it was; how long it lasted is in steps of five seconds."""
    phone = Device(browser="Safari", os="iOS")
    one = msgspec.structs.replace(after(record(), **WHOLE), device=phone)
    assert ended(one, ms=187_000) == Outcome(
        CentralId("amk"),
        SeatId("plass-1"),
        "2026-11-26",
        1,
        185,
        EndedBy.OPERATOR,
        texted=True,
        system=System.IOS,
        browser=Browser.SAFARI,
        sms_accepted=4,
        sms_delivered=25,
        opened=121,
        connected=129,
        permitted=150,
        first_frame=151,
        picture=170,
    )


def test_nothing_in_it_leads_to_anyone() -> None:
    """No number, name, code, id, link, place, device, nor the moment; nor what a phone calls itself."""
    phone = Device(browser="Kari's <browser>", os="KariOS", network="5g")
    one = msgspec.structs.replace(after(record(), **WHOLE), device=phone, guests=())
    one = msgspec.structs.replace(one, call=one.call.claim(DeviceId("device-of-kari")))
    raw = msgspec.json.encode(ended(one)).decode()
    for secret in (
        "secret-id",
        "91234567",
        "K7M4RX",
        "video.example",
        "Plass 1",
        "kari",
        "Kari",
        "5g",
        "t" * 22,
    ):
        assert secret not in raw
    for moment in one.call.funnel.steps.values():
        assert str(moment) not in raw
    assert '"system":"other","browser":"other"' in raw


@pytest.mark.parametrize(
    ("os", "browser", "inside", "kept"),
    [
        ("Android", "Google Chrome", False, (System.ANDROID, Browser.CHROME)),
        ("Android", "Samsung Internet", False, (System.ANDROID, Browser.SAMSUNG)),
        ("iPadOS", "Safari", False, (System.IOS, Browser.SAFARI)),
        ("iOS", "Facebook", True, (System.IOS, Browser.APP)),
        ("Windows", "Microsoft Edge", False, (System.OTHER, Browser.EDGE)),
        ("", "", False, (System.UNKNOWN, Browser.UNKNOWN)),
    ],
)
def test_phones_are_of_few_kinds(os: str, browser: str, inside: bool, kept: tuple[System, Browser]) -> None:
    """What a phone says of itself is put among names that are known here."""
    one = msgspec.structs.replace(record(), device=Device(browser=browser, os=os, inside=inside))
    assert (ended(one).system, ended(one).browser) == kept


def steps(upto: str) -> dict[str, int]:
    """Return the steps up to one."""
    names = list(WHOLE)
    return {name: WHOLE[name] for name in names[: names.index(upto) + 1]}


@pytest.mark.parametrize(
    ("upto", "trouble", "reason"),
    [
        ("sms_accepted", None, Reason.NOT_DELIVERED),
        ("sms_accepted", Trouble.SMS_FAILED, Reason.SMS_FAILED),
        ("sms_delivered", None, Reason.NOT_OPENED),
        ("opened", None, Reason.NOT_CONNECTED),
        ("opened", Trouble.SMS_FAILED, Reason.NOT_CONNECTED),
        ("opened", Trouble.UNSUPPORTED, Reason.UNSUPPORTED),
        ("opened", Trouble.HIDDEN, Reason.LEFT),
        ("connected", None, Reason.NOT_PERMITTED),
        ("connected", Trouble.REFUSED, Reason.REFUSED),
        ("connected", Trouble.NO_CAMERA, Reason.NO_CAMERA),
        ("connected", Trouble.CAMERA_BUSY, Reason.CAMERA_BUSY),
        ("permitted", None, Reason.NO_PICTURE),
        ("permitted", Trouble.GATEWAY_LOST, Reason.NO_PICTURE),
        ("first_frame", Trouble.REFUSED, None),
    ],
)
def test_why_there_was_no_picture(upto: str, trouble: Trouble | None, reason: Reason | None) -> None:
    """It is the trouble that the call ended with, or else how far it had come; with a picture there is none."""
    one = after(record(), **steps(upto))
    assert ended(one if trouble is None else troubled(one, trouble)).reason is reason


def test_a_message_never_sent_is_no_reason() -> None:
    """Where the code was read aloud, the link was not opened; where a gateway never took the message, that failed."""
    assert ended(record(texted=False)).reason is Reason.NOT_OPENED
    assert not ended(record(texted=False)).texted
    assert ended(record()).reason is Reason.SMS_FAILED


def test_a_trouble_that_is_over_is_no_reason() -> None:
    """Who refused, was told how to permit it and then had no connection, was not lost to a refusal."""
    one = troubled(after(record(), **steps("opened")), Trouble.REFUSED, relieved=True)
    assert ended(one).reason is Reason.NOT_CONNECTED


def test_who_pressed_stop_has_stopped() -> None:
    """A caller who ends it before there is a picture does not want to show one."""
    assert ended(after(record(), **steps("connected")), EndedBy.CALLER).reason is Reason.STOPPED


def test_an_end_is_told_once() -> None:
    """A call that is ended again keeps the outcome it had."""
    one = msgspec.structs.replace(record(), device=Device(os="Android")).ended(
        Millis(BEGAN + 1000), EndedBy.CALLER
    )
    assert one.ended(Millis(BEGAN + 9000), EndedBy.TIME).outcome == one.outcome


def test_a_call_that_goes_on_has_no_outcome() -> None:
    """There is nothing to count yet."""
    assert record().outcome is None
    with pytest.raises(KeyError):
        outcome_of(record().call, lasting=frozenset())
