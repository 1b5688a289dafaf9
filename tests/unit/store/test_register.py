"""Registers and the journal: what is kept, and changed by nobody unseen."""

import asyncio
from functools import partial

import msgspec
import pytest

from orchestrator.domain.ids import CentralId, Millis
from orchestrator.domain.people import Account, Role
from orchestrator.onboarding.domain.training import Passed, TrainingRecord
from orchestrator.store.database import Store
from orchestrator.store.journal import Deed

PASSED = Passed(1, "2026-11-25")
KARI = Account("kari", "Kari", Role.OPERATOR, CentralId("amk"))


async def test_a_record_is_kept_and_changed(store: Store) -> None:
    """A name is given once; what is not there can not be changed."""
    assert await store.accounts.get("kari") is None
    assert await store.accounts.add("kari", KARI)
    assert not await store.accounts.add("kari", msgspec.structs.replace(KARI, name="Another"))
    changed = await store.accounts.change("kari", lambda account: account.changed(disabled=True))
    assert changed == await store.accounts.get("kari") == KARI.changed(disabled=True)
    assert await store.accounts.change("ola", lambda account: account) is None
    assert await store.accounts.all() == [changed]
    assert await store.accounts.count() == 1


async def test_no_change_is_lost(store: Store) -> None:
    """Of many who change a record at the same time each one's change is in it."""
    await store.accounts.add("kari", KARI)
    await asyncio.gather(
        *(store.accounts.change("kari", lambda account: account.changed()) for _ in range(8))
    )
    account = await store.accounts.get("kari")
    assert account is not None
    assert account.edition == KARI.edition + 8


async def test_what_is_trained_is_kept_by_central_and_person(store: Store) -> None:
    """Of all that is kept at the same time nothing is lost, and what is forgotten is one person's at one central."""
    amk, lv = CentralId("amk"), CentralId("lv")
    assert await store.trained.of_person(amk, "kari") == TrainingRecord("kari", amk)
    modules = [f"m{number}" for number in range(6)]
    await asyncio.gather(
        *(
            store.trained.keep(amk, "kari", partial(TrainingRecord.with_module, module=module, passed=PASSED))
            for module in modules
        )
    )
    await store.trained.keep(lv, "kari", lambda record: record.with_module("m0", PASSED))
    assert sorted((await store.trained.of_person(amk, "kari")).modules) == modules
    assert [record.central for record in await store.trained.of_central(lv)] == [lv]
    await store.trained.forget(amk, "kari")
    assert await store.trained.of_central(amk) == []
    assert len(await store.trained.all()) == 1


async def test_what_a_change_refuses_is_left_as_it_was(store: Store) -> None:
    """The error is the caller's."""

    def refuse(_: Account) -> Account:
        raise KeyError

    await store.accounts.add("kari", KARI)
    with pytest.raises(KeyError):
        await store.accounts.change("kari", refuse)
    assert await store.accounts.get("kari") == KARI


async def test_accounts_are_listed_by_central(store: Store) -> None:
    """By user name, and no other central's."""
    for user, central in (("b", "amk"), ("a", "amk"), ("c", "lv")):
        await store.accounts.add(user, Account(user, user, Role.OPERATOR, CentralId(central)))
    assert [account.user for account in await store.accounts.of_central(CentralId("amk"))] == ["a", "b"]


async def test_a_link_is_good_once(store: Store) -> None:
    """Looking at it does not use it up, and its code is not in Redis."""
    await store.password_links.put("code", "kari", 60)
    assert await store.password_links.whose("code") == "kari"
    assert await store.password_links.use("code") == "kari"
    assert await store.password_links.use("code") is None
    assert await store.password_links.whose("code") is None


async def test_the_journal_is_read_backwards(store: Store) -> None:
    """The newest deed comes first, of one central where that is asked, and however many others lie between."""
    await store.journal.add(Deed(Millis(0), "eva", "open_by_exception", CentralId("lv"), reason="Why"))
    for number in range(1, 520):
        await store.journal.add(Deed(Millis(number), "ada", "edit_central", CentralId("amk")))
    assert [deed.at for deed in await store.journal.newest(3)] == [519, 518, 517]
    of_lv = await store.journal.newest(3, CentralId("lv"))
    assert [(deed.by, deed.reason) for deed in of_lv] == [("eva", "Why")]
