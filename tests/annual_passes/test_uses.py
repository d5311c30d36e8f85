"""What bookings have of passes: one a day, so many to come; what the database refuses; who stays away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from booking.annual_passes import uses
from booking.annual_passes.issue import WantedPass
from booking.annual_passes.models import AnnualPass, BlockReason, PassBegins, PassFor, PassUse
from booking.annual_passes.refusals import (
    NoSuchPass,
    OddHolders,
    PassForFewer,
    PassFullyBooked,
    PassGivenBack,
    PassMissedTooOften,
    PassNotSold,
    PassOver,
    PassStopped,
    PassTakenThatDay,
)
from booking.bookings import queries
from booking.bookings.models import Sold, State
from booking.capacity.models import Slot
from booking.catalogue.models import TicketType
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.running.check import breaches
from tests.annual_passes.given import a_family_pass, a_kind, a_pass, an_order, pass_of_order, uses_of
from tests.builders import a_hold, a_sale


def today() -> date:
    """By the centre's clock."""
    return the_centre().local(clock.now()).date()


def held_on(day: date, *codes: str, heads: int = 1, at_once: bool = False) -> int:
    """A booking that has these passes that day; its id."""
    slot_id = db.session.scalars(select(Slot.id).limit(1)).one()
    kind = db.session.scalars(select(TicketType.id).limit(1)).one()
    end_reading()
    booking_id = a_hold(slot_id, kind, 1).booking_id
    with unit_of_work():
        uses.hold(booking_id, codes, heads, day, today(), clock.now(), at_once=at_once)
    return booking_id


def set_pass(pass_id: int, **values: object) -> None:
    """Let a pass be so."""
    with unit_of_work():
        db.session.execute(update(AnnualPass).where(AnnualPass.id == pass_id).values(**values))


def test_a_pass_that_is_paid_for_is_there_and_says_whom_it_is_for(app: Flask) -> None:
    a_sale()
    bought = a_family_pass()
    facts = queries.by_id(bought.booking_id)
    assert facts is not None and (facts.sold, facts.state) == (Sold.ANNUAL_PASS, State.CONFIRMED)
    assert (bought.admits, bought.first_day, bought.used_on) == (4, today(), None)
    assert bought.code != bought.secret
    assert breaches() == []


@pytest.mark.parametrize(
    "wanted",
    [WantedPass(()), WantedPass(("",)), WantedPass(("A", "B", "C")), WantedPass(("A",), 5), WantedPass(("A",), -1)],
)
def test_more_people_than_the_kind_is_for_are_refused(app: Flask, wanted: WantedPass) -> None:
    a_sale()
    kind = a_kind(PassFor.HOUSEHOLD)
    with pytest.raises(OddHolders):
        an_order(kind, wanted)


def test_a_kind_that_is_no_longer_sold_is_refused(app: Flask) -> None:
    a_sale()
    kind = a_kind(active=False)
    assert not the_centre().sells_passes
    end_reading()
    with pytest.raises(PassNotSold):
        an_order(kind)


def test_a_pass_has_one_booking_a_day_and_gives_it_back(app: Flask) -> None:
    a_sale()
    bought, day = a_pass(), today() + timedelta(days=2)
    booking_id = held_on(day, bought.code)
    with pytest.raises(PassTakenThatDay):
        held_on(day, bought.code)
    assert pass_of_order(bought.booking_id).open_bookings == 1
    with unit_of_work():
        uses.let_go([booking_id], clock.now())
        uses.let_go([booking_id], clock.now())
    assert pass_of_order(bought.booking_id).open_bookings == 0
    held_on(day, bought.code)


def test_a_pass_has_no_more_bookings_to_come_than_it_may(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(most_open=2))
    for ahead in (1, 2):
        held_on(today() + timedelta(days=ahead), bought.code)
    with pytest.raises(PassFullyBooked) as refused:
        held_on(today() + timedelta(days=3), bought.code)
    assert refused.value.most == 2
    held_on(today(), bought.code, at_once=True)
    assert pass_of_order(bought.booking_id).open_bookings == 2


