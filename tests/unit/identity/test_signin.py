"""Sign-in tells who someone is, or nothing."""

import asyncio
from pathlib import Path

import argon2
import msgspec
import pytest

from orchestrator.config import Account, Settings
from orchestrator.domain.central import Central, Kind, Seat
from orchestrator.domain.ids import CentralId, SeatId
from orchestrator.domain.people import Account as MadeAccount
from orchestrator.domain.people import Role
from orchestrator.identity import signin
from orchestrator.identity.grants import OperatorGrant, PersonGrant
from orchestrator.identity.signin import (
    MAX_TYPED,
    Password,
    PasswordSignIn,
    SignIn,
    SignInRefusedError,
    hash_password,
)

AMK = Central(CentralId("amk"), "AMK", Kind.AMK, (Seat(SeatId("plass-1"), "1"), Seat(SeatId("plass-2"), "2")))
LV = Central(CentralId("lv"), "LV", Kind.LV, (Seat(SeatId("lv-1"), "1"),))
KARI = Account("kari", hash_password("blåbær 1"), CentralId("lv"), "Kari Nordmann")
SETTINGS = Settings(key_dir=Path("unused"), centrals=(AMK, LV), accounts=(KARI,))
DEMO = msgspec.structs.replace(SETTINGS, demo=True)


async def refused(settings: Settings, user: str, password: str) -> bool:
    """Tell whether sign-in refuses."""
    try:
        await PasswordSignIn(settings).sign_in(Password(user, password))
    except SignInRefusedError:
        return True
    return False


async def test_a_good_password_tells_who_it_is() -> None:
    """The person has a name and a central, and may take any of its seats."""
    sign_in: SignIn[Password] = PasswordSignIn(SETTINGS)
    person = await sign_in.sign_in(Password("kari", "blåbær 1"))
    assert person.at(SeatId("lv-1")) == OperatorGrant("kari", "Kari Nordmann", LV.id, SeatId("lv-1"))


async def test_letters_composed_another_way_are_the_same_letters() -> None:
    """A Mac types å as a with a ring after it."""
    assert not await refused(SETTINGS, "kari", "bla\u030abær 1")


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("kari", "blåbær 2"),
        ("kari", ""),
        pytest.param("kari", KARI.password, id="the hash itself"),
        ("Kari", "blåbær 1"),
        ("ola", "blåbær 1"),
        ("", ""),
        ("kari", "x" * (MAX_TYPED + 1)),
        ("x" * (MAX_TYPED + 1), "blåbær 1"),
        ("kari", "\ud800"),
        ("kari", "\x00"),
    ],
)
async def test_anything_else_is_refused(user: str, password: str) -> None:
    """A wrong password, an unknown user, or what can not be typed."""
    assert await refused(SETTINGS, user, password)


async def test_a_seat_of_another_central_is_refused() -> None:
    """Nobody sits down elsewhere."""
    person = await PasswordSignIn(SETTINGS).sign_in(Password("kari", "blåbær 1"))
    for seat in ("plass-1", "unknown", ""):
        with pytest.raises(SignInRefusedError):
            person.at(SeatId(seat))


async def test_an_unknown_user_costs_a_hash_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time does not tell which users there are: both verify one hash of the same cost."""
    verified: list[argon2.Parameters] = []
    verify = signin._matches

    def counted(expected: str, password: str) -> bool:
        verified.append(argon2.extract_parameters(expected))
        return verify(expected, password)

    monkeypatch.setattr(signin, "_matches", counted)
    for user in ("kari", "nobody"):
        assert await refused(SETTINGS, user, "wrong")
    known, unknown = verified
    assert known == unknown


async def test_the_loop_runs_on_while_a_password_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking happens in a thread, and no more than two at a time."""
    running = most = 0
    loop = asyncio.get_running_loop()
    verify = signin._matches

    def counted(expected: str, password: str) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(timeout=10)
        good = verify(expected, password)
        running -= 1
        return good

    monkeypatch.setattr(signin, "_matches", counted)
    sign_in = PasswordSignIn(SETTINGS)
    people = await asyncio.gather(*(sign_in.sign_in(Password("kari", "blåbær 1")) for _ in range(6)))
    assert len(people) == 6
    assert most == 2


async def test_demo_may_take_any_seat_of_the_demo_central() -> None:
    """The first central of the settings is the demo's; real accounts go on working beside it."""
    person = await PasswordSignIn(DEMO).sign_in(Password("demo", "demo"))
    assert [person.at(seat.id).seat for seat in AMK.seats] == ["plass-1", "plass-2"]
    with pytest.raises(SignInRefusedError):
        person.at(SeatId("lv-1"))
    assert await refused(DEMO, "demo", "demo2")
    assert not await refused(DEMO, "kari", "blåbær 1")


