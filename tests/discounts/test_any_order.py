"""Any mix of campaigns on any order: to the øre from the basket to the money back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from booking.bookings import queries
from booking.bookings.basket import Pick
from booking.bookings.change import Changed, cancel, change
from booking.bookings.confirm import confirm
from booking.bookings.hold import Hold, hold
from booking.bookings.queries import BookingFacts
from booking.centre.facts import the_centre
from booking.discounts.models import Campaign, DiscountWay
from booking.discounts.refusals import DiscountNoBetter, DiscountNotForThis
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.kernel.money import vat_in
from booking.running.check import breaches
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, paid_for
from tests.discounts.campaigns import a_campaign, enter

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODES = count(1)
AMOUNTS = {
    DiscountWay.PERCENT: st.integers(1, 10_000), DiscountWay.PRICE: st.integers(0, 30_000),
    DiscountWay.EACH: st.integers(1, 30_000), DiscountWay.ORDER: st.integers(1, 90_000),
}  # fmt: skip
CAMPAIGN = st.sampled_from(list(DiscountWay)).flatmap(
    lambda way: st.tuples(st.just(way), AMOUNTS[way], st.booleans(), st.booleans())
)
TYPES = st.lists(st.tuples(st.integers(1, 29_999), st.sampled_from([0, 600, 1200, 2500])), min_size=2, max_size=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    types=TYPES,
    bought=st.lists(st.integers(0, 4), min_size=2, max_size=2).filter(any),
    kept=st.lists(st.integers(0, 4), min_size=2, max_size=2),
    campaigns=st.lists(CAMPAIGN, min_size=1, max_size=4),
)
def test_any_campaigns_on_any_order_are_right_to_the_ore_and_nobody_gets_back_more_than_was_paid(
    app: Flask,
    types: list[tuple[int, int]],
    bought: list[int],
    kept: list[int],
    campaigns: list[tuple[DiscountWay, int, bool, bool]],
) -> None:
    a_centre()
    with unit_of_work():
        db.session.execute(update(Campaign).values(stopped_at=clock.now()))  # those of the order before
    activity = an_activity()
    slot, kinds = a_slot(activity, 60), [a_ticket_type(activity, price, vat_rate=rate) for price, rate in types]
    codes = []
    for way, amount, stacks, by_itself in campaigns:
        code = None if by_itself else f"KODE{next(CODES)}X"
        a_campaign(code, way=way, amount=amount, stacks=stacks)
        codes += [code] if code else []
    held = hold_all(slot, kinds, bought)
    for code in codes:
        with suppress(DiscountNoBetter, DiscountNotForThis):
            enter(held.booking_id, code)
    before = adds_up(held.booking_id)
    full = sum(price * number for (price, _rate), number in zip(types, bought, strict=True))
    assert before.total + before.discount == full
    with unit_of_work():
        confirm(held.booking_id, clock.now())
    if before.total:
        paid_for(replace(held, total=before.total))
    with unit_of_work():  # whatever becomes of the campaigns
        db.session.execute(update(Campaign).values(amount=1, way=DiscountWay.EACH, stopped_at=clock.now()))
    sold = adds_up(held.booking_id)
    assert (sold.lines, sold.total, sold.discount) == (before.lines, before.total, before.discount)
    back = given_up(held.booking_id, [Pick(slot, *each) for each in zip(kinds, map(min, bought, kept), strict=True)])
    after = adds_up(held.booking_id)
    assert back <= before.total - after.total
    with unit_of_work():
        back += cancel(held.booking_id, centre=the_centre(), now=clock.now()).refund
    assert back == before.total
    assert breaches() == []


def hold_all(slot: int, kinds: list[int], bought: list[int]) -> Hold:
    """A basket of so many of each."""
    picks = [Pick(slot, kind, number) for kind, number in zip(kinds, bought, strict=True)]
    with unit_of_work():
        return hold(picks, centre=the_centre(), now=clock.now(), lang="nb")


def adds_up(booking_id: int) -> BookingFacts:
    """An order as it stands: its lines come to its sum, before and after, and VAT is of what is left at each rate."""
    end_reading()
    facts = queries.by_id(booking_id)
    end_reading()
    assert facts is not None
    assert facts.total == facts.lines_total >= 0
    assert all(line.unit_price >= 0 for line in facts.lines)
    assert sum(row.total for row in facts.rows) - facts.discount == facts.total
    for share in facts.vat:
        gross = sum(line.total for line in facts.lines if line.vat_rate == share.rate)
        assert share.gross.minor == gross
        assert share.vat.minor == vat_in(gross, share.rate)
    assert sum(share.gross.minor for share in facts.vat) == facts.total
    return facts


def given_up(booking_id: int, picks: list[Pick]) -> int:
    """What comes back when just this is kept; nothing where that is all, or nothing."""
    if not any(pick.quantity for pick in picks):
        return 0
    with unit_of_work():
        done = change(booking_id, picks, centre=the_centre(), now=clock.now())
    assert isinstance(done, Changed)
    return done.refund
