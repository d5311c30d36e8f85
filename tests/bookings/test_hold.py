"""Holding places: one basket a visitor, a limited time, and nobody in the way of themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.hold import drop, expire_run_out, hold, renew
from booking.bookings.models import State
from booking.bookings.refusals import (
    CompanionAlone,
    NeedsAdmission,
    NeedsAdult,
    Nothing,
    NotOnSale,
    SeveralDays,
    TooMany,
    TooManyHolds,
    Unknown,
    WrongState,
)
from booking.capacity.audit import wrong_counters
from booking.capacity.places import Full
from booking.catalogue.models import Kind
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from tests.builders import a_hold, a_sale, a_slot, a_ticket_type, an_activity, begin_paying, taken, tomorrow


def test_a_hold_lasts_fifteen_minutes_and_one_more_for_each_ten_people(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=60)
    with unit_of_work():
        few = hold([Pick(slot, adult, 2)], centre=centre, now=now, lang="nb")
    with unit_of_work():
        many = hold([Pick(slot, adult, 20)], centre=centre, now=now, lang="nb")
    assert (few.until - now, many.until - now) == (timedelta(minutes=15), timedelta(minutes=17))


def test_changing_ones_basket_moves_the_places_within_one_booking(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=10)
    other = a_slot(an_activity(title="Annet"), 10)
    kind = a_ticket_type(_activity_of(other, now), title="Voksen annet")
    first = a_hold(slot, adult, 9)
    with unit_of_work():
        again = hold([Pick(slot, adult, 10)], centre=centre, now=now, lang="nb", basket_secret=first.secret)
    assert (again.booking_id, taken(slot)) == (first.booking_id, 10)
    with unit_of_work():
        hold([Pick(other, kind, 3)], centre=centre, now=now, lang="nb", basket_secret=first.secret)
    assert (taken(slot), taken(other)) == (0, 3)
    assert wrong_counters() == []


def test_a_refused_change_keeps_the_basket_as_it_was(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=10)
    a_hold(slot, adult, 6)
    mine = a_hold(slot, adult, 4)
    with pytest.raises(Full) as refusal, unit_of_work():
        hold([Pick(slot, adult, 5)], centre=centre, now=now, lang="nb", basket_secret=mine.secret)
    assert refusal.value.free == 0
    facts = queries.by_id(mine.booking_id)
    assert facts is not None
    assert (facts.people, facts.state, taken(slot)) == (4, State.HELD, 10)


def test_whoever_wants_places_gets_those_of_a_hold_that_ran_out(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=10)
    old = a_hold(slot, adult, 10)
    later = now + timedelta(minutes=30)
    with unit_of_work():
        hold([Pick(slot, adult, 7)], centre=centre, now=later, lang="nb")
    facts = queries.by_id(old.booking_id)
    assert facts is not None
    assert (facts.state, taken(slot)) == (State.EXPIRED, 7)
    assert wrong_counters() == []


def test_the_worker_releases_what_ran_out_and_leaves_what_is_being_paid(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale(capacity=10)
    a_hold(slot, adult, 3)
    paying = a_hold(slot, adult, 2)
    with unit_of_work():
        begin_paying(paying.booking_id, now + timedelta(hours=1), now)
    with unit_of_work():
        assert expire_run_out(now + timedelta(minutes=30)) == 1
    assert taken(slot) == 2


def test_more_time_can_be_had_but_not_for_ever(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(hold_renewals=2)
    held = a_hold(slot, adult)
    for minutes in (5, 15):
        at = now + timedelta(minutes=minutes)
        with unit_of_work():
            assert renew(held.booking_id, centre, at) == at + timedelta(minutes=15)
    with pytest.raises(WrongState), unit_of_work():
        renew(held.booking_id, centre, now + timedelta(minutes=20))


def test_giving_up_a_basket_gives_the_places_back_once(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult, 4)
    with unit_of_work():
        assert drop(held.booking_id, now)
    with unit_of_work():
        assert not drop(held.booking_id, now)
    assert taken(slot) == 0


def test_one_visitor_cannot_empty_a_day_without_buying(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=60, most_places_address=9)
    for places in (4, 5):
        with unit_of_work():
            hold([Pick(slot, adult, places)], centre=centre, now=now, lang="nb", holder="visitor")
    with pytest.raises(TooManyHolds), unit_of_work():
        hold([Pick(slot, adult, 1)], centre=centre, now=now, lang="nb", holder="visitor")
    with unit_of_work():
        hold([Pick(slot, adult, 1)], centre=centre, now=now, lang="nb", holder="somebody else")


def test_a_party_that_cannot_come_together_is_refused(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale(capacity=100)
    activity = _activity_of(slot, now)
    toddler = a_ticket_type(activity, 0, "0–2", brings_adult=False, needs_adult=True)
    companion = a_ticket_type(activity, 0, "Ledsager", accompanies=True)

    def refused(*picks: Pick) -> type[Refusal]:
        with pytest.raises(Refusal) as refusal, unit_of_work():
            hold(picks, centre=centre, now=now, lang="nb")
        return refusal.type

    assert refused() is Nothing
    assert refused(Pick(slot, adult, 0)) is Nothing
    assert refused(Pick(slot, toddler, 1)) is NeedsAdult
    assert refused(Pick(slot, companion, 2), Pick(slot, adult, 1)) is CompanionAlone
    assert refused(Pick(slot, adult, 31)) is TooMany
    assert refused(Pick(slot, adult, 20), Pick(slot, toddler, 15)) is TooMany
    assert refused(Pick(slot + 999, adult, 1)) is Unknown
    assert refused(Pick(slot, adult + 999, 1)) is Unknown
    assert taken(slot) == 0


def test_a_companion_comes_free_with_the_one_accompanied(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    companion = a_ticket_type(_activity_of(slot, now), 0, "Ledsager", accompanies=True)
    with unit_of_work():
        held = hold([Pick(slot, adult, 1), Pick(slot, companion, 1)], centre=centre, now=now, lang="nb")
    assert (held.total, taken(slot)) == (21000, 2)


def test_nothing_is_sold_before_the_sale_opens_or_after_it_ends(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    activity = _activity_of(slot, now)
    early = a_slot(activity, starts_at=tomorrow(12), opens_at=now + timedelta(hours=1))
    late = a_slot(activity, starts_at=tomorrow(13), closes_at=now - timedelta(hours=1))
    for closed in (early, late):
        with pytest.raises(NotOnSale), unit_of_work():
            hold([Pick(closed, adult, 1)], centre=centre, now=now, lang="nb")


def test_a_show_is_for_those_who_have_entry_by_then(app: Flask, now: datetime) -> None:
    centre, slot, adult = a_sale()
    show = an_activity(Kind.SHOW, needs_admission=True, title="Bobler!")
    seat = a_ticket_type(show, 6000, "Showbillett")
    after, before = a_slot(show, starts_at=tomorrow(12)), a_slot(show, starts_at=tomorrow(9))
    next_day = a_slot(show, starts_at=tomorrow(12, days=4))

    with unit_of_work():
        held = hold([Pick(slot, adult, 2), Pick(after, seat, 2)], centre=centre, now=now, lang="nb")
    assert held.total == 2 * 21000 + 2 * 6000
    for picks in (
        [Pick(after, seat, 1)],
        [Pick(slot, adult, 1), Pick(after, seat, 2)],
        [Pick(slot, adult, 2), Pick(before, seat, 2)],
    ):
        with pytest.raises(NeedsAdmission), unit_of_work():
            hold(picks, centre=centre, now=now, lang="nb")
    with pytest.raises(SeveralDays), unit_of_work():
        hold([Pick(slot, adult, 2), Pick(next_day, seat, 2)], centre=centre, now=now, lang="nb")


def _activity_of(slot_id: int, now: datetime) -> int:
    from booking.capacity.availability import slots_by_id
    from booking.capacity.models import Channel

    return slots_by_id([slot_id], Channel.PUBLIC, now)[0].activity_id
