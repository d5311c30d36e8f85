"""Every life that a payment can have at Vipps, its news in every order, each twice, the old ones again after each step.

Once with the news as all that we hear, and once with none until the end, as where the webhook is away. Either way the
end is the same, and it is written here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count, permutations

import pytest
from flask import Flask

from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.payments import pay
from booking.payments.fulfil import fulfil
from booking.payments.models import PaymentState, RefundState
from booking.payments.provider import PayWay, Rejected, Unreachable
from booking.payments.sweep import sweep
from booking.payments.vipps import news
from booking.running.check import breaches
from tests.conftest import empty_database
from tests.payments.buying import a_basket, cancel_booking, payments_of, refunds_of, state_of, tickets_of
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import give, keep_captures, keep_refunds
from tests.vipps_double.client import Vipps

MARKS = count()
WHOLE, PART = 42_000, 12_000
Step = Callable[["Story"], object]


@dataclass
class Story:
    """One payment after the other for one basket, and what has been told of them."""

    vipps: Vipps
    travel: Travel
    held: Hold = field(default_factory=a_basket)

    @property
    def ref(self) -> str:
        """Vipps' name for the last try."""
        ref = payments_of(self.held.booking_id)[-1].provider_ref
        assert ref is not None
        return ref

    def work(self) -> None:
        """What the worker does when nothing is in its way."""
        for keep in (keep_captures, keep_refunds):
            with suppress(Unreachable, Rejected):
                keep()


def begin(story: Story) -> None:
    pay.begin(story.held.booking_id, way=PayWay.VIPPS)


def approve(story: Story) -> None:
    story.vipps.answer(story.ref)


def decline(story: Story) -> None:
    story.vipps.answer(story.ref, "decline")


def abort(story: Story) -> None:
    story.vipps.answer(story.ref, "abort")


def run_out(story: Story) -> None:
    """The ten minutes pass, and those that we keep the places for after them."""
    story.travel(timedelta(minutes=16))


def close(story: Story) -> None:
    pay.withdraw(story.held.booking_id)


def work(story: Story) -> None:
    story.work()


def cancel(story: Story) -> None:
    cancel_booking(story.held)
    story.work()


def give_part(story: Story) -> None:
    give(payments_of(story.held.booking_id)[-1], PART, str(next(MARKS)))
    story.work()


def lapse(story: Story) -> None:
    """Nothing takes it until its time is over: the worker stood still for a week."""
    story.travel(timedelta(days=8))


def refuse(story: Story) -> None:
    """The first try to take it is refused, the next is not."""
    story.vipps.pull("refuse-capture", reference=story.ref, times=1)
    story.work()
    story.travel(timedelta(minutes=40))


def by_hand(what: str, amount: int = 0) -> Step:
    """Staff, in Vipps' own pages."""
    return lambda story: story.vipps.by_hand(what, story.ref, amount)


@dataclass(frozen=True)
class Life:
    """What happens, and how it must stand then: the booking, its tries to pay, what was taken, let go of and sent back
    of the last one there, and what of it is with us here."""

    steps: Sequence[Step]
    booking: State
    tries: Sequence[PaymentState]
    there: tuple[int, int, int]
    kept: int
    on_the_day: bool = False
    lost: bool = False


