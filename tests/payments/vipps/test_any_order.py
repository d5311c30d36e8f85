"""Whatever happens at Vipps, in any order and each thing twice, with any answer lost: in the end theirs is ours."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

import pytest
import requests
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from booking.bookings.hold import Hold
from booking.bookings.models import State
from booking.kernel import clock
from booking.kernel.database import end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import pay, refunds
from booking.payments.fulfil import fulfil
from booking.payments.give_back import give_back
from booking.payments.models import Payment, PaymentState, RefundState
from booking.payments.provider import PayWay, Rejected, Unreachable
from booking.payments.sweep import sweep
from booking.payments.vipps import news
from booking.running.check import breaches
from tests.conftest import empty_database
from tests.payments.buying import a_basket, cancel_booking, payments_of, refunds_of, state_of
from tests.payments.vipps.conftest import InUse, Travel
from tests.payments.vipps.paying import keep_captures, keep_refunds
from tests.vipps_double.client import Vipps

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MARKS = count()
NO = (Refusal, Unreachable, Rejected, requests.HTTPError)  # what the rules, the line and the stand-in say


@dataclass(frozen=True, slots=True)
class Table:
    """What the moves are made with."""

    vipps: Vipps
    held: Hold
    travel: Travel

    @property
    def last(self) -> Payment | None:
        """The last try to pay that Vipps knows of."""
        payments = [each for each in payments_of(self.held.booking_id) if each.provider_ref]
        return payments[-1] if payments else None

    def with_last(self, move: Callable[[str, Payment], object]) -> None:
        """Made with the last try, if there is one."""
        if (payment := self.last) is not None:
            move(payment.provider_ref or "", payment)


def bring(table: Table) -> None:
    """All that Vipps has to tell, the newest first."""
    for number, event in enumerate(reversed(table.vipps.pull("news")["data"])):
        news.receive(news.VippsNews(f"vipps:{next(MARKS)}:{number}", event["name"], event["reference"]))


def give(table: Table) -> None:
    """Staff give a part back."""
    with unit_of_work():
        give_back(table.held.booking_id, 5000, "", str(next(MARKS)), "desk")


def lose(path: str, *, after: bool) -> Callable[[Table], object]:
    """The next answer to such a call is lost."""
    return lambda table: table.vipps.fault("cut", path=path, after=after)


MOVES: dict[str, Callable[[Table], object]] = {
    "begin": lambda table: pay.begin(table.held.booking_id, way=PayWay.VIPPS),
    "approve": lambda table: table.with_last(lambda ref, _payment: table.vipps.answer(ref)),
    "say no": lambda table: table.with_last(lambda ref, _payment: table.vipps.answer(ref, "abort")),
    "give up": lambda table: pay.withdraw(table.held.booking_id),
    "come back": lambda table: table.with_last(lambda _ref, payment: fulfil(payment.id)),
    "news": bring,
    "take": lambda _table: keep_captures(),
    "refuse": lambda table: table.with_last(
        lambda ref, _payment: table.vipps.pull("refuse-capture", reference=ref, times=1)
    ),
    "cancel": lambda table: cancel_booking(table.held),
    "give back": give,
    "send": lambda _table: keep_refunds(),
    "by hand: cancel": lambda table: table.with_last(lambda ref, _payment: table.vipps.by_hand("cancel", ref)),
    "by hand: capture": lambda table: table.with_last(lambda ref, _p: table.vipps.by_hand("capture", ref, 42000)),
    "by hand: refund": lambda table: table.with_last(lambda ref, _p: table.vipps.by_hand("refund", ref, 3000)),
    "wait": lambda table: table.travel(timedelta(minutes=3)),
    "sweep": lambda _table: sweep(clock.now()),
    "lost: begin": lose("/epayment/v1/payments$", after=True),
    "lost: capture": lose("/capture$", after=True),
    "lost: refund": lose("/refund$", after=True),
    "lost: look": lose("/epayment/v1/payments/[^/]+$", after=False),
    "forgotten keys": lambda table: table.vipps.pull("forget-keys"),
}


@pytest.mark.parametrize("at_once", [True, False])
def test_in_any_order_and_twice_what_vipps_has_is_what_we_have(
    app: Flask, in_use: InUse, vipps: Vipps, travel: Travel, at_once: bool
) -> None:
    in_use(at_once=at_once)

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.sampled_from(sorted(MOVES)), min_size=4, max_size=14))
    def play(moves: list[str]) -> None:
        end_reading()
        empty_database()
        vipps.reset()
        table = Table(vipps, a_basket(), travel)
        for name in ("begin", *moves):
            for _ in range(2):
                with suppress(*NO):
                    MOVES[name](table)
        come_to_rest(table)
        reckon(table)

    play()


def come_to_rest(table: Table) -> None:
    """All lines are good again, and the worker has had its time."""
    table.vipps.pull("no-faults")
    for _ in range(6):
        table.travel(timedelta(minutes=31))
        for work in (lambda: sweep(clock.now()), keep_captures, keep_refunds):
            with suppress(*NO):
                work()
    for payment in payments_of(table.held.booking_id):
        if payment.state in (PaymentState.PAID, PaymentState.RETURNED):
            refunds.adopt(payment.provider_ref or "")


def reckon(table: Table) -> None:
    """Theirs is ours, to the øre; nothing is held for ever."""
    end_reading()
    assert breaches() == []
    for payment in payments_of(table.held.booking_id):
        approved = {each["reference"]: each for each in table.vipps.pull("payments")["data"]}
        if payment.state in (PaymentState.PAID, PaymentState.RETURNED):
            captured, cancelled, refunded = table.vipps.money(payment.provider_ref or "")
            back = sum(
                refund.amount
                for refund in refunds_of(table.held.booking_id)
                if refund.payment_id == payment.id and refund.state is RefundState.DONE
            )
            if captured + cancelled:
                assert captured - refunded == payment.amount - back
                assert captured + cancelled == payment.amount
            else:
                assert back == 0  # it waits for the day of the visit
        elif payment.provider_ref in approved:
            there = approved[payment.provider_ref]
            gone = there["aggregate"]["cancelledAmount"] == there["aggregate"]["authorizedAmount"]
            assert there["state"] != "AUTHORIZED" or gone
    assert state_of(table.held.booking_id) in (State.CONFIRMED, State.CANCELLED, State.EXPIRED, State.HELD)