def test_people_are_spread_over_passes_the_widest_first(app: Flask) -> None:
    a_sale()
    alone, family = a_pass(), a_family_pass()
    with pytest.raises(PassForFewer):
        held_on(today(), alone.code, family.code, heads=6)
    held_on(today(), alone.code, family.code, heads=5)
    assert [use.heads for use in (*uses_of(alone.id), *uses_of(family.id))] == [1, 4]
    held_on(today() + timedelta(days=1), alone.code, family.code, heads=3)
    assert len(uses_of(alone.id)) == 1


def test_a_code_that_opens_nothing_is_told_apart(app: Flask) -> None:
    a_sale()
    bought, day = a_pass(), today()
    with pytest.raises(NoSuchPass):
        held_on(day, "0" * 26)
    with pytest.raises(PassOver):
        held_on(bought.last_day + timedelta(days=1), bought.code)
    set_pass(bought.id, blocked_at=clock.now(), block_reason=BlockReason.SHARED)
    with pytest.raises(PassStopped):
        held_on(day, bought.code)
    set_pass(bought.id, withdrawn_at=clock.now())
    with pytest.raises(PassGivenBack):
        held_on(day, bought.code)


def test_the_time_begins_with_the_first_visit(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(begins=PassBegins.FIRST_VISIT))
    assert bought.first_day is None
    booking_id = held_on(today(), bought.code)
    with unit_of_work():
        uses.come_in(booking_id, today())
    begun = pass_of_order(bought.booking_id)
    assert (begun.first_day, begun.used_on) == (today(), today())
    assert begun.last_day < bought.last_day
    assert breaches() == []


def settle(days: int) -> int:
    """So many days later."""
    with unit_of_work():
        return uses.settle_due(today() + timedelta(days=days), clock.now())


def test_who_stays_away_too_often_waits_for_a_while(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(no_shows=2, no_show_days=14, most_open=5))
    for ahead in (0, 1):
        held_on(today() + timedelta(days=ahead), bought.code)
    assert settle(1) == 1
    assert pass_of_order(bought.booking_id).missed == 1
    assert settle(2) == 1
    assert settle(2) == 0
    missed = pass_of_order(bought.booking_id)
    assert (missed.open_bookings, missed.missed) == (0, 0)
    assert missed.waits_until == today() + timedelta(days=15)
    with pytest.raises(PassMissedTooOften):
        held_on(today() + timedelta(days=4), bought.code)
    booking_id = held_on(today() + timedelta(days=3), bought.code, at_once=True)  # who stands there comes in
    with unit_of_work():
        uses.come_in(booking_id, today())
    assert pass_of_order(bought.booking_id).waits_until is None


def test_who_comes_has_missed_nothing(app: Flask) -> None:
    a_sale()
    bought = a_pass(a_kind(no_shows=1))
    booking_id = held_on(today(), bought.code)
    with unit_of_work():
        uses.come_in(booking_id, today())
    settle(1)
    settled = pass_of_order(bought.booking_id)
    assert (settled.open_bookings, settled.missed, settled.waits_until) == (0, 0, None)


WRONG: Sequence[dict[str, object]] = (
    {"open_bookings": 4},
    {"open_bookings": -1},
    {"admits": 0},
    {"missed": -1},
    {"last_day": date(2020, 1, 1)},
    {"used_on": date(2020, 1, 1)},
    {"block_reason": BlockReason.LOST},
)


@pytest.mark.parametrize("values", WRONG, ids=lambda values: next(iter(values)))
def test_the_database_itself_refuses_what_must_not_be(app: Flask, values: dict[str, object]) -> None:
    a_sale()
    bought = a_pass()
    with pytest.raises(IntegrityError):
        set_pass(bought.id, **values)


def test_the_database_itself_refuses_a_second_use_of_a_day(app: Flask) -> None:
    a_sale()
    bought = a_pass()
    booking_id = held_on(today(), bought.code)
    row = {"pass_id": bought.id, "booking_id": booking_id, "on_day": today(), "heads": 1, "used_at": clock.now()}
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.execute(insert(PassUse).values(row))
