"""Whatever befalls cards in whatever order, day after day: the report, the cards and the journal say one sum."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.books.accounts import default_chart
from booking.books.differences import balances, compare
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.books.posting import book_up
from booking.books.sources.moment import PostingCut, midnight
from booking.centre.facts import the_centre
from booking.gift_cards.by_staff import acts, hand_over
from booking.gift_cards.models import GiftCard, GiftCardUse, UseState
from booking.gift_cards.totals import outstanding
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.kernel.refusals import Refusal
from booking.reports.all import REPORTS
from booking.reports.figures import ReportRequest
from booking.reports.period import Period
from booking.running.check import breaches
from tests.builders import a_sale
from tests.gift_cards.given import SECRET_KEY, balance, sell_cards, sent
from tests.payments.conftest import Travel
from tests.payments.watched import Watched
from tests.stripe_double.client import Double
from tests.withdrawals.bought import a_paid_card
from tests.withdrawals.test_any_order import ACTS, CardLife

WHO = "account:1"
OF_STAFF = ("block", "unblock", "extend", "extend", "renew")
DAYS, ACTS_A_DAY = 4, 5


@dataclass
class WatchedCardLife(CardLife):
    """A card that staff do something with, too."""

    def act(self, what: str, chance: Random) -> None:
        """One thing happens; the rules may say no."""
        today = the_centre().local(clock.now()).date()
        with suppress(Refusal):
            match what:
                case "block":
                    with unit_of_work():
                        acts.block(self.card, "Mistet", WHO, clock.now())
                case "unblock":
                    with unit_of_work():
                        acts.unblock(self.card, "Funnet", WHO)
                case "extend":
                    with unit_of_work():
                        acts.extend(self.card, today + timedelta(days=40), "Syk", WHO, clock.now(), today)
                case "renew":
                    with unit_of_work():
                        hand_over.renew_in_hand(self.card, "Mistet", SECRET_KEY, WHO, clock.now(), today)
                    shown = hand_over.shown(self.card, SECRET_KEY, clock.now())
                    end_reading()
                    assert shown is not None
                    self.code = shown.code
                case _:
                    super().act(what, chance)


@pytest.mark.parametrize("seed", range(5))
def test_report_cards_and_journal_agree_at_the_end_of_every_day(
    app: Flask, travel: Travel, stripe: Watched, double: Double, seed: int
) -> None:
    chance = Random(seed)
    _centre, slot, adult = a_sale(capacity=40, price=15_000, days=DAYS + 3)
    sell_cards()
    keep_books()
    first, lives = the_centre().local(clock.now()).date(), []
    for day in range(DAYS):
        if day < 2:
            order = a_paid_card(double)
            card_id, code = sent(order)
            lives.append(WatchedCardLife(order, card_id, code, slot, adult))
        for _step in range(ACTS_A_DAY):
            life = chance.choice(lives)
            life.act(chance.choice(ACTS + OF_STAFF), chance)
            assert balance(life.card) >= 0
        on_cards = what_is_on_cards()
        travel(timedelta(days=1))
        all_say(on_cards, first)
    assert breaches() == []


def keep_books() -> None:
    """The centre has accounts to book on."""
    chart = default_chart("NO")
    with unit_of_work():
        db.session.add(BooksRules(id=1, accounts=dict(chart.accounts), codes=dict(chart.codes), vat=dict(chart.vat)))


def what_is_on_cards() -> int:
    """What is on them, with what baskets hold of them."""
    end_reading()
    left = db.session.scalar(select(func.coalesce(func.sum(GiftCard.balance), 0))) or 0
    held = select(func.coalesce(func.sum(GiftCardUse.amount), 0)).where(GiftCardUse.state == UseState.HELD)
    left += db.session.scalar(held) or 0
    end_reading()
    return left


def all_say(left: int, first: date) -> None:
    """Yesterday ended with so much on all cards; the days of the report lead there, each ending as the journal did."""
    centre, now = the_centre(), clock.now()
    assert book_up(centre, now)
    last = centre.local(now).date() - timedelta(days=1)
    end_reading()
    tallies = REPORTS["gift-cards-days"].tally(ReportRequest(Period(first, last, centre.zone), "nb"))
    carried = 0
    for tally in tallies:
        day = tally.labels[0]
        assert isinstance(day, date)
        sold, used, back, over, withdrawn, stands = tally.values
        carried += sold - used + back - over - withdrawn
        cut = PostingCut(centre, None, midnight(centre, day + timedelta(days=1)), day)
        assert stands == carried == outstanding(cut.until) == -balances(cut).get(AccountRole.GIFT_CARD, 0)
    assert carried == left
    assert [each for each in compare(cut) if each.difference] == []
    (month,) = REPORTS["gift-cards"].tally(ReportRequest(Period(last, last, centre.zone), "nb"))
    assert month.values == tallies[-1].values
    end_reading()
