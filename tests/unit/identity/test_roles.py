"""The one table of what each role may do, and that grants go by it."""

import itertools

import pytest

from orchestrator.domain.ids import CallId, CentralId, SeatId
from orchestrator.identity.grants import Grant, ImpossibleGrantError, OperatorGrant, PersonGrant
from orchestrator.identity.roles import CENTRALS_OWN, EVERYWHERE, HOME, MAY, SEATED, Act, Role

OWN, OTHER = CentralId("amk"), CentralId("lv")
SEAT = SeatId("plass-1")
CALL = CallId("c" * 22)

OF_PATIENTS = {Act.SEE_PICTURES, Act.START_CALLS, Act.READ_NUMBERS}
"""What has to do with a patient's picture or number."""


def grant_of(role: Role, central: CentralId | None = OWN) -> OperatorGrant | PersonGrant:
    """Return what someone of a role holds."""
    if role in SEATED:
        assert central is not None
        return OperatorGrant("u", "U", central, SEAT, role)
    return PersonGrant("u", "U", role, central if role in CENTRALS_OWN else None)


def test_every_role_and_every_act_is_in_the_table() -> None:
    """No role is left out, has nothing to do or no page; no act is nobody's."""
    assert MAY.keys() == HOME.keys() == set(Role)
    assert all(MAY.values())
    assert set().union(*MAY.values()) == set(Act)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OPERATOR, Role.SHIFT_LEADER)])
def test_only_operators_have_to_do_with_patients(role: Role) -> None:
    """Neither operations nor the owner nor anyone else sees a picture or a number, by table or by grant."""
    assert not MAY[role] & OF_PATIENTS
    grant = grant_of(role)
    assert not grant.may_watch(CALL, SEAT)
    assert not grant.may_start(OWN, SEAT)
    assert not grant.may_control(OWN, SEAT)


def test_a_trainer_has_exercises_alone() -> None:
    """Real calls at the trainer's own seat are as those of another."""
    trainer = grant_of(Role.TRAINER)
    for exercise in (True, False):
        assert trainer.may_watch(CALL, SEAT, exercise=exercise) is exercise
        assert trainer.may_start(OWN, SEAT, exercise=exercise) is exercise
        assert trainer.may_control(OWN, SEAT, exercise=exercise) is exercise


@pytest.mark.parametrize(("role", "act"), list(itertools.product(Role, Act)))
def test_a_grant_goes_by_the_table(role: Role, act: Act) -> None:
    """What the table says holds at the own central, and elsewhere for those of the whole installation alone."""
    grant = grant_of(role)
    allowed = act in MAY[role]
    assert grant.may(act) is grant.may(act, OWN) is allowed
    assert grant.may(act, OTHER) is (allowed and grant.central is None)
    assert not Grant().may(act)


@pytest.mark.parametrize("role", Role)
def test_a_role_is_where_it_belongs(role: Role) -> None:
    """A seat is for those who work at one, and the whole installation for those who work for all."""
    if role not in SEATED:
        with pytest.raises(ImpossibleGrantError, match="Leave the seat out"):
            OperatorGrant("u", "U", OWN, SEAT, role)
    else:
        with pytest.raises(ImpossibleGrantError, match="Name the seat"):
            PersonGrant("u", "U", role, OWN)
        return
    if role not in EVERYWHERE:
        with pytest.raises(ImpossibleGrantError, match="one central"):
            PersonGrant("u", "U", role)
    if role not in CENTRALS_OWN:
        with pytest.raises(ImpossibleGrantError, match="Leave the central out"):
            PersonGrant("u", "U", role, OWN)


def test_a_session_is_void_with_the_account_that_it_began_with() -> None:
    """The account's edition is among the names that tokens are revoked by; settings' accounts have none."""
    assert OperatorGrant("u", "U", OWN, SEAT, edition=3).subjects == ("user:u", "user:u/3")
    assert PersonGrant("u", "U", Role.OWNER, edition=2).subjects == ("user:u", "user:u/2")
    assert PersonGrant("u", "U", Role.OWNER).subjects == ("user:u",)
