"""What was agreed stays agreed: a change keeps what was bought as it was bought, and sells only what is added."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.bookings import queries
from booking.bookings.basket import Pick, moved_price
from booking.bookings.change import Changed, cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold
from booking.bookings.hold import hold as hold_places
from booking.bookings.models import Booking, Ticket
from booking.bookings.refusals import NeedsAdult, NotOnSale, TooMany, Unknown
from booking.capacity.models import Channel, Slot
from booking.catalogue.models import Activity, DayKind, Kind, Price, TicketType
from booking.centre.facts import CentreFacts
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_slot,
    a_space,
    a_ticket_type,
    an_activity,
    paid_for,
    pay_for,
    tomorrow,
)


class Visit:
    """One adult and two students with entry at ten, paid."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.centre: CentreFacts = a_centre(late_refund_percent=50, refund_until_hours=24)
        self.entry = an_activity()
        self.adult = a_ticket_type(self.entry, 21000)
        self.student = a_ticket_type(self.entry, 17000, "Student")
        self.ten, self.eleven = a_slot(self.entry), a_slot(self.entry, starts_at=tomorrow(11))
        picks = [Pick(self.ten, self.adult, 1), Pick(self.ten, self.student, 2)]
        with unit_of_work():
            held = hold_places(picks, centre=self.centre, now=now, lang="nb")
        with unit_of_work():
            confirm(held.booking_id, now)
        self.id = paid_for(held).booking_id

    def change(self, *picks: Pick, now: datetime | None = None) -> Changed | Hold:
        """The buyer wants this; what costs more is paid at once."""
        now = now or self.now
        with unit_of_work():
            done = change(self.id, picks, centre=self.centre, now=now)
        if isinstance(done, Hold):
            with unit_of_work():
                confirm(done.booking_id, now)
            pay_for(done.booking_id, done.total)
        return done

    @property
    def lines(self) -> list[tuple[int, int, int, int]]:
        """(slot, ticket type, quantity, price) of each line."""
        db.session.rollback()
        facts = queries.by_id(self.id)
        assert facts is not None
        return [(line.slot_id, line.ticket_type_id, line.quantity, line.unit_price) for line in facts.lines]

    @property
    def voided(self) -> int:
        """How many tickets do not count any more."""
        db.session.rollback()
        return db.session.query(Ticket).where(Ticket.booking_id == self.id, Ticket.void).count()


@pytest.fixture
def visit(app: Flask, now: datetime) -> Visit:
    return Visit(now)


def no_longer_sold(ticket_type_id: int) -> None:
    """The type leaves the sale."""
    with unit_of_work():
        db.session.execute(update(TicketType).where(TicketType.id == ticket_type_id).values(active=False))


def dearer(ticket_type_id: int, minor: int) -> None:
    """The type costs more from now on."""
    with unit_of_work():
        db.session.execute(update(Price).where(Price.ticket_type_id == ticket_type_id).values(minor=minor))


def test_moving_only_the_time_keeps_what_is_no_longer_sold_and_sends_nothing_back(visit: Visit) -> None:
    no_longer_sold(visit.student)
    done = visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))
    assert isinstance(done, Changed)
    assert done.refund == 0
    assert visit.lines == [(visit.eleven, visit.adult, 1, 21000), (visit.eleven, visit.student, 2, 17000)]
    assert visit.voided == 0
    assert breaches() == []


def test_what_is_no_longer_sold_can_be_lowered_but_not_raised(visit: Visit) -> None:
    no_longer_sold(visit.student)
    done = visit.change(Pick(visit.ten, visit.adult, 1), Pick(visit.ten, visit.student, 1))
    assert isinstance(done, Changed)
    assert done.refund == 17000
    with pytest.raises(Unknown):
        visit.change(Pick(visit.ten, visit.adult, 1), Pick(visit.ten, visit.student, 2))


def test_what_is_kept_keeps_its_price_also_at_another_time(visit: Visit) -> None:
    dearer(visit.adult, 30000)
    done = visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))
    assert isinstance(done, Changed)
    assert visit.lines[0] == (visit.eleven, visit.adult, 1, 21000)


def late_hours_cost(ticket_type_id: int, minor: int) -> None:
    """From eleven on the type costs something else than before."""
    with unit_of_work():
        price = Price(ticket_type_id=ticket_type_id, minor=minor, from_time=time(11), days=DayKind.ANY, rank=5)
        db.session.add(price)


def test_a_dearer_hour_costs_what_it_is_dearer_today_and_going_back_and_forth_costs_no_more(visit: Visit) -> None:
    late_hours_cost(visit.adult, 26000)
    students = (Pick(visit.ten, visit.student, 2), Pick(visit.eleven, visit.student, 2))
    done = visit.change(Pick(visit.eleven, visit.adult, 1), students[1])
    assert isinstance(done, Hold)
    assert done.total == 5000
    assert visit.lines[0] == (visit.eleven, visit.adult, 1, 26000)
    back = visit.change(Pick(visit.ten, visit.adult, 1), students[0])
    assert isinstance(back, Changed)
    assert (back.refund, visit.lines[0]) == (0, (visit.ten, visit.adult, 1, 26000))
    assert isinstance(visit.change(Pick(visit.eleven, visit.adult, 1), students[1]), Changed)
    assert visit.lines[0] == (visit.eleven, visit.adult, 1, 26000)
    assert breaches() == []


def test_a_cheaper_hour_gives_nothing_back(visit: Visit) -> None:
    late_hours_cost(visit.adult, 10000)
    done = visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))
    assert isinstance(done, Changed)
    assert (done.refund, visit.lines[0][3]) == (0, 21000)


