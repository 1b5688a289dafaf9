"""The order form: what is taken, what is refused, and what becomes of an order."""

import pytest

from orchestrator.domain.central import Kind
from orchestrator.domain.ids import Millis
from orchestrator.onboarding.domain.customer import CustomerKind
from orchestrator.onboarding.domain.order import (
    AnsweredError,
    InvalidOrderError,
    Order,
    OrderId,
    OrderState,
    Trouble,
    read_order,
)
from tests.doubles.orders import FIELDS, wanted

ORDER = Order(OrderId("o" * 22), Millis(1), wanted())


def test_a_form_that_is_right() -> None:
    """Blanks at the ends and empty lines are nobody's meaning."""
    order = wanted(central_name="  LV   Gjøvik ", seats="\n GJØ 1 \n\nGJØ 2", comments=" Hei \n")
    assert (order.central_name, order.kind, order.seats) == ("LV Gjøvik", Kind.LV, ("GJØ 1", "GJØ 2"))
    assert (order.customer.number, order.customer.kind) == ("974760673", CustomerKind.MUNICIPALITY)
    assert (order.contact.phone, order.comments) == ("+4761000000", "Hei")


@pytest.mark.parametrize(
    ("field", "typed", "trouble"),
    [
        ("central_name", " ", Trouble.MISSING),
        ("central_name", "x" * 61, Trouble.TOO_LONG),
        ("kind", "hospital", Trouble.NO_CHOICE),
        ("customer_kind", "", Trouble.NO_CHOICE),
        ("customer_name", "x" * 101, Trouble.TOO_LONG),
        ("org_number", "974760674", Trouble.NO_ORG_NUMBER),
        ("org_number", "", Trouble.MISSING),
        ("seats", "\n \n", Trouble.MISSING),
        ("seats", "\n".join(str(n) for n in range(61)), Trouble.TOO_MANY),
        ("seats", "a\nA", Trouble.TWICE),
        ("seats", "x" * 41, Trouble.TOO_LONG),
        ("contact_name", "", Trouble.MISSING),
        ("mail", "kari", Trouble.NO_MAIL),
        ("mail", "a@b", Trouble.NO_MAIL),
        ("mail", 'a"b@c.no', Trouble.NO_MAIL),
        ("phone", "12", Trouble.NO_PHONE),
        ("comments", "x" * 2001, Trouble.TOO_LONG),
    ],
)
def test_a_field_that_is_wrong_is_named(field: str, typed: str, trouble: Trouble) -> None:
    """Each trouble has a name of its own, and stands at its field alone."""
    with pytest.raises(InvalidOrderError) as caught:
        wanted(**{field: typed})
    assert caught.value.troubles == {field: trouble}


def test_all_that_is_wrong_is_told_at_once() -> None:
    """An empty form names every field but the comments."""
    with pytest.raises(InvalidOrderError) as caught:
        read_order({})
    assert caught.value.troubles.keys() == FIELDS.keys() - {"comments"}


def test_an_order_is_answered_once() -> None:
    """A yes stands when it is said again; a no neither follows a yes nor gives way to one."""
    yes = ORDER.accepted("drift", Millis(2))
    assert (yes.state, yes.answered_by, yes.answered_at) == (OrderState.ACCEPTED, "drift", 2)
    assert yes.accepted("another", Millis(3)) == yes
    no = ORDER.declined("drift", Millis(2), "Not ours")
    with pytest.raises(AnsweredError):
        yes.declined("drift", Millis(3), "")
    with pytest.raises(AnsweredError):
        no.accepted("drift", Millis(3))
    with pytest.raises(AnsweredError):
        no.declined("drift", Millis(3), "")


def test_a_declined_order_forgets_who_asked() -> None:
    """Nothing of the person is kept, the customer and the reason are."""
    no = ORDER.declined("drift", Millis(2), "Not ours")
    assert "Kari" not in str(no)
    assert "gjovik.example" not in str(no)
    assert (no.reason, no.wanted.customer) == ("Not ours", ORDER.wanted.customer)


def test_a_centre_may_have_no_iccs() -> None:
    """The box is crossed for that; an order that says nothing is of a centre that has it."""
    assert wanted().iccs
    assert not wanted(no_iccs="on").iccs
