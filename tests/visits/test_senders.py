"""A visit of somebody new that an agreement pays, or one more than a few, is a request; who is known books at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import Agreement, AskedFor, SchoolKind, SchoolRules
from booking.agreements.payers import SchoolFacts
from booking.bookings.models import Booking, State
from booking.bookings.refusals import WrongState
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.visits import change
from booking.visits.book import book_visit
from booking.visits.forgetting import FORGETTINGS
from booking.visits.models import Approval, Visit
from booking.visits.senders import ManyVisits
from booking.visits.write import Booked
from booking.web.guards.network import MARK_LENGTH
from tests.school_builders import an_agreement
from tests.support.forgetting import forget
from tests.visits.booked import Centre, a_plan, a_school_centre, an_order

HERE, THERE = "h" * MARK_LENGTH, "t" * MARK_LENGTH
NEW = SchoolFacts(None, "Ny skole", "", "Voss", SchoolKind.SCHOOL, "", known=False)


def send(
    centre: Centre,
    now: datetime,
    name: str = "6A",
    *,
    email: str = "new@example.org",
    holder: str = HERE,
    pays: bool = False,
    proven: bool = False,
    code: str = "",
) -> Booked:
    """A visit of one class to one programme: of our school, whose municipality pays, or of one that pays itself."""
    order = an_order(centre, a_plan(centre, name, programmes_wanted=1), email, holder=holder, proven=proven, code=code)
    if not pays:
        order = replace(order, school=NEW)
    with unit_of_work():
        return book_visit(order, centre=centre.facts, now=now)


def rules(**values: object) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(**values))


def test_what_an_agreement_pays_for_somebody_new_is_a_request(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    booked = send(centre, now, pays=True)
    assert booked.approval is Approval.ASKED
    with unit_of_work():
        change.approve(booked.booking_id, centre=centre.facts, now=now, actor="account:1")
    known = send(centre, now, "6B", pays=True, proven=True)
    assert known.approval is Approval.NOT_NEEDED  # from that yes on


def test_who_pays_alone_books_at_once(app: Flask, now: datetime) -> None:
    assert send(a_school_centre(), now).approval is Approval.NOT_NEEDED


def test_who_has_been_here_books_at_once_also_by_agreement(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    before = send(centre, now)
    with unit_of_work():
        past = now - timedelta(days=30)
        db.session.execute(update(Visit).values(arrives_at=past, leaves_at=past + timedelta(hours=4)))
    assert db.session.get_one(Booking, before.booking_id).state is State.CONFIRMED
    assert send(centre, now, "6B", pays=True, proven=True).approval is Approval.NOT_NEEDED
    assert send(centre, now, "6C", pays=True, email="other@example.org").approval is Approval.ASKED


def why(booked: Booked) -> AskedFor | None:
    db.session.rollback()
    return db.session.scalars(select(Visit.asked_for).where(Visit.booking_id == booked.booking_id)).one()


def been_here(centre: Centre, now: datetime) -> None:
    """A visit of the address, to the other programme, has taken place."""
    plan = a_plan(replace(centre, bridges=centre.body), "5A", programmes_wanted=1)
    order = an_order(centre, plan, "new@example.org")
    with unit_of_work():
        book_visit(order, centre=centre.facts, now=now)
    with unit_of_work():
        past = now - timedelta(days=30)
        db.session.execute(update(Visit).values(arrives_at=past, leaves_at=past + timedelta(hours=4)))


def test_a_stranger_who_types_a_known_address_uses_no_agreement_until_its_mailbox_says_yes(
    app: Flask, now: datetime
) -> None:
    centre = a_school_centre()
    been_here(centre, now)
    typed = send(centre, now, "6B", pays=True, holder=THERE)
    assert (typed.approval, why(typed)) == (Approval.ASKED, AskedFor.UNPROVEN)
    for _twice in range(2):
        with unit_of_work():
            change.prove(typed.booking_id, now=now)
    assert db.session.get_one(Booking, typed.booking_id).state is State.CONFIRMED
    assert send(centre, now, "6C").approval is Approval.NOT_NEEDED  # what they pay themselves is no agreement's
    assert breaches() == []


def test_the_code_of_the_agreement_that_pays_proves_a_known_address_and_another_agreements_code_does_not(
    app: Flask, now: datetime
) -> None:
    centre = a_school_centre()
    # Of another municipality, and it pays nothing for this grade.
    an_agreement(payer="Voss herad", code="VOSS", municipality="Voss", grade_from=1, grade_to=2)
    been_here(centre, now)
    assert why(send(centre, now, "6B", pays=True, code=" voss ")) is AskedFor.UNPROVEN
    assert send(centre, now, "6C", pays=True, code=" bergen ").approval is Approval.NOT_NEEDED
    new = send(centre, now, "6D", pays=True, code="BERGEN", email="x@example.org")
    assert (new.approval, why(new)) == (Approval.ASKED, AskedFor.NEW_SENDER)


def test_a_press_in_the_mailbox_is_not_the_staffs_yes(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    new = send(centre, now, pays=True)
    with pytest.raises(WrongState), unit_of_work():
        change.prove(new.booking_id, now=now)
    assert (why(new), db.session.get_one(Booking, new.booking_id).state) == (AskedFor.NEW_SENDER, State.PENDING)


def test_who_types_a_known_address_is_limited_like_anybody_and_who_proves_it_is_not(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    rules(most_visits=1)
    been_here(centre, now)
    assert send(centre, now, "6B").approval is Approval.NOT_NEEDED
    assert why(send(centre, now, "6C")) is AskedFor.UNPROVEN
    assert send(centre, now, "6D", proven=True).approval is Approval.NOT_NEEDED


def test_an_agreement_that_pays_nothing_for_it_asks_nobody(app: Flask, now: datetime) -> None:
    centre = a_school_centre(grade_from=1, grade_to=2)
    assert send(centre, now, pays=True).approval is Approval.NOT_NEEDED


def test_a_centre_may_trust_everybody(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    rules(asks_new=False)
    assert send(centre, now, pays=True).approval is Approval.NOT_NEEDED


def test_staff_and_release_days_are_asked_nothing(app: Flask, now: datetime) -> None:
    assert send(a_school_centre(), now, pays=True, holder="").approval is Approval.NOT_NEEDED


@pytest.mark.parametrize(("email", "holder"), [("new@example.org", THERE), ("{n}@example.org", HERE)])
def test_more_than_a_few_visits_of_one_sender_become_requests(
    app: Flask, now: datetime, email: str, holder: str
) -> None:
    centre = a_school_centre()
    rules(most_visits=2)
    first = send(centre, now, "6A", email=email.format(n=0), holder=HERE)
    second = send(centre, now, "6B", email=email.format(n=1), holder=holder)
    third = send(centre, now, "6C", email=email.format(n=2), holder=holder)
    assert [visit.approval for visit in (first, second, third)] == [
        Approval.NOT_NEEDED, Approval.NOT_NEEDED, Approval.ASKED,
    ]  # fmt: skip
    assert [why(visit) for visit in (first, third)] == [None, AskedFor.MANY_VISITS]


def test_people_count_as_visits_do_but_one_visit_may_be_large(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    rules(most_visitors=20)
    assert send(centre, now, "6A").approval is Approval.NOT_NEEDED
    assert send(centre, now, "6B").approval is Approval.ASKED


def test_staff_are_not_buried_in_requests(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    rules(most_visits=1)
    first = send(centre, now)
    with unit_of_work():
        visit = db.session.scalars(select(Visit)).one()
        columns = {
            column.name: getattr(visit, column.name) for column in Visit.__table__.columns if column.name != "id"
        }
        booking = db.session.get_one(Booking, first.booking_id)
        facts = {
            column.name: getattr(booking, column.name) for column in Booking.__table__.columns if column.name != "id"
        }
        for n in range(3):
            codes = {"reference": f"REF{n}", "secret": f"secret{n}", "code": f"code{n}"}
            copy = Booking(**(facts | codes))
            db.session.add(copy)
            db.session.flush()
            db.session.add(Visit(**(columns | {"booking_id": copy.id})))
    with pytest.raises(ManyVisits):
        send(centre, now, "6B")


def test_a_guessed_reference_uses_no_allowance_of_another_school(app: Flask, now: datetime) -> None:
    centre = a_school_centre(most_visits=1)
    order = an_order(centre, a_plan(centre, "6A", programmes_wanted=1), "x@evil.example", holder=HERE)
    with unit_of_work():
        guessed = book_visit(replace(order, invoice_reference="12345"), centre=centre.facts, now=now)
    assert guessed.approval is Approval.ASKED
    assert db.session.get_one(Booking, guessed.booking_id).state is State.PENDING
    with unit_of_work():
        change.decline(guessed.booking_id, "Vi kjenner deg ikke", centre=centre.facts, now=now, actor="account:1")
    assert db.session.scalars(select(Agreement.most_visits)).one() == 1
    real = send(centre, now, "6B", pays=True, email="real@example.org", holder=THERE)
    assert real.approval is Approval.ASKED  # the allowance is there for them


def test_the_mark_of_the_address_goes_when_the_visit_is_over(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    send(centre, now)
    for at, mark in ((now, HERE), (now + timedelta(weeks=9), "")):
        forget(FORGETTINGS, at)
        assert db.session.scalars(select(Visit.holder)).one() == mark
