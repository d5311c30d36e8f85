"""The one sum: by rule, less what has gone back, never what was not paid; and moving never makes it better."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking.bookings.rules import Agreed, Holding, becomes, settle_change, settle_in_full
from booking.centre.facts import NOT_YET, CentreFacts

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=12), NOW + timedelta(days=9)
HALF: CentreFacts = replace(NOT_YET, refund_until_hours=24, late_refund_percent=50)


@pytest.mark.parametrize(
    ("holding", "total", "due"),
    [
        (Holding(33600), 16800, 16800),
        (Holding(33600, back=21000), 16800, 0),  # more has gone back than the ticket given up
        (Holding(33600, back=21000), 0, 12600),
        (Holding(33600, back=5000), 16800, 11800),
        (Holding(33600, back=33600), 0, 0),
        (Holding(33600, disputed=33600), 0, 0),
        (Holding(50400, back=0, disputed=33600), 16800, 0),
        (Holding(), 0, 0),
    ],
    ids=["nothing before", "goodwill before", "then cancelled", "less before", "all before", "disputed",
         "a part disputed", "never paid"],
)  # fmt: skip
def test_due_is_what_the_rule_gives_less_what_went_back(holding: Holding, total: int, due: int) -> None:
    assert settle_change(Agreed(33600), total, LATER, NOW, HALF, holding).due == due


def test_what_a_late_change_keeps_is_kept_and_not_given_back_by_the_next() -> None:
    first = settle_change(Agreed(33600), 16800, SOON, NOW, HALF, Holding(33600))
    assert (first.due, first.after) == (8400, Agreed(16800, late=16800, kept=8400))
    then = settle_change(first.after, 0, SOON, NOW, HALF, Holding(33600, back=8400))
    assert (then.due, then.after.kept) == (8400, 16800)


def test_moved_late_to_a_later_day_the_late_share_stays() -> None:
    moved, back = becomes(Agreed(33600), 33600, SOON, NOW, HALF)
    assert (moved.late, back) == (33600, 0)
    assert settle_change(moved, 0, LATER, NOW, HALF, Holding(33600)).due == 16800


def test_what_is_added_after_a_late_move_comes_back_whole_and_first() -> None:
    moved, _ = becomes(Agreed(33600), 33600, SOON, NOW, HALF)
    more, _ = becomes(moved, 50400, LATER, NOW, HALF)
    assert (more.total, more.late) == (50400, 33600)
    assert settle_change(more, 33600, LATER, NOW, HALF, Holding(50400)).due == 16800
    assert settle_change(more, 0, LATER, NOW, HALF, Holding(50400)).due == 16800 + 16800


def test_what_is_our_doing_comes_back_whole_but_not_what_went_back_or_was_kept_before() -> None:
    assert settle_in_full(Agreed(33600, late=33600), 0, Holding(33600)).due == 33600
    assert settle_in_full(Agreed(16800, late=16800, kept=8400), 0, Holding(33600, back=8400)).due == 16800
    assert settle_in_full(Agreed(33600), 0, Holding(33600, back=10000)).due == 23600


def test_a_booking_without_money_of_its_own_keeps_nothing_by_rule() -> None:
    settled = settle_change(Agreed(33600), 16800, SOON, NOW, HALF, Holding())
    assert (settled.due, settled.after) == (0, Agreed(16800))


HOURS = [2, 12, 30, 24 * 9]  # from now to the visit
steps = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(HOURS), st.integers(0, 30)), min_size=1, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that is busy
@given(
    tickets=st.integers(1, 5),
    first=st.sampled_from([2, 12, 30, 24 * 9]),
    moves=steps,
    percent=st.sampled_from([0, 50, 100]),
)
def test_whoever_moves_and_changes_gets_no_more_than_who_cancels_at_once(
    tickets: int, first: int, moves: list[tuple[int, int, int]], percent: int
) -> None:
    """Any way of changes that ends in a cancellation, and the cancellation alone at its beginning.

    What was added on the way was bought on the way: at the best all of it comes back.
    """
    centre = replace(HALF, late_refund_percent=percent)
    now, starts_at, price = NOW, NOW + timedelta(hours=first), 16800
    agreed = Agreed(tickets * price)
    paid, sent, added = agreed.total, 0, 0
    at_once = settle_change(agreed, 0, starts_at, now, centre, Holding(paid)).due
    for count, hours, later in [*moves, (0, 0, 0)]:
        now += timedelta(hours=later)
        settled = settle_change(agreed, count * price, starts_at, now, centre, Holding(paid, back=sent))
        paid, sent, added = paid + settled.to_pay, sent + settled.due, added + settled.to_pay
        agreed, starts_at = settled.after, now + timedelta(hours=hours)
        assert 0 <= settled.after.late <= settled.after.total
        assert sent + agreed.total + agreed.kept == paid
    assert sent <= at_once + added