PAID, GONE = PaymentState.PAID, PaymentState.EXPIRED
LIVES = {
    "approved and taken": Life((begin, approve, work), State.CONFIRMED, (PAID,), (WHOLE, 0, 0), WHOLE),
    "approved, to be taken on the day": Life(
        (begin, approve), State.CONFIRMED, (PAID,), (0, 0, 0), WHOLE, on_the_day=True
    ),
    "a card fails, another does not": Life(
        (begin, decline, approve, work), State.CONFIRMED, (PAID,), (WHOLE, 0, 0), WHOLE
    ),
    "refused, then taken": Life((begin, approve, refuse), State.CONFIRMED, (PAID,), (WHOLE, 0, 0), WHOLE),
    "no": Life((begin, abort), State.HELD, (GONE,), (0, 0, 0), 0),
    "no, then yes": Life(
        (begin, abort, begin, approve, work), State.CONFIRMED, (GONE, PAID), (WHOLE, 0, 0), WHOLE
    ),
    "nobody answers": Life((begin, run_out), State.EXPIRED, (GONE,), (0, 0, 0), 0),
    "given up here": Life((begin, close), State.HELD, (GONE,), (0, WHOLE, 0), 0),
    "given up here, then yes": Life(
        (begin, close, begin, approve, work), State.CONFIRMED, (GONE, PAID), (WHOLE, 0, 0), WHOLE
    ),
    "given up here in the second after the yes": Life(
        (begin, approve, close, work), State.CONFIRMED, (PAID,), (WHOLE, 0, 0), WHOLE
    ),
    "cancelled before it is taken": Life(
        (begin, approve, cancel), State.CANCELLED, (PAID,), (0, WHOLE, 0), 0, on_the_day=True
    ),
    "cancelled after": Life((begin, approve, work, cancel), State.CANCELLED, (PAID,), (WHOLE, 0, WHOLE), 0),
    "a part back before it is taken": Life(
        (begin, approve, give_part), State.CONFIRMED, (PAID,), (WHOLE - PART, PART, 0), WHOLE - PART, on_the_day=True
    ),
    "a part back before, another after": Life(
        (begin, approve, give_part, give_part), State.CONFIRMED, (PAID,),
        (WHOLE - PART, PART, PART), WHOLE - 2 * PART, on_the_day=True,
    ),
    "parts back after": Life(
        (begin, approve, work, give_part, give_part), State.CONFIRMED, (PAID,),
        (WHOLE, 0, 2 * PART), WHOLE - 2 * PART,
    ),
    "lapsed": Life((begin, approve, lapse), State.CONFIRMED, (PAID,), (0, WHOLE, 0), WHOLE, on_the_day=True, lost=True),
    "let go of by hand": Life(
        (begin, approve, by_hand("cancel")), State.CONFIRMED, (PAID,), (0, WHOLE, 0), 0, on_the_day=True
    ),
    "taken by hand": Life(
        (begin, approve, by_hand("capture", WHOLE)), State.CONFIRMED, (PAID,), (WHOLE, 0, 0), WHOLE, on_the_day=True
    ),
    "sent back by hand": Life(
        (begin, approve, work, by_hand("refund", PART)), State.CONFIRMED, (PAID,), (WHOLE, 0, PART), WHOLE - PART
    ),
    "taken by hand, a part back by hand": Life(
        (begin, approve, by_hand("capture", WHOLE), by_hand("refund", PART)), State.CONFIRMED, (PAID,),
        (WHOLE, 0, PART), WHOLE - PART, on_the_day=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
def test_whatever_order_its_news_come_in_a_payment_ends_as_it_did_at_vipps(
    app: Flask, in_use: InUse, vipps: Vipps, travel: Travel, name: str
) -> None:
    life = LIVES[name]
    in_use(at_once=not life.on_the_day)
    live(life, vipps, travel, None)
    assert breaches() == []
    kinds = dict.fromkeys(event["name"] for event in vipps.pull("news")["data"])
    for order in permutations(kind for kind in kinds if kind != news.BEGUN):
        live(life, vipps, travel, order)


def live(life: Life, vipps: Vipps, travel: Travel, order: Sequence[str] | None) -> None:
    """From an empty house; without an `order` no news comes before all is over, and the buyer's page asks instead."""
    end_reading()
    empty_database()
    vipps.reset()
    story = Story(vipps, travel)
    for step in life.steps:
        step(story)
        if order is None:
            with suppress(Unreachable, Rejected):
                fulfil(payments_of(story.held.booking_id)[-1].id)
        else:
            bring(story, order)
    bring(story, order or sorted({event["name"] for event in vipps.pull("news")["data"]}))
    travel(timedelta(minutes=11))
    for _ in range(2):
        sweep(clock.now())
    story.work()
    reckon(life, story)


def bring(story: Story, order: Sequence[str]) -> None:
    """What there is to tell so far, each as it was and once more in other bytes."""
    events = story.vipps.pull("news")["data"]
    for event in sorted(
        (event for event in events if event["name"] in order), key=lambda event: order.index(event["name"])
    ):
        for body in (event, event, event | {"again": next(MARKS)}):
            with suppress(Unreachable):  # it is asked to come again
                news.receive(news.read(json.dumps(body).encode(), event["msn"]))


def reckon(life: Life, story: Story) -> None:
    """The booking, its tries, its tickets, money there and here; the books are asked once a life, they take longest."""
    end_reading()
    booking_id = story.held.booking_id
    payments = payments_of(booking_id)
    assert (state_of(booking_id), [payment.state for payment in payments]) == (life.booking, list(life.tries))
    assert (tickets_of(booking_id) > 0) == (life.booking is State.CONFIRMED)
    assert story.vipps.money(story.ref) == life.there
    last = payments[-1]
    done = sum(refund.amount for refund in refunds_of(booking_id) if refund.state is RefundState.DONE)
    if last.state is PAID:
        assert (last.amount - last.refunded, done, last.lost_at is not None) == (life.kept, last.refunded, life.lost)
