"""Courses: places for named people, told once, moved, cancelled by rule; who was there has a certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings import queries
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact
from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Channel, Slot
from booking.capacity.places import Full
from booking.centre.facts import the_centre
from booking.closures.close import ClosureRequest, close_down
from booking.closures.models import ClosedReason
from booking.courses import certificates, forgetting, people, read
from booking.courses.cancel import cancel
from booking.courses.enrol import NewParticipant, enrol
from booking.courses.give_up import give_up
from booking.courses.models import Certificate, Participant, ParticipantTold, Paying
from booking.courses.rules import NamesFinal, RulesForCourses, is_too_small
from booking.door import attend, inside
from booking.door.admit import scan
from booking.door.refusals import NotYetHeld
from booking.door.rules import ENTRANCE, DoorVerdict
from booking.door.search import search
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise
from booking.receipts.issue import issue as issue_receipts
from booking.running.check import breaches
from booking.waiting import waiting
from tests.builders import pay_for, taken, tomorrow
from tests.courses.enrolled import PRICE, a_course, an_enrolment, an_order, it_is_over, people_of, promised
from tests.door.doors import how
from tests.receipts.given import documents
from tests.support.forgetting import forget


def follow_up() -> int:
    with unit_of_work():
        return people.follow_up(clock.now())


def ticked(*names: str, slot: int) -> None:
    for name in names:
        with unit_of_work():
            attend.tick(people_of(slot)[name].id, centre=the_centre(), account_id=None, now=clock.now())


def issue() -> int:
    with unit_of_work():
        return certificates.issue_due(the_centre(), clock.now())


def test_by_invoice_it_is_confirmed_at_once_and_each_has_a_ticket_and_one_letter(app: Flask) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    facts = queries.by_id(done.booking_id)
    assert facts is not None
    assert (done.is_confirmed, facts.state, facts.total, taken(slot)) == (True, State.CONFIRMED, 190000, 2)
    assert len({participant.ticket_id for participant in people_of(slot).values()} - {None}) == 2
    assert (promised("confirmation"), promised("course_place")) == (1, 2)
    assert (follow_up(), promised("course_place")) == (0, 2)
    assert breaches() == []


def test_by_card_nobody_hears_before_it_is_paid_and_what_runs_out_is_forgotten(app: Flask) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", pays=Paying.CARD)
    assert (done.is_confirmed, promised("course_place"), taken(slot)) == (False, 0, 1)
    with unit_of_work():
        expire_run_out(clock.now() + timedelta(hours=1))
    assert forget(forgetting.FORGETTINGS, clock.now() + timedelta(days=8)) == 1
    assert (taken(slot), people_of(slot)) == (0, {})


def test_a_free_course_needs_no_payment(app: Flask) -> None:
    done = an_enrolment(a_course(price=0), "Kari Nordmann", pays=Paying.CARD)
    seen = read.of_booking(done.booking_id)
    assert seen is not None and (done.is_confirmed, seen.pays) == (True, Paying.FREE)


def test_the_last_place_is_sold_once_and_the_next_in_line_gets_what_comes_free(app: Flask) -> None:
    slot = a_course(capacity=2)
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    with pytest.raises(Full), unit_of_work():
        enrol(an_order(slot, "Per Hansen"), centre=the_centre(), now=clock.now())
    kind = db.session.scalars(select(Ticket.ticket_type_id)).first() or 0
    wish = ([slot], [(kind, 1)], Contact("Per Hansen", "per@example.org"))
    with unit_of_work():
        waiting.wait(*wish, centre=the_centre(), lang="en", now=clock.now(), channel=Channel.SCHOOL)
    assert waiting.next_offers(clock.now()) == []
    with unit_of_work():
        cancel(done.booking_id, centre=the_centre(), now=clock.now())
    ((waiting_id, slot_id),) = waiting.next_offers(clock.now())
    with unit_of_work():
        assert waiting.offer(waiting_id, slot_id, centre=the_centre(), now=clock.now())
    kept = db.session.scalars(select(Booking).where(Booking.state == State.HELD)).one()
    assert (kept.channel, kept.email, taken(slot)) == (Channel.SCHOOL, "per@example.org", 1)
    taking = an_enrolment(slot, "Per Hansen", held=kept.secret)
    assert (taking.booking_id, taken(slot), breaches()) == (kept.id, 1, [])


def test_somebody_else_may_come_until_the_day_before_and_only_the_new_one_is_told(app: Flask) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    wish = {people_of(slot)["Ola Nordmann"].id: NewParticipant("Per Hansen", "per@example.org")}
    with unit_of_work():
        assert people.rename(done.booking_id, wish, centre=the_centre(), now=clock.now()) == 1
    assert (set(people_of(slot)), promised("course_place")) == ({"Kari Nordmann", "Per Hansen"}, 3)
    it_is_over(slot)
    late = {people_of(slot)["Per Hansen"].id: NewParticipant("Ola Nordmann", "ola@example.org")}
    with pytest.raises(NamesFinal), unit_of_work():
        people.rename(done.booking_id, late, centre=the_centre(), now=clock.now())


def test_cancelling_costs_by_rule_and_all_are_told(app: Flask) -> None:
    early, late = a_course(), tomorrow(days=2)
    done = an_enrolment(early, "Kari Nordmann", "Ola Nordmann")
    with unit_of_work():
        assert cancel(done.booking_id, centre=the_centre(), now=clock.now()) == 0
    assert (follow_up(), promised("course_off"), promised("cancellation"), taken(early)) == (2, 2, 1, 0)
    assert follow_up() == 0
    another = an_enrolment(early, "Per Hansen")
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == another.booking_id).values(starts_at=late))
    with unit_of_work():
        assert cancel(another.booking_id, centre=the_centre(), now=clock.now()) == 47500
    assert breaches() == []


def test_a_course_that_is_not_held_tells_every_participant(app: Flask) -> None:
    slot = a_course()
    an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    (row,) = read.session_rows(clock.now())
    assert not is_too_small(2, row.starts_at, RulesForCourses(), the_centre(), clock.now())
    assert is_too_small(2, row.starts_at, RulesForCourses(), the_centre(), row.starts_at - timedelta(days=3))
    with unit_of_work():
        close_down(
            ClosureRequest(row.starts_at, row.ends_at, ClosedReason.OTHER, slot_id=slot),
            now=clock.now(),
            account_id=None,
            actor="command",
        )
    assert (follow_up(), promised("course_off")) == (2, 2)
    assert {participant.told for participant in people_of(slot).values()} == {ParticipantTold.OFF}


def test_only_who_was_there_has_a_certificate_and_a_corrected_name_replaces_it(app: Flask) -> None:
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordman", "Ola Nordmann", "Per Hansen")
    it_is_over(slot)
    ticked("Kari Nordman", "Per Hansen", slot=slot)
    assert (issue(), issue(), promised("certificate")) == (2, 0, 2)
    code = people_of(slot)["Kari Nordman"].code
    assert certificates.is_made_out_to(code, "kari  NORDMAN")
    assert not certificates.is_made_out_to(code, "Ola Nordmann")
    seen = certificates.look_up(code)
    assert seen is not None and (seen.minutes, seen.is_withdrawn) == (180, False)
    wish = {people_of(slot)["Kari Nordman"].id: NewParticipant("Kari Nordmann", "kari@example.org")}
    with unit_of_work():
        people.rename(done.booking_id, wish, centre=the_centre(), now=clock.now(), actor="account:1")
    assert issue() == 1
    old, new = certificates.look_up(code), people_of(slot)["Kari Nordmann"].code
    assert old is not None and old.is_withdrawn and certificates.is_made_out_to(new, "Kari Nordmann")
    with unit_of_work():
        attend.untick(people_of(slot)["Per Hansen"].id, centre=the_centre(), account_id=None, now=clock.now())
    assert (people_of(slot)["Per Hansen"].code, issue(), breaches()) == ("", 0, [])


def test_ticking_an_old_course_puts_nobody_into_the_house_now(app: Flask) -> None:
    slot = a_course()
    an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    with pytest.raises(NotYetHeld):
        ticked("Kari Nordmann", slot=slot)
    it_is_over(slot)
    ticked("Kari Nordmann", "Ola Nordmann", slot=slot)
    today = clock.now() - timedelta(hours=12)
    assert (inside.now_inside(today, clock.now()), inside.parties_now(today, clock.now())) == (0, [])
    with unit_of_work():
        attend.untick(people_of(slot)["Ola Nordmann"].id, centre=the_centre(), account_id=None, now=clock.now())
    assert inside.now_inside(today, clock.now()) == 0
    assert {participant.name for participant in read.attendance(slot) if participant.admitted} == {"Kari Nordmann"}
    assert breaches() == []


def test_ticking_on_the_courses_own_day_counts_people_in_until_it_ends(app: Flask) -> None:
    begins = clock.now().replace(microsecond=0) - timedelta(minutes=30)
    slot = a_course(starts_at=begins + timedelta(minutes=35))
    an_enrolment(slot, "Kari Nordmann")
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(starts_at=begins))
        db.session.execute(update(Participant).where(Participant.slot_id == slot).values(starts_at=begins))
    ticked("Kari Nordmann", slot=slot)
    (party,) = inside.parties_now(begins - timedelta(hours=1), clock.now())
    assert (party.people, party.came_at, party.leaves_at) == (1, begins, begins + timedelta(hours=3))


def test_the_door_lets_in_the_very_person_whose_code_it_is_and_the_list_takes_back_just_them(app: Flask) -> None:
    slot = a_course(starts_at=clock.now().replace(microsecond=0) + timedelta(minutes=5))
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann")
    seen = read.of_booking(done.booking_id)
    assert seen is not None
    code = next(person.ticket_code for person in seen.people if person.name == "Ola Nordmann")
    with unit_of_work():
        assert scan(str(code), ENTRANCE, how(), the_centre()).verdict is DoorVerdict.WELCOME
    came = {participant.name for participant in read.attendance(slot) if participant.admitted}
    assert came == {"Ola Nordmann"}
    facts = queries.by_id(done.booking_id)
    assert facts is not None
    with unit_of_work():
        scan(facts.code, ENTRANCE, how(), the_centre())
    with unit_of_work():
        attend.untick(people_of(slot)["Kari Nordmann"].id, centre=the_centre(), account_id=None, now=clock.now())
    assert {participant.name for participant in read.attendance(slot) if participant.admitted} == {"Ola Nordmann"}
    assert breaches() == []


def test_names_are_forgotten_and_the_certificate_can_still_be_checked(app: Flask) -> None:
    slot = a_course()
    an_enrolment(slot, "Kari Nordmann")
    it_is_over(slot)
    ticked("Kari Nordmann", slot=slot)
    issue()
    code = people_of(slot)["Kari Nordmann"].code
    assert forget(forgetting.FORGETTINGS, clock.now() + timedelta(days=95)) == 1
    (participant,) = db.session.scalars(select(Participant)).all()
    assert (participant.name, participant.email, participant.code) == ("", "", "")
    assert certificates.is_made_out_to(code, "Kari Nordmann")
    kept = db.session.scalars(select(Certificate)).one()
    words_kept = " ".join(str(value) for value in vars(kept).values())
    assert "Nordmann" not in words_kept and code not in words_kept
    assert not [about for about in db.session.scalars(select(Promise.about)) if code in str(about)]


def test_one_colleague_stays_at_home_and_the_next_in_line_gets_the_place(app: Flask) -> None:
    """Three places of 950.00; one given up weeks before costs nothing, one two days before half: 475.00."""
    slot = a_course(capacity=3)
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann", "Åse Berg")
    kind = db.session.scalars(select(Ticket.ticket_type_id)).first() or 0
    wish = ([slot], [(kind, 1)], Contact("Per Hansen", "per@example.org"))
    with unit_of_work():
        waiting.wait(*wish, centre=the_centre(), lang="en", now=clock.now(), channel=Channel.SCHOOL)
    gone, ticket = people_of(slot)["Kari Nordmann"].id, people_of(slot)["Ola Nordmann"].ticket_id
    for _twice in range(2):
        with unit_of_work():
            assert give_up(done.booking_id, gone, centre=the_centre(), now=clock.now()) == 0
    assert (len(waiting.next_offers(clock.now())), taken(slot)) == (1, 2)
    assert (follow_up(), promised("course_off"), promised("change")) == (1, 1, 1)
    seen, facts = read.of_booking(done.booking_id), queries.by_id(done.booking_id)
    assert seen is not None and facts is not None
    assert ([person.name for person in seen.people], facts.total, facts.people) == (
        ["Ola Nordmann", "Åse Berg"],
        190000,
        2,
    )
    assert people_of(slot)["Ola Nordmann"].ticket_id == ticket
    assert [participant.name for participant in read.attendance(slot, "nb")] == ["Ola Nordmann", "Åse Berg"]
    now = clock.now()
    assert [hit.booking_id for hit in search("ase berg", now, now + timedelta(days=1)).hits] == [done.booking_id]
    assert search("kari nordmann", now, now + timedelta(days=1)).hits == ()
    late = facts.starts_at - timedelta(days=2)
    with unit_of_work():
        assert give_up(done.booking_id, people_of(slot)["Åse Berg"].id, centre=the_centre(), now=late) == 47500
    with unit_of_work():
        last = people_of(slot)["Ola Nordmann"].id
    with unit_of_work():
        assert give_up(done.booking_id, last, centre=the_centre(), now=late) == 47500
    after = read.of_booking(done.booking_id)
    assert after is not None and (after.fee, taken(slot), breaches()) == (95000, 0, [])


def test_a_receipt_that_the_worker_had_no_time_for_says_how_many_places_were_paid_for(app: Flask) -> None:
    """One of three is given up before the receipt of the payment was given: it is of three, and money back of one."""
    slot = a_course()
    done = an_enrolment(slot, "Kari Nordmann", "Ola Nordmann", "Åse Berg", pays=Paying.CARD)
    with unit_of_work():
        confirm(done.booking_id, clock.now())
    pay_for(done.booking_id, 3 * PRICE)
    with unit_of_work():
        give_up(done.booking_id, people_of(slot)["Kari Nordmann"].id, centre=the_centre(), now=clock.now())
    issue_receipts(done.booking_id)
    sale, back = documents(done.booking_id)
    assert [(line.number, line.total) for line in sale.lines] == [(3, 3 * PRICE)]
    assert ([(line.number, line.total) for line in back.lines], back.rest) == ([(1, PRICE)], 0)