def test_a_ticket_is_not_moved_to_a_time_that_it_is_not_sold_for(visit: Visit) -> None:
    with unit_of_work():
        of_the_type = Price.ticket_type_id == visit.adult
        db.session.execute(update(Price).where(of_the_type).values(until_time=time(11)))
    with pytest.raises(Unknown):
        visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))


@pytest.mark.parametrize(
    ("paid", "here", "there", "costs"),
    [
        (168, 168, 210, 210),
        (168, 200, 250, 218),  # dearer since: the difference of the hours only
        (210, 150, 200, 210),  # cheaper since: never more than anybody pays
        (190, 150, 200, 200),
        (210, 210, 168, 210),
        (0, 0, 0, 0),
        (210, None, 300, 210),
        (210, 210, None, 210),
    ],
)
def test_what_is_moved_costs_the_difference_of_the_times(
    paid: int, here: int | None, there: int | None, costs: int
) -> None:
    assert moved_price(paid, here, there) == costs


def test_what_is_added_costs_what_it_costs_today(visit: Visit) -> None:
    dearer(visit.adult, 30000)
    done = visit.change(Pick(visit.ten, visit.adult, 3), Pick(visit.ten, visit.student, 2))
    assert isinstance(done, Hold)
    assert done.total == 60000
    assert visit.lines == [
        (visit.ten, visit.adult, 1, 21000),
        (visit.ten, visit.adult, 2, 30000),
        (visit.ten, visit.student, 2, 17000),
    ]
    assert len(queries.tickets_of(visit.id)) == 5
    assert breaches() == []


def test_of_one_kind_at_two_prices_what_was_bought_last_goes_first_and_all_move_along(visit: Visit) -> None:
    dearer(visit.adult, 30000)
    visit.change(Pick(visit.ten, visit.adult, 2), Pick(visit.ten, visit.student, 2))
    visit.change(Pick(visit.eleven, visit.adult, 2), Pick(visit.eleven, visit.student, 2))
    assert [line[3] for line in visit.lines] == [21000, 30000, 17000]
    done = visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))
    assert isinstance(done, Changed)
    assert done.refund == 30000
    assert breaches() == []


def test_what_is_added_obeys_todays_sale_and_what_is_kept_does_not(visit: Visit) -> None:
    with unit_of_work():
        db.session.execute(update(Slot).values(opens_at=visit.now + timedelta(hours=1)))
        db.session.execute(update(TicketType).where(TicketType.id == visit.student).values(most=1))
    kept = Pick(visit.ten, visit.student, 2)
    with pytest.raises(NotOnSale):
        visit.change(Pick(visit.ten, visit.adult, 2), kept)
    with pytest.raises(NotOnSale):
        visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2))
    assert isinstance(visit.change(kept), Changed)  # fewer, where no more are sold
    later = visit.now + timedelta(hours=2)
    with pytest.raises(TooMany):
        visit.change(Pick(visit.ten, visit.student, 3), now=later)


def test_the_most_of_an_activity_set_since_does_not_touch_what_was_bought(visit: Visit) -> None:
    with unit_of_work():
        db.session.execute(update(Activity).where(Activity.id == visit.entry).values(most_places=1))
    assert isinstance(visit.change(Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2)), Changed)


def test_children_are_not_left_alone_by_a_change(visit: Visit) -> None:
    with unit_of_work():
        alone = {"needs_adult": True, "brings_adult": False}
        db.session.execute(update(TicketType).where(TicketType.id == visit.student).values(**alone))
    with pytest.raises(NeedsAdult):
        visit.change(Pick(visit.ten, visit.student, 2))


def test_a_show_off_sale_stays_when_the_entry_changes(visit: Visit) -> None:
    show = an_activity(Kind.SHOW, title="Show", needs_admission=True)
    seat, at_show = a_ticket_type(show, 6000, "Plass"), a_slot(show, starts_at=tomorrow(12))
    all_three = [Pick(visit.ten, visit.adult, 1), Pick(visit.ten, visit.student, 2)]
    visit.change(*all_three, Pick(at_show, seat, 3))
    no_longer_sold(seat)
    done = visit.change(
        Pick(visit.eleven, visit.adult, 1), Pick(visit.eleven, visit.student, 2), Pick(at_show, seat, 2)
    )
    assert isinstance(done, Changed)
    assert done.refund == 6000


def test_a_late_move_does_not_make_the_rule_better(visit: Visit) -> None:
    next_week = a_slot(visit.entry, starts_at=tomorrow(10, days=9))
    late = tomorrow() - timedelta(hours=12)
    visit.change(Pick(next_week, visit.adult, 1), Pick(next_week, visit.student, 2), now=late)
    assert db.session.get_one(Booking, visit.id).late_total == 55000
    with unit_of_work():
        assert cancel(visit.id, centre=visit.centre, now=late).refund == 27500
    assert breaches() == []


def test_a_desk_change_of_a_sale_in_the_till_keeps_prices_too(app: Flask, now: datetime) -> None:
    centre = a_centre()
    a_space()
    entry = an_activity()
    adult, slot = a_ticket_type(entry, 21000), a_slot(entry)
    held = a_confirmed_booking(slot, adult, 2, channel=Channel.DESK)
    pay_for(held.booking_id, held.total, "till")
    dearer(adult, 30000)
    with unit_of_work():
        done = change(held.booking_id, [Pick(slot, adult, 1)], centre=centre, now=now, actor="account:1")
    assert isinstance(done, Changed)
    assert (done.refund, done.sent.in_till) == (21000, 21000)
