"""What phones ask by themselves: to be told of newer passes, which are newer, and the pass as it stands now."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.bookings.change import cancel
from booking.bookings.queries import BookingFacts, by_id
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.forgetting import forget_all
from booking.wallet.changes import follow
from booking.wallet.models import WalletPhone
from booking.wallet.phones import MOST_PHONES, tag_of
from booking.wallet.serials import token_of
from booking.wallet_keys import AppleWallet
from tests.builders import a_confirmed_booking, a_sale
from tests.wallet.chain import PASS_TYPE
from tests.wallet.opened import content

NUMBER = "a1" * 32


def booked() -> BookingFacts:
    _, slot, adult = a_sale()
    facts = by_id(a_confirmed_booking(slot, adult).booking_id)
    assert facts is not None
    return facts


class Phone:
    """One that has a booking's pass."""

    def __init__(self, client: FlaskClient, facts: BookingFacts, device: str = "phone-1") -> None:
        self.client, self.facts, self.device, self.token = client, facts, device, token_of(facts)
        self.pass_type = PASS_TYPE

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        data = json.dumps(body) if body is not None else None
        with self.client.application.app_context():
            return self.client.open(f"/wallet/v1/{path}", method=method, data=data, headers=headers)

    @property
    def shown(self) -> dict[str, str]:
        return {"Authorization": f"ApplePass {self.token}"}

    @property
    def place(self) -> str:
        return f"devices/{self.device}/registrations/{self.pass_type}"

    def register(self, number: object = NUMBER) -> int:
        path = f"{self.place}/{self.facts.reference}"
        return self.ask("POST", path, {"pushToken": number}, **self.shown).status_code

    def unregister(self) -> int:
        return self.ask("DELETE", f"{self.place}/{self.facts.reference}", **self.shown).status_code

    def newer(self, since: str | None = None) -> TestResponse:
        return self.ask("GET", self.place + (f"?passesUpdatedSince={since}" if since is not None else ""))

    def fetch(self, **headers: str) -> TestResponse:
        return self.ask("GET", f"passes/{self.pass_type}/{self.facts.reference}", **self.shown, **headers)


def phones_kept() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WalletPhone)) or 0


def kept_tag(phone: Phone) -> int:
    db.session.rollback()
    return tag_of(phone.facts.id) or 0


@pytest.fixture
def phone(app: Flask, client: FlaskClient, apple: AppleWallet) -> Phone:
    return Phone(client, booked())


def test_a_phone_says_that_it_has_the_pass_and_that_it_has_thrown_it_away(phone: Phone) -> None:
    assert (phone.register(), phone.register("b2" * 32)) == (201, 200)
    assert phones_kept() == 1
    assert (phone.unregister(), phone.unregister()) == (200, 200)
    assert phones_kept() == 0


def test_a_change_makes_the_pass_newer_and_the_phone_gets_it(phone: Phone) -> None:
    phone.register()
    first = phone.fetch()
    assert first.mimetype == "application/vnd.apple.pkpass"
    assert content(first.data)["voided"] is False
    assert content(first.data)["webServiceURL"] == "https://tickets.example.org/wallet"
    known = first.headers["Last-Modified"]
    assert phone.fetch(**{"If-Modified-Since": known}).status_code == 304
    since = json.loads(phone.newer().data)["lastUpdated"]
    with time_machine.travel(clock.now() + timedelta(minutes=5)):
        assert phone.newer(str(int(since) + 120)).status_code == 204
        with unit_of_work():
            cancel(phone.facts.id, centre=the_centre(), now=clock.now())
        newer = json.loads(phone.newer(str(int(since) + 120)).data)
        assert newer["serialNumbers"] == [phone.facts.reference]
        assert int(newer["lastUpdated"]) > int(since)
        second = phone.fetch(**{"If-Modified-Since": known})
    assert second.status_code == 200
    assert content(second.data)["voided"] is True


def test_two_changes_within_a_second_have_two_tags(phone: Phone) -> None:
    phone.register()
    tags = [kept_tag(phone)]
    for version in (2, 3):
        with unit_of_work():
            follow(phone.facts.id, version)
        tags.append(kept_tag(phone))
    assert tags == sorted(set(tags))
    assert len(tags) == 3


def test_without_the_token_of_the_pass_nobody_has_anything(phone: Phone, client: FlaskClient) -> None:
    phone.register()
    for token in ("", "0" * 26, phone.facts.secret, phone.facts.code, "æ"):
        phone.token = token
        assert (phone.register(), phone.unregister(), phone.fetch().status_code) == (401, 401, 401)
    assert phones_kept() == 1
    bare = phone.ask("GET", f"passes/{PASS_TYPE}/{phone.facts.reference}", Authorization=token_of(phone.facts))
    assert bare.status_code == 401


def test_a_pass_of_another_type_or_another_name_is_not_ours(phone: Phone) -> None:
    phone.pass_type = "pass.org.example.other"
    assert (phone.register(), phone.newer().status_code, phone.fetch().status_code) == (404, 404, 404)
    nobodys = phone.ask("GET", f"passes/{PASS_TYPE}/00000000", **phone.shown)
    assert nobodys.status_code == 401


@pytest.mark.parametrize("number", ["", "no number", "a1" * 200, 7, None, ["a1" * 32]])
def test_a_number_that_is_none_is_refused(phone: Phone, number: object) -> None:
    assert phone.register(number) == 400
    assert phones_kept() == 0


def test_nonsense_is_refused(phone: Phone) -> None:
    path = f"{phone.place}/{phone.facts.reference}"
    bodies: list[object] = [[], "text", 1]
    for body in bodies:
        assert phone.ask("POST", path, body, **phone.shown).status_code == 400
    assert phone.ask("POST", path, None, **phone.shown).status_code == 400
    assert phone.newer("tomorrow").status_code == 204
    assert phone.newer("9" * 40).status_code == 204
    phone.device = "p" * 65
    assert (phone.register(), phone.newer().status_code) == (400, 400)
    large = phone.ask("POST", "log", {"logs": ["x" * 20_000]})
    assert large.status_code == 413


def test_a_pass_is_in_so_many_phones_and_no_more(phone: Phone, client: FlaskClient) -> None:
    devices = [Phone(client, phone.facts, f"phone-{place}") for place in range(MOST_PHONES + 1)]
    assert [each.register() for each in devices] == [201] * MOST_PHONES + [403]
    assert devices[0].register() == 200
    assert phones_kept() == MOST_PHONES


def test_what_a_phone_finds_amiss_is_heard(phone: Phone) -> None:
    assert phone.ask("POST", "log", {"logs": ["something"]}).status_code == 200


def test_a_month_after_the_visit_no_phone_is_known(phone: Phone) -> None:
    phone.register()
    with time_machine.travel(phone.facts.starts_at + timedelta(days=29)):
        forget_all(clock.now())
        assert phones_kept() == 1
    with time_machine.travel(phone.facts.starts_at + timedelta(days=31)):
        forget_all(clock.now())
        assert phones_kept() == 0


def test_without_certificates_nothing_is_there(app: Flask, client: FlaskClient) -> None:
    phone = Phone(client, booked())
    assert (phone.register(), phone.newer().status_code, phone.fetch().status_code) == (404, 404, 404)
    assert phone.ask("POST", "log", {"logs": []}).status_code == 404
