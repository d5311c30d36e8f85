"""What staff do with a card: each act once, with a reason in the log, and refused where it makes no sense."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.bookings import queries
from booking.bookings.by_gift_card import order_card
from booking.bookings.confirm import confirm
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.gift_cards.by_staff import acts, disputes, hand_over
from booking.gift_cards.codes import hash_of
from booking.gift_cards.expire import expire_due
from booking.gift_cards.issue import WantedCard, ordered, send_due
from booking.gift_cards.models import GiftCard
from booking.gift_cards.refusals import (
    BlockedAlready,
    CardBlocked,
    HandedOver,
    NoSuchCode,
    NotBlocked,
    NothingOnCard,
    OddEnd,
    StillToSend,
    StoppedCard,
)
from booking.gift_cards.sending import came_back, to_send
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.running.check import breaches
from tests.builders import a_sale
from tests.gift_cards.given import SECRET_KEY, a_card, an_order, balance, card_of, ends_on, moves, pay_by, sell_cards
from tests.payments.buying import a_basket

WHO = "account:1"


@pytest.fixture
def shop(app: Flask) -> None:
    a_sale()
    sell_cards()


def today() -> date:
    return the_centre().local(clock.now()).date()


def card(card_id: int) -> GiftCard:
    end_reading()
    row = db.session.get_one(GiftCard, card_id, populate_existing=True)
    end_reading()
    return row


def noted(card_id: int) -> list[tuple[str, str]]:
    """What the log has of a card: what, and why."""
    end_reading()
    query = select(AuditEntry.action, AuditEntry.after).where(AuditEntry.subject == f"gift_card:{card_id}")
    rows = [(action, (after or {}).get("reason", "")) for action, after in db.session.execute(query)]
    end_reading()
    return rows


def in_hand() -> int:
    """A card that the desk has sold."""
    with unit_of_work():
        wanted = WantedCard(50_000, in_hand=True)
        secret = order_card(wanted, centre=the_centre(), now=clock.now(), lang="nb", channel=Channel.DESK)
    facts = queries.by_secret(secret)
    end_reading()
    assert facts is not None
    with unit_of_work():
        confirm(facts.id, clock.now())
    return card_of(facts.id).id


def test_a_blocked_card_pays_nothing_until_it_is_unblocked(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, code = a_card()
    with unit_of_work():
        acts.block(card_id, "Mistet", WHO, clock.now())
    with pytest.raises(CardBlocked):
        pay_by(held.booking_id, code)
    with pytest.raises(BlockedAlready), unit_of_work():
        acts.block(card_id, "Mistet", WHO, clock.now())
    with unit_of_work():
        acts.unblock(card_id, "Funnet", WHO)
    assert pay_by(held.booking_id, code) == 20_000
    with pytest.raises(NotBlocked), unit_of_work():
        acts.unblock(card_id, "Funnet", WHO)
    assert noted(card_id) == [("gift_card.block", "Mistet"), ("gift_card.unblock", "Funnet")]


def test_a_card_lives_longer_only_to_a_later_day(shop: None) -> None:
    card_id, _code = a_card()
    last = card(card_id).expires_on
    for until in (last, today(), today() + timedelta(days=3700)):
        with pytest.raises(OddEnd), unit_of_work():
            acts.extend(card_id, until, "Syk", WHO, clock.now(), today())
    with unit_of_work():
        assert acts.extend(card_id, last + timedelta(days=30), "Syk", WHO, clock.now(), today()) == 0
    assert card(card_id).expires_on == last + timedelta(days=30)


def test_what_had_run_out_comes_back_once_by_the_ledger(shop: None) -> None:
    card_id, _code = a_card()
    ends_on(card_id, today() - timedelta(days=1))
    with unit_of_work():
        expire_due(today(), clock.now())
    for later, back in ((30, 50_000), (60, 0)):
        with unit_of_work():
            assert acts.extend(card_id, today() + timedelta(days=later), "Syk", WHO, clock.now(), today()) == back
    assert moves(card_id) == [("issued", 50_000), ("expired", -50_000), ("revived", 50_000)]
    assert balance(card_id) == 50_000
    assert breaches() == []


def test_a_card_with_nothing_on_it_does_not_live_longer(app: Flask) -> None:
    held = a_basket(quantity=1, price=50_000)
    sell_cards()
    card_id, code = a_card()
    pay_by(held.booking_id, code)
    with pytest.raises(NothingOnCard), unit_of_work():
        acts.extend(card_id, card(card_id).expires_on + timedelta(days=1), "Syk", WHO, clock.now(), today())


def test_a_new_code_goes_to_the_new_address_and_the_old_one_dies_at_once(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, old = a_card()
    with unit_of_work():
        acts.send_anew(card_id, "ola@example.org", "Feil adresse", WHO, today())
    with pytest.raises(NoSuchCode):
        pay_by(held.booking_id, old)
    assert to_send(card_id, 1, SECRET_KEY) is None
    letter = to_send(card_id, 2, SECRET_KEY)
    end_reading()
    assert letter is not None
    assert (letter.recipient_email, letter.balance, letter.code == old) == ("ola@example.org", 50_000, False)
    assert pay_by(held.booking_id, letter.code) == 20_000
    promises = select(Promise.key).where(Promise.kind == "mail.gift_card")
    assert f"gift_card:{card_id}:2" in db.session.scalars(promises).all()
    assert noted(card_id) == [("gift_card.new_code", "Feil adresse")]


def test_a_blocked_or_empty_card_gets_no_new_code(shop: None) -> None:
    card_id, _code = a_card()
    with unit_of_work():
        acts.block(card_id, "Mistet", WHO, clock.now())
    with pytest.raises(StoppedCard), unit_of_work():
        acts.send_anew(card_id, "", "Mistet", WHO, today())
    with unit_of_work():
        acts.unblock(card_id, "Funnet", WHO)
    ends_on(card_id, today() - timedelta(days=1))
    with pytest.raises(NothingOnCard), unit_of_work():
        acts.send_anew(card_id, "", "Mistet", WHO, today())


def test_a_card_that_waits_for_its_morning_only_gets_the_address(shop: None) -> None:
    order_id = an_order(WantedCard(50_000, on=today() + timedelta(days=3)))
    with unit_of_work():
        confirm(order_id, clock.now())
    card_id = card_of(order_id).id
    with unit_of_work():
        acts.send_anew(card_id, "ola@example.org", "Feil adresse", WHO, today())
    order = ordered(order_id)
    end_reading()
    assert order is not None
    assert (order.recipient_email, card(card_id).asked) == ("ola@example.org", 1)
    with pytest.raises(StillToSend), unit_of_work():
        hand_over.renew_in_hand(card_id, "Vil ha det nå", SECRET_KEY, WHO, clock.now(), today())


def test_a_card_that_is_stopped_on_its_morning_is_sent_once_it_is_free(shop: None) -> None:
    order_id = an_order(WantedCard(50_000, on=today() + timedelta(days=3)))
    with unit_of_work():
        confirm(order_id, clock.now())
    card_id, morning = card_of(order_id).id, clock.now() + timedelta(days=4)
    with unit_of_work():
        disputes.stop(order_id, clock.now())
    with unit_of_work():
        assert send_due(morning) == 0
    with unit_of_work():
        disputes.free(order_id)
    with unit_of_work():
        assert send_due(morning) == 1
    assert noted(card_id) == [("gift_card.disputed", ""), ("gift_card.dispute_won", "")]


def test_the_desks_card_has_one_code_that_is_forgotten_when_it_is_handed_over(shop: None) -> None:
    card_id, now = in_hand(), clock.now()
    assert not db.session.scalars(select(Promise.id).where(Promise.kind.like("mail.gift_card%"))).all()
    end_reading()
    for _press in range(2):
        with unit_of_work():
            hand_over.hand_over(card_id, SECRET_KEY, WHO, now)
    shown = hand_over.shown(card_id, SECRET_KEY, now)
    end_reading()
    assert shown is not None
    assert card(card_id).code_hash == hash_of(shown.code)
    with unit_of_work():
        hand_over.handed(card_id, now)
    assert hand_over.shown(card_id, SECRET_KEY, now) is None
    assert (card(card_id).sealed, card(card_id).sent_at, card(card_id).code_hash) == ("", now, hash_of(shown.code))
    with pytest.raises(HandedOver), unit_of_work():
        hand_over.hand_over(card_id, SECRET_KEY, WHO, now)


def test_a_code_that_nobody_says_was_handed_over_is_forgotten_after_half_an_hour(shop: None) -> None:
    card_id, now = in_hand(), clock.now()
    with unit_of_work():
        hand_over.hand_over(card_id, SECRET_KEY, WHO, now)
    for minutes, kept in ((29, True), (30, False)):
        with unit_of_work():
            hand_over.end_shown(now + timedelta(minutes=minutes))
        assert bool(card(card_id).sealed) is kept


def test_the_office_gives_a_new_code_over_the_counter(app: Flask) -> None:
    held = a_basket(quantity=1, price=20_000)
    sell_cards()
    card_id, old = a_card()
    with unit_of_work():
        hand_over.renew_in_hand(card_id, "Mistet", SECRET_KEY, WHO, clock.now(), today())
    shown = hand_over.shown(card_id, SECRET_KEY, clock.now())
    end_reading()
    assert shown is not None
    with pytest.raises(NoSuchCode):
        pay_by(held.booking_id, old)
    assert pay_by(held.booking_id, shown.code) == 20_000


def test_a_dispute_stops_the_card_and_what_staff_have_blocked_stays_so(shop: None) -> None:
    order_id = an_order()
    with unit_of_work():
        confirm(order_id, clock.now())
    card_id = card_of(order_id).id
    for _heard in range(2):
        with unit_of_work():
            disputes.stop(order_id, clock.now())
    with unit_of_work():
        acts.block(card_id, "Mistet", WHO, clock.now())
    with unit_of_work():
        disputes.free(order_id)
    stopped = select(GiftCard.id).where(GiftCard.is_stopped())
    assert db.session.scalars(stopped).all() == [card_id]
    end_reading()
    with unit_of_work():
        acts.unblock(card_id, "Funnet", WHO)
    assert db.session.scalars(stopped).all() == []


def test_a_letter_that_no_server_takes_is_marked_until_it_is_sent_anew(shop: None) -> None:
    order_id = an_order()
    with unit_of_work():
        confirm(order_id, clock.now())
    card_id = card_of(order_id).id
    for turn in (2, 1):
        with unit_of_work():
            came_back(card_id, turn, clock.now())
        assert (card(card_id).bounced_at is not None) is (turn == 1)
    with unit_of_work():
        acts.send_anew(card_id, "ola@example.org", "Kom ikke frem", WHO, today())
    assert card(card_id).bounced_at is None
