"""Phones are told that a pass is newer, by HTTP/2 with the pass type's certificate; who is gone is forgotten."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.bookings import queries, store
from booking.bookings.at_the_desk import move_booking
from booking.bookings.change import cancel
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.running.check import breaches
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.wallet import phones
from booking.wallet.apple import push
from booking.wallet.apple.push import PushAnswer, PushRefused, PushUnreachable, Told
from booking.wallet_keys import AppleWallet
from tests.builders import a_confirmed_booking, a_sale, a_slot
from tests.wallet.chain import a_chain
from tests.wallet.push_double import PushDouble

PHONE, OTHER = "a1" * 32, "b2" * 32


def in_phones(*numbers: str) -> int:
    _, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult).booking_id
    with unit_of_work():
        for place, number in enumerate(numbers):
            phones.register(booking_id, f"phone-{place}", number, clock.now())
    return booking_id


def cancelled(booking_id: int) -> None:
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=clock.now())


def promised() -> list[PromiseState]:
    db.session.rollback()
    return list(db.session.scalars(select(Promise.state).where(Promise.kind == "wallet.update")))


def keys_of(app: Flask) -> AppleWallet:
    keys = settings_of(app).apple_wallet
    assert keys is not None
    return keys


def test_a_cancelled_booking_is_told_to_every_phone_that_has_it(app: Flask, apns: PushDouble) -> None:
    booking_id = in_phones(PHONE, OTHER)
    cancelled(booking_id)
    run_once(app)
    assert sorted(apns.heard) == [PHONE, OTHER]
    assert promised() == [PromiseState.DONE]
    assert breaches() == []


def test_a_booking_in_nobodys_wallet_promises_nothing(app: Flask, apns: PushDouble) -> None:
    _, slot, adult = a_sale()
    cancelled(a_confirmed_booking(slot, adult).booking_id)
    assert promised() == []


def test_a_phone_that_has_thrown_the_pass_away_is_forgotten_and_the_others_are_told(
    app: Flask, apns: PushDouble
) -> None:
    booking_id = in_phones(PHONE, OTHER)
    apns.gone.add(PHONE)
    cancelled(booking_id)
    run_once(app)
    assert apns.heard == [OTHER]
    assert phones.push_tokens_of(booking_id) == [OTHER]
    assert promised() == [PromiseState.DONE]


def test_a_number_that_is_none_is_as_gone(app: Flask, apns: PushDouble) -> None:
    assert list(push.tell(keys_of(app), ["abcd"])) == [PushAnswer("abcd", Told.GONE)]


def test_another_pass_types_certificate_is_refused_by_apples_word(app: Flask, apns: PushDouble, tmp_path: Path) -> None:
    other = a_chain(tmp_path, pass_type="pass.org.example.other")
    keys = replace(keys_of(app), files=(str(other.certificate), str(other.key)))
    with pytest.raises(PushRefused, match="400 TopicDisallowed"):
        list(push.tell(keys, [PHONE]))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_apple_cannot_do_now_is_tried_again(app: Flask, apns: PushDouble, status: int) -> None:
    booking_id = in_phones(PHONE)
    apns.trouble = status
    cancelled(booking_id)
    run_once(app)
    assert (apns.heard, promised()) == ([], [PromiseState.WAITING])
    apns.trouble = 0
    with time_machine.travel(clock.now().replace(hour=23)):
        run_once(app)
    assert (apns.heard, promised()) == ([PHONE], [PromiseState.DONE])


def test_a_service_that_is_away_is_unreachable(app: Flask, apple: AppleWallet) -> None:
    with pytest.raises(PushUnreachable):
        list(push.tell(replace(apple, push="https://127.0.0.1:9"), [PHONE]))


def test_a_booking_is_another_by_one_function_alone_so_that_no_pass_is_left_behind() -> None:
    root = Path(store.__file__).parents[1]
    own = re.compile(r"\bbooking\.version \+= ")
    raises = [str(file.relative_to(root)) for file in root.rglob("*.py") if own.search(file.read_text())]
    assert raises == ["bookings/store.py"]


def test_a_booking_that_staff_move_is_told_of(app: Flask, apns: PushDouble) -> None:
    booking_id = in_phones(PHONE)
    facts = queries.by_id(booking_id)
    assert facts is not None
    line = facts.lines[0]
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == line.slot_id)).one()
    db.session.rollback()
    later = a_slot(activity or 0, starts_at=facts.starts_at + timedelta(days=1))
    with unit_of_work():
        (booking,) = store.lock(booking_id)
        move_booking(booking, {line.slot_id: later}, clock.now(), tell=False)
    run_once(app)
    assert apns.heard == [PHONE]