async def test_demo_is_refused_outside_demo_mode() -> None:
    """Nobody gets in with a password that everybody knows."""
    assert await refused(SETTINGS, "demo", "demo")


@pytest.mark.parametrize(
    ("account", "says"),
    [
        (Account("demo", hash_password("long and secret"), AMK.id), "demonstration"),
        (Account("ola", "$argon2id$v=19$m=65536", AMK.id), "hash-password"),
    ],
)
def test_an_account_that_can_not_be_used_is_named(account: Account, says: str) -> None:
    """The node does not start with it, in demo mode or out of it."""
    for settings in (SETTINGS, DEMO):
        with pytest.raises(ValueError, match=says) as caught:
            PasswordSignIn(msgspec.structs.replace(settings, accounts=(KARI, account)))
        assert account.user in str(caught.value)


class MadeAccounts:
    """Accounts that were made while the system runs."""

    def __init__(self, *accounts: MadeAccount) -> None:
        self._accounts = {account.user: account for account in accounts}

    async def get(self, user: str) -> MadeAccount | None:
        """Return an account."""
        return self._accounts.get(user)


async def test_the_demonstration_has_operations_and_an_owner() -> None:
    """They have no seat to take; outside demo mode there are no such people."""
    for user, role in (("drift", Role.SUPPORT), ("eier", Role.OWNER)):
        person = await PasswordSignIn(DEMO).sign_in(Password(user, "demo"))
        assert person.grant(SeatId("plass-1")) == PersonGrant(user, person.name, role)
        with pytest.raises(SignInRefusedError):
            person.at(SeatId("plass-1"))
        assert await refused(SETTINGS, user, "demo")


async def test_an_account_of_the_settings_stands_before_the_demonstrations() -> None:
    """An installation that has somebody called drift keeps them."""
    own = Account("drift", KARI.password, AMK.id)
    settings = msgspec.structs.replace(DEMO, accounts=(own,))
    assert await refused(settings, "drift", "demo")
    assert (await PasswordSignIn(settings).sign_in(Password("drift", "blåbær 1"))).role is Role.OPERATOR


async def test_accounts_that_are_made_sign_in_too() -> None:
    """Their role and their edition are in the grant; without a seat who works at one has the central's first."""
    leader = MadeAccount("leder", "Liv", Role.SHIFT_LEADER, AMK.id, KARI.password, edition=4)
    admin = MadeAccount("admin", "Ada", Role.ADMIN, AMK.id, KARI.password)
    sign_in = PasswordSignIn(SETTINGS, MadeAccounts(leader, admin))
    person = await sign_in.sign_in(Password("leder", "blåbær 1"))
    assert person.grant(None) == OperatorGrant(
        "leder", "Liv", AMK.id, SeatId("plass-1"), Role.SHIFT_LEADER, 4
    )
    person = await sign_in.sign_in(Password("admin", "blåbær 1"))
    assert person.grant(None) == PersonGrant("admin", "Ada", Role.ADMIN, AMK.id, 1)


@pytest.mark.parametrize(
    "account",
    [
        MadeAccount("x", "X", Role.OPERATOR, AMK.id, KARI.password, disabled=True),
        MadeAccount("x", "X", Role.OPERATOR, AMK.id),
        MadeAccount("x", "X", Role.OPERATOR, CentralId("gone"), KARI.password),
        MadeAccount("kari", "Not Kari", Role.ADMIN, AMK.id, hash_password("another password")),
    ],
    ids=["disabled", "no password chosen", "no such central", "of the settings"],
)
async def test_accounts_that_do_not_let_in(account: MadeAccount) -> None:
    """Whatever is typed, demo's password included."""
    sign_in = PasswordSignIn(SETTINGS, MadeAccounts(account))
    for password in ("another password", "demo", ""):
        with pytest.raises(SignInRefusedError):
            await sign_in.sign_in(Password(account.user, password))
    if account.user == "x":
        with pytest.raises(SignInRefusedError):
            await sign_in.sign_in(Password("x", "blåbær 1"))


async def test_who_has_no_seat_to_take_is_not_let_in() -> None:
    """A central that has closed its seats has no operators."""
    empty = msgspec.structs.replace(SETTINGS, centrals=(AMK, msgspec.structs.replace(LV, seats=())))
    person = await PasswordSignIn(empty).sign_in(Password("kari", "blåbær 1"))
    with pytest.raises(SignInRefusedError):
        person.grant(None)


def test_names_that_are_taken() -> None:
    """Those of the settings and of the demonstration, in demo mode or out of it."""
    assert [PasswordSignIn(SETTINGS).is_taken(user) for user in ("kari", "demo", "eier", "ola")] == [
        *(True, True, True, False)
    ]
