"""A visit of somebody new that an agreement pays, or one more than a few, is a request; who is known books at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, State
from booking.kernel.database import db, unit_of_work
from booking.schools import change
from booking.schools.book import Booked, book_visit
from booking.schools.forgetting import FORGETTINGS
from booking.schools.models import Agreement, Approval, SchoolKind, SchoolRules, Visit
from booking.schools.payers import SchoolFacts
from booking.schools.senders import ManyVisits
from booking.web.network import MARK_LENGTH
from tests.schools.visits import Centre, a_plan, a_school_centre, an_order
from tests.support.forgetting import forget

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
) -> Booked:
    """A visit of one class to one programme: of our school, whose municipality pays, or of one that pays itself."""
    order = an_order(centre, a_plan(centre, name, programmes_wanted=1), email, holder=holder)
    if not pays:
        order = replace(order, school=NEW)
    with unit_of_work():
        return book_visit(order, centre=centre.facts, now=now)


def rules(**values: object) -> None:
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(**values))


def test_what_an_agreement_pays_for_somebody_new_is_a_request(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    asked = send(centre, now, pays=True)
    assert asked.approval is Approval.ASKED
    with unit_of_work():
        change.approve(asked.booking_id, centre=centre.facts, now=now, actor="account:1")
    assert send(centre, now, "6B", pays=True).approval is Approval.NOT_NEEDED  # known from that yes on


def test_who_pays_alone_books_at_once(app: Flask, now: datetime) -> None:
    assert send(a_school_centre(), now).approval is Approval.NOT_NEEDED


def test_who_has_been_here_books_at_once_also_by_agreement(app: Flask, now: datetime) -> None:
    centre = a_school_centre()
    before = send(centre, now)
    with unit_of_work():
        past = now - timedelta(days=30)
        db.session.execute(update(Visit).values(arrives_at=past, leaves_at=past + timedelta(hours=4)))
    assert db.session.get_one(Booking, before.booking_id).state is State.CONFIRMED
    assert send(centre, now, "6B", pays=True).approval is Approval.NOT_NEEDED
    assert send(centre, now, "6C", pays=True, email="other@example.org").approval is Approval.ASKED


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
    assert [one.approval for one in (first, second, third)] == [
        Approval.NOT_NEEDED, Approval.NOT_NEEDED, Approval.ASKED,
    ]  # fmt: skip


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
        columns = {one.name: getattr(visit, one.name) for one in Visit.__table__.columns if one.name != "id"}
        booking = db.session.get_one(Booking, first.booking_id)
        facts = {one.name: getattr(booking, one.name) for one in Booking.__table__.columns if one.name != "id"}
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
