"""A visit is booked whole or not at all, its payers are right to the øre, and its allowance is never overspent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.agreements.models import Allowance
from booking.agreements.payers import AllowanceUsed
from booking.bookings.change import cancel as cancel_at_the_desk
from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.places import Full
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox.models import Promise
from booking.payments.forgetting import of_baskets
from booking.programmes.models import Programme
from booking.running.check import breaches
from booking.visit_waiting import waiting
from booking.visits import change, read
from booking.visits import forgetting as schools
from booking.visits.book import book_visit
from booking.visits.models import Approval, Visit
from booking.visits.orders import BillChanged
from booking.visits.requests import requests
from tests.support.forgetting import forget
from tests.visits.booked import Centre, a_plan, a_school_centre, a_visit, an_order, taken_of


@pytest.fixture
def centre(app: Flask) -> Centre:
    return a_school_centre()


def facts_of(booking_id: int) -> read.VisitFacts:
    db.session.rollback()
    visit = read.of_booking(booking_id, "NOK")
    assert visit is not None
    return visit


def test_three_classes_with_two_programmes_and_lunch_take_each_their_places(centre: Centre) -> None:
    booked = a_visit(centre, "6A", "6B", "6C")
    assert taken_of(centre.bridges) == [26, 26, 26]
    assert taken_of(centre.body) == [26, 26, 26]
    facts = facts_of(booked.booking_id)
    assert facts.by_payer() == [("Bergen kommune", 3 * 24 * 11000)]
    assert facts.has_lunch
    assert breaches() == []


def test_one_ticket_for_each_kind_admits_all_of_a_class(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    admits = sorted(db.session.scalars(select(Ticket.admits).where(Ticket.booking_id == booked.booking_id)))
    assert admits == [2, 2, 24, 24, 26]
    assert db.session.scalars(select(Promise.kind)).all() == ["mail.confirmation"]


def test_a_plan_whose_session_is_gone_leaves_nothing_behind(centre: Centre) -> None:
    plan = a_plan(centre, "6A", "6B", "6C")
    a_visit(centre, "7A")
    before = taken_of(centre.bridges), taken_of(centre.body)
    with pytest.raises(Full), unit_of_work():
        book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
    assert (taken_of(centre.bridges), taken_of(centre.body)) == before
    assert len(db.session.scalars(select(Booking)).all()) == 1
    assert breaches() == []


def test_two_small_classes_of_two_schools_do_not_share_a_session_that_is_for_one(centre: Centre) -> None:
    plans = [a_plan(centre, name, programmes_wanted=1, pupils=10) for name in ("6A", "6B")]
    with unit_of_work():
        book_visit(an_order(centre, plans[0]), centre=centre.facts, now=clock.now())
    with pytest.raises(Full), unit_of_work():
        book_visit(an_order(centre, plans[1]), centre=centre.facts, now=clock.now())
    assert sorted(taken_of(centre.bridges)) == [0, 0, 12]


def test_a_price_that_nobody_has_seen_is_not_booked(centre: Centre) -> None:
    plan = a_plan(centre, "6A")
    with pytest.raises(BillChanged), unit_of_work():
        book_visit(an_order(centre, plan, seen={None: 264000}), centre=centre.facts, now=clock.now())
    assert db.session.scalars(select(Booking)).all() == []


def test_a_changed_number_moves_places_lunch_price_and_agreement_at_once(centre: Centre) -> None:
    booked = a_visit(centre, "6A", "6B")
    codes = set(db.session.scalars(select(Ticket.code).where(Ticket.booking_id == booked.booking_id)))
    with unit_of_work():
        change.change_numbers(booked.booking_id, {0: (20, 1)}, centre=centre.facts, now=clock.now())
    assert sorted(taken_of(centre.bridges)) == [0, 21, 26]
    assert facts_of(booked.booking_id).by_payer() == [("Bergen kommune", 44 * 11000)]
    allowance = db.session.scalars(select(Allowance).where(Allowance.holder == "")).one()
    assert (allowance.visits, allowance.pupils) == (2, 44)
    living = select(Ticket.code).where(Ticket.booking_id == booked.booking_id, Ticket.void.is_(False))
    assert set(db.session.scalars(living)) == codes
    assert breaches() == []


def test_too_many_for_the_session_changes_nothing(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    with pytest.raises(Full), unit_of_work():
        change.change_numbers(booked.booking_id, {0: (40, 1)}, centre=centre.facts, now=clock.now())
    assert facts_of(booked.booking_id).timetables[0].group.pupils == 24
    assert breaches() == []


def test_a_moved_visit_takes_the_new_places_gives_the_old_back_and_keeps_its_payer(centre: Centre) -> None:
    booked = a_visit(centre, "6A", code="BERGEN")
    plan = a_plan(centre, "6A")
    with unit_of_work():
        change.move_visit(booked.booking_id, plan, centre=centre.facts, now=clock.now())
    assert sum(taken_of(centre.bridges)) == 26
    assert facts_of(booked.booking_id).arrives_at == plan.arrives_at
    assert facts_of(booked.booking_id).code == "BERGEN"
    assert facts_of(booked.booking_id).by_payer() == [("Bergen kommune", 24 * 11000)]
    assert db.session.scalars(select(Allowance.pupils).where(Allowance.holder == "")).one() == 24
    assert breaches() == []


def test_a_cancelled_visit_gives_places_and_agreement_back_for_nothing_in_good_time(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    with unit_of_work():
        assert change.cancel_visit(booked.booking_id, centre=centre.facts, now=clock.now()) == 0
    assert sum(taken_of(centre.bridges)) == 0
    assert db.session.scalars(select(Allowance.pupils).where(Allowance.holder == "")).one() == 0
    assert breaches() == []


def test_a_visit_cancelled_at_the_desk_gives_the_agreement_back_too(centre: Centre) -> None:
    booked = a_visit(centre, "6A")
    with unit_of_work():
        cancel_at_the_desk(booked.booking_id, centre=centre.facts, now=clock.now(), actor="desk")
    with unit_of_work():
        assert change.give_back_of_ended(clock.now()) == 1
    assert db.session.scalars(select(Allowance.pupils).where(Allowance.holder == "")).one() == 0
    assert breaches() == []


def test_a_programme_that_asks_for_a_yes_keeps_the_places_until_staff_answer(centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    booked = a_visit(centre, "6A")
    assert booked.approval is Approval.ASKED
    assert sum(taken_of(centre.body)) == 26
    assert [request.booking_id for request in requests()] == [booked.booking_id]
    assert db.session.scalars(select(Ticket)).all() == []
    with unit_of_work():
        change.approve(booked.booking_id, centre=centre.facts, now=clock.now(), actor="staff:1")
    assert db.session.get_one(Booking, booked.booking_id).state is State.CONFIRMED
    assert breaches() == []


def test_a_declined_visit_frees_its_places_and_says_why(centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    booked = a_visit(centre, "6A")
    with unit_of_work():
        change.decline(booked.booking_id, "Laben er stengt", centre=centre.facts, now=clock.now(), actor="staff:1")
    assert sum(taken_of(centre.body)) == 0
    assert facts_of(booked.booking_id).reason == "Laben er stengt"
    assert breaches() == []


def test_a_class_that_has_had_its_visit_is_paid_by_the_school(app: Flask) -> None:
    centre = a_school_centre(class_visits=1)
    a_visit(centre, "6A")
    again = a_visit(centre, "6a", "6B")
    assert facts_of(again.booking_id).by_payer() == [("Bergen kommune", 264000), ("", 264000)]
    assert breaches() == []


def test_who_waits_for_a_full_session_gets_it_kept_for_a_day_and_then_the_next(centre: Centre) -> None:
    plan = a_plan(centre, "6A", programmes_wanted=1)
    slot = next(part.slot_ids[0] for part in plan.timetables[0].parts if part.activity_id == centre.bridges)
    with unit_of_work():
        first = book_visit(an_order(centre, plan), centre=centre.facts, now=clock.now())
    with unit_of_work():
        waiting.wait(slot, 20, "ola@example.org", "en", centre.facts, clock.now())
    with unit_of_work():
        waiting.wait(slot, 28, "ada@example.org", "en", centre.facts, clock.now())
    assert waiting.offer_next(centre.facts, clock.now()) == 0
    with unit_of_work():
        change.cancel_visit(first.booking_id, centre=centre.facts, now=clock.now())
    assert waiting.offer_next(centre.facts, clock.now()) == 1
    assert waiting.offer_next(centre.facts, clock.now()) == 0
    kept = db.session.scalars(select(Booking).where(Booking.state == State.HELD)).one()
    assert (kept.email, kept.people) == ("ola@example.org", 20)
    tomorrow = clock.now() + timedelta(days=1, minutes=1)
    with unit_of_work():
        expire_run_out(tomorrow)
    assert waiting.offer_next(centre.facts, tomorrow) == 1
    db.session.rollback()
    kept = db.session.scalars(select(Booking).where(Booking.state == State.HELD)).one()
    assert kept.email == "ada@example.org"
    with unit_of_work():
        booked = book_visit(an_order(centre, plan, held=kept.secret), centre=centre.facts, now=clock.now())
    assert sum(taken_of(centre.bridges)) == 26
    assert db.session.get_one(Booking, booked.booking_id).state is State.CONFIRMED
    assert breaches() == []


def test_what_a_teacher_told_is_forgotten_and_a_request_of_long_ago_goes(centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.body).instant = False
    booked = a_visit(centre, "6A", mobile="+4790000000", on_the_day="Ola")
    with unit_of_work():
        change.decline(booked.booking_id, "Nei", centre=centre.facts, now=clock.now(), actor="staff:1")
    long_after = clock.now() + timedelta(days=200)
    assert forget(schools.FORGETTINGS, long_after) > 0
    db.session.rollback()
    visit = db.session.scalars(select(Visit)).one()
    assert (visit.mobile, visit.on_the_day, visit.reason) == ("", "", "")
    forget(of_baskets(schools.is_request), clock.now() + timedelta(days=8))
    db.session.rollback()
    assert len(db.session.scalars(select(Visit.id)).all()) == 1  # the answer can still be read
    forget(of_baskets(schools.is_request), long_after)
    db.session.rollback()
    assert db.session.scalars(select(Visit.id)).all() == []


def test_sixteen_teachers_at_once_never_overspend_an_agreement(app: Flask) -> None:
    centre = a_school_centre(most_visits=2)
    with unit_of_work():
        for activity in (centre.bridges, centre.body):
            db.session.get_one(Programme, activity).shared = True
    plans = [a_plan(centre, f"6{n}", programmes_wanted=1, pupils=2) for n in range(16)]

    def book(n: int) -> str:
        with app.app_context():
            seen = {centre.agreement: 165000}
            try:
                with unit_of_work():
                    book_visit(an_order(centre, plans[n], seen=seen), centre=centre.facts, now=clock.now())
            except (AllowanceUsed, BillChanged, Full) as refusal:
                return type(refusal).__name__
            except Refusal as refusal:
                return f"unexpected {refusal}"
            finally:
                db.session.remove()
            return "booked"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(book, range(16)))
    db.session.rollback()
    assert outcomes.count("booked") == 2, outcomes
    assert db.session.scalars(select(Allowance.visits).where(Allowance.holder == "")).one() == 2
    assert set(outcomes) <= {"booked", "AllowanceUsed", "BillChanged"}
    assert breaches() == []
